"""Vehicles on roads, rails and tracks."""

from __future__ import annotations

from eyechart.world.concept import Concept
from eyechart.world.drawings.damage import crack, fire, gash, smashed, smoke
from eyechart.world.drawings.pieces import moved
from eyechart.world.shapes import Part, bend, box, curve, dome, drawing, ellipse, line, polygon, ring


def _wheel(x: float, y: float, size: float) -> list[Part]:
    return [ellipse("dark", x, y, size), ellipse("metal", x, y, size * 0.46)]


def _flat_tyre(x: float, y: float, size: float) -> list[Part]:
    """Sunk by a third of its size."""
    return [
        ellipse("dark", x, y + size * 0.1, size * 0.95),
        ellipse("dark", x, y + size * 0.68, size * 1.35, size * 0.36),
        ellipse("metal", x, y + size * 0.25, size * 0.46),
    ]


CAR = drawing(
    box("body", 3, 46, 97, 73, corner=9),
    polygon("body", (18, 50), (33, 25), (67, 25), (86, 50)),
    polygon("glass", (28, 47), (37, 31), (48, 31), (48, 47)),
    polygon("glass", (53, 47), (53, 31), (64, 31), (75, 47)),
    box("shade", 3, 63, 97, 68),
    box("shade", 55, 51, 62, 54),
    ellipse("gold", 93, 55, 4, 4.5),
    _wheel(25, 73, 13),
    _wheel(75, 73, 13),
    top=(34, 66, 25),
)

CRASHED_CAR = drawing(
    smoke(86, 30, 8),
    moved(
        polygon("dark", (66, 50), (72, 42), (92, 44), (90, 60), (70, 62)),
        polygon("body", (68, 49), (77, 27), (86, 33), (93, 26), (88, 40), (80, 50)),
        polygon("shade", (77, 27), (86, 33), (93, 26), (90, 33), (85, 38)),
        polygon(
            "body", (4, 50), (9, 46), (70, 46), (78, 50), (84, 46), (92, 55), (86, 60), (94, 66), (87, 74), (8, 73)
        ),
        polygon("body", (18, 50), (33, 25), (43, 28), (51, 34), (60, 29), (70, 31), (84, 50)),
        polygon("glass", (28, 47), (36, 32), (42, 32), (48, 36), (48, 47)),
        polygon("dark", (53, 47), (53, 37), (60, 32), (66, 33), (75, 47)),
        polygon("glass", (53, 47), (53, 41), (58, 47)),
        polygon("glass", (75, 47), (70, 39), (67, 47)),
        polygon("shade", (4, 63), (87, 63), (94, 67), (87, 68), (4, 68)),
        crack(1.8, (36, 49), (40, 55), (37, 60), (42, 68)),
        _wheel(25, 73, 13),
        turn=4,
        about=(25, 73),
    ),
    _flat_tyre(74, 75, 12),
)

BUS = drawing(
    box("body", 1, 24, 99, 76, corner=6),
    [box("glass", x, 30, x + 15, 47, corner=2) for x in (7, 26, 45)],
    box("glass", 64, 30, 76, 47, corner=2),
    box("light", 80, 30, 94, 75, corner=2),
    box("glass", 82, 33, 92, 72, corner=1),
    box("shade", 1, 67, 80, 71),
    ellipse("gold", 96.8, 69, 2.4, 4.5),
    ellipse("rose", 3, 69, 2.2, 4.5),
    _wheel(24, 77, 11),
    _wheel(68, 77, 11),
    top=(8, 92, 24),
    page=(6, 49, 77, 66),
)

