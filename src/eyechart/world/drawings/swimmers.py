"""Animals of the water."""

from __future__ import annotations

from eyechart.world.concept import Concept
from eyechart.world.drawings.eyes import eye, shut, snore
from eyechart.world.shapes import bend, box, curve, drawing, ellipse, line, mirror

FISH = drawing(
    curve("body", (66, 48), (84, 30), (99, 24), (92, 50), (99, 76), (84, 70), (66, 54)),
    curve("shade", (30, 30), (42, 14), (62, 16), (66, 34), (48, 30)),
    curve("shade", (40, 68), (52, 84), (62, 82), (60, 66)),
    curve("body", (2, 50), (14, 34), (36, 25), (58, 31), (76, 50), (58, 69), (36, 75), (14, 66)),
    curve("shade", (31, 30), (37, 40), (38, 50), (37, 60), (31, 70), (33, 58), (33.5, 50), (33, 42)),
    curve("tint", (46, 46), (62, 42), (60, 56), (48, 56)),
    eye(19, 43, 6.5),
    bend("dark", 2, (4, 55), (10, 57), (14, 56)),
)
FISH_ASLEEP = drawing(
    curve("body", (66, 48), (84, 38), (98, 40), (94, 52), (99, 66), (84, 62), (66, 54)),
    curve("shade", (32, 30), (44, 22), (66, 26), (72, 38), (48, 30)),
    curve("body", (2, 50), (14, 34), (36, 25), (58, 31), (76, 50), (58, 69), (36, 75), (14, 66)),
    curve("shade", (31, 30), (37, 40), (38, 50), (37, 60), (31, 70), (33, 58), (33.5, 50), (33, 42)),
    curve("tint", (44, 54), (54, 56), (56, 72), (47, 66)),
    shut(18, 45, 6.5),
    bend("dark", 2, (5, 58), (10, 57), (14, 59)),
    snore(6, 14, 11),
    snore(18, -6, 14),
    turn=-10,
)

WHALE = drawing(
    bend("fluid", 4, (31, 36), (31, 20), (22, 10), (13, 16)),
    bend("fluid", 4, (33, 36), (33, 20), (42, 10), (51, 16)),
    curve(
        "body",
        (74, 66),
        (84, 50),
        (86, 36),
        (80, 26),
        (70, 18),
        (84, 16),
        (91, 26),
        (98, 18),
        (110, 20),
        (103, 30),
        (97, 40),
        (96, 60),
        (84, 80),
    ),
    curve(
        "body",
        (2, 62),
        (6, 46),
        (22, 36),
        (42, 36),
        (60, 48),
        (76, 62),
        (94, 58),
        (88, 80),
        (64, 93),
        (30, 94),
        (10, 86),
    ),
    curve("light", (5, 74), (24, 76), (46, 82), (66, 92), (34, 94), (12, 88)),
    bend("metal", 1.8, (22, 78), (34, 83), (44, 92)),
    bend("metal", 1.8, (12, 78), (22, 84), (30, 92)),
    curve("shade", (46, 76), (60, 76), (70, 88), (64, 97), (52, 88)),
    eye(24, 63, 4.5),
    bend("dark", 2, (4, 70), (12, 71), (18, 69)),
)
WHALE_ASLEEP = drawing(
    curve("body", (92, 68), (102, 60), (116, 60), (112, 72), (116, 86), (102, 86), (92, 78)),
    curve(
        "body",
        (2, 62),
        (6, 46),
        (22, 36),
        (42, 36),
        (60, 46),
        (78, 62),
        (98, 69),
        (98, 78),
        (76, 84),
        (60, 91),
        (30, 94),
        (10, 86),
    ),
    curve("light", (5, 74), (24, 76), (46, 82), (66, 90), (34, 94), (12, 88)),
    bend("metal", 1.8, (22, 78), (34, 83), (44, 92)),
    bend("metal", 1.8, (12, 78), (22, 84), (30, 92)),
    curve("shade", (46, 78), (58, 80), (60, 96), (54, 104), (46, 92)),
    shut(24, 63, 5.5),
    bend("dark", 2, (4, 71), (12, 70), (18, 72)),
    snore(20, 16, 12),
    snore(36, -4, 16),
)

