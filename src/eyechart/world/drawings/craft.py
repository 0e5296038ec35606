"""Vehicles on water and in the air."""

from __future__ import annotations

from eyechart.world.concept import Concept
from eyechart.world.drawings.damage import crack, fire, gash, smoke
from eyechart.world.drawings.pieces import moved
from eyechart.world.shapes import box, curve, drawing, ellipse, line, mirror, polygon

_HULL = curve("wood", (3, 70), (30, 71), (70, 71), (97, 70), (92, 82), (82, 93), (50, 95), (20, 93), (9, 82))

BOAT = drawing(
    box("wood", 48, 4, 52, 74),
    polygon("body", (54, 7), (54, 64), (95, 64)),
    polygon("body", (46, 14), (46, 64), (12, 64)),
    polygon("shade", (54, 58), (54, 64), (95, 64), (91, 58)),
    polygon("shade", (46, 58), (46, 64), (12, 64), (16, 58)),
    _HULL,
    box("light", 12, 76, 88, 80, corner=2),
    inside=(10, 46, 90, 75),
)

WRECKED_BOAT = drawing(
    polygon("wood", (48, 34), (50, 28), (52, 33), (52, 74), (48, 74)),
    polygon("body", (54, 32), (60, 38), (66, 32), (72, 42), (79, 36), (97, 66), (54, 66)),
    polygon("body", (46, 34), (46, 66), (8, 66), (23, 43), (31, 49), (37, 36)),
    moved(
        polygon("wood", (48, 2), (52, 2), (52, 29), (49, 33), (48, 27)),
        polygon("body", (53, 3), (78, 34), (68, 31), (62, 37), (57, 30), (53, 35)),
        polygon("body", (46, 12), (46, 34), (41, 28), (36, 32), (30, 34)),
        turn=72,
        about=(50, 32),
        by=(3, -4),
    ),
    _HULL,
    box("light", 12, 76, 88, 80, corner=2),
    gash(32, 82, 10, turn=12),
)

_WING = (polygon("body", (46, 34), (3, 64), (3, 73), (46, 60)), ellipse("metal", 27, 54, 3.4, 7))
_OUTER_WING = (polygon("shade", (10, 59), (3, 64), (3, 73), (10, 71)), ellipse("metal", 16, 61, 3, 6))

AIRPLANE = drawing(
    mirror(*_WING, *_OUTER_WING, polygon("body", (48, 78), (27, 93), (27, 99), (48, 93))),
    curve("body", (50, 0), (57, 10), (58, 30), (57, 60), (54, 84), (50, 99), (46, 84), (43, 60), (42, 30), (43, 10)),
    curve("tint", (50, 3), (53, 10), (53.5, 40), (52, 80), (50, 90), (50, 60)),
    polygon("glass", (44.5, 15), (47, 9), (53, 9), (55.5, 15), (50, 13)),
    line("shade", 3, (50, 80), (50, 97)),
    turn=50,
)

CRASHED_AIRPLANE = drawing(
    polygon("body", (46, 34), (26, 48), (31, 54), (24, 58), (30, 66), (46, 60)),
    moved(
        polygon("body", (26, 48), (3, 64), (3, 73), (30, 66), (24, 60), (31, 55)),
        *_OUTER_WING,
        turn=-50,
        about=(16, 60),
        by=(-6, 14),
    ),
    mirror(*_WING, *_OUTER_WING)[4:],
    polygon("body", (48, 78), (27, 93), (27, 99), (48, 93)),
    polygon("body", (52, 78), (62, 85), (58, 88), (62, 92), (52, 93)),
    curve("body", (50, 8), (54, 14), (58, 30), (57, 60), (54, 84), (50, 99), (46, 84), (43, 60), (42, 30), (45, 13)),
    polygon("dark", (42, 12), (46, 4), (50, 10), (55, 3), (60, 14), (54, 18), (50, 13), (46, 18)),
    gash(51, 46, 9),
    fire(34, 62, 5, turn=-50),
    crack(2, (47, 68), (53, 72), (48, 77), (54, 82)),
    turn=50,
)