CRASHED_BUS = drawing(
    moved(
        polygon(
            "body",
            *((1, 29), (7, 24), (34, 24), (46, 34), (58, 25), (78, 24), (97, 31), (87, 41), (98, 48)),
            *((85, 57), (97, 65), (89, 76), (5, 76), (1, 72)),
        ),
        smashed(7, 31, 22, 48),
        box("glass", 26, 31, 40, 48, corner=2),
        crack(1.6, (28, 32), (33, 38), (30, 42), (37, 47)),
        smashed(48, 35, 60, 50),
        smashed(65, 31, 76, 48),
        polygon("light", (80, 31), (92, 32), (83, 41), (89, 48), (81, 57), (89, 65), (85, 75), (78, 75)),
        polygon("dark", (81, 34), (88, 35), (81, 42), (86, 48), (79, 56), (86, 65), (83, 72), (80, 72)),
        polygon("shade", (1, 67), (78, 67), (78, 71), (1, 71)),
        gash(42, 59, 10),
        ellipse("dark", 66, 76, 12, 11),
        _wheel(24, 77, 11),
        turn=7,
        about=(24, 77),
    ),
    _wheel(92, 90, 9),
)


def _spoked(x: float) -> list[Part]:
    return [
        *ring("dark", x, 66, 22, 17.5),
        *line("metal", 1.6, (x - 18, 66), (x + 18, 66)),
        *line("metal", 1.6, (x - 9, 50.5), (x + 9, 81.5)),
        *line("metal", 1.6, (x + 9, 50.5), (x - 9, 81.5)),
    ]


BICYCLE = drawing(
    _spoked(23),
    _spoked(79),
    line("body", 7.5, (23, 66), (40, 36), (66, 36), (50, 66), (23, 66)),
    line("body", 7.5, (38, 28), (50, 66)),
    line("body", 7.5, (64, 24), (79, 66)),
    line("dark", 5, (63, 24), (76, 20)),
    box("dark", 27, 22, 48, 29, corner=3),
    ellipse("metal", 50, 66, 5.5),
    ellipse("dark", 50, 66, 2.5),
)

BENT_BICYCLE = drawing(
    _spoked(23),
    curve("dark", (62, 47), (76, 40), (86, 53), (100, 59), (106, 75), (93, 90), (81, 77), (64, 82), (57, 64)),
    curve("hole", (65, 52), (74, 46), (82, 57.5), (96, 64), (101, 75), (93, 84), (83, 71), (66, 76), (62, 64)),
    line("metal", 1.6, (66, 54), (79, 64), (98, 76)),
    line("metal", 1.6, (64, 72), (79, 64), (81, 57)),
    line("metal", 1.6, (74, 47), (79, 64), (91, 82)),
    line("body", 7.5, (23, 66), (40, 36), (52, 48), (66, 38), (50, 66), (23, 66)),
    line("body", 7.5, (38, 28), (50, 66)),
    line("body", 7.5, (62, 26), (66, 46), (79, 64)),
    line("dark", 5, (60, 27), (70, 15)),
    moved(box("dark", 27, 22, 48, 29, corner=3), turn=-28, about=(38, 26)),
    ellipse("metal", 50, 66, 5.5),
    ellipse("dark", 50, 66, 2.5),
    bend("dark", 2, (50, 70), (40, 84), (48, 88), (56, 86)),
)

TRUCK = drawing(
    box("dark", 3, 66, 97, 74, corner=2),
    polygon("shade", (5, 34), (60, 34), (60, 44), (5, 44)),
    polygon("body", (1, 40), (62, 40), (62, 68), (4, 68)),
    polygon("body", (57, 40), (57, 24), (70, 18), (70, 23), (62, 28), (62, 40)),
    box("shade", 1, 40, 62, 44),
    [box("shade", x, 40, x + 3, 68) for x in (12, 48)],
    curve("body", (66, 24), (72, 22), (82, 22), (87, 26), (93, 46), (98, 52), (98, 70), (94, 74), (66, 74), (65, 60)),
    polygon("glass", (71, 28), (82, 28), (88, 46), (71, 46)),
    box("shade", 70, 53, 76, 56),
    ellipse("gold", 95, 59, 3, 4),
    box("metal", 88, 68, 100, 75, corner=2),
    _wheel(16, 75, 12),
    _wheel(43, 75, 12),
    _wheel(81, 75, 12),
    top=(70, 84, 22),
    inside=(4, 18, 56, 42),
    page=(16, 46, 47, 66),
)

