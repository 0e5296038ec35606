"""Places: what is behind the things. Soft colours, so that things stand out; a few variants of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from eyechart.world.dice import Dice
from eyechart.world.palette import COLOURS, Rgb, distance

VARIANTS = 8  # of each place
_APART = 50.0  # a colour that is closer than this to a place's own colours is not used there


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Somewhere: how it is said, the colours that rule there, and how it is painted."""

    name: str
    phrase: str
    tones: tuple[Rgb, ...]
    paint: Callable[[Easel, Dice], None]
    dark: bool = False

    @property
    def colours(self) -> tuple[str, ...]:
        """Names of the colours that stand out here."""
        return _standing_out(self.tones)


@cache
def _standing_out(tones: tuple[Rgb, ...]) -> tuple[str, ...]:
    return tuple(name for name, rgb in COLOURS.items() if all(distance(rgb, tone) > _APART for tone in tones))


class Easel:
    """A square picture in unit coordinates to paint a place on."""

    def __init__(self, side: int) -> None:
        self.side = side
        self.image = Image.new("RGB", (side, side))
        self._draw = ImageDraw.Draw(self.image)

    def fade(self, top: float, bottom: float, upper: Rgb, lower: Rgb) -> None:
        """A band over the full width whose colour goes from `upper` to `lower`."""
        first, last = round(top * self.side), round(bottom * self.side)
        share = np.linspace(0, 1, max(1, last - first))[:, None]
        rows = np.round(np.array(upper) * (1 - share) + np.array(lower) * share).astype(np.uint8)
        band = np.ascontiguousarray(np.broadcast_to(rows[:, None], (len(rows), self.side, 3)))
        self.image.paste(Image.fromarray(band), (0, first))

    def shape(self, colour: Rgb, *corners: tuple[float, float]) -> None:
        """A filled polygon."""
        self._draw.polygon([(x * self.side, y * self.side) for x, y in corners], fill=colour)

    def box(self, colour: Rgb, left: float, top: float, right: float, bottom: float) -> None:
        """A filled rectangle."""
        self.shape(colour, (left, top), (right, top), (right, bottom), (left, bottom))

    def disc(self, colour: Rgb, x: float, y: float, rx: float, ry: float | None = None) -> None:
        """A filled ellipse."""
        ry = rx if ry is None else ry
        n = self.side
        self._draw.ellipse(((x - rx) * n, (y - ry) * n, (x + rx) * n, (y + ry) * n), fill=colour)

    def hill(self, colour: Rgb, height: float, rise: float, waves: float, phase: float) -> None:
        """Everything under a wavy line about `height`."""
        xs = np.linspace(0, 1, 49)
        ys = height - rise * np.sin(2 * np.pi * (xs * waves + phase))
        self.shape(colour, *((float(x), float(y)) for x, y in zip(xs, ys, strict=True)), (1.0, 1.0), (0.0, 1.0))


def _clouds(easel: Easel, dice: Dice, count: int, colour: Rgb = (252, 253, 254)) -> None:
    for k in range(count):
        x, y, s = (k + dice.unit()) / count, dice.between(0.06, 0.24), dice.between(0.05, 0.08)
        for dx, dy, r in ((-1.2, 0.25, 0.7), (0, 0, 1.0), (1.2, 0.2, 0.75), (2.1, 0.4, 0.45), (-2.0, 0.45, 0.4)):
            easel.disc(colour, x + dx * s, y + dy * s, r * s, r * s * 0.75)


def _room(easel: Easel, dice: Dice) -> None:
    wall = dice.pick(((246, 232, 212), (226, 236, 230), (240, 226, 226), (228, 230, 242)))
    floor = dice.between(0.7, 0.8)
    easel.fade(0, floor, wall, _darker(wall, 0.96))
    easel.fade(floor, 1, (214, 180, 142), (198, 162, 122))
    for k in range(1, 7):
        easel.shape(
            (200, 164, 126),
            (k / 7, floor),
            (k / 7 + 0.006, floor),
            ((k / 7 - 0.5) * 1.9 + 0.51, 1),
            ((k / 7 - 0.5) * 1.9 + 0.5, 1),
        )
    easel.box((252, 250, 246), 0, floor - 0.035, 1, floor)
    x, y = dice.between(0.06, 0.62), dice.between(0.08, 0.14)
    easel.box((250, 248, 242), x, y, x + 0.32, y + 0.38)
    easel.box((204, 230, 244), x + 0.03, y + 0.03, x + 0.29, y + 0.35)
    easel.box((250, 248, 242), x + 0.15, y, x + 0.17, y + 0.38)
    easel.box((250, 248, 242), x, y + 0.18, x + 0.32, y + 0.2)


