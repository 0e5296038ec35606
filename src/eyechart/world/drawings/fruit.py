"""Fruit."""

from __future__ import annotations

from eyechart.world.concept import Concept
from eyechart.world.drawings.bites import bitten
from eyechart.world.shapes import Drawing, Part, bend, curve, drawing, ellipse, polygon

_APPLE = curve(
    "body",
    (50, 26),
    (64, 19),
    (82, 22),
    (93, 40),
    (90, 64),
    (76, 88),
    (62, 96),
    (50, 92),
    (38, 96),
    (24, 88),
    (10, 64),
    (7, 40),
    (18, 22),
    (36, 19),
)
_APPLE_TOP = [
    curve("shade", (38, 25), (50, 29), (62, 25), (50, 34)),
    *bend("wood", 4.6, (50, 31), (50, 18), (55, 4)),
    curve("leaf", (53, 18), (60, 6), (76, 1), (84, 3), (78, 14), (66, 20)),
    ellipse("tint", 25, 40, 6, 11, turn=20),
]
APPLE = drawing(
    _APPLE, curve("shade", (86, 34), (92, 48), (86, 70), (72, 88), (62, 94), (76, 76), (83, 56)), _APPLE_TOP
)
APPLE_BITTEN = drawing(bitten(_APPLE, 16, 26, depth=24, rind=7), _APPLE_TOP)

_PEAR = curve(
    "body",
    (50, 14),
    (61, 18),
    (65, 34),
    (75, 50),
    (83, 68),
    (78, 88),
    (62, 98),
    (50, 98),
    (38, 98),
    (22, 88),
    (17, 68),
    (25, 50),
    (35, 34),
    (39, 18),
)
_PEAR_TOP = [
    *bend("wood", 4.4, (50, 17), (49, 9), (44, 1)),
    curve("leaf", (50, 12), (58, 3), (74, 2), (78, 4), (70, 13), (58, 15)),
    ellipse("tint", 32, 62, 5, 11, turn=12),
]
PEAR = drawing(
    _PEAR, curve("shade", (62, 30), (73, 50), (81, 68), (76, 86), (62, 96), (71, 82), (73, 66), (67, 50)), _PEAR_TOP
)
PEAR_BITTEN = drawing(bitten(_PEAR, 16, 29, depth=24, rind=7), _PEAR_TOP)

_BANANA = curve(
    "body",
    (10, 16),
    (17, 14),
    (21, 32),
    (34, 50),
    (54, 60),
    (76, 60),
    (94, 54),
    (96, 60),
    (80, 76),
    (56, 83),
    (32, 76),
    (14, 56),
    (8, 34),
)
_STALK = polygon("wood", (8, 4), (16, 3), (18, 17), (9, 18))
BANANA = drawing(
    _BANANA,
    bend("shade", 3.2, (13, 24), (21, 46), (36, 63), (58, 71), (78, 68), (92, 59)),
    _STALK,
    ellipse("dark", 95, 57, 3.4, 4, turn=-20),
    turn=-8,
)
BANANA_BITTEN = drawing(
    bitten(_BANANA, 28, 49, depth=5, rind=12),
    bend("shade", 3.2, (13, 24), (21, 46), (36, 63), (52, 70)),
    _STALK,
    turn=-8,
)


def _grape(x: float, y: float) -> list[Part]:
    return [ellipse("shade", x, y, 12.5), ellipse("body", x - 0.6, y - 0.8, 11), ellipse("tint", x - 4, y - 4.5, 2.6)]


def _grapes(*grapes: tuple[float, float]) -> Drawing:
    """What is left on the stalk of a bunch."""
    return drawing(
        bend("wood", 4.4, (50, 90), (51, 60), (50, 24), (46, 4)),
        [part for x, y, u, v in ((50, 44, 78, 32), (51, 62, 68, 52)) for part in bend("wood", 3, (x, y), (u, v))],
        curve("leaf", (52, 20), (60, 6), (76, 2), (88, 8), (84, 18), (72, 26), (60, 26)),
        [part for x, y in grapes for part in _grape(x, y)],
    )


_EATEN = ((82, 36), (61, 36), (71, 53), (60, 70))
_LEFT = ((18, 36), (39, 36), (29, 53), (50, 53), (40, 70), (50, 87))
GRAPES = _grapes(*_EATEN, *_LEFT)
GRAPES_BITTEN = _grapes(*_LEFT)

CONCEPTS = (
    Concept(
        name="apple",
        parent="fruit",
        synset="apple.n.01",
        drawings={"whole": APPLE, "bitten": APPLE_BITTEN},
        homes=("kitchen", "room", "park"),
        stance="surface",
        colours=("red", "green", "yellow"),
    ),
    Concept(
        name="pear",
        parent="fruit",
        synset="pear.n.01",
        drawings={"whole": PEAR, "bitten": PEAR_BITTEN},
        homes=("kitchen", "room", "park"),
        stance="surface",
        colours=("green", "yellow", "brown"),
    ),
    Concept(
        name="banana",
        parent="fruit",
        synset="banana.n.02",
        drawings={"whole": BANANA, "bitten": BANANA_BITTEN},
        homes=("kitchen", "room"),
        stance="surface",
        colours=("yellow", "green"),
    ),
    Concept(
        name="grapes",
        parent="fruit",
        synset="grape.n.01",
        drawings={"whole": GRAPES, "bitten": GRAPES_BITTEN},
        homes=("kitchen", "room", "hills"),
        stance="surface",
        colours=("purple", "green", "blue"),
    ),
)
