"""Marks and signals."""

from __future__ import annotations

import numpy as np

from eyechart.world.concept import Concept
from eyechart.world.drawings.pieces import halves, moved
from eyechart.world.shapes import Part, Point, box, curve, drawing, ellipse, polygon


def _star(role: str, outer: float, inner: float) -> Part:
    angle = np.radians(np.arange(10) * 36 - 90)
    radius = np.where(np.arange(10) % 2 == 0, outer, inner)
    return polygon(
        role, *((50 + float(r * np.cos(a)), 50 + float(r * np.sin(a))) for a, r in zip(angle, radius, strict=True))
    )


_STAR = _star("body", 52, 23)
_STAR_LEFT, _STAR_RIGHT = halves(_STAR, 5, 9, (58, 62), (42, 58), (55, 46), (38, 44))

STAR = drawing(_STAR, _star("tint", 20, 9))
BROKEN_STAR = drawing(
    moved(_STAR_LEFT, turn=-14, about=(36, 56), by=(-7, 4)), moved(_STAR_RIGHT, turn=8, about=(60, 50), by=(4, 0))
)

_HEART = curve(
    "body",
    (50, 26),
    (58, 12),
    (74, 6),
    (90, 14),
    (97, 32),
    (90, 54),
    (72, 76),
    (50, 96),
    (28, 76),
    (10, 54),
    (3, 32),
    (10, 14),
    (26, 6),
    (42, 12),
)
_HEART_RIGHT, _HEART_LEFT = halves(_HEART, 0, 42, (58, 36), (42, 48), (58, 60), (43, 72), (55, 84))
_HEART_SHADE = curve("shade", (90, 28), (95, 36), (88, 54), (70, 75), (52, 91), (68, 70), (84, 50))
_HEART_SHINE = ellipse("tint", 24, 26, 10, 6, turn=-40)

HEART = drawing(_HEART, _HEART_SHADE, _HEART_SHINE)
BROKEN_HEART = drawing(
    moved(_HEART_LEFT, _HEART_SHINE, turn=-9, about=(50, 96), by=(-3, 0)),
    moved(_HEART_RIGHT, _HEART_SHADE, turn=9, about=(50, 96), by=(3, 0)),
)

_ARROW = polygon("body", (2, 36), (54, 36), (54, 14), (98, 50), (54, 86), (54, 64), (2, 64))

ARROW = drawing(_ARROW, polygon("shade", (2, 57), (60, 57), (60, 75), (98, 50), (54, 86), (54, 64), (2, 64)))
BROKEN_ARROW = drawing(
    polygon("body", (2, 36), (32, 36), (24, 44), (34, 50), (25, 57), (32, 64), (2, 64)),
    polygon("shade", (2, 57), (25, 57), (32, 64), (2, 64)),
    moved(
        polygon(
            "body", (54, 14), (98, 50), (54, 86), (54, 64), (37, 64), (30, 57), (39, 50), (29, 44), (37, 36), (54, 36)
        ),
        turn=15,
        about=(38, 50),
        by=(9, 4),
    ),
)

_POLE = [box("metal", 6, 5, 13, 99, corner=1), ellipse("gold", 9.5, 5, 5)]
_XS = np.linspace(13, 97, 22)
_WAVE = 5 * np.sin((_XS - 13) / 84 * 2 * np.pi)


def _cloth(role: str, upper: float, lower: float, columns: slice, *edge: Point) -> Part:
    """A strip of the waving cloth between two heights, up to its free edge."""
    waves = list(zip(_XS[columns].tolist(), _WAVE[columns].tolist(), strict=True))
    return polygon(role, *((x, upper + w) for x, w in waves), *edge, *((x, lower + w) for x, w in waves[::-1]))


_FOLD = _cloth("shade", 12, 62, slice(9, 12))
_TATTERS = ((82, 10), (72, 19), (90, 26), (68, 33), (86, 42), (64, 47), (80, 57), (66, 58))

FLAG = drawing(
    _cloth("body", 12, 62, slice(22)),
    _FOLD,
    _POLE,
    page=(19, 20, 91, 54),
)
TORN_FLAG = drawing(
    _cloth("body", 12, 62, slice(14), *_TATTERS),
    _FOLD,
    polygon("hole", (24, 40), (34, 45), (42, 41), (39, 49), (44, 56), (34, 53), (28, 60), (29, 50)),
    _POLE,
    page=(17, 18, 65, 38),
)

_POST = box("wood", 45, 40, 55, 99, corner=1)

SIGN = drawing(
    _POST,
    box("body", 2, 4, 98, 64, corner=5),
    box("shade", 9, 11, 91, 57, corner=3),
    box("light", 11, 13, 89, 55, corner=2),
    page=(13, 15, 87, 53),
)
BROKEN_SIGN = drawing(
    _POST,
    polygon("body", (2, 4), (66, 4), (58, 18), (68, 30), (57, 44), (66, 64), (2, 64)),
    polygon("shade", (9, 11), (63, 11), (58, 18), (66, 30), (55, 44), (61, 57), (9, 57)),
    polygon("light", (11, 13), (59, 13), (55, 18), (62, 30), (51, 44), (57, 55), (11, 55)),
    moved(
        polygon("body", (72, 4), (98, 4), (98, 64), (72, 64), (64, 44), (75, 30), (65, 18)),
        polygon("shade", (67, 11), (91, 11), (91, 57), (74, 57), (68, 44), (78, 30), (68, 18)),
        polygon("light", (71, 13), (89, 13), (89, 55), (78, 55), (73, 44), (82, 30), (72, 18)),
        turn=22,
        about=(72, 64),
        by=(6, 8),
    ),
    page=(12, 15, 53, 53),
)

CONCEPTS = (
    Concept(
        name="star",
        parent="plane figure",
        synset="star.n.05",
        drawings={"whole": STAR, "broken": BROKEN_STAR},
        homes=("night", "sky"),
        stance="air",
        colours=("yellow", "orange", "white"),
    ),
    Concept(
        name="heart",
        parent="plane figure",
        synset="heart.n.07",
        drawings={"whole": HEART, "broken": BROKEN_HEART},
        homes=("room", "street"),
        stance="wall",
        colours=("red", "pink"),
    ),
    Concept(
        name="arrow",
        parent="symbol",
        synset="arrow.n.01",
        drawings={"whole": ARROW, "broken": BROKEN_ARROW},
        homes=("street", "room"),
        stance="wall",
        faces="right",
    ),
    Concept(
        name="flag",
        parent="artifact",
        synset="flag.n.01",
        drawings={"whole": FLAG, "torn": TORN_FLAG},
        homes=("street", "park", "beach", "hills", "snow"),
        stance="ground",
    ),
    Concept(
        name="sign",
        parent="structure",
        synset="signboard.n.01",
        drawings={"whole": SIGN, "broken": BROKEN_SIGN},
        homes=("street", "park", "beach", "forest"),
        stance="ground",
        material="wooden",
    ),
)