def _street(easel: Easel, dice: Dice) -> None:
    easel.fade(0, 0.6, (196, 218, 236), (228, 234, 238))
    left = -dice.between(0, 0.12)
    while left < 1:
        width, top = dice.between(0.18, 0.28), dice.between(0.1, 0.34)
        front = dice.pick(((224, 206, 190), (206, 210, 218), (230, 220, 196), (214, 200, 204), (198, 208, 202)))
        easel.box(front, left, top, left + width, 0.62)
        easel.box(_darker(front, 0.9), left, top, left + width, top + 0.025)
        for row in np.arange(top + 0.06, 0.54, 0.1):
            for col in (0.16, 0.42, 0.68):
                at = left + col * width
                easel.box((242, 244, 246), at, float(row), at + 0.17 * width, float(row) + 0.05)
        left += width
    easel.box((206, 204, 202), 0, 0.62, 1, 0.7)
    easel.box((186, 184, 184), 0, 0.69, 1, 0.705)
    easel.fade(0.7, 1, (134, 136, 142), (122, 124, 130))
    shift = dice.between(0, 0.25)
    for k in range(-1, 5):
        easel.box((240, 238, 228), k * 0.25 + shift, 0.84, k * 0.25 + shift + 0.13, 0.865)


def _park(easel: Easel, dice: Dice) -> None:
    easel.fade(0, 0.6, (176, 216, 244), (226, 242, 250))
    _clouds(easel, dice, 2)
    easel.hill((176, 214, 152), 0.5, 0.04, dice.between(1, 1.6), dice.unit())
    x = dice.unit() * 0.1
    while x < 1.05:  # a hedge
        easel.disc((150, 196, 128), x, 0.56, dice.between(0.05, 0.09), 0.06)
        x += 0.1
    easel.fade(0.57, 1, (168, 212, 128), (140, 194, 104))
    far, near = dice.between(0.3, 0.7), dice.between(0.1, 0.6)
    easel.shape((232, 216, 182), (far, 0.57), (far + 0.04, 0.57), (near + 0.36, 1), (near, 1))


def _beach(easel: Easel, dice: Dice) -> None:
    horizon, shore = dice.between(0.36, 0.46), dice.between(0.56, 0.64)
    easel.fade(0, horizon, (150, 208, 244), (220, 240, 250))
    easel.disc((255, 246, 206), dice.between(0.12, 0.88), dice.between(0.1, 0.2), 0.075)
    easel.fade(horizon, shore + 0.05, (78, 172, 208), (136, 210, 220))
    phase = dice.unit()
    easel.hill((248, 252, 252), shore, 0.016, 2, phase)
    easel.hill((240, 222, 176), shore + 0.022, 0.016, 2, phase)
    easel.hill((246, 228, 182), shore + 0.07, 0.02, 1.5, phase)
    for _ in range(14):
        easel.disc((228, 204, 154), dice.unit(), dice.between(shore + 0.14, 0.98), 0.007, 0.005)


def _sea(easel: Easel, dice: Dice) -> None:
    horizon = dice.between(0.22, 0.34)
    easel.fade(0, horizon, (198, 226, 246), (232, 244, 250))
    _clouds(easel, dice, 2)
    easel.fade(horizon, 1, (84, 162, 206), (40, 118, 176))
    for k in range(7):
        y = horizon + 0.05 + k * k * 0.014
        shift = dice.unit()
        for step in range(-1, 4):
            x, wide = (step + shift) / 3, 0.05 + 0.012 * k
            easel.disc((150, 206, 232), x, y, wide, 0.006 + 0.001 * k)


def _desert(easel: Easel, dice: Dice) -> None:
    easel.fade(0, 0.6, (250, 218, 176), (254, 240, 214))
    easel.disc((255, 250, 226), dice.between(0.15, 0.85), dice.between(0.12, 0.24), 0.09)
    easel.hill((238, 196, 142), 0.52, 0.05, dice.between(0.8, 1.3), dice.unit())
    easel.hill((230, 182, 122), 0.64, 0.06, dice.between(0.8, 1.2), dice.unit())
    easel.hill((240, 200, 144), 0.8, 0.05, dice.between(0.6, 1.1), dice.unit())


