"""Furniture."""

from __future__ import annotations

from eyechart.world.concept import Concept
from eyechart.world.drawings.damage import crack
from eyechart.world.drawings.pieces import moved
from eyechart.world.shapes import Drawing, Part, box, curve, drawing, ellipse, line, mirror, polygon

_BACKREST: list[Part] = [
    box("body", 26, 2, 34, 58, corner=2),
    box("body", 69, 2, 77, 58, corner=2),
    box("body", 26, 5, 77, 20, corner=3),
]
_SEAT: list[Part] = [polygon("body", (24, 52), (79, 52), (88, 66), (15, 66)), box("shade", 15, 65, 88, 72, corner=1)]

CHAIR = drawing(
    box("shade", 33, 60, 40, 90),
    box("shade", 63, 60, 70, 90),
    _BACKREST,
    box("body", 26, 29, 77, 41, corner=2),
    _SEAT,
    box("body", 16, 70, 25, 99, corner=1),
    box("body", 78, 70, 87, 99, corner=1),
    top=(22, 81, 60),
)

BROKEN_CHAIR = drawing(
    moved(
        box("shade", 33, 60, 40, 90),
        box("shade", 63, 60, 70, 82),
        _BACKREST,
        polygon("body", (26, 29), (44, 29), (50, 34), (46, 37), (50, 41), (26, 41)),
        moved(box("body", 56, 29, 77, 41, corner=2), turn=28, about=(77, 32)),
        _SEAT,
        box("body", 16, 70, 25, 99, corner=1),
        polygon("body", (78, 70), (87, 70), (87, 78), (84, 82), (82, 77), (78, 81)),
        turn=15,
        about=(20, 99),
    ),
    moved(box("body", 78, 76, 87, 98, corner=1), turn=78, about=(82, 98), by=(10, -4)),
)

_TABLE_TOP: list[Part] = [
    polygon("body", (20, 26), (80, 26), (99, 43), (1, 43)),
    polygon("tint", (22, 28), (78, 28), (82, 31), (18, 31)),
    box("shade", 1, 43, 99, 51, corner=1),
]

TABLE = drawing(
    box("shade", 24, 40, 30, 80),
    box("shade", 70, 40, 76, 80),
    box("body", 6, 44, 14, 94, corner=1),
    box("body", 86, 44, 94, 94, corner=1),
    _TABLE_TOP,
    top=(10, 90, 35),
)

BROKEN_TABLE = drawing(
    moved(
        box("shade", 24, 40, 30, 80),
        box("shade", 70, 40, 76, 68),
        box("body", 6, 44, 14, 94, corner=1),
        polygon("body", (86, 44), (94, 44), (94, 60), (91, 66), (89, 58), (86, 63)),
        _TABLE_TOP,
        polygon(
            "hole", (99, 24), (64, 24), (69, 31), (63, 36), (70, 43), (66, 53), (72, 53), (75, 43), (70, 36), (99, 33)
        ),
        crack(2.2, (40, 28), (36, 34), (42, 38), (38, 49)),
        turn=17,
        about=(10, 94),
    ),
    moved(box("body", 86, 60, 94, 94, corner=1), turn=66, about=(90, 94), by=(2, -4)),
)

_HEADBOARD = box("wood", 1, 20, 9, 92, corner=3)
_BEDDING: list[Part] = [
    box("light", 8, 58, 92, 74, corner=2),
    box("light", 12, 46, 34, 60, corner=6),
    box("metal", 9, 64, 92, 66),
]
_BLANKET = polygon("body", (32, 56), (38, 51), (88, 51), (92, 56), (92, 81), (32, 81))
_FOLD = polygon("tint", (32, 56), (38, 51), (42, 51), (38, 57), (38, 81), (32, 81))

BED = drawing(
    box("wood", 8, 72, 94, 82),
    _BEDDING,
    _BLANKET,
    _FOLD,
    _HEADBOARD,
    box("wood", 91, 40, 99, 92, corner=3),
    top=(42, 88, 51),
)

BROKEN_BED = drawing(
    moved(box("wood", 8, 72, 60, 82), _BEDDING, _HEADBOARD, turn=14, about=(4, 92)),
    polygon("hole", (52, 34), (58, 66), (53, 76), (60, 96), (99, 99), (99, 34)),
    moved(
        polygon("wood", (56, 72), (94, 72), (94, 82), (60, 82), (55, 78)),
        box("light", 60, 58, 92, 74, corner=2),
        polygon("body", (38, 60), (46, 51), (88, 49), (92, 56), (92, 82), (58, 82), (54, 75), (44, 77), (48, 68)),
        box("wood", 91, 40, 99, 92, corner=3),
        turn=-14,
        about=(96, 92),
    ),
    line("wood", 3.4, (47, 96), (60, 84)),
    line("wood", 3.4, (42, 86), (58, 96)),
)