_CABIN = curve("body", (36, 52), (44, 37), (62, 30), (80, 35), (94, 52), (92, 68), (78, 76), (54, 76), (40, 66))
_BOOM = polygon("body", (12, 41), (44, 45), (44, 60), (13, 49))
_FIN = polygon("body", (1, 26), (9, 26), (17, 42), (14, 51), (7, 49))

HELICOPTER = drawing(
    line("metal", 3.4, (54, 74), (50, 88)),
    line("metal", 3.4, (76, 74), (79, 88)),
    line("dark", 4.4, (40, 89), (90, 89), (96, 85)),
    _BOOM,
    _FIN,
    box("dark", 59, 18, 66, 33),
    line("dark", 4.4, (25, 17), (100, 17)),
    ellipse("metal", 62.5, 17, 6, 4),
    _CABIN,
    curve("shade", (44, 70), (50, 68), (92, 67), (89, 71), (78, 76), (54, 76)),
    curve("glass", (71, 38), (80, 40), (90, 54), (89, 60), (71, 60)),
    box("glass", 50, 41, 65, 58, corner=3),
    line("metal", 2.6, (4, 24), (10, 42)),
    line("metal", 2.6, (-2, 36), (16, 30)),
    ellipse("dark", 7, 33, 3),
)

CRASHED_HELICOPTER = drawing(
    smoke(74, 22, 8),
    _BOOM,
    polygon("hole", (32, 34), (27, 47), (34, 50), (28, 60), (48, 60), (48, 34)),
    _FIN,
    line("metal", 2.6, (4, 24), (10, 42)),
    ellipse("dark", 7, 33, 3),
    polygon("body", (30, 44), (44, 42), (44, 60), (29, 56), (35, 50)),
    moved(
        line("metal", 3.4, (54, 74), (47, 86)),
        line("metal", 3.4, (76, 74), (84, 84)),
        line("dark", 4.4, (38, 84), (62, 90)),
        line("dark", 4.4, (74, 88), (94, 80)),
        box("dark", 59, 20, 66, 33),
        line("dark", 4.4, (62, 20), (44, 20), (30, 30), (26, 42)),
        line("dark", 4.4, (62, 20), (78, 16)),
        ellipse("metal", 62.5, 20, 6, 4),
        _CABIN,
        curve("shade", (44, 70), (50, 68), (92, 67), (89, 71), (78, 76), (54, 76)),
        curve("dark", (71, 38), (80, 40), (90, 54), (89, 60), (71, 60)),
        polygon("glass", (71, 60), (71, 48), (78, 60)),
        polygon("glass", (80, 41), (84, 45), (80, 52)),
        box("glass", 50, 41, 65, 58, corner=3),
        gash(50, 64, 9, turn=25),
        turn=9,
        about=(60, 60),
        by=(2, 3),
    ),
)

_ENVELOPE = curve(
    "body",
    *((50, 2), (72, 8), (84, 24), (83, 44), (68, 63), (61, 75), (39, 75), (32, 63), (17, 44), (16, 24), (28, 8)),
)
_PANELS = mirror(
    curve("shade", (38, 6), (45, 3), (40, 22), (41, 48), (47, 74), (43, 74), (32, 48), (30, 22)),
)

BALLOON = drawing(
    line("dark", 1.6, (37, 66), (43, 84)),
    line("dark", 1.6, (63, 66), (57, 84)),
    line("dark", 1.6, (50, 66), (50, 84)),
    _ENVELOPE,
    _PANELS,
    box("shade", 39, 72, 61, 77),
    box("wood", 40, 84, 60, 99, corner=2),
    box("dark", 39, 83, 61, 86, corner=1),
)