def _mountains(easel: Easel, dice: Dice) -> None:
    easel.fade(0, 0.75, (184, 208, 236), (236, 240, 246))
    for tone, low, high in (((182, 190, 214), 0.14, 0.26), ((150, 162, 192), 0.24, 0.4)):
        shift = dice.between(-0.2, 0.1)
        for k in range(4):
            x, top, wide = shift + k * 0.36, dice.between(low, high), dice.between(0.24, 0.32)
            easel.shape(tone, (x - wide, 0.84), (x, top), (x + wide, 0.84))
            s = 0.28
            reach, down = wide * s, (0.84 - top) * s
            easel.shape(
                (252, 252, 254),
                (x, top),
                (x + reach, top + down),
                (x + reach * 0.4, top + down * 0.7),
                (x, top + down * 1.15),
                (x - reach * 0.4, top + down * 0.7),
                (x - reach, top + down),
            )
    easel.hill((158, 190, 146), 0.76, 0.03, dice.between(0.8, 1.4), dice.unit())
    easel.hill((140, 178, 130), 0.87, 0.03, dice.between(0.8, 1.4), dice.unit())


def _snow(easel: Easel, dice: Dice) -> None:
    easel.fade(0, 0.65, (170, 190, 214), (210, 222, 236))
    for k in range(6):
        x, y, s = (k + dice.unit()) / 6, dice.between(0.54, 0.6), dice.between(0.7, 1.1)
        for step in (0, 1, 2):
            wide, top = (0.035 + 0.018 * step) * s, y - (0.2 - 0.055 * step) * s
            easel.shape((146, 172, 178), (x - wide, top + 0.085 * s), (x, top), (x + wide, top + 0.085 * s))
    easel.hill((226, 234, 244), 0.6, 0.03, dice.between(0.8, 1.3), dice.unit())
    easel.hill((240, 245, 250), 0.76, 0.04, dice.between(0.6, 1.1), dice.unit())
    for _ in range(46):
        easel.disc((252, 253, 255), dice.unit(), dice.unit(), dice.between(0.008, 0.014))


def _night(easel: Easel, dice: Dice) -> None:
    easel.fade(0, 1, (16, 20, 58), (52, 56, 110))
    for _ in range(40):
        easel.disc((226, 228, 246), dice.unit(), dice.between(0, 0.78), dice.between(0.004, 0.009))
    x, y = dice.between(0.14, 0.86), dice.between(0.13, 0.22)
    easel.disc((250, 240, 200), x, y, 0.085)
    easel.disc((20, 24, 64), x + 0.04, y - 0.02, 0.075)
    easel.hill((30, 34, 74), 0.78, 0.05, dice.between(0.8, 1.4), dice.unit())
    easel.hill((22, 24, 56), 0.88, 0.04, dice.between(0.8, 1.4), dice.unit())


def _darker(rgb: Rgb, share: float) -> Rgb:
    return round(rgb[0] * share), round(rgb[1] * share), round(rgb[2] * share)


PLACES: dict[str, Place] = {
    place.name: place
    for place in (
        Place("room", "in a room", ((240, 230, 216), (206, 170, 132)), _room),
        Place("street", "on a street", ((216, 208, 204), (128, 130, 136)), _street),
        Place("park", "in a park", ((210, 234, 248), (154, 204, 116)), _park),
        Place("beach", "on a beach", ((190, 226, 246), (110, 190, 214), (246, 228, 182)), _beach),
        Place("sea", "at sea", ((210, 234, 248), (60, 138, 190)), _sea),
        Place("desert", "in the desert", ((252, 232, 200), (236, 194, 138)), _desert),
        Place("mountains", "in the mountains", ((214, 226, 240), (150, 162, 192), (146, 182, 136)), _mountains),
        Place("snow", "in the snow", ((196, 210, 228), (236, 242, 248)), _snow),
        Place("night", "at night", ((30, 34, 76),), _night, dark=True),
    )
}


@lru_cache(maxsize=96)
def backdrop(place: str, variant: int, side: int) -> NDArray[np.uint8]:
    """The place without things: ``[side, side, 3]``, read-only."""
    easel = Easel(side)
    PLACES[place].paint(easel, Dice(0x9C1, tuple(PLACES).index(place) * 1000 + variant))
    pixels = np.array(easel.image)
    if variant % 2:
        pixels = np.ascontiguousarray(pixels[:, ::-1])
    pixels.setflags(write=False)
    return pixels
