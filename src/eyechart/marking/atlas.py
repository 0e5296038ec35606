"""A map of the space: pictures at the places that t-SNE gives them, framed by the branch of their class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor
from torch.nn.functional import normalize

from eyechart.core import Picture
from eyechart.draw import PALETTE

SIDE, EDGE, FRAME, STRIP = 960, 30, 3, 34  # pixels: the map, a picture on it, its frame, the legend's line
GROUND, INK = (250, 250, 248), (40, 40, 40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Atlas:
    """Pictures on a square, each with the name of its group."""

    pictures: tuple[Picture, ...]
    places: tuple[tuple[float, float], ...]  # in [0, 1], from the upper left corner
    groups: tuple[str, ...]

    def digest(self) -> str:
        """Of pictures, places and groups."""
        content = repr(([picture.digest() for picture in self.pictures], self.places, self.groups, SIDE, EDGE))
        return blake2b(f"atlas 1 {content}".encode(), digest_size=16).hexdigest()

    def load(self) -> Image.Image:
        """RGB, a square with a legend below. Raises `Unreadable` where a picture cannot be shown."""
        names = sorted(set(self.groups), key=lambda name: (-self.groups.count(name), name))
        colours = {name: PALETTE[number % len(PALETTE)] for number, name in enumerate(names)}
        sheet = Image.new("RGB", (SIDE, SIDE + STRIP), GROUND)
        for picture, (x, y), group in zip(self.pictures, self.places, self.groups, strict=True):
            small = picture.load().convert("RGB").resize((EDGE, EDGE), Image.Resampling.LANCZOS)
            framed = Image.new("RGB", (EDGE + 2 * FRAME, EDGE + 2 * FRAME), colours[group])
            framed.paste(small, (FRAME, FRAME))
            room = SIDE - framed.width
            sheet.paste(framed, (round(x * room), round(y * room)))
        _legend(sheet, colours)
        return sheet


def _legend(sheet: Image.Image, colours: dict[str, str]) -> None:
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(17)
    left, top = 6, SIDE + 8
    for name, colour in colours.items():
        pen.rectangle((left, top + 2, left + 15, top + 17), fill=colour)
        pen.text((left + 21, top), name, fill=INK, font=font)
        left += 21 + round(pen.textlength(name, font=font)) + 20


def places(features: Float[Tensor, "n d"], seed: int) -> NDArray[np.float64]:
    """Where t-SNE puts each picture in the unit square, by cosine; all in the middle where nothing varies.

    Source: van der Maaten and Hinton 2008; openTSNE from its principal axes, on one thread, so that it is repeatable.
    """
    near = normalize(features.float(), dim=1)
    count = len(near)
    if count < 4 or float((near - near.mean(0)).norm(dim=1).max()) < 1e-4:
        return np.full((count, 2), 0.5)
    from openTSNE import TSNE  # noqa: PLC0415  # slow to import, and only a map needs it

    few = TSNE(
        perplexity=min(30.0, (count - 1) / 3),
        metric="cosine",
        initialization="pca",
        neighbors="exact",
        negative_gradient_method="bh",
        n_jobs=1,
        random_state=seed,
    )
    return _unit(np.asarray(few.fit(near.numpy()), dtype=np.float64))


def _unit(points: NDArray[np.float64]) -> NDArray[np.float64]:
    low, reach = points.min(0), np.ptp(points, axis=0)
    return np.asarray(((points - low) / np.where(reach > 0, reach, 1)).round(4))


def atlas(pictures: Sequence[Picture], points: NDArray[np.float64], groups: Sequence[str]) -> Atlas:
    """Nothing is drawn before it is asked for."""
    return Atlas(
        pictures=tuple(pictures),
        places=tuple((float(x), float(y)) for x, y in points),
        groups=tuple(groups),
    )
