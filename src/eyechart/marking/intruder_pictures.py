"""What there is to see of intruders: strips of one that moves, maps of its damage, the worst and the boldest cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from eyechart.core import Dataset, Item, Picture, Sheet
from eyechart.data.spoil.pasted import Pasted, cut
from eyechart.data.spoil.spoiled import Spoiled
from eyechart.gallery import Exhibit, Pictured

# Of the intruder in each scene: its number among the things, and its column among the visits.
INTRUDER = ((1, 3), (0, 2))
AT_HOME = (0, 1)  # column of the visit of the thing that is at home in each scene
SIDE = 192  # pixels at which a map is drawn
LEGIBLE = 160  # at which pictures are kept
RED = (213, 94, 0)


@dataclass(frozen=True)
class Heat:
    """A picture under a grid: the redder a cell, the more damage is done from there; crossed out where none can be."""

    picture: Picture
    cells: tuple[tuple[float, ...], ...]  # rows of shares in [0, 1]; negative: nobody stood in the open

    def digest(self) -> str:
        """Of the picture and the cells."""
        return blake2b(f"heat 1 {self.picture.digest()} {self.cells}".encode(), digest_size=16).hexdigest()

    def load(self) -> Image.Image:
        """The picture, enlarged, under its grid."""
        image = self.picture.load().convert("RGB")
        grown = SIDE / max(image.size)
        image = image.resize((round(image.width * grown), round(image.height * grown)), Image.Resampling.NEAREST)
        sheet = Image.new("RGBA", image.size)
        pen = ImageDraw.Draw(sheet)
        for row, cells in enumerate(self.cells):
            for column, share in enumerate(cells):
                self._draw(pen, (row, column), share, image.size)
        return Image.alpha_composite(image.convert("RGBA"), sheet).convert("RGB")

    def _draw(self, pen: ImageDraw.ImageDraw, cell: tuple[int, int], share: float, size: tuple[int, int]) -> None:
        high, wide = size[1] / len(self.cells), size[0] / len(self.cells[0])
        left, top = round(cell[1] * wide), round(cell[0] * high)
        box = (left, top, round(left + wide) - 1, round(top + high) - 1)
        if share < 0:
            pen.line((box[0], box[3], box[2], box[1]), fill=(255, 255, 255, 170), width=2)
            return
        pen.rectangle(box, fill=(*RED, round(200 * min(share, 1.0))), outline=(255, 255, 255, 110))


@dataclass(frozen=True, slots=True)
class Album:
    """A sheet of the elephant with the pictures it was made from."""

    sheet: Sheet
    items: dict[str, Item]
    soft: float

    def scene(self, row: int, side: int) -> Item:
        """The scene of a row, without a guest."""
        return self.items[str(self.sheet["id" if side == 0 else "other"][row])]

    def intruded(self, row: int, side: int) -> Picture:
        """The scene of a row with the intruder in it."""
        sheet, thing = self.sheet, INTRUDER[side][0]
        source = self.items[str(sheet["source"][row][thing])]
        mask = source.regions[int(sheet["region"][row][thing])].mask
        if mask is None:  # a cast takes none of these
            return source.picture
        x, y, scale = (float(sheet[axis][row]) for axis in ("x", "y", "scale"))
        return Spoiled(
            self.scene(row, side).picture, Pasted(cut(source.picture.load(), mask()), x, y, scale, self.soft)
        )

    def guest(self, row: int, side: int) -> str:
        """The intruder's name."""
        return str(self.sheet["thing"][row][INTRUDER[side][0]])

    def harm(self, side: int) -> NDArray[np.float64]:
        """Per row the share of the others that change, negative where none stands in the open; or else the drift."""
        sheet = self.sheet
        if "disc" in sheet.columns:
            return 1 - sheet["sure"][:, INTRUDER[side][1]]
        met = sheet["exposed"][:, side]
        return np.asarray(np.where(met > 0, sheet["changed"][:, side] / np.maximum(met, 1), -1.0))

    def loss(self) -> NDArray[np.float64]:
        """Per row and scene what the confidence in the others' names lost in sum; or else the drift."""
        if "disc" in self.sheet.columns:
            return np.column_stack([self.harm(side) for side in (0, 1)])
        return np.asarray(self.sheet["hurt"])

    def caption(self, row: int, side: int) -> str:
        """What the model says of the intruder, and of the others."""
        sheet, column = self.sheet, INTRUDER[side][1]
        if "disc" in sheet.columns:
            return f"{self.guest(row, side)}: moves it by {1 - sheet['sure'][row][column]:.2f}"
        said = f"{self.guest(row, side)}: seen as {sheet['answer'][row][column]}, {sheet['sure'][row][column]:.2f} sure"
        others = str(sheet["told"][row][side])
        return f"{said}; {others}" if others else said


def album(sheet: Sheet, data: Dataset, soft: float) -> Album:
    """Of the items that the sheet names."""
    wanted = {*sheet["id"].tolist(), *sheet["other"].tolist(), *sheet["source"].ravel().tolist()}
    return Album(sheet, {item.id: item for item in data.items if item.id in wanted}, soft)


