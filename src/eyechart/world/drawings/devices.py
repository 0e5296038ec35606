"""Devices of the household: what tells the time, keeps off the rain, is read, gives light, helps to see."""

from __future__ import annotations

from eyechart.world.concept import Concept
from eyechart.world.drawings.pieces import moved
from eyechart.world.shapes import bend, box, curve, drawing, ellipse, line, mirror, polygon, ring

_BELL = [ellipse("shade", 26, 17, 15, 10, turn=-38), *line("metal", 4, (32, 23), (36, 28))]
_LEGS = [*line("metal", 5, (30, 84), (22, 97)), *line("metal", 5, (70, 84), (78, 97))]
_DIAL = [
    ellipse("body", 50, 55, 39),
    ellipse("light", 50, 55, 28),
    *(ellipse("dark", 50 + 23 * c, 55 + 23 * s, 2.4) for c, s in ((0, -1), (1, 0), (0, 1), (-1, 0))),
]

CLOCK = drawing(
    _LEGS,
    mirror(_BELL),
    box("metal", 46, 5, 54, 16, corner=2),
    _DIAL,
    line("dark", 4, (50, 55), (50, 38)),
    line("dark", 4, (50, 55), (62, 61)),
    ellipse("rose", 50, 55, 3.4),
)
BROKEN_CLOCK = drawing(
    _LEGS[:3],
    moved(_LEGS[3:], turn=-55, about=(74, 90), by=(4, 4)),
    _BELL,
    moved(ellipse("shade", 74, 17, 15, 10, turn=38), turn=75, about=(74, 17), by=(20, 2)),
    _DIAL,
    polygon("hole", (62, 10), (60, 26), (68, 30), (64, 42), (74, 46), (72, 56), (78, 44), (98, 48), (96, 20)),
    line("dark", 2.2, (64, 42), (50, 55), (40, 50), (32, 62), (26, 58)),
    line("dark", 2.2, (50, 55), (54, 68), (48, 76), (52, 83)),
    line("dark", 4, (50, 55), (42, 70)),
    ellipse("rose", 50, 55, 3.4),
)

UMBRELLA = drawing(
    bend("wood", 5, (50, 40), (50, 70), (50, 86), (44, 96), (35, 93), (34, 86)),
    line("wood", 3, (50, 4), (50, 14)),
    curve(
        "body",
        (50, 8),
        (70, 13),
        (88, 28),
        (98, 50),
        (84, 44),
        (67, 51),
        (50, 44),
        (33, 51),
        (16, 44),
        (2, 50),
        (12, 28),
        (30, 13),
    ),
    mirror(curve("shade", (50, 9), (41, 22), (34, 50), (31.5, 50), (38, 24))),
    mirror(curve("shade", (50, 9), (28, 22), (5, 47), (3, 49), (24, 21))),
)
CLOSED_UMBRELLA = drawing(
    line("metal", 3, (50, -2), (50, 10)),
    bend("wood", 6, (50, 56), (50, 80), (50, 88), (44, 97), (35, 95), (33, 86)),
    polygon("body", (48, 4), (52, 4), (63, 56), (59, 66), (55, 60), (50, 68), (45, 60), (41, 66), (37, 56)),
    polygon("shade", (50, 6), (51, 6), (57, 58), (50, 67), (53, 40)),
    polygon("shade", (49, 6), (44, 58), (41, 65), (40, 58)),
    box("shade", 38.5, 44, 61.5, 50, corner=1),
    turn=24,
)

