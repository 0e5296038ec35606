"""Things to eat that are no fruit."""

from __future__ import annotations

import numpy as np

from eyechart.world.concept import Concept
from eyechart.world.drawings.bites import bitten
from eyechart.world.shapes import Part, bend, curve, drawing, ellipse, line, polygon


def _left_of_the_cut(part: Part) -> Part:
    """What is left of the cake's part when the right half is gone: the cut runs from front to back, aslant."""
    x, y = part.points.T
    return Part(part.role, np.stack([np.minimum(x, np.maximum(46, 97 - y)), y], axis=1))


_CARROT = curve(
    "body", (50, 26), (64, 25), (70, 36), (64, 66), (56, 92), (50, 104), (44, 92), (36, 66), (30, 36), (36, 25)
)
_GREENS = [
    curve("leaf", (50, 30), (36, 20), (22, 2), (26, -4), (42, 8)),
    curve("leaf", (50, 30), (64, 20), (78, 2), (74, -4), (58, 8)),
    curve("leaf", (50, 32), (42, 10), (46, -14), (50, -18), (54, -14), (58, 10)),
]
_RIDGES = [(34, 42, 46, 44), (56, 54, 65, 52), (39, 66, 50, 68)]
CARROT = drawing(
    _GREENS,
    _CARROT,
    [part for a, b, c, d in [*_RIDGES, (52, 80, 58, 79)] for part in line("shade", 2.6, (a, b), (c, d))],
    turn=40,
)
CARROT_BITTEN = drawing(
    _GREENS,
    bitten(_CARROT, 19, 41, depth=6, flesh="gold", rind=6),
    [part for a, b, c, d in _RIDGES[:2] for part in line("shade", 2.6, (a, b), (c, d))],
    turn=40,
)

# A slice, its tip below.
_CHEESE = polygon(
    "body", (9, 13), (91, 13), (84, 34), (77.8, 46), (75.7, 50), (52, 96), (48, 96), (37.7, 76), (35.6, 72), (16, 34)
)
_CRUST = [
    curve("wood", (4, 13), (10, 3), (30, 0), (50, -1), (70, 0), (90, 3), (96, 13), (88, 19), (50, 15), (12, 19)),
    *bend("gold", 2.6, (14, 8), (50, 4), (86, 8)),
]
_TOPPINGS = [
    ellipse("rose", 31, 33, 7.5),
    ellipse("rose", 66, 34, 7.5),
    ellipse("dark", 49, 27, 4),
    ellipse("leaf", 82, 25, 5, 3, turn=30),
]
PIZZA = drawing(
    _CHEESE,
    _CRUST,
    _TOPPINGS,
    ellipse("rose", 52, 71, 7),
    ellipse("dark", 44, 52, 4.4),
    ellipse("leaf", 60, 53, 5, 3, turn=-30),
)
PIZZA_BITTEN = drawing(bitten(_CHEESE, 4, 7, depth=6, rind=4), _CRUST, _TOPPINGS)

_ICING = (
    (9, 36),
    (28, 25),
    (50, 23),
    (72, 25),
    (91, 36),
    (91, 50),
    (84, 55),
    (78, 47),
    (70, 50),
    (64, 60),
    (56, 51),
    (46, 52),
    (40, 61),
    (33, 51),
    (24, 49),
    (18, 56),
    (10, 50),
)
_CAKE = [
    ellipse("metal", 50, 88, 50, 9),
    ellipse("light", 50, 86, 50, 9),
    curve("body", (9, 36), (50, 30), (91, 36), (91, 60), (90, 80), (70, 90), (50, 91.5), (30, 90), (10, 80), (9, 60)),
    *bend("shade", 4, (10, 67), (30, 75), (50, 77), (70, 75), (90, 67)),
    curve("tint", *((x, y + 4) for x, y in _ICING)),
    curve("body", *_ICING),
]
_CHERRY = [ellipse("rose", 50, 20, 7.5), *bend("wood", 2, (50, 14), (52, 6), (58, 2))]
_BERRY = ellipse("rose", 24, 29, 7)
CAKE = drawing(_CAKE, _BERRY, ellipse("rose", 76, 29, 7), _CHERRY)
CAKE_BITTEN = drawing(
    _CAKE[:2],
    [_left_of_the_cut(part) for part in _CAKE[2:]],
    polygon("gold", (46, 51), (72, 25), (72, 67), (46, 92)),
    polygon("tint", (46, 51), (72, 25), (72, 33), (46, 59)),
    polygon("rose", (46, 71), (72, 45), (72, 51), (46, 77)),
    _BERRY,
    _CHERRY,
)

