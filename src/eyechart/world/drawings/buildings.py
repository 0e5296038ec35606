"""Buildings and what belongs to them."""

from __future__ import annotations

from eyechart.world.concept import Concept
from eyechart.world.drawings.damage import crack, gash, smashed
from eyechart.world.drawings.pieces import moved
from eyechart.world.shapes import Drawing, Part, box, curve, drawing, ellipse, line, mirror, polygon

_PANE: list[Part] = [
    box("light", 19, 56, 36, 74),
    box("glass", 21, 58, 34, 72),
    box("light", 26.8, 58, 28.2, 72),
    box("light", 21, 64.3, 34, 65.7),
]

HOUSE = drawing(
    box("shade", 66, 10, 78, 38),
    box("dark", 64, 8, 80, 13, corner=1),
    box("body", 14, 44, 86, 94),
    polygon("shade", (2, 48), (50, 6), (98, 48)),
    polygon("tint", (24, 35), (50, 13), (76, 35), (72, 35), (50, 17), (28, 35)),
    ellipse("glass", 50, 36, 6.5),
    box("wood", 42, 62, 58, 94, corner=2),
    ellipse("gold", 54.5, 79, 1.8),
    mirror(_PANE),
    box("metal", 12, 92, 88, 97),
)

RUINED_HOUSE = drawing(
    polygon("body", (14, 44), (86, 44), (86, 62), (80, 68), (84, 76), (78, 84), (82, 94), (14, 94)),
    polygon("shade", (2, 48), (36, 18), (42, 26), (38, 33), (48, 37), (54, 30), (64, 38), (70, 26), (74, 27), (98, 48)),
    line("wood", 3, (38, 18), (50, 7), (58, 14)),
    line("wood", 3, (44, 35), (46, 12)),
    line("wood", 3, (66, 36), (58, 26)),
    smashed(20, 57, 36, 74),
    box("light", 64, 56, 72, 74),
    smashed(64, 57, 78, 72),
    polygon("dark", (42, 62), (58, 62), (58, 94), (42, 94)),
    polygon("wood", (44, 70), (56, 64), (64, 93), (52, 96)),
    crack(2, (24, 46), (30, 52), (26, 58)),
    crack(2, (18, 78), (26, 82), (22, 87), (32, 93)),
    box("metal", 12, 92, 88, 97),
    [ellipse("stone", x, y, r) for x, y, r in ((92, 93, 5), (84, 92, 6), (76, 94, 4))],
    moved(box("shade", 66, 10, 78, 26), box("dark", 64, 8, 80, 13, corner=1), turn=64, about=(72, 18), by=(22, 65)),
)


def _lighthouse(*lamp: Part | list[Part]) -> Drawing:
    return drawing(
        ellipse("stone", 50, 94, 44, 5),
        polygon("body", (35, 30), (65, 30), (73, 95), (27, 95)),
        polygon("shade", (60, 30), (65, 30), (73, 95), (66, 95)),
        box("dark", 39, 13, 61, 28),
        *lamp,
        box("dark", 30, 27, 70, 32, corner=1),
        curve("shade", (36, 14), (42, 5), (50, 1), (58, 5), (64, 14), (50, 14.5)),
        box("dark", 45, 80, 55, 95, corner=3),
        box("light", 46, 42, 53, 51, corner=2),
        box("light", 46, 60, 53, 69, corner=2),
    )


LIGHTHOUSE = _lighthouse(box("glass", 41, 14, 48.5, 28), box("glass", 51.5, 14, 59, 28))
SHINING_LIGHTHOUSE = _lighthouse(
    polygon("glow", (42, 17), (5, 8), (5, 34), (42, 25)),
    polygon("glow", (58, 17), (95, 8), (95, 34), (58, 25)),
    box("glow", 41, 14, 59, 28),
    ellipse("light", 50, 21, 5),
)


def _battlement(role: str, left: float, right: float, top: float, teeth: int) -> list[Part]:
    """Teeth and gaps of one width from left to right, standing on a ledge."""
    wide = (right - left) / (2 * teeth - 1)
    stones = [box(role, left + 2 * k * wide, top, left + (2 * k + 1) * wide, top + 8) for k in range(teeth)]
    return [*stones, box(role, left, top + 7, right, top + 13)]