def exhibits(shown: Album, count: int) -> list[Exhibit]:
    """The strip, the maps, the worst cases and the boldest, of at most `count` pictures each (a strip is whole)."""
    every = [_strip(shown), _maps(shown, count), _worst(shown, count), _boldest(shown, count)]
    return [one for one in every if one.pictures]


def _strip(shown: Album) -> Exhibit:
    """The scene whose others suffer most, at the largest scale."""
    sheet, loss = shown.sheet, shown.loss()
    crossings = sheet["id"]
    means = {name: loss[crossings == name].mean(0) for name in np.unique(crossings).tolist()}
    name = max(sorted(means), key=lambda one: float(means[one].max()))
    side = int(means[name].argmax())
    rows = np.flatnonzero((crossings == name) & (sheet["scale"] == sheet["scale"].max()))
    scene = Pictured(shown.scene(int(rows[0]), side).picture, "the scene")
    stops = [Pictured(shown.intruded(row, side), shown.caption(row, side)) for row in rows.tolist()]
    return Exhibit(
        title="The intruder moves through a scene",
        note="The scene in which it disturbs most: what the model takes it for, and whom of the others it names anew.",
        pictures=(scene, *stops),
        side=LEGIBLE,
    )


def _maps(shown: Album, count: int) -> Exhibit:
    sheet, drifting = shown.sheet, "disc" in shown.sheet.columns
    firsts = np.unique(sheet["id"], return_index=True)[1]
    most = max(float(shown.harm(side).max()) for side in (0, 1)) or 1.0
    pictures = []
    for row in sorted(firsts.tolist())[: count // 2]:
        for side in (0, 1):
            cells = _cells(shown, row, side) / (most if drifting else 1.0)
            table = tuple(tuple(float(value) for value in line) for line in cells.round(4))
            pictures.append(
                Pictured(Heat(shown.scene(row, side).picture, table), f"intruder: {shown.guest(row, side)}")
            )
    what = "the further the picture's vector moves" if drifting else "the more of the others change their name"
    return Exhibit(
        title="Where an intruder does damage",
        note=f"The redder a cell, {what} when the intruder stands there; struck out where it covers all of them.",
        pictures=tuple(pictures),
        side=LEGIBLE,
        together=2,
    )


def _cells(shown: Album, row: int, side: int) -> NDArray[np.float64]:
    """Rows and columns of places: the mean harm over scales, of the places where there is any to do; else -1."""
    sheet = shown.sheet
    own, harm = sheet["id"] == sheet["id"][row], shown.harm(side)
    ys, xs = np.unique(sheet["y"][own]), np.unique(sheet["x"][own])
    cells = np.full((len(ys), len(xs)), -1.0)
    for place, y in enumerate(ys):
        for column, x in enumerate(xs):
            here = harm[own & (sheet["y"] == y) & (sheet["x"] == x)]
            if (here >= 0).any():
                cells[place, column] = here[here >= 0].mean()
    return cells


def _worst(shown: Album, count: int) -> Exhibit:
    """One picture per scene."""
    loss = shown.loss()
    order = [
        place for place in sorted(np.ndindex(loss.shape), key=lambda place: (-loss[place], place)) if loss[place] > 0
    ]
    pictures = [
        Pictured(shown.intruded(row, side), shown.caption(row, side)) for row, side in _once(shown, order, count)
    ]
    return Exhibit(
        title="Where it did most damage",
        note="One place per scene, the worst first; arrows: what the others were called without and with the intruder.",
        pictures=tuple(pictures),
        side=LEGIBLE,
    )


def _boldest(shown: Album, count: int) -> Exhibit:
    """Intruders found with the greatest confidence; none where the model names nothing."""
    sheet = shown.sheet
    if "found" not in sheet.columns:
        return Exhibit(title="", note="", pictures=())
    columns = [INTRUDER[side][1] for side in (0, 1)]
    sure = np.where(sheet["found"][:, columns] > 0, sheet["sure"][:, columns], -1.0)
    order = [
        place for place in sorted(np.ndindex(sure.shape), key=lambda place: (-sure[place], place)) if sure[place] > 0
    ]
    pictures = [
        Pictured(
            shown.intruded(row, side),
            f"{shown.guest(row, side)}: {sheet['sure'][row][INTRUDER[side][1]]:.2f} sure, "
            f"{sheet['sure'][row][INTRUDER[side][0]]:.2f} at home",
        )
        for row, side in _once(shown, order, count)
    ]
    return Exhibit(
        title="Found, however absurd",
        note="Things out of place that the model names rightly, the surest first, one per scene.",
        pictures=tuple(pictures),
        side=LEGIBLE,
    )


def _once(shown: Album, order: Sequence[tuple[int, ...]], count: int) -> list[tuple[int, int]]:
    """The first of each scene."""
    kept: dict[str, tuple[int, int]] = {}
    for row, side in order:
        kept.setdefault(shown.scene(row, side).id, (row, side))
    return list(kept.values())[:count]
