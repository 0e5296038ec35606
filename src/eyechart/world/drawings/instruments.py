"""Musical instruments."""

from __future__ import annotations

from eyechart.world.concept import Concept
from eyechart.world.drawings.pieces import moved
from eyechart.world.shapes import Part, bend, box, curve, drawing, ellipse, line, polygon

_PEGS = [box("dark", 43, 0, 57, 15, corner=2), *(ellipse("metal", x, y, 2) for x in (41, 59) for y in (3, 8, 13))]
_SOUNDBOX = [
    curve(
        "body",
        (50, 42),
        (62, 42),
        (68, 50),
        (65, 60),
        (68, 68),
        (76, 80),
        (70, 94),
        (50, 99),
        (30, 94),
        (24, 80),
        (32, 68),
        (35, 60),
        (32, 50),
        (38, 42),
    ),
    curve("shade", (66, 68), (75, 80), (69, 93), (50, 98), (62, 90), (68, 80)),
]
_BRIDGE = box("dark", 41, 82, 59, 87, corner=1)

GUITAR = drawing(
    box("wood", 46, 14, 54, 60),
    _PEGS,
    _SOUNDBOX,
    box("wood", 46, 30, 54, 56),
    ellipse("dark", 50, 62, 8),
    _BRIDGE,
    line("light", 1.2, (48.5, 12), (48.5, 84)),
    line("light", 1.2, (51.5, 12), (51.5, 84)),
    turn=30,
)
BROKEN_GUITAR = drawing(
    _SOUNDBOX,
    polygon("wood", (46, 32), (48.5, 26), (51, 33), (54, 28), (54, 56), (46, 56)),
    moved(
        _PEGS,
        polygon("wood", (46, 14), (54, 14), (54, 26), (51, 31), (48.5, 24), (46, 30)),
        turn=62,
        about=(50, 28),
        by=(7, -2),
    ),
    ellipse("dark", 50, 62, 8),
    _BRIDGE,
    bend("light", 1.6, (48.5, 84), (48, 50), (44, 32), (36, 26), (34, 16), (40, 14)),
    bend("light", 1.6, (51.5, 84), (52, 50), (56, 40), (64, 36)),
    polygon("hole", (79, 72), (70, 76), (66, 72), (62, 80), (68, 84), (66, 88), (77, 86)),
    turn=30,
)

_SHELL = [
    ellipse("shade", 50, 84, 45, 14),
    box("shade", 5, 74, 95, 84),
    ellipse("body", 50, 76, 45, 14),
    box("body", 5, 42, 95, 76),
    *line("light", 3.4, (6, 54), (22, 79), (36, 60), (50, 86), (64, 60), (78, 79), (94, 54)),
]
_SKIN = [ellipse("shade", 50, 42, 45, 15), ellipse("light", 50, 40, 41, 12)]

DRUM = drawing(
    _SHELL,
    _SKIN,
    line("wood", 5, (14, 4), (44, 36)),
    line("wood", 5, (88, 2), (58, 38)),
    ellipse("wood", 44, 36, 5),
    ellipse("wood", 58, 38, 5),
    top=(16, 84, 40),
)
BROKEN_DRUM = drawing(
    _SHELL,
    _SKIN,
    polygon(
        "dark",
        (20, 40),
        (34, 38),
        (30, 32),
        (44, 36),
        (54, 29),
        (60, 37),
        (78, 34),
        (70, 41),
        (82, 46),
        (62, 46),
        (52, 51),
        (44, 45),
    ),
    polygon("dark", (64, 62), (74, 57), (78, 64), (90, 58), (84, 69), (88, 79), (76, 75), (67, 82), (70, 71)),
    line("wood", 5, (88, 2), (62, 36)),
    line("wood", 5, (14, 22), (4, 6)),
    line("wood", 5, (20, 20), (36, 12)),
)

_BELL = [
    polygon("body", (64, 34), (78, 32), (88, 27), (97, 15), (97, 61), (88, 49), (78, 44), (64, 42)),
    ellipse("shade", 97, 38, 3, 23),
]
_TUBES = [
    box("body", 22, 34, 74, 66, corner=14),
    box("hole", 30, 42, 66, 58, corner=7),
    *line("body", 8, (8, 38), (66, 38)),
    curve("metal", (0, 30), (5, 33), (9, 37), (9, 39), (5, 43), (0, 46)),
]


def _valve(x: float) -> list[Part]:
    return [
        box("metal", x - 1.5, 24, x + 1.5, 32),
        box("metal", x - 3.6, 21, x + 3.6, 26, corner=2),
        box("metal", x - 3.6, 31, x + 3.6, 70, corner=2),
    ]


TRUMPET = drawing(_TUBES, _BELL, _valve(38), _valve(48), _valve(58))
BROKEN_TRUMPET = drawing(
    _TUBES,
    polygon("hole", (60, 20), (64, 34), (60, 38), (65, 43), (60, 51), (68, 58), (64, 70), (80, 70), (80, 20)),
    moved(_BELL, turn=48, about=(66, 38), by=(10, 4)),
    _valve(38),
    _valve(48),
)

CONCEPTS = (
    Concept(
        name="guitar",
        parent="musical instrument",
        synset="guitar.n.01",
        drawings={"whole": GUITAR, "broken": BROKEN_GUITAR},
        homes=("room", "street", "park", "beach"),
        stance="ground",
        material="wooden",
    ),
    Concept(
        name="drum",
        parent="musical instrument",
        synset="drum.n.01",
        drawings={"whole": DRUM, "broken": BROKEN_DRUM},
        homes=("room", "street"),
        stance="ground",
    ),
    Concept(
        name="trumpet",
        parent="musical instrument",
        synset="cornet.n.01",
        drawings={"whole": TRUMPET, "broken": BROKEN_TRUMPET},
        homes=("room", "street"),
        stance="surface",
        colours=("yellow", "orange", "gray", "white"),
        material="metal",
        faces="right",
    ),
)