TORN_BALLOON = drawing(
    _ENVELOPE,
    _PANELS,
    polygon(
        "hole",
        (96, 8),
        (70, 4),
        (64, 16),
        (68, 22),
        (54, 30),
        (62, 36),
        (48, 48),
        (64, 46),
        (68, 54),
        (74, 44),
        (96, 44),
    ),
    curve("shade", (72, 50), (80, 42), (90, 52), (95, 68), (90, 74), (84, 64), (78, 60)),
    polygon("dark", (26, 22), (33, 30), (30, 36), (36, 46), (26, 38), (28, 31)),
    line("dark", 1.6, (38, 74), (40, 88)),
    line("dark", 1.6, (60, 74), (66, 82)),
    box("shade", 39, 72, 61, 77),
    moved(box("wood", 40, 84, 60, 99, corner=2), box("dark", 39, 83, 61, 86, corner=1), turn=24, about=(41, 85)),
)

_FINS = mirror(curve("shade", (35, 48), (24, 58), (17, 76), (22, 82), (36, 72), (40, 60)))

ROCKET = drawing(
    curve("gold", (41, 74), (50, 72), (59, 74), (60, 84), (50, 100), (40, 84)),
    curve("rose", (45, 74), (50, 73), (55, 74), (55, 82), (50, 91), (45, 82)),
    _FINS,
    curve("body", (50, 0), (62, 14), (68, 36), (66, 60), (60, 76), (40, 76), (34, 60), (32, 36), (38, 14)),
    curve("shade", (50, 0), (58, 8), (63, 18), (50, 21), (37, 18), (42, 8)),
    ellipse("light", 50, 38, 10.5),
    ellipse("glass", 50, 38, 7.5),
    box("shade", 40, 73, 60, 78, corner=2),
    box("shade", 47.5, 56, 52.5, 82, corner=2),
    turn=25,
)

BROKEN_ROCKET = drawing(
    _FINS[0],
    polygon(
        "body",
        *((33, 50), (39, 54), (43, 49), (48, 55), (54, 49), (60, 55), (67, 50)),
        *((66, 60), (60, 76), (40, 76), (34, 60)),
    ),
    moved(
        polygon(
            "body",
            *((50, 0), (58, 8), (63, 18), (67, 30), (67, 44), (60, 50), (54, 44), (48, 50), (43, 44), (39, 49)),
            *((33, 44), (33, 30), (37, 18), (42, 8)),
        ),
        curve("shade", (50, 0), (58, 8), (63, 18), (50, 21), (37, 18), (42, 8)),
        ellipse("light", 50, 33, 10),
        ellipse("dark", 50, 33, 7.5),
        polygon("glass", (43, 33), (48, 27), (48, 37)),
        polygon("glass", (52, 39), (57, 33), (53, 31)),
        turn=34,
        about=(66, 46),
        by=(6, -2),
    ),
    smoke(24, 46, 7),
    crack(2.2, (54, 58), (49, 63), (54, 67), (49, 72)),
    gash(42, 64, 6),
    box("shade", 40, 73, 60, 78, corner=2),
    turn=25,
)

CONCEPTS = (
    Concept(
        name="boat",
        parent="vessel",
        synset="boat.n.01",
        drawings={"whole": BOAT, "broken": WRECKED_BOAT},
        homes=("sea", "river"),
        stance="water",
    ),
    Concept(
        name="airplane",
        parent="aircraft",
        synset="airplane.n.01",
        drawings={"whole": AIRPLANE, "broken": CRASHED_AIRPLANE},
        homes=("sky", "hills", "sea"),
        stance="air",
        faces="right",
    ),
    Concept(
        name="helicopter",
        parent="aircraft",
        synset="helicopter.n.01",
        drawings={"whole": HELICOPTER, "broken": CRASHED_HELICOPTER},
        homes=("sky", "sea", "hills", "snow"),
        stance="air",
        faces="right",
    ),
    Concept(
        name="balloon",
        parent="aircraft",
        synset="balloon.n.01",
        drawings={"whole": BALLOON, "broken": TORN_BALLOON},
        homes=("sky", "hills", "desert", "park"),
        stance="air",
    ),
    Concept(
        name="rocket",
        parent="vehicle",
        synset="rocket.n.01",
        drawings={"whole": ROCKET, "broken": BROKEN_ROCKET},
        homes=("sky", "night"),
        stance="air",
    ),
)