_WALL: list[Part] = [
    box("body", 26, 50, 74, 96),
    *_battlement("shade", 26, 74, 42, 5),
    polygon("dark", (40, 96), (40, 76), (43, 69), (50, 66), (57, 69), (60, 76), (60, 96)),
    *(part for x in (45, 50, 55) for part in line("metal", 1.6, (x, 70), (x, 96))),
    *line("metal", 1.6, (41, 80), (59, 80)),
    *line("metal", 1.6, (41, 88), (59, 88)),
]
_TOWER: list[Part] = [
    box("body", 4, 30, 28, 96),
    *_battlement("shade", 1, 31, 20, 4),
    box("dark", 13, 46, 19, 60, corner=3),
    box("shade", 6, 68, 13, 72),
    box("shade", 18, 76, 25, 80),
    box("shade", 8, 84, 15, 88),
]
_KEEP: list[Part] = [
    box("shade", 38, 24, 62, 52),
    *_battlement("body", 36, 64, 15, 4),
    box("dark", 47, 32, 53, 42, corner=3),
]

CASTLE = drawing(
    line("wood", 2.4, (50, 2), (50, 20)),
    polygon("rose", (50, 1), (68, 5.5), (50, 10)),
    _KEEP,
    _WALL,
    mirror(_TOWER),
)

RUINED_CASTLE = drawing(
    polygon("shade", (38, 52), (38, 36), (43, 30), (46, 38), (51, 34), (55, 42), (62, 44), (62, 52)),
    box("dark", 47, 42, 53, 50, corner=3),
    _WALL,
    polygon("hole", (60, 36), (58, 46), (63, 50), (60, 57), (68, 60), (70, 68), (84, 60), (84, 36)),
    _TOWER,
    polygon("body", (72, 96), (71, 70), (76, 74), (80, 64), (86, 72), (90, 66), (96, 78), (96, 96)),
    polygon("hole", (15, 20), (32, 20), (32, 48), (27, 46), (24, 38), (18, 36), (20, 30), (14, 26)),
    gash(15, 66, 7, turn=40),
    crack(2, (34, 58), (38, 64), (33, 70), (38, 76)),
    crack(2, (84, 80), (80, 85), (85, 90)),
    [ellipse("stone", x, y, r) for x, y, r in ((66, 92, 5), (73, 94, 4), (93, 92, 6), (99, 95, 4), (84, 94, 4))],
)

_SAIL: list[Part] = [
    *line("wood", 3.4, (50, 36), (50, -8)),
    box("light", 51.5, -8, 62, 26),
    *(box("wood", 51, y, 62, y + 1.8) for y in (-8, 2.7, 13.4, 24.2)),
    box("wood", 60.4, -8, 62.2, 26),
]
_MILL: list[Part] = [
    polygon("body", (33, 40), (67, 40), (80, 98), (20, 98)),
    polygon("shade", (62, 40), (67, 40), (80, 98), (73, 98)),
    box("wood", 44, 82, 56, 98, corner=5),
    box("dark", 46, 66, 54, 74, corner=2),
]

WINDMILL = drawing(
    _MILL,
    curve("shade", (31, 42), (35, 28), (50, 20), (65, 28), (69, 42), (50, 44)),
    *[moved(_SAIL, turn=turn, about=(50, 36)) for turn in (42, 132, 222, 312)],
    ellipse("dark", 50, 36, 5),
)

RUINED_WINDMILL = drawing(
    _MILL,
    polygon("shade", (31, 42), (35, 30), (42, 33), (47, 24), (52, 34), (58, 28), (60, 36), (69, 42)),
    crack(2, (38, 52), (44, 58), (39, 64), (43, 71)),
    gash(60, 72, 8, turn=70),
    *[moved(_SAIL, turn=turn, about=(50, 36)) for turn in (132, 312)],
    line("wood", 3.4, (50, 36), (36, 50)),
    moved(_SAIL, turn=200, about=(50, 36), by=(-30, 24)),
    line("wood", 3.4, (50, 36), (60, 27)),
    ellipse("dark", 50, 36, 5),
)


def _tent(*front: Part | list[Part], inside: tuple[float, float, float, float] | None = None) -> Drawing:
    return drawing(
        line("wood", 2.4, (36, 22), (31, 10)),
        line("wood", 2.4, (32, 22), (38, 10)),
        line("light", 1.8, (80, 26), (99, 58)),
        polygon("body", (34, 18), (78, 25), (97, 82), (60, 92)),
        polygon("tint", (34, 18), (78, 25), (79, 28), (35, 22)),
        polygon("shade", (34, 18), (4, 88), (60, 92)),
        *front,
        inside=inside,
    )


