"""A street and a park."""

from __future__ import annotations

import numpy as np

from eyechart.world.dice import Dice
from eyechart.world.places.easel import Easel
from eyechart.world.places.indoors import darker
from eyechart.world.places.place import Place


def clouds(easel: Easel, dice: Dice, count: int, low: float = 0.24) -> None:
    """White clouds side by side, none lower than `low`."""
    for k in range(count):
        x, y, s = (k + dice.unit()) / count, dice.between(0.06, low), dice.between(0.05, 0.08)
        cloud(easel, x, y, s)


def cloud(easel: Easel, x: float, y: float, s: float) -> None:
    """One white cloud of about four times `s`."""
    for dx, dy, r in ((-1.2, 0.25, 0.7), (0, 0, 1.0), (1.2, 0.2, 0.75), (2.1, 0.4, 0.45), (-2.0, 0.45, 0.4)):
        easel.disc((252, 253, 254), x + dx * s, y + dy * s, r * s, r * s * 0.75)


def _houses(easel: Easel, dice: Dice) -> None:
    easel.fade(0, 0.6, (196, 218, 236), (228, 234, 238))
    left = -dice.between(0, 0.12)
    while left < 1:
        width, top = dice.between(0.18, 0.28), dice.between(0.1, 0.34)
        front = dice.pick(((224, 206, 190), (206, 210, 218), (230, 220, 196), (214, 200, 204), (198, 208, 202)))
        easel.box(front, left, top, left + width, 0.62)
        easel.box(darker(front, 0.9), left, top, left + width, top + 0.025)
        for row in np.arange(top + 0.06, 0.54, 0.1):
            for col in (0.16, 0.42, 0.68):
                at = left + col * width
                easel.box((242, 244, 246), at, float(row), at + 0.17 * width, float(row) + 0.05)
        left += width


def _road(easel: Easel, dice: Dice) -> None:
    easel.box((206, 204, 202), 0, 0.62, 1, 0.7)
    easel.box((186, 184, 184), 0, 0.69, 1, 0.705)
    easel.fade(0.7, 1, (134, 136, 142), (122, 124, 130))
    shift = dice.between(0, 0.25)
    for k in range(-1, 5):
        easel.box((240, 238, 228), k * 0.25 + shift, 0.84, k * 0.25 + shift + 0.13, 0.865)


def _fair_sky(easel: Easel, dice: Dice) -> None:
    easel.fade(0, 0.6, (176, 216, 244), (226, 242, 250))
    clouds(easel, dice, 2)


def _lawn(easel: Easel, dice: Dice) -> None:
    easel.hill((176, 214, 152), 0.5, 0.04, dice.between(1, 1.6), dice.unit())
    x = dice.unit() * 0.1
    while x < 1.05:  # a hedge
        easel.disc((150, 196, 128), x, 0.56, dice.between(0.05, 0.09), 0.06)
        x += 0.1
    easel.fade(0.57, 1, (168, 212, 128), (140, 194, 104))
    for k in range(12):  # daisies
        y = dice.between(0.62, 0.98)
        easel.disc((250, 250, 240), (k + dice.unit()) / 12, y, 0.004 + 0.004 * y, 0.003 + 0.003 * y)


STREET = Place(
    name="street",
    phrase="on a street",
    tones=((216, 208, 204), (128, 130, 136)),
    far=_houses,
    near=_road,
    horizon=0.62,
    ground=(0.69, 0.97),
    air=(0.12, 0.45),
    features=("rain",),
)
PARK = Place(
    name="park",
    phrase="in a park",
    tones=((210, 234, 248), (154, 204, 116)),
    far=_fair_sky,
    near=_lawn,
    horizon=0.57,
    ground=(0.64, 0.97),
    air=(0.12, 0.45),
    features=("river", "path", "rainbow", "rain"),
)