CRASHED_TRUCK = drawing(
    smoke(92, 30, 7),
    moved(
        polygon("shade", (5, 34), (60, 34), (60, 44), (5, 44)),
        polygon("body", (1, 40), (20, 40), (26, 47), (34, 40), (62, 40), (62, 68), (4, 68)),
        polygon("body", (57, 40), (57, 24), (66, 12), (68, 18), (62, 28), (62, 40)),
        [box("shade", x, 40, x + 3, 68) for x in (12, 48)],
        gash(32, 55, 9, turn=20),
        turn=-9,
        about=(16, 75),
    ),
    box("dark", 3, 66, 90, 74, corner=2),
    moved(
        polygon(
            "body", (66, 30), (74, 25), (80, 29), (85, 26), (89, 46), (84, 52), (94, 58), (88, 65), (94, 74), (66, 74)
        ),
        polygon("dark", (71, 33), (80, 33), (84, 46), (71, 46)),
        polygon("glass", (71, 46), (71, 37), (76, 46)),
        polygon("glass", (84, 46), (81, 37), (78, 46)),
        crack(1.8, (70, 50), (75, 57), (71, 62), (77, 70)),
        turn=6,
        about=(66, 74),
    ),
    _wheel(16, 75, 12),
    ellipse("metal", 43, 73, 4),
    _flat_tyre(80, 77, 11),
)

TRAIN = drawing(
    box("dark", 6, 70, 90, 79, corner=1),
    polygon("shade", (82, 72), (93, 72), (100, 95), (82, 95)),
    polygon("dark", (79, 42), (77, 20), (72, 9), (96, 9), (91, 20), (89, 42)),
    box("gold", 71, 8, 97, 13, corner=2),
    dome("gold", 62, 40, 8, 13),
    box("body", 36, 36, 86, 75, corner=3),
    box("shade", 83, 34, 93, 77, corner=3),
    [box("gold", x, 36, x + 2.2, 75) for x in (51, 70)],
    box("body", 5, 20, 42, 76),
    box("glass", 13, 28, 34, 46, corner=2),
    box("shade", 1, 13, 47, 22, corner=3),
    ellipse("glow", 94, 48, 4, 5),
    _wheel(22, 81, 14),
    _wheel(52, 81, 14),
    _wheel(76, 86, 9),
    line("metal", 3.4, (22, 84), (52, 84)),
    top=(4, 44, 13),
)

WRECKED_TRAIN = drawing(
    smoke(64, 28, 9),
    moved(
        box("dark", 6, 70, 90, 79, corner=1),
        polygon("shade", (82, 72), (93, 72), (98, 84), (90, 84), (88, 92), (82, 90)),
        polygon("dark", (79, 40), (78, 30), (82, 33), (86, 28), (90, 40)),
        box("body", 36, 36, 86, 75, corner=3),
        box("shade", 83, 34, 93, 77, corner=3),
        gash(62, 49, 11, turn=8),
        polygon("body", (6, 20), (20, 20), (26, 27), (32, 20), (42, 22), (42, 76), (6, 76)),
        smashed(13, 30, 34, 46),
        polygon(
            "shade", (1, 13), (20, 15), (26, 24), (33, 16), (47, 10), (48, 18), (34, 25), (26, 32), (18, 24), (2, 22)
        ),
        _wheel(22, 81, 14),
        turn=9,
        about=(22, 95),
    ),
    _wheel(56, 92, 13),
    moved(
        polygon("dark", (0, 0), (-2, -20), (-7, -30), (14, -30), (10, -20), (9, 0)), turn=82, about=(0, 0), by=(68, 99)
    ),
)