TURTLE = drawing(
    curve("tint", (84, 70), (94, 74), (104, 82), (92, 82)),
    curve(
        "tint",
        (34, 66),
        (24, 60),
        (18, 46),
        (6, 46),
        (-4, 38),
        (-3, 26),
        (8, 18),
        (20, 21),
        (28, 32),
        (34, 50),
        (46, 64),
    ),
    box("tint", 30, 68, 46, 94, corner=6),
    box("tint", 70, 68, 86, 94, corner=6),
    curve("body", (24, 74), (28, 52), (42, 36), (58, 32), (74, 36), (88, 52), (92, 74), (76, 80), (40, 80)),
    line("shade", 3, (44, 54), (58, 46), (72, 54), (70, 70), (46, 70), (44, 54)),
    [
        part
        for a, b in (((44, 54), (35, 46)), ((72, 54), (82, 46)), ((58, 46), (58, 34)))
        for part in line("shade", 3, a, b)
    ],
    box("shade", 22, 73, 94, 80, corner=3),
    eye(7, 30, 4.5),
    bend("dark", 2, (-1, 39), (6, 40), (12, 37)),
    top=(50, 66, 32.5),
)
TURTLE_ASLEEP = drawing(
    curve("tint", (84, 76), (94, 80), (104, 90), (92, 88)),
    curve("tint", (30, 78), (20, 72), (8, 66), (-6, 70), (-10, 82), (-2, 90), (14, 91), (34, 88)),
    ellipse("tint", 36, 88, 14, 5.5),
    ellipse("tint", 80, 88, 14, 5.5),
    curve("body", (24, 82), (28, 60), (42, 44), (58, 40), (74, 44), (88, 60), (92, 82), (76, 88), (40, 88)),
    line("shade", 3, (44, 62), (58, 54), (72, 62), (70, 78), (46, 78), (44, 62)),
    [
        part
        for a, b in (((44, 62), (35, 54)), ((72, 62), (82, 54)), ((58, 54), (58, 42)))
        for part in line("shade", 3, a, b)
    ],
    box("shade", 22, 80, 94, 87, corner=3),
    shut(3, 76, 5),
    bend("dark", 2, (-7, 85), (0, 85), (6, 84)),
    top=(50, 66, 40.5),
)

CRAB = drawing(
    mirror(
        bend("shade", 5, (30, 66), (14, 64), (6, 80)),
        bend("shade", 5, (32, 72), (18, 74), (14, 90)),
        bend("shade", 5, (36, 76), (27, 84), (28, 97)),
        bend("body", 7, (28, 56), (12, 50), (12, 36)),
        curve("body", (12, 40), (-2, 32), (-3, 14), (8, 4), (11, 22), (19, 5), (27, 16), (24, 32)),
        line("shade", 4, (41, 46), (39, 28)),
        eye(39, 25, 6.5),
    ),
    ellipse("body", 50, 61, 30, 21),
    mirror(ellipse("tint", 35, 52, 5, 3, turn=-30)),
    bend("dark", 2.2, (41, 66), (46, 70), (54, 70), (59, 66)),
)
CRAB_ASLEEP = drawing(
    mirror(
        bend("shade", 5, (26, 72), (10, 62), (2, 84)),
        bend("shade", 5, (26, 78), (12, 72), (8, 92)),
        bend("body", 7, (28, 82), (14, 74), (4, 86)),
        curve("body", (6, 80), (-10, 82), (-18, 94), (-10, 102), (-2, 92), (2, 103), (14, 100), (14, 86)),
        line("shade", 4, (40, 70), (33, 56)),
        ellipse("shade", 33, 55, 8, 7),
        shut(33, 55, 6.5),
    ),
    ellipse("body", 50, 82, 31, 21),
    mirror(ellipse("tint", 35, 73, 5, 3, turn=-30)),
    bend("dark", 2.2, (44, 88), (50, 90), (56, 88)),
)

CONCEPTS = (
    Concept(
        name="fish",
        parent="vertebrate",
        synset="fish.n.01",
        drawings={"awake": FISH, "asleep": FISH_ASLEEP},
        homes=("sea", "river"),
        stance="water",
        colours=("orange", "blue", "gray", "red", "yellow"),
        faces="left",
    ),
    Concept(
        name="whale",
        parent="mammal",
        synset="whale.n.02",
        drawings={"awake": WHALE, "asleep": WHALE_ASLEEP},
        homes=("sea",),
        stance="water",
        colours=("blue", "gray", "black"),
        faces="left",
    ),
    Concept(
        name="turtle",
        parent="reptile",
        synset="turtle.n.02",
        drawings={"awake": TURTLE, "asleep": TURTLE_ASLEEP},
        homes=("beach", "river", "sea"),
        stance="ground",
        colours=("green", "brown"),
        faces="left",
    ),
    Concept(
        name="crab",
        parent="arthropod",
        synset="crab.n.01",
        drawings={"awake": CRAB, "asleep": CRAB_ASLEEP},
        homes=("beach", "sea"),
        stance="ground",
        colours=("red", "orange", "brown"),
    ),
)