_CONE = [
    polygon("wood", (26, 50), (74, 50), (53, 100), (47, 100)),
    *line("gold", 2, (34, 54), (58, 86)),
    *line("gold", 2, (52, 54), (64, 70)),
    *line("gold", 2, (66, 54), (42, 86)),
    *line("gold", 2, (48, 54), (36, 70)),
]
_SCOOP = curve(
    "body",
    (50, 2),
    (66, 8),
    (74, 24),
    (74, 38),
    (82, 46),
    (78, 54),
    (68, 52),
    (60, 58),
    (50, 53),
    (40, 59),
    (32, 52),
    (22, 54),
    (18, 46),
    (26, 38),
    (26, 24),
    (34, 8),
)
_SHINE = [ellipse("tint", 38, 18, 5, 8, turn=30), *bend("shade", 2.6, (28, 42), (40, 46), (52, 43), (64, 47), (73, 42))]
ICE_CREAM = drawing(_CONE, _SCOOP, _SHINE, ellipse("rose", 52, 0, 7.5), bend("leaf", 2, (53, -6), (56, -12), (62, -15)))
ICE_CREAM_BITTEN = drawing(_CONE, bitten(_SCOOP, 1, 17, depth=14, rind=6), _SHINE)

_EGG = curve("body", (50, 2), (63, 8), (75, 26), (79, 46), (73, 60), (50, 68), (27, 60), (21, 46), (25, 26), (37, 8))
_EGG_CUP = [
    curve(
        "metal",
        (18, 57),
        (50, 62),
        (82, 57),
        (77, 72),
        (63, 82),
        (57, 87),
        (58, 93),
        (72, 99),
        (50, 101),
        (28, 99),
        (42, 93),
        (43, 87),
        (37, 82),
        (23, 72),
    ),
    curve("light", (21, 66), (50, 71), (79, 66), (76, 73), (50, 77), (24, 73)),
]
EGG = drawing(
    _EGG,
    ellipse("tint", 38, 24, 5, 10, turn=20),
    curve("shade", (68, 18), (76, 38), (76, 56), (69, 60), (72, 40)),
    _EGG_CUP,
)
EGG_BROKEN = drawing(
    ellipse("shade", 50, 31, 28, 15),
    ellipse("light", 50, 28, 24, 9),
    ellipse("gold", 50, 24, 19, 12),
    ellipse("light", 43, 18, 4.5, 3),
    polygon(
        "body",
        (22, 28),
        (30, 37),
        (36, 29),
        (43, 41),
        (50, 32),
        (57, 42),
        (64, 30),
        (70, 38),
        (78, 28),
        (79, 48),
        (70, 66),
        (30, 66),
        (21, 48),
    ),
    curve("gold", (60, 30), (70, 30), (71, 44), (69, 55), (65, 56), (63, 42)),
    _EGG_CUP,
    polygon(
        "body",
        (76, 99),
        (78, 84),
        (90, 73),
        (106, 77),
        (115, 92),
        (113, 101),
        (106, 94),
        (99, 101),
        (91, 93),
        (84, 100),
    ),
)

CONCEPTS = (
    Concept(
        name="carrot",
        parent="vegetable",
        synset="carrot.n.03",
        drawings={"whole": CARROT, "bitten": CARROT_BITTEN},
        homes=("kitchen", "room"),
        stance="surface",
        colours=("orange",),
    ),
    Concept(
        name="pizza",
        parent="dish",
        synset="pizza.n.01",
        drawings={"whole": PIZZA, "bitten": PIZZA_BITTEN},
        homes=("kitchen", "room", "street"),
        stance="surface",
        colours=("yellow", "orange"),
    ),
    Concept(
        name="cake",
        parent="baked goods",
        synset="cake.n.03",
        drawings={"whole": CAKE, "bitten": CAKE_BITTEN},
        homes=("kitchen", "room"),
        stance="surface",
        colours=("pink", "brown", "white", "yellow"),
    ),
    Concept(
        name="ice cream",
        parent="dessert",
        synset="ice_cream.n.01",
        drawings={"whole": ICE_CREAM, "bitten": ICE_CREAM_BITTEN},
        homes=("beach", "park", "street", "kitchen"),
        stance="surface",
        colours=("pink", "brown", "white", "green", "yellow"),
    ),
    Concept(
        name="egg",
        parent="food",
        synset="egg.n.02",
        drawings={"whole": EGG, "broken": EGG_BROKEN},
        homes=("kitchen", "room"),
        stance="surface",
        colours=("white", "brown"),
    ),
)
