"""A beach, a river, the sea, the sky, the night."""

from __future__ import annotations

from eyechart.world.dice import Dice
from eyechart.world.painting.palette import Rgb
from eyechart.world.places.easel import Easel
from eyechart.world.places.place import Place
from eyechart.world.places.town import cloud, clouds


def _sunny(easel: Easel, dice: Dice) -> None:
    easel.fade(0, 0.44, (150, 208, 244), (220, 240, 250))
    easel.disc((255, 246, 206), dice.between(0.12, 0.88), dice.between(0.1, 0.2), 0.075)


def _shore(easel: Easel, dice: Dice) -> None:
    shore = dice.between(0.56, 0.62)
    easel.fade(0.42, shore + 0.05, (78, 172, 208), (136, 210, 220))
    for k in range(3):
        _ripples(easel, dice, 0.45 + 0.035 * k, 0.04, (150, 208, 226))
    phase = dice.unit()
    easel.hill((248, 252, 252), shore, 0.016, 2, phase)
    easel.hill((240, 222, 176), shore + 0.022, 0.016, 2, phase)
    easel.hill((246, 228, 182), shore + 0.07, 0.02, 1.5, phase)
    for _ in range(14):
        easel.disc((228, 204, 154), dice.unit(), dice.between(shore + 0.14, 0.98), 0.007, 0.005)


def _ripples(easel: Easel, dice: Dice, y: float, wide: float, colour: Rgb) -> None:
    shift = dice.unit()
    for step in range(-1, 4):
        easel.disc(colour, (step + shift) / 3, y, wide, 0.004 + 0.02 * wide)


def _mild(easel: Easel, dice: Dice) -> None:
    easel.fade(0, 0.5, (184, 218, 244), (230, 242, 248))
    clouds(easel, dice, 2, low=0.16)


def _banks(easel: Easel, dice: Dice) -> None:
    easel.hill((182, 212, 164), 0.4, 0.04, dice.between(1, 1.5), dice.unit())
    x = dice.unit() * 0.12
    while x < 1.06:
        easel.disc((156, 196, 138), x, 0.46, dice.between(0.04, 0.08), dice.between(0.05, 0.08))
        x += 0.11
    easel.fade(0.47, 0.53, (172, 208, 136), (160, 200, 124))
    easel.hill((206, 196, 150), 0.53, 0.006, 3, dice.unit())
    easel.hill((124, 188, 218), 0.545, 0.006, 3, dice.unit())
    easel.fade(0.56, 1, (124, 188, 218), (84, 156, 200))
    for k in range(5):
        _ripples(easel, dice, 0.6 + 0.055 * k, 0.05 + 0.012 * k, (170, 214, 234))
    phase = dice.unit()
    easel.hill((206, 196, 150), 0.885, 0.012, 1.4, phase)
    easel.hill((158, 200, 116), 0.9, 0.012, 1.4, phase)
    for side in (0.04, 0.94):  # reeds
        for k in range(4):
            x = side + 0.018 * k
            top = 0.79 + 0.02 * (k % 2)
            easel.shape((136, 176, 104), (x - 0.004, 0.92), (x, top), (x + 0.004, 0.92))


def _pale(easel: Easel, dice: Dice) -> None:
    easel.fade(0, 0.3, (198, 226, 246), (232, 244, 250))
    clouds(easel, dice, 2, low=0.18)


def _waves(easel: Easel, dice: Dice) -> None:
    easel.fade(0.28, 1, (84, 162, 206), (40, 118, 176))
    for k in range(7):
        _ripples(easel, dice, 0.33 + k * k * 0.014, 0.05 + 0.012 * k, (150, 206, 232))


def _blue(easel: Easel, _dice: Dice) -> None:
    easel.fade(0, 1, (122, 184, 236), (224, 240, 250))


def _flock(easel: Easel, dice: Dice) -> None:
    for k in range(6):
        s = dice.between(0.05, 0.075)
        cloud(easel, (k % 3 + dice.unit()) / 3, (0.12, 0.46)[k // 3] + dice.between(-0.05, 0.12), s)
    for k in range(7):  # the clouds below
        easel.disc((250, 252, 254), (k + dice.unit() * 0.6) / 6.5, dice.between(0.95, 1.0), 0.13, 0.09)


def _stars(easel: Easel, dice: Dice) -> None:
    easel.fade(0, 1, (16, 20, 58), (52, 56, 110))
    for _ in range(40):
        easel.disc((226, 228, 246), dice.unit(), dice.between(0, 0.78), dice.between(0.004, 0.009))


def _dark_hills(easel: Easel, dice: Dice) -> None:
    easel.hill((30, 34, 74), 0.78, 0.05, dice.between(0.8, 1.4), dice.unit())
    easel.hill((22, 24, 56), 0.88, 0.04, dice.between(0.8, 1.4), dice.unit())


BEACH = Place(
    name="beach",
    phrase="on a beach",
    tones=((190, 226, 246), (110, 190, 214), (246, 228, 182)),
    far=_sunny,
    near=_shore,
    horizon=0.42,
    ground=(0.7, 0.97),
    water=(0.47, 0.56),
    air=(0.12, 0.36),
    features=("rainbow",),
)
RIVER = Place(
    name="river",
    phrase="at a river",
    tones=((212, 232, 246), (104, 172, 210), (160, 200, 120)),
    far=_mild,
    near=_banks,
    horizon=0.45,
    ground=(0.93, 0.98),
    water=(0.6, 0.86),
    air=(0.12, 0.36),
    features=("rain",),
)
SEA = Place(
    name="sea",
    phrase="at sea",
    tones=((210, 234, 248), (60, 138, 190)),
    far=_pale,
    near=_waves,
    horizon=0.28,
    water=(0.45, 0.95),
    air=(0.1, 0.26),
    features=("rainbow", "rain"),
)
SKY = Place(
    name="sky",
    phrase="in the sky",
    tones=((152, 202, 242), (224, 238, 248)),
    far=_blue,
    near=_flock,
    horizon=1.0,
    air=(0.15, 0.8),
    features=("rainbow",),
)
NIGHT = Place(
    name="night",
    phrase="at night",
    tones=((30, 34, 76),),
    far=_stars,
    near=_dark_hills,
    horizon=0.8,
    ground=(0.86, 0.97),
    air=(0.12, 0.5),
    features=("moon",),
    dark=True,
)