TANK = drawing(
    box("body", 62, 33, 97, 39),
    box("shade", 91, 31, 100, 41, corner=2),
    box("dark", 4, 62, 96, 92, corner=15),
    [part for x in (17, 33.5, 50, 66.5, 83) for part in (ellipse("metal", x, 78, 7.5), ellipse("dark", x, 78, 3))],
    polygon("body", (2, 62), (14, 49), (86, 49), (98, 60), (96, 69), (4, 69)),
    polygon("shade", (2, 63), (98, 63), (96, 69), (4, 69)),
    polygon("body", (26, 50), (31, 31), (36, 27), (62, 27), (68, 31), (74, 50)),
    polygon("tint", (34, 30), (38, 28), (61, 28), (64, 30)),
    box("shade", 24, 47, 76, 51),
    dome("shade", 44, 27, 8, 6),
    ellipse("gold", 91, 57, 3),
    top=(37, 61, 27),
)

DESTROYED_TANK = drawing(
    smoke(22, 36, 8),
    polygon("dark", (10, 62), (58, 62), (63, 72), (58, 92), (18, 92), (8, 86), (4, 76)),
    [part for x in (17, 33.5, 50, 69) for part in (ellipse("dark", x, 79, 9), ellipse("metal", x, 79, 6.5))],
    line("dark", 6, (60, 91), (70, 93), (82, 92), (97, 94)),
    fire(38, 52, 9, turn=-14),
    polygon("body", (2, 62), (14, 49), (34, 49), (40, 55), (49, 49), (78, 51), (84, 58), (97, 60), (93, 70), (4, 70)),
    polygon("shade", (3, 66), (94, 66), (93, 70), (4, 70)),
    polygon("dark", (26, 49), (36, 43), (86, 36), (88, 46), (78, 52), (49, 50), (40, 56), (34, 50)),
    gash(24, 61, 9),
    moved(
        line("body", 6, (66, 37), (82, 36), (97, 58)),
        line("shade", 9, (94, 54), (97, 58)),
        polygon("body", (24, 49), (29, 28), (34, 23), (46, 23), (51, 30), (57, 23), (64, 23), (70, 28), (77, 47)),
        box("shade", 24, 45, 77, 48),
        crack(2, (61, 30), (57, 35), (62, 39), (57, 44)),
        turn=-15,
        about=(66, 46),
        by=(8, -4),
    ),
)

CONCEPTS = (
    Concept(
        name="car",
        parent="motor vehicle",
        synset="car.n.01",
        drawings={"whole": CAR, "broken": CRASHED_CAR},
        homes=("street", "hills", "desert", "night"),
        stance="ground",
        faces="right",
    ),
    Concept(
        name="bus",
        parent="motor vehicle",
        synset="bus.n.01",
        drawings={"whole": BUS, "broken": CRASHED_BUS},
        homes=("street", "hills", "night"),
        stance="ground",
        faces="right",
    ),
    Concept(
        name="bicycle",
        parent="wheeled vehicle",
        synset="bicycle.n.01",
        drawings={"whole": BICYCLE, "broken": BENT_BICYCLE},
        homes=("street", "park", "forest", "beach"),
        stance="ground",
        faces="right",
    ),
    Concept(
        name="truck",
        parent="motor vehicle",
        synset="truck.n.01",
        drawings={"whole": TRUCK, "broken": CRASHED_TRUCK},
        homes=("street", "hills", "desert", "snow"),
        stance="ground",
        faces="right",
    ),
    Concept(
        name="train",
        parent="wheeled vehicle",
        synset="train.n.01",
        drawings={"whole": TRAIN, "broken": WRECKED_TRAIN},
        homes=("hills", "forest", "desert", "snow", "night"),
        stance="ground",
        faces="right",
    ),
    Concept(
        name="tank",
        parent="wheeled vehicle",
        synset="tank.n.01",
        drawings={"whole": TANK, "broken": DESTROYED_TANK},
        homes=("desert", "hills", "forest", "snow"),
        stance="ground",
        colours=("green", "brown", "gray", "yellow"),
        material="metal",
        faces="right",
    ),
)