TENT = _tent(
    line("dark", 1.8, (34, 22), (32, 90)),
    line("light", 2.2, (31, 44), (36, 44)),
    line("light", 2.2, (30, 58), (36, 58)),
    line("light", 2.2, (29, 72), (36, 72)),
)
OPEN_TENT = _tent(
    polygon("dark", (34, 26), (14, 89), (50, 91.5)),
    polygon("wood", (16, 82), (18, 76), (46, 77), (50, 91.5), (14, 89)),
    polygon("tint", (34, 22), (14, 89), (7, 88), (12, 62), (20, 58)),
    polygon("tint", (34, 22), (50, 91.5), (59, 91.5), (54, 66), (45, 60)),
    inside=(22, 56, 44, 90),
)


def _panels(left: float, right: float) -> list[Part]:
    """Four, each a sunken frame about a field."""
    middle, gap = (left + right) / 2, (right - left) * 0.12
    fields = [
        (x0, y0, x1, y1)
        for x0, x1 in ((left + gap, middle - gap / 2), (middle + gap / 2, right - gap))
        for y0, y1 in ((16, 44), (58, 88))
    ]
    edge = [box("shade", *field) for field in fields]
    return edge + [box("body", x0 + 3, y0 + 3, x1 - 3, y1 - 3) for x0, y0, x1, y1 in fields]


DOOR = drawing(
    box("wood", 23, 0, 77, 100),
    box("dark", 28, 5, 72, 100),
    box("body", 29, 6, 71, 100),
    _panels(29, 71),
    ellipse("dark", 66, 52, 4),
    ellipse("gold", 66, 51.5, 3.2),
)
OPEN_DOOR = drawing(
    box("wood", 30, 3, 88, 95),
    box("dark", 36, 9, 82, 95),
    polygon("wood", (36, 95), (82, 95), (73, 81), (45, 81)),
    polygon("body", (40, 9), (4, 0), (4, 100), (40, 95)),
    polygon("shade", (35, 17), (10, 12), (10, 44), (35, 46)),
    polygon("shade", (35, 54), (10, 55), (10, 90), (35, 87)),
    polygon("body", (33, 19.5), (12.5, 15.5), (12.5, 41.5), (33, 43.5)),
    polygon("body", (33, 56.5), (12.5, 57.5), (12.5, 87), (33, 84.5)),
    ellipse("dark", 7, 50, 3, 4.2),
    ellipse("gold", 7, 49.5, 2.3, 3.5),
    inside=(46, 30, 82, 92),
)

CONCEPTS = (
    Concept(
        name="house",
        parent="building",
        synset="house.n.01",
        drawings={"whole": HOUSE, "broken": RUINED_HOUSE},
        homes=("street", "hills", "forest", "river", "snow"),
        stance="ground",
    ),
    Concept(
        name="lighthouse",
        parent="building",
        synset="beacon.n.03",
        drawings={"unlit": LIGHTHOUSE, "lit": SHINING_LIGHTHOUSE},
        homes=("beach", "sea", "night"),
        stance="ground",
    ),
    Concept(
        name="castle",
        parent="building",
        synset="castle.n.02",
        drawings={"whole": CASTLE, "broken": RUINED_CASTLE},
        homes=("hills", "forest", "river", "night"),
        stance="ground",
        colours=("gray", "brown", "white", "yellow", "pink"),
        material="stone",
    ),
    Concept(
        name="windmill",
        parent="building",
        synset="windmill.n.01",
        drawings={"whole": WINDMILL, "broken": RUINED_WINDMILL},
        homes=("hills", "river", "park"),
        stance="ground",
    ),
    Concept(
        name="tent",
        parent="structure",
        synset="tent.n.01",
        drawings={"closed": TENT, "open": OPEN_TENT},
        homes=("forest", "hills", "beach", "desert", "snow"),
        stance="ground",
    ),
    Concept(
        name="door",
        parent="structure",
        synset="door.n.01",
        drawings={"closed": DOOR, "open": OPEN_DOOR},
        homes=("room", "kitchen", "street"),
        stance="ground",
        material="wooden",
    ),
)