BOOK = drawing(
    polygon("body", (24, 2), (98, 2), (98, 80), (80, 97), (6, 97), (24, 78)),
    polygon("light", (5, 17), (21, 4.5), (93, 4.5), (76, 17)),
    polygon("light", (74, 18), (93.5, 4.5), (93.5, 78), (74, 97)),
    *[line("metal", 1.6, (x, 71 - 0.68 * x), (x, 166 - 0.97 * x)) for x in (80.0, 84.5, 89.0)],
    box("body", 1, 18, 75, 98, corner=3),
    box("shade", 1, 19, 13, 97, corner=3),
    box("light", 20, 30, 69, 52, corner=2),
    top=(16, 84, 10),
    page=(21, 31, 68, 51),
)
OPEN_BOOK = drawing(
    mirror(polygon("body", (0, 32), (8, 28), (50, 34), (50, 98), (43, 87), (32, 81), (20, 81), (8, 85), (0, 91))),
    mirror(
        polygon(
            "light",
            (11, 20),
            (19, 13),
            (28, 11),
            (38, 14),
            (46, 21),
            (50, 29),
            (50, 86),
            (45, 77),
            (37, 71),
            (28, 69),
            (19, 70),
            (11, 74),
        ),
        polygon("metal", (46, 21), (50, 29), (50, 86), (46, 80)),
    ),
    *[line("metal", 2.4, (15, y + 4), (28, y), (40, y + 6)) for y in (24, 34, 44, 54)],
    page=(56, 25, 88, 60),
)

_CANDLE = [
    *ring("metal", 86, 86, 12, 6.5),
    ellipse("metal", 46, 91, 40, 8),
    ellipse("light", 46, 89, 34, 5),
    box("body", 28, 36, 64, 90, corner=3),
    box("shade", 57, 40, 64, 90, corner=3),
    ellipse("tint", 46, 37, 18, 5),
    curve("tint", (30, 38), (38, 38), (37, 56), (34, 62), (31, 56)),
]

CANDLE = drawing(_CANDLE, bend("dark", 3, (46, 37), (45, 30), (48, 26)))
LIT_CANDLE = drawing(
    _CANDLE,
    line("dark", 3, (46, 37), (46, 28)),
    curve("glow", (47, -12), (53, 2), (59, 16), (56, 28), (46, 33), (36, 28), (33, 16), (40, 4)),
    curve("gold", (46, 6), (51, 16), (51, 25), (46, 29), (41, 25), (41, 16)),
)

_EYE = [
    *line("body", 6, (6, 40), (-1, 34)),
    *ring("body", 25, 52, 24, 17),
    ellipse("glass", 25, 52, 17.5),
    *line("light", 3, (17, 52), (25, 44)),
]

GLASSES = drawing(bend("body", 7, (44, 46), (50, 42), (56, 46)), mirror(_EYE))
BROKEN_GLASSES = drawing(
    line("body", 7, (44, 46), (49, 44)),
    _EYE,
    polygon("hole", (27, 34), (41, 38), (44, 54), (34, 56), (30, 46), (22, 48)),
    ring("body", 25, 52, 24, 19),
    line("dark", 2.4, (23, 48), (16, 58), (22, 62), (18, 68)),
    moved(
        mirror(_EYE)[len(_EYE) :],
        line("body", 7, (51, 44), (56, 46)),
        line("dark", 2.4, (64, 44), (72, 50), (68, 58), (80, 62)),
        line("dark", 2.4, (72, 50), (84, 44)),
        turn=32,
        about=(56, 46),
        by=(8, 4),
    ),
)

CONCEPTS = (
    Concept(
        name="clock",
        parent="device",
        synset="clock.n.01",
        drawings={"whole": CLOCK, "broken": BROKEN_CLOCK},
        homes=("room", "kitchen"),
        stance="surface",
        material="metal",
    ),
    Concept(
        name="umbrella",
        parent="covering",
        synset="umbrella.n.01",
        drawings={"open": UMBRELLA, "closed": CLOSED_UMBRELLA},
        homes=("street", "park", "beach"),
        stance="ground",
    ),
    Concept(
        name="book",
        parent="artifact",
        synset="book.n.02",
        drawings={"closed": BOOK, "open": OPEN_BOOK},
        homes=("room",),
        stance="surface",
    ),
    Concept(
        name="candle",
        parent="device",
        synset="candle.n.01",
        drawings={"unlit": CANDLE, "lit": LIT_CANDLE},
        homes=("room", "kitchen"),
        stance="surface",
    ),
    Concept(
        name="glasses",
        parent="device",
        synset="spectacles.n.01",
        drawings={"whole": GLASSES, "broken": BROKEN_GLASSES},
        homes=("room", "kitchen"),
        stance="surface",
    ),
)
