"""From an inscription to pixels: the text is fitted, turned and laid on a sheet, a sign or a button."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import cos, radians, sin
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from eyechart.core import Box
from eyechart.world.painting.palette import COLOURS, Rgb
from eyechart.world.text.fonts import Ink, extent, fitted, written
from eyechart.world.text.inscription import Inscription

_MARGIN = 0.06  # of the image side, that stays free of ink
_CAPITAL = 0.72  # height of a capital letter, in sizes of type
_SEEN = 24  # of 255: what a pixel must be covered by ink to be in the box
_TALLEST = 0.8  # of the image side: the size of type of a single word

Frame = tuple[float, float, float, float]  # left, top, right, bottom, in shares of the image side


class Lettering(NamedTuple):
    """Text in its place: how far each pixel is covered, the box around it, and how high its capital letters are."""

    ink: Ink  # uint8[size, size]
    box: Box
    height: float


def letter(what: Inscription, size: int) -> Lettering:
    """The text of an inscription on a frame of `size` pixels."""
    left, top, right, bottom = (edge * size for edge in _room(what))
    wide, high = right - left, bottom - top
    text, type_size = _sized(what, wide * what.room, high * what.room, size)
    turned = _turned(text, type_size, what)
    x = round(left + what.across * max(0.0, wide - turned.shape[1]))
    y = round(top + what.down * max(0.0, high - turned.shape[0]))
    if what.kind in ("sign", "button"):
        x, y = round((left + right - turned.shape[1]) / 2), round((top + bottom - turned.shape[0]) / 2)
    sheet = np.zeros((size, size), dtype=np.uint8)
    clipped = turned[max(0, -y) : size - y, max(0, -x) : size - x]
    sheet[max(0, y) : y + turned.shape[0], max(0, x) : x + turned.shape[1]] = clipped
    rows, columns = np.flatnonzero(sheet.max(axis=1) >= _SEEN), np.flatnonzero(sheet.max(axis=0) >= _SEEN)
    box = Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    return Lettering(sheet, box, type_size * _CAPITAL)


def paint(what: Inscription, lettering: Lettering, size: int) -> NDArray[np.uint8]:
    """The picture, ``uint8[size, size, 3]``."""
    kind = what.kind if what.kind in ("sign", "button") else "sheet"
    ground = _ground(kind, what.paper, what.ink, what.ground, size).astype(np.uint16)
    cover = lettering.ink[..., None].astype(np.uint16)
    ink = np.array(COLOURS[what.ink], dtype=np.uint16)
    return ((ground * (255 - cover) + ink * cover + 127) // 255).astype(np.uint8)


def _room(what: Inscription) -> Frame:
    """Where the text may be."""
    if what.kind == "sign":
        left, top, right, bottom = _BOARDS[what.ground % len(_BOARDS)]
        return left + 0.05, top + 0.05, right - 0.05, bottom - 0.05
    if what.kind == "button":
        return _BUTTON[0] + 0.07, _BUTTON[1] + 0.07, _BUTTON[2] - 0.07, _BUTTON[3] - 0.07
    return _MARGIN, _MARGIN, 1 - _MARGIN, 1 - _MARGIN


def _sized(what: Inscription, wide: float, high: float, size: int) -> tuple[str, float]:
    """The text with its line breaks, and the size of type at which it fits when turned."""
    room = (wide, high) if what.turn % 180 != 90 else (high, wide)
    lines = (what.text,) if what.kind == "sum" else fitted(what.text, *room, what.font)[1]
    left, top, right, bottom = extent(lines, what.font)
    cosine, sine = abs(cos(radians(what.turn))), abs(sin(radians(what.turn)))
    across = (right - left) * cosine + (bottom - top) * sine
    down = (right - left) * sine + (bottom - top) * cosine
    return "\n".join(lines), max(1.0, min(wide / across, high / down, _TALLEST * size) - 0.25)


def _turned(text: str, type_size: float, what: Inscription) -> Ink:
    """The ink of the text, turned; between the quarters it is turned at twice the size, and averaged."""
    if what.turn % 90 == 0:
        ink, _, _ = written(text, type_size, what.font)
        return np.rot90(ink, -what.turn // 90)
    ink, _, _ = written(text, 2 * type_size, what.font)
    turned = Image.fromarray(ink).rotate(-what.turn, Image.Resampling.BICUBIC, expand=True)
    return np.asarray(turned.reduce(2))


# --------------------------------------------------------------------------------------------------------------------
# What the text is on


class _Pen:
    """Draws in shares of the image side on a canvas that is averaged down."""

    def __init__(self, size: int, colour: Rgb) -> None:
        self.fine = 4 if size <= 128 else 2
        self.side = size * self.fine
        self.image = Image.new("RGB", (self.side, self.side), colour)
        self._draw = ImageDraw.Draw(self.image)

    def box(self, colour: Rgb, frame: Frame, corner: float = 0.0) -> None:
        """A filled rectangle, its corners rounded by the radius `corner`."""
        left, top, right, bottom = (edge * self.side for edge in frame)
        self._draw.rounded_rectangle((left, top, right - 1, bottom - 1), corner * self.side, fill=colour)

    def shape(self, colour: Rgb, *corners: tuple[float, float]) -> None:
        """A filled polygon."""
        self._draw.polygon([(x * self.side, y * self.side) for x, y in corners], fill=colour)

    def disc(self, colour: Rgb, x: float, y: float, rx: float, ry: float) -> None:
        """A filled ellipse."""
        n = self.side
        self._draw.ellipse(((x - rx) * n, (y - ry) * n, (x + rx) * n, (y + ry) * n), fill=colour)


@lru_cache(maxsize=1024)
def _ground(kind: str, paper: str, ink: str, number: int, size: int) -> NDArray[np.uint8]:
    """Everything but the text; read-only."""
    pen = _Pen(size, COLOURS[paper])
    _GROUNDS[kind](pen, COLOURS[paper], COLOURS[ink], number)
    ground = np.asarray(pen.image.reduce(pen.fine))
    ground.setflags(write=False)
    return ground


def _sheet(pen: _Pen, paper: Rgb, ink: Rgb, number: int) -> None:
    """Blank (three times in six), ruled, squared, or a card on a table."""
    faint = _mix(paper, ink, 0.14)
    if number in (3, 4):
        for k in range(1, 8):
            pen.box(faint, (0, k / 8 - 0.004, 1, k / 8 + 0.004))
            if number == 4:
                pen.box(faint, (k / 8 - 0.004, 0, k / 8 + 0.004, 1))
    elif number == 5:
        table = _mix(paper, (120, 100, 80), 0.5)
        pen.box(table, (0, 0, 1, 1))
        pen.box(_mix(table, (0, 0, 0), 0.25), (0.03, 0.035, 0.985, 0.985), 0.03)
        pen.box(paper, (0.02, 0.02, 0.97, 0.97), 0.03)


# Boards of signs, one for each ground.
_BOARDS: tuple[Frame, ...] = (
    (0.05, 0.1, 0.95, 0.66),
    (0.05, 0.1, 0.95, 0.6),
    (0.04, 0.22, 0.96, 0.8),
    (0.06, 0.06, 0.94, 0.72),
    (0.04, 0.2, 0.96, 0.78),
    (0.05, 0.12, 0.95, 0.62),
)
# Above and below the horizon.
_OUTDOORS: tuple[tuple[Rgb, Rgb], ...] = (
    ((190, 224, 246), (134, 184, 108)),
    ((226, 232, 238), (150, 152, 156)),
    ((198, 120, 96), (198, 120, 96)),
    ((250, 220, 180), (222, 196, 140)),
    ((232, 222, 204), (232, 222, 204)),
    ((206, 226, 240), (240, 246, 250)),
)


def _sign(pen: _Pen, paper: Rgb, ink: Rgb, number: int) -> None:
    """A board on one or two posts, or on a wall."""
    above, below = _OUTDOORS[number]
    left, top, right, bottom = _BOARDS[number]
    pen.box(above, (0, 0, 1, 1))
    pen.box(below, (0, 0.84, 1, 1))
    if above == below:
        _bricks(pen, above)
        pen.box(_mix(above, (0, 0, 0), 0.35), (left + 0.015, top + 0.02, right + 0.015, bottom + 0.02), 0.05)
    else:
        for x in (0.5,) if number % 2 else (0.22, 0.78):
            pen.box((112, 96, 84), (x - 0.03, bottom - 0.05, x + 0.03, 0.9))
            pen.disc(_mix(below, (0, 0, 0), 0.15), x, 0.9, 0.07, 0.018)
    pen.box(_mix(ink, (0, 0, 0), 0.2), (left, top, right, bottom), 0.06)
    pen.box(paper, (left + 0.018, top + 0.018, right - 0.018, bottom - 0.018), 0.045)


def _bricks(pen: _Pen, wall: Rgb) -> None:
    joint = _mix(wall, (255, 255, 255), 0.22)
    for row in range(11):
        y = row / 10
        pen.box(joint, (0, y - 0.006, 1, y + 0.006))
        for column in range(6):
            x = (column + row % 2 / 2) / 5
            pen.box(joint, (x - 0.006, y, x + 0.006, y + 0.1))


_BUTTON: Frame = (0.07, 0.28, 0.93, 0.72)
_PAGES: tuple[Rgb, ...] = (
    (248, 248, 250),
    (236, 240, 246),
    (250, 246, 238),
    (58, 62, 72),
    (228, 240, 232),
    (244, 234, 244),
)


def _button(pen: _Pen, paper: Rgb, ink: Rgb, number: int) -> None:
    """A rounded button with an edge and a shadow, on a page with lines of grey."""
    page = _PAGES[number]
    gray = _mix(page, (128, 128, 136), 0.35)
    left, top, right, bottom = _BUTTON
    pen.box(page, (0, 0, 1, 1))
    for y, end in ((0.08, 0.8), (0.165, 0.55), (0.835, 0.7), (0.92, 0.4)):
        pen.box(gray, (0.07, y - 0.018, end, y + 0.018), 0.018)
    corner = (0.06, 0.1, 0.2)[number % 3]
    pen.box(_mix(page, (0, 0, 0), 0.3), (left, top + 0.025, right, bottom + 0.025), corner)
    pen.box(_mix(paper, ink, 0.35), (left, top, right, bottom), corner)
    pen.box(paper, (left + 0.014, top + 0.014, right - 0.014, bottom - 0.014), corner - 0.01)


_GROUNDS: dict[str, Callable[[_Pen, Rgb, Rgb, int], None]] = {"sheet": _sheet, "sign": _sign, "button": _button}


def _mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
