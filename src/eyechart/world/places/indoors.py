"""A room and a kitchen."""

from __future__ import annotations

from eyechart.world.dice import Dice
from eyechart.world.painting.palette import Rgb
from eyechart.world.places.easel import Easel
from eyechart.world.places.place import Place

_FLOOR = 0.74


def darker(rgb: Rgb, share: float) -> Rgb:
    """The same hue with this share of its light."""
    return round(rgb[0] * share), round(rgb[1] * share), round(rgb[2] * share)


def _wall(easel: Easel, dice: Dice) -> None:
    wall = dice.pick(((246, 232, 212), (226, 236, 230), (240, 226, 226), (228, 230, 242)))
    easel.fade(0, _FLOOR, wall, darker(wall, 0.96))
    for k in range(9):  # wallpaper
        easel.box(darker(wall, 0.985), (k + 0.35) / 9, 0, (k + 0.65) / 9, _FLOOR)


def _floor(easel: Easel, dice: Dice) -> None:
    easel.fade(_FLOOR, 1, (214, 180, 142), (198, 162, 122))
    for k in range(1, 7):
        low = (k / 7 - 0.5) * 1.9 + 0.5
        easel.shape((200, 164, 126), (k / 7, _FLOOR), (k / 7 + 0.006, _FLOOR), (low + 0.01, 1), (low, 1))
    easel.box((252, 250, 246), 0, _FLOOR - 0.035, 1, _FLOOR)
    if dice.chance(0.5):
        _rug(easel, dice)
    x, y = dice.between(0.06, 0.62), dice.between(0.08, 0.14)
    _window(easel, x, y, dice)


def _rug(easel: Easel, dice: Dice) -> None:
    x = dice.between(0.35, 0.65)
    rug = dice.pick(((206, 186, 188), (186, 198, 196), (198, 194, 212)))
    easel.disc(rug, x, 0.9, 0.34, 0.075)
    easel.disc(darker(rug, 1.07), x, 0.9, 0.29, 0.058)


def _window(easel: Easel, x: float, y: float, dice: Dice) -> None:
    frame = (250, 248, 242)
    easel.box(frame, x, y, x + 0.32, y + 0.38)
    easel.box((204, 230, 244), x + 0.03, y + 0.03, x + 0.29, y + 0.35)
    easel.shape((222, 240, 249), (x + 0.05, y + 0.35), (x + 0.2, y + 0.03), (x + 0.26, y + 0.03), (x + 0.11, y + 0.35))
    easel.box(frame, x + 0.15, y, x + 0.17, y + 0.38)
    easel.box(frame, x, y + 0.18, x + 0.32, y + 0.2)
    curtain = dice.pick(((226, 206, 196), (206, 214, 206), (216, 206, 222)))
    for left in (x - 0.05, x + 0.29):
        easel.box(curtain, left, y - 0.02, left + 0.08, y + 0.43)
        easel.box(darker(curtain, 0.95), left + 0.03, y - 0.02, left + 0.045, y + 0.43)
    easel.box(darker(curtain, 0.86), x - 0.07, y - 0.035, x + 0.39, y - 0.015)


def _tiles(easel: Easel, dice: Dice) -> None:
    tile = dice.pick(((226, 238, 238), (240, 234, 222), (234, 230, 240), (228, 238, 226)))
    easel.fade(0, 0.7, tile, darker(tile, 0.98))
    for k in range(1, 10):
        easel.box(darker(tile, 0.95), k / 10 - 0.003, 0, k / 10 + 0.003, 0.7)
        easel.box(darker(tile, 0.95), 0, k / 13 - 0.003, 1, k / 13 + 0.003)


def _counter(easel: Easel, dice: Dice) -> None:
    wood = dice.pick(((206, 214, 216), (222, 206, 184), (204, 214, 200), (214, 204, 212)))
    _cupboards(easel, wood, dice)
    easel.fade(0.66, 0.775, (236, 228, 216), (224, 214, 200))
    easel.box((196, 184, 168), 0, 0.775, 1, 0.805)
    easel.box(wood, 0, 0.805, 1, 1)
    for k in range(4):
        left = k / 4 + 0.015
        easel.box(darker(wood, 0.93), left, 0.83, left + 0.22, 0.965)
        easel.box(darker(wood, 1.04), left + 0.02, 0.848, left + 0.2, 0.947)
        easel.disc((150, 150, 154), left + (0.2 if k % 2 == 0 else 0.02), 0.895, 0.011)
    easel.box(darker(wood, 0.7), 0, 0.985, 1, 1)


def _cupboards(easel: Easel, wood: Rgb, dice: Dice) -> None:
    start = dice.between(0.0, 0.5)
    easel.box(darker(wood, 0.88), start, 0, start + 0.5, 0.225)
    for k in (0, 1):
        left = start + 0.25 * k
        easel.box(wood, left + 0.008, 0, left + 0.242, 0.215)
        easel.box(darker(wood, 1.05), left + 0.035, 0.03, left + 0.215, 0.185)
        easel.disc((150, 150, 154), left + (0.225 if k == 0 else 0.025), 0.16, 0.01)
    rail = start - 0.42 if start > 0.25 else start + 0.58
    easel.box((170, 172, 176), rail, 0.2, rail + 0.34, 0.212)
    for k, length in enumerate((0.09, 0.12, 0.075)):
        x = rail + 0.06 + 0.11 * k
        easel.box((184, 186, 190), x - 0.005, 0.21, x + 0.005, 0.21 + length)
        easel.disc((184, 186, 190), x, 0.22 + length, 0.02, 0.026)


ROOM = Place(
    name="room",
    phrase="in a room",
    tones=((240, 230, 216), (206, 170, 132)),
    far=_wall,
    near=_floor,
    horizon=_FLOOR,
    ground=(0.79, 0.97),
    air=(0.14, 0.4),
)
KITCHEN = Place(
    name="kitchen",
    phrase="in a kitchen",
    tones=((232, 234, 232), (212, 208, 202)),
    far=_tiles,
    near=_counter,
    horizon=0.66,
    ground=(0.955, 0.985),
    surface=(0.695, 0.765),
    air=(0.14, 0.4),
)
