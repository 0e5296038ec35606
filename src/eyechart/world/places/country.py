"""A forest, hills, a desert, a snowy field."""

from __future__ import annotations

from eyechart.world.dice import Dice
from eyechart.world.painting.palette import Rgb
from eyechart.world.places.easel import Easel
from eyechart.world.places.place import Place
from eyechart.world.places.town import clouds


def _firs(easel: Easel, dice: Dice, colour: Rgb, foot: float, height: float, count: int) -> None:
    for k in range(count):
        easel.tree(
            colour, (k + dice.unit()) / count, foot + dice.between(-0.02, 0.02), height * dice.between(0.8, 1.15)
        )


def _wood(easel: Easel, dice: Dice) -> None:
    easel.fade(0, 0.66, (224, 238, 222), (206, 228, 200))
    for tone, foot, height, count in (((204, 226, 198), 0.6, 0.5, 7), ((178, 208, 172), 0.64, 0.44, 5)):
        _firs(easel, dice, tone, foot, height, count)


def _glade(easel: Easel, dice: Dice) -> None:
    easel.hill((164, 196, 142), 0.6, 0.012, 2.5, dice.unit())
    easel.fade(0.62, 1, (160, 194, 136), (138, 176, 112))
    for k, side in ((0, 0.0), (1, 1.0)):  # trunks at both sides, their crowns above the frame
        x = side + (1 - 2 * side) * dice.between(0.03, 0.09)
        wide = dice.between(0.035, 0.05)
        foot = dice.between(0.66, 0.72)
        easel.shape((176, 154, 128), (x - wide, 0), (x + wide, 0), (x + wide * 1.3, foot), (x - wide * 1.3, foot))
        easel.shape((164, 142, 116), (x, 0), (x + wide, 0), (x + wide * 1.3, foot), (x + 0.2 * wide, foot))
        for j in range(4):
            easel.disc((158, 192, 142), x + (j - 1.5) * 0.09 * (1 if k else -1), 0.02, 0.1, 0.075)
    for k in range(14):  # ferns
        x, y = (k + dice.unit()) / 14, dice.between(0.66, 0.97)
        easel.shape(
            (150, 188, 124),
            (x - 0.014, y),
            (x - 0.008, y - 0.03),
            (x, y - 0.008),
            (x + 0.009, y - 0.03),
            (x + 0.014, y),
        )


def _wide_sky(easel: Easel, dice: Dice) -> None:
    easel.fade(0, 0.6, (170, 210, 242), (228, 242, 250))
    clouds(easel, dice, 2, low=0.18)


def _ridges(easel: Easel, dice: Dice) -> None:
    easel.hill((186, 212, 196), 0.42, 0.07, dice.between(1.2, 1.7), dice.unit())
    easel.hill((172, 208, 160), 0.5, 0.06, dice.between(0.9, 1.4), dice.unit())
    easel.hill((160, 202, 132), 0.58, 0.03, dice.between(0.8, 1.1), dice.unit())
    for k in range(7):  # far bushes
        easel.disc((146, 188, 132), (k + dice.unit()) / 7, dice.between(0.56, 0.6), dice.between(0.016, 0.03), 0.016)
    easel.hill((168, 208, 126), 0.68, 0.035, dice.between(0.6, 1.0), dice.unit())
    easel.hill((154, 198, 112), 0.86, 0.03, dice.between(0.6, 1.0), dice.unit())


def _hot_sky(easel: Easel, dice: Dice) -> None:
    easel.fade(0, 0.6, (250, 218, 176), (254, 240, 214))
    easel.disc((255, 250, 226), dice.between(0.15, 0.85), dice.between(0.12, 0.24), 0.09)


def _dunes(easel: Easel, dice: Dice) -> None:
    easel.hill((238, 196, 142), 0.52, 0.05, dice.between(0.8, 1.3), dice.unit())
    easel.hill((230, 182, 122), 0.64, 0.06, dice.between(0.8, 1.2), dice.unit())
    easel.hill((240, 200, 144), 0.8, 0.05, dice.between(0.6, 1.1), dice.unit())


def _cold_sky(easel: Easel, _dice: Dice) -> None:
    easel.fade(0, 0.65, (170, 190, 214), (210, 222, 236))


def _snowfield(easel: Easel, dice: Dice) -> None:
    _firs(easel, dice, (146, 172, 178), 0.6, 0.24, 6)
    easel.hill((226, 234, 244), 0.6, 0.03, dice.between(0.8, 1.3), dice.unit())
    easel.hill((240, 245, 250), 0.76, 0.04, dice.between(0.6, 1.1), dice.unit())
    for _ in range(46):
        easel.disc((252, 253, 255), dice.unit(), dice.unit(), dice.between(0.008, 0.014))


FOREST = Place(
    name="forest",
    phrase="in a forest",
    tones=((206, 228, 200), (150, 186, 124)),
    far=_wood,
    near=_glade,
    horizon=0.62,
    ground=(0.68, 0.97),
    features=("river", "path"),
)
HILLS = Place(
    name="hills",
    phrase="in the hills",
    tones=((210, 234, 246), (158, 202, 124)),
    far=_wide_sky,
    near=_ridges,
    horizon=0.6,
    ground=(0.7, 0.97),
    air=(0.12, 0.42),
    features=("river", "path", "rainbow"),
)
DESERT = Place(
    name="desert",
    phrase="in the desert",
    tones=((252, 232, 200), (236, 194, 138)),
    far=_hot_sky,
    near=_dunes,
    horizon=0.64,
    ground=(0.72, 0.97),
    air=(0.12, 0.42),
    features=("path",),
)
SNOW = Place(
    name="snow",
    phrase="in the snow",
    tones=((196, 210, 228), (236, 242, 248)),
    far=_cold_sky,
    near=_snowfield,
    horizon=0.6,
    ground=(0.68, 0.97),
    air=(0.12, 0.42),
    features=("moon",),
)
