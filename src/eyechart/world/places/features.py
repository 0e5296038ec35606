"""What some places have and others like them have not: a river, a path, a rainbow, the moon, rain."""

from __future__ import annotations

from collections.abc import Callable

from eyechart.world.dice import Dice
from eyechart.world.painting.palette import Rgb
from eyechart.world.places.easel import Easel
from eyechart.world.places.place import Place

_WATER, _STREAK, _BANK = (104, 172, 212), (176, 216, 236), (206, 196, 150)
_PATH, _EDGE = (236, 220, 186), (214, 194, 156)
_RAINBOW = ((236, 132, 128), (246, 186, 118), (250, 232, 138), (154, 212, 148), (136, 184, 232), (178, 150, 214))


def _course(easel: Easel, dice: Dice, top: float, ends: tuple[float, float], colours: tuple[Rgb, Rgb]) -> None:
    """A winding band from the horizon to the lower edge; it ends at a middle, so wide to each side."""
    near, wide = ends
    start, sway = near + (0.5 - near) * dice.between(0.3, 0.6), dice.between(0.08, 0.13)
    bends = dice.pick((-1, 1))
    course = []
    for k in range(25):
        t = k / 24
        wave = t * (1 - t) * 4 * sway * bends * (1 if t < 0.5 else -1) * abs(1 - 2 * t) * 1.6
        course.append((start + (near - start) * t**1.5 + wave, top + (1.02 - top) * t, 0.025 + wide * t**1.6))
    easel.ribbon(colours[1], [(x, y, half * 1.14 + 0.006) for x, y, half in course])
    easel.ribbon(colours[0], course)


def _river(easel: Easel, dice: Dice, place: Place) -> None:
    near = dice.between(0.68, 0.78)
    _course(easel, dice, place.horizon, (near, 0.21), (_WATER, _BANK))
    for k in range(4):
        y = place.horizon + (1 - place.horizon) * (0.55 + 0.12 * k)
        easel.disc(_STREAK, near + dice.between(-0.07, 0.04), y, 0.03 + 0.012 * k, 0.006)


def _path(easel: Easel, dice: Dice, place: Place) -> None:
    colours = ((250, 230, 190), (214, 164, 108)) if place.name == "desert" else (_PATH, _EDGE)
    _course(easel, dice, place.horizon, (dice.between(0.16, 0.3), 0.14), colours)


def _rainbow(easel: Easel, dice: Dice, place: Place) -> None:
    x, outer = dice.between(0.4, 0.6), dice.between(0.42, 0.5)
    y = max(place.horizon, 0.5) + 0.04 if place.horizon < 1 else 0.94
    for k, colour in enumerate(_RAINBOW):
        easel.arch(colour, x, y, outer - 0.021 * k, outer - 0.021 * (k + 1))


def _moon(easel: Easel, dice: Dice, place: Place) -> None:
    x, y = dice.between(0.16, 0.84), dice.between(0.14, 0.22)
    if place.dark:
        easel.disc((40, 44, 92), x, y, 0.13)
        easel.disc((62, 64, 112), x, y, 0.108)
    easel.crescent((252, 244, 206), x, y, 0.088)


def _rain(easel: Easel, dice: Dice, _place: Place) -> None:
    easel.over((150, 164, 182), 0.3)
    for k in range(5):
        x, s = (k + dice.unit()) / 5, dice.between(0.09, 0.13)
        for dx, dy, r in ((-1.1, 0.0, 0.8), (0, 0.1, 1.0), (1.1, 0.0, 0.8)):
            easel.disc((150, 160, 174), x + dx * s, dy * s, r * s, r * s * 0.7)
    for k in range(84):
        x, y = (k % 12 + dice.unit()) / 11 - 0.05, (k // 12 + dice.unit()) / 7
        long = dice.between(0.05, 0.085)
        colour = (236, 242, 248) if k % 3 else (108, 132, 164)
        easel.shape(colour, (x, y), (x + 0.009, y), (x + 0.009 - 0.3 * long, y + long), (x - 0.3 * long, y + long))


Layer = Callable[[Easel, Dice, Place], None]
# In the order in which they are painted; those of the sky come before what hides the sky.
SKY: dict[str, Layer] = {"moon": _moon, "rainbow": _rainbow}
LAND: dict[str, Layer] = {"river": _river, "path": _path, "rain": _rain}
FEATURES: tuple[str, ...] = ("river", "path", "rainbow", "moon", "rain")