_SOFA_BACK = box("body", 14, 29, 86, 64, corner=9)
_ARMS: list[Part] = [box("body", 0, 43, 19, 86, corner=8), box("body", 81, 43, 100, 86, corner=8)]


def _sofa(*damage: Part | list[Part]) -> list[Part]:
    parts = [
        _SOFA_BACK,
        *line("shade", 2, (50, 32), (50, 54)),
        box("shade", 16, 70, 84, 84),
        box("body", 18, 55, 49, 72, corner=4),
        box("body", 51, 55, 82, 72, corner=4),
        box("tint", 21, 57, 46, 60, corner=1),
        box("tint", 54, 57, 79, 60, corner=1),
        *line("shade", 2, (18, 56), (82, 56)),
        *line("shade", 2, (50, 56), (50, 72)),
        *_ARMS,
        *line("shade", 2, (19.5, 52), (19.5, 84)),
        *line("shade", 2, (80.5, 52), (80.5, 84)),
    ]
    return parts + [part for stroke in damage for part in (stroke if isinstance(stroke, list) else [stroke])]


SOFA = drawing(
    box("wood", 6, 84, 14, 94),
    box("wood", 86, 84, 94, 94),
    _sofa(),
    top=(22, 78, 56),
)

BROKEN_SOFA = drawing(
    moved(
        box("wood", 6, 84, 14, 94),
        _sofa(
            polygon("dark", (22, 34), (28, 34), (32, 39), (39, 40), (43, 48), (36, 48), (31, 51), (28, 44), (23, 41)),
            ellipse("light", 32, 44, 7, 4.5, turn=42),
            polygon("dark", (58, 60), (74, 58), (71, 66), (62, 67)),
            line("metal", 2.6, (63, 63), (69, 56), (60, 51), (70, 46), (61, 41), (70, 36), (66, 31)),
            crack(2.2, (88, 50), (92, 57), (87, 63), (92, 71)),
        ),
        turn=9,
        about=(8, 94),
    ),
    moved(box("wood", 86, 84, 94, 94), turn=60, about=(90, 94), by=(-14, 12)),
)

_SHADE: list[Part] = [
    polygon("body", (35, 3), (65, 3), (86, 48), (14, 48)),
    polygon("shade", (16, 43), (84, 43), (86, 48), (14, 48)),
    polygon("shade", (35, 3), (65, 3), (67, 7), (33, 7)),
]


def _lamp(bulb: str, *shine: Part) -> Drawing:
    """With its bulb in that role, before the light that it casts."""
    return drawing(
        *shine,
        box("metal", 47, 44, 53, 92),
        ellipse(bulb, 50, 48, 13, 10),
        _SHADE,
        line("dark", 1.6, (68, 48), (68, 62)),
        ellipse("dark", 68, 63, 2.4),
        curve("metal", (50, 84), (62, 88), (74, 96), (70, 99), (30, 99), (26, 96), (38, 88)),
    )


LAMP = _lamp("dark")
LIT_LAMP = _lamp(
    "light",
    polygon("glow", (16, 46), (84, 46), (93, 77), (7, 77)),
    *mirror(*line("glow", 4.5, (22, 11), (12, 4)), *line("glow", 4.5, (15, 27), (3, 23))),
)

CONCEPTS = (
    Concept(
        name="chair",
        parent="seat",
        synset="chair.n.01",
        drawings={"whole": CHAIR, "broken": BROKEN_CHAIR},
        homes=("room", "kitchen", "park"),
        stance="ground",
    ),
    Concept(
        name="table",
        parent="furniture",
        synset="table.n.02",
        drawings={"whole": TABLE, "broken": BROKEN_TABLE},
        homes=("room", "kitchen", "park"),
        stance="ground",
        material="wooden",
    ),
    Concept(
        name="bed",
        parent="furniture",
        synset="bed.n.01",
        drawings={"whole": BED, "broken": BROKEN_BED},
        homes=("room",),
        stance="ground",
        material="woollen",
    ),
    Concept(
        name="sofa",
        parent="seat",
        synset="sofa.n.01",
        drawings={"whole": SOFA, "broken": BROKEN_SOFA},
        homes=("room",),
        stance="ground",
    ),
    Concept(
        name="lamp",
        parent="furniture",
        synset="lamp.n.02",
        drawings={"unlit": LAMP, "lit": LIT_LAMP},
        homes=("room", "kitchen"),
        stance="surface",
    ),
)
