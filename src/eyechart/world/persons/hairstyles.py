"""Hair: what of each style is behind the head, and what in front of it, on the sheet of a portrait (100 × 100)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import cos, radians, sin

from eyechart.world.shapes import Part, bend, curve, ellipse, polygon

Strokes = list[Part | list[Part]]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Hairstyle:
    """Strokes with the role "hair", and "sheen" for what lies on it."""

    behind: Strokes = field(default_factory=list)
    front: Strokes = field(default_factory=list)


def _cap(low: float = 43, brow: float = 31, part: float = 50, rise: float = 0) -> Part:
    """Over the crown, with a hairline that meets the brow left and right of the parting."""
    return curve(
        "hair",
        (50, 14 - rise),
        (63, 17 - rise),
        (71, 28),
        (72.5, low),
        (68.5, low - 2),
        (66, 34),
        ((part + 66) / 2, brow - 1),
        (part, brow - 4),
        ((part + 34) / 2, brow - 1),
        (34, 34),
        (31.5, low - 2),
        (27.5, low),
        (29, 28),
        (37, 17 - rise),
    )


def _bald() -> Hairstyle:
    return Hairstyle()


def _short() -> Hairstyle:
    return Hairstyle(front=[_cap(low=40, brow=29), bend("sheen", 1.6, (38, 21), (46, 18), (54, 18.5))])


def _parted() -> Hairstyle:
    swept = curve(
        "hair", (40, 15), (55, 12), (67, 18), (72.5, 30), (72, 42), (68.5, 40), (66, 32), (56, 27), (46, 24), (38, 29),
        (34.5, 34), (31.5, 42), (28, 42), (28, 29), (32, 20),
    )  # fmt: skip
    return Hairstyle(front=[swept, bend("sheen", 1.6, (46, 17.5), (56, 17), (64, 22))])


def _receding() -> Hairstyle:
    side = [(29.5, 30), (34, 27), (34.5, 34), (32.5, 44), (28.5, 46), (27.5, 38)]
    right = [(100 - x, y) for x, y in side]
    return Hairstyle(front=[curve("hair", *side), curve("hair", *right)])


def _spiky() -> Hairstyle:
    tips = [(28, 40), (24, 28), (31, 27), (29, 15), (38, 19), (41, 8), (48, 16), (55, 6), (60, 16), (69, 9), (69, 20)]
    tips += [
        (77, 20),
        (72, 30),
        (73, 40),
        (68, 39),
        (65, 30),
        (58, 32),
        (52, 28),
        (45, 32),
        (39, 29),
        (34, 32),
        (32, 40),
    ]
    return Hairstyle(front=[polygon("hair", *tips)])


def _curly() -> Hairstyle:
    around = [ellipse("hair", 50 + 24 * cos(radians(a)), 35 + 22 * sin(radians(a)), 9.5) for a in range(150, 400, 22)]
    middle = ellipse("hair", 50, 34, 25, 22)
    brow = [ellipse("hair", x, y, 5.6) for x, y in ((35, 27), (42, 24), (50, 23), (58, 24), (65, 27))]
    return Hairstyle(behind=[middle, *around], front=[*brow])


def _bob() -> Hairstyle:
    back = curve(
        "hair", (50, 13), (66, 17), (75, 32), (77, 50), (77, 66), (70, 71), (50, 68), (30, 71), (23, 66), (23, 50),
        (25, 32), (34, 17),
    )  # fmt: skip
    fringe = curve(
        "hair", (50, 14), (65, 18), (73, 31), (74, 50), (69.5, 51), (67.5, 36), (60, 35), (50, 36), (40, 35),
        (32.5, 36), (30.5, 51), (26, 50), (27, 31), (35, 18),
    )  # fmt: skip
    return Hairstyle(behind=[back], front=[fringe, bend("sheen", 1.8, (36, 24), (48, 19.5), (62, 23))])


def _long_straight() -> Hairstyle:
    back = curve(
        "hair", (50, 13), (66, 17), (74, 32), (76, 55), (77, 78), (74, 92), (60, 90), (40, 90), (26, 92), (23, 78),
        (24, 55), (26, 32), (34, 17),
    )  # fmt: skip
    return Hairstyle(behind=[back], front=[_curtain(1), _curtain(-1)])


def _long_wavy() -> Hairstyle:
    wave = [(66, 15), (76, 28), (73, 39), (80, 50), (75, 61), (82, 73), (77, 86), (66, 90), (58, 84)]
    back = curve("hair", (50, 12), *wave, *((100 - x, y) for x, y in reversed(wave)))
    sweep = curve(
        "hair", (42, 14), (56, 12), (69, 18), (74, 32), (73, 50), (69.5, 47), (67, 35), (57, 31), (47, 24), (38, 32),
        (33, 38), (30.5, 49), (26, 50), (26, 30), (32, 19),
    )  # fmt: skip
    return Hairstyle(behind=[back], front=[sweep, bend("sheen", 1.8, (50, 17), (60, 18), (68, 25))])


def _bun() -> Hairstyle:
    top: Strokes = [ellipse("hair", 50, 9, 9.5, 8), bend("sheen", 1.5, (45, 7), (50, 4.5), (55, 7))]
    return Hairstyle(behind=top, front=[_cap(low=40, brow=30, rise=0), bend("sheen", 1.6, (39, 22), (48, 18.5))])


def _ponytail() -> Hairstyle:
    tail = curve("hair", (66, 20), (78, 18), (87, 28), (88, 45), (83, 62), (79, 70), (77, 58), (77, 42), (72, 32))
    swept = curve(
        "hair", (44, 14), (58, 13), (68, 20), (72.5, 33), (72, 43), (68.5, 40), (66, 33), (54, 32), (43, 25), (36, 30),
        (32, 42), (28, 42), (28, 30), (34, 18),
    )  # fmt: skip
    return Hairstyle(
        behind=[tail], front=[swept, ellipse("tie", 73, 22, 3.2), bend("sheen", 1.6, (48, 17), (60, 18.5))]
    )


def _braids() -> Hairstyle:
    braids = [
        ellipse("hair", 50 + side * (24 + 0.5 * k), 52 + 6.6 * k, 5.2 - k * 0.25, 4.6)
        for side in (-1, 1)
        for k in range(6)
    ]
    ends = [ellipse("tie", x, 90, 3.4, 2.4) for x in (23.2, 76.8)]
    return Hairstyle(behind=[], front=[_curtain(1), _curtain(-1), *braids, *ends])


def _curtain(side: int) -> Part:
    """From the parting in the middle down one side (1: right)."""
    knots = [(50, 13), (64, 16), (73, 30), (74.5, 50), (75, 60), (70.5, 60), (69.5, 46), (65, 34), (56, 25), (50, 21.5)]
    return curve("hair", *((50 + side * (x - 50), y) for x, y in knots))


_STYLES: dict[str, Callable[[], Hairstyle]] = {
    "bald": _bald,
    "short": _short,
    "parted": _parted,
    "receding": _receding,
    "spiky": _spiky,
    "curly": _curly,
    "bob": _bob,
    "long straight": _long_straight,
    "long wavy": _long_wavy,
    "bun": _bun,
    "ponytail": _ponytail,
    "braids": _braids,
}
HAIRSTYLES: dict[str, Hairstyle] = {name: draw() for name, draw in _STYLES.items()}
