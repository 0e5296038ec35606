"""Clothing."""

from __future__ import annotations

from eyechart.world.concept import Concept
from eyechart.world.shapes import bend, box, curve, drawing, ellipse, line, mirror, polygon

_HAT = [
    ellipse("body", 50, 74, 49, 15),
    curve("shade", (22, 70), (50, 76), (78, 70), (84, 74), (50, 84), (16, 74)),
    curve("body", (22, 71), (26, 40), (34, 20), (44, 18), (50, 22), (56, 18), (66, 20), (74, 40), (78, 71), (50, 78)),
    curve("dark", (23.5, 58), (50, 64), (76.5, 58), (78, 70), (50, 77), (22, 70)),
    curve("shade", (44, 20), (50, 24), (56, 20), (51, 36)),
]

HAT = drawing(_HAT)
TORN_HAT = drawing(
    _HAT,
    polygon("hole", (54, 17.5), (58, 30), (52, 36), (61, 42), (56, 52), (70, 44), (65, 38), (76, 34), (68, 17.5)),
    polygon("hole", (6, 89), (14, 80), (20, 84), (24, 74), (31, 82), (36, 80), (38, 89)),
)

_NECK = ((33, 8), (38, 8), (40, 14), (45, 18.5), (50, 20), (55, 18.5), (60, 14), (62, 8), (67, 8))
_COLLAR = polygon("shade", *_NECK, (64, 18), (57, 24.5), (50, 26.5), (43, 24.5), (36, 18))
_SLEEVE = [*line("shade", 2, (25, 44), (28, 28)), polygon("shade", (1, 26), (14, 50), (17, 48), (5, 24))]

SHIRT = drawing(
    polygon("body", *_NECK, (99, 26), (86, 50), (75, 43), (75, 94), (25, 94), (25, 43), (14, 50), (1, 26)),
    mirror(_SLEEVE),
    box("shade", 25, 90, 75, 94),
    _COLLAR,
)
TORN_SHIRT = drawing(
    polygon(
        "body",
        *_NECK,
        (86, 19),
        (90, 30),
        (82, 30),
        (85, 41),
        (77, 37),
        (75, 43),
        (75, 78),
        (67, 94),
        (62, 78),
        (56, 90),
        (50, 62),
        (43, 92),
        (37, 72),
        (32, 94),
        (25, 80),
        (25, 43),
        (14, 50),
        (1, 26),
    ),
    _SLEEVE,
    line("shade", 2, (75, 44), (72, 28)),
    _COLLAR,
    polygon("hole", (32, 36), (42, 40), (38, 46), (46, 50), (34, 54), (36, 46), (29, 44)),
)

_UPPER = [
    curve("dark", (8, 34), (24, 26), (40, 30), (40, 44), (14, 46)),
    curve("tint", (34, 44), (33, 26), (44, 20), (52, 32), (58, 50)),
    curve(
        "body",
        (5, 32),
        (14, 40),
        (30, 43),
        (43, 34),
        (58, 47),
        (74, 54),
        (92, 60),
        (98, 72),
        (96, 82),
        (50, 84),
        (6, 82),
        (3, 60),
    ),
    curve("shade", (5, 32), (12, 40), (19, 56), (18, 82), (6, 82), (3, 60)),
    *(part for x, y in ((47, 38), (56, 45), (65, 50)) for part in line("light", 4.5, (x, y), (x - 8, y + 11))),
]

SHOE = drawing(
    _UPPER,
    curve("tint", (80, 57), (92, 60), (98, 72), (97, 81), (76, 81), (74, 68)),
    box("light", 2, 77, 99, 88, corner=4),
    box("dark", 4, 86, 97, 91, corner=2),
)
TORN_SHOE = drawing(
    _UPPER,
    polygon("hole", (102, 66), (86, 62), (80, 70), (74, 68), (66, 78), (58, 78), (56, 90), (102, 90)),
    curve("skin", (68, 76), (80, 70), (92, 70), (93, 80), (70, 84)),
    ellipse("light", 89, 73, 3.4, 2.4),
    polygon("hole", (24, 56), (34, 52), (32, 58), (42, 60), (34, 66), (28, 72), (28, 64)),
    box("light", 2, 77, 58, 88, corner=4),
    box("dark", 4, 86, 58, 91, corner=2),
    bend("dark", 5, (56, 89), (70, 91), (84, 97), (96, 106)),
    bend("light", 8, (55, 83), (70, 86), (85, 91), (98, 99)),
)

_WAIST = [
    box("shade", 25, 3, 75, 11),
    box("gold", 47, 3, 53, 11, corner=1),
    *line("shade", 2.4, (50, 12), (50, 40)),
    *mirror(line("shade", 2.4, (30, 11), (27, 24), (21, 30))),
]

TROUSERS = drawing(
    polygon("body", (25, 3), (75, 3), (80, 34), (87, 97), (60, 97), (51, 40), (49, 40), (40, 97), (13, 97), (20, 34)),
    _WAIST,
    mirror(polygon("shade", (13, 97), (13.6, 91), (40.8, 91), (40, 97))),
)
TORN_TROUSERS = drawing(
    polygon(
        "body",
        (25, 3),
        (75, 3),
        (80, 34),
        (86, 88),
        (80, 98),
        (74, 87),
        (67, 98),
        (60, 92),
        (51, 40),
        (49, 40),
        (43, 80),
        (37, 67),
        (31, 84),
        (25, 69),
        (20, 83),
        (15, 74),
        (20, 34),
    ),
    _WAIST,
    polygon("hole", (62, 54), (70, 58), (76, 52), (75, 62), (79, 68), (70, 66), (64, 70), (66, 62)),
)

CONCEPTS = (
    Concept(
        name="hat",
        parent="clothing",
        synset="hat.n.01",
        drawings={"whole": HAT, "torn": TORN_HAT},
        homes=("street", "room", "beach"),
        stance="surface",
    ),
    Concept(
        name="shirt",
        parent="clothing",
        synset="shirt.n.01",
        drawings={"whole": SHIRT, "torn": TORN_SHIRT},
        homes=("room", "street"),
        stance="wall",
    ),
    Concept(
        name="shoe",
        parent="clothing",
        synset="shoe.n.01",
        drawings={"whole": SHOE, "torn": TORN_SHOE},
        homes=("room", "street", "park"),
        stance="ground",
        faces="right",
    ),
    Concept(
        name="trousers",
        parent="clothing",
        synset="trouser.n.01",
        drawings={"whole": TROUSERS, "torn": TORN_TROUSERS},
        homes=("room", "street"),
        stance="wall",
    ),
)
