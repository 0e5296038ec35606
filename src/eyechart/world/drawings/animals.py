"""Animals with fur or feathers."""

from __future__ import annotations

from eyechart.world.concept import Concept
from eyechart.world.drawings.eyes import eye, shut
from eyechart.world.shapes import bend, box, curve, drawing, ellipse, line, mirror, polygon

BIRD = drawing(
    line("gold", 3.4, (46, 76), (44, 95), (36, 96)),
    line("gold", 3.4, (57, 76), (57, 95), (49, 96)),
    polygon("shade", (72, 50), (99, 40), (98, 52), (76, 66)),
    curve(
        "body",
        (12, 30),
        (20, 14),
        (38, 12),
        (48, 28),
        (66, 38),
        (80, 52),
        (76, 68),
        (58, 80),
        (36, 76),
        (20, 60),
        (14, 44),
    ),
    polygon("gold", (14, 27), (0, 36), (15, 39)),
    curve("tint", (18, 48), (28, 52), (38, 72), (30, 70), (20, 58)),
    curve("shade", (40, 42), (56, 42), (76, 58), (88, 66), (66, 68), (48, 62)),
    curve("dark", (60, 61), (88, 66), (66, 68.5)),
    eye(27, 28, 6),
)
BIRD_ASLEEP = drawing(
    polygon("shade", (74, 66), (100, 64), (99, 76), (78, 84)),
    mirror(ellipse("gold", 41, 95, 7, 3)),
    curve("body", (8, 62), (14, 46), (30, 38), (46, 42), (64, 50), (80, 62), (82, 80), (66, 94), (34, 94), (14, 82)),
    curve("tint", (12, 72), (22, 78), (36, 91), (26, 90), (15, 83)),
    curve("shade", (42, 56), (58, 56), (76, 68), (92, 78), (68, 82), (50, 76)),
    curve("dark", (62, 76), (92, 78), (68, 82.5)),
    polygon("gold", (10, 58), (6, 76), (20, 66)),
    shut(26, 56, 6),
)

PENGUIN = drawing(
    mirror(ellipse("gold", 39, 95, 12, 5), curve("shade", (30, 42), (18, 54), (10, 74), (18, 76), (28, 66))),
    curve(
        "body",
        (50, 2),
        (66, 8),
        (70, 24),
        (74, 44),
        (76, 66),
        (70, 88),
        (50, 95),
        (30, 88),
        (24, 66),
        (26, 44),
        (30, 24),
        (34, 8),
    ),
    curve("light", (50, 44), (62, 48), (66, 66), (62, 84), (50, 90), (38, 84), (34, 66), (38, 48)),
    mirror(ellipse("light", 42, 25, 8.5, 10), ellipse("dark", 43.5, 24, 3.2)),
    polygon("gold", (43, 31), (57, 31), (50, 41)),
)
PENGUIN_ASLEEP = drawing(
    polygon("gold", (98, 86), (118, 78), (122, 92), (102, 94)),
    polygon("shade", (92, 66), (112, 64), (98, 80)),
    curve("body", (18, 74), (40, 60), (62, 54), (84, 58), (102, 72), (100, 88), (76, 93), (44, 94), (20, 92)),
    curve("light", (34, 87), (56, 85), (80, 86), (94, 89), (76, 93.5), (40, 94.5), (26, 93)),
    curve("shade", (50, 66), (64, 64), (76, 72), (80, 86), (76, 92), (68, 86), (54, 76)),
    ellipse("body", 17, 74, 19, 18),
    ellipse("light", 14, 72, 10, 10),
    polygon("gold", (2, 74), (-14, 84), (7, 86)),
    shut(13, 71, 6.5),
)

CAT = drawing(
    bend("body", 9, (66, 90), (86, 90), (93, 74), (84, 60), (90, 50)),
    curve("body", (50, 44), (66, 54), (75, 78), (72, 96), (50, 98), (28, 96), (25, 78), (34, 54)),
    mirror(polygon("body", (24, 32), (23, 2), (48, 16)), polygon("rose", (28, 22), (27, 9), (38, 15))),
    ellipse("body", 50, 33, 28, 23),
    mirror(curve("shade", (38, 74), (41, 84), (40, 98), (37, 98), (37, 86)), ellipse("tint", 41, 95, 8, 4.5)),
    curve("tint", (50, 58), (58, 66), (56, 82), (50, 86), (44, 82), (42, 66)),
    mirror(ellipse("light", 39, 31, 6, 7), ellipse("dark", 39.5, 31, 3, 6)),
    polygon("rose", (46, 39), (54, 39), (50, 44)),
    bend("dark", 1.6, (43, 47), (47, 49), (50, 45), (53, 49), (57, 47)),
    mirror(line("dark", 1.2, (30, 41), (12, 38)), line("dark", 1.2, (30, 44), (12, 47))),
)
CAT_ASLEEP = drawing(
    curve("body", (24, 62), (38, 44), (62, 38), (86, 46), (99, 66), (95, 84), (76, 93), (40, 94), (24, 88)),
    bend("shade", 12, (92, 80), (80, 89), (62, 88)),
    bend("body", 8.5, (93, 79), (80, 88.5), (62, 88)),
    mirror(polygon("body", (10, 62), (7, 38), (27, 52)), polygon("rose", (13, 56), (11, 45), (20, 52)), about=30),
    ellipse("shade", 31, 72, 25, 20.5),
    ellipse("body", 30, 72, 24, 20),
    mirror(shut(20, 70, 6), line("dark", 1.2, (14, 79), (-2, 77)), line("dark", 1.2, (14, 82), (-1, 85)), about=30),
    polygon("rose", (26.5, 76), (33.5, 76), (30, 80)),
    bend("dark", 1.6, (24, 83), (27, 85), (30, 81), (33, 85), (36, 83)),
    bend("shade", 2.6, (62, 54), (76, 54), (86, 62)),
)

RABBIT = drawing(
    ellipse("light", 90, 80, 9),
    ellipse("shade", 24, 17, 6.5, 18, turn=-8),
    curve("body", (28, 54), (44, 50), (66, 50), (84, 64), (88, 82), (80, 97), (56, 98), (30, 98), (25, 82)),
    ellipse("body", 41, 17, 8, 19, turn=16),
    ellipse("rose", 41.5, 17, 3.6, 14, turn=16),
    ellipse("body", 29, 46, 21, 17.5),
    bend("shade", 3, (56, 96), (52, 82), (60, 70), (72, 70)),
    ellipse("tint", 33, 95, 11, 5),
    ellipse("tint", 63, 95, 15, 5.5),
    eye(23, 42, 5.5),
    ellipse("rose", 9, 48, 3.4, 2.8),
    line("dark", 1.2, (18, 54), (2, 57)),
    line("dark", 1.2, (18, 57), (4, 64)),
)
RABBIT_ASLEEP = drawing(
    ellipse("light", 96, 80, 8.5),
    curve("body", (26, 70), (42, 60), (66, 54), (88, 64), (96, 80), (88, 95), (56, 96), (24, 96)),
    ellipse("shade", 50, 62, 19, 6.5, turn=8),
    ellipse("shade", 25, 76, 22.5, 18),
    ellipse("body", 24, 77, 22, 17.5),
    ellipse("body", 48, 69, 22, 7.5, turn=16),
    ellipse("rose", 49, 69.5, 16, 3.2, turn=16),
    bend("shade", 3, (62, 95), (60, 84), (70, 76), (82, 78)),
    ellipse("tint", 40, 94, 11, 4.5),
    ellipse("tint", 74, 94, 14, 5),
    shut(17, 76, 6),
    ellipse("rose", 3, 81, 3.4, 2.8),
    line("dark", 1.2, (12, 86), (-4, 88)),
)

ELEPHANT = drawing(
    bend("dark", 2.4, (92, 40), (97, 50), (96, 62)),
    box("shade", 43, 60, 54, 92, corner=3),
    box("shade", 66, 60, 77, 92, corner=3),
    curve("body", (30, 22), (52, 14), (78, 16), (94, 34), (94, 60), (80, 70), (56, 72), (34, 66)),
    box("body", 31, 56, 45, 95, corner=3),
    box("body", 79, 50, 93, 95, corner=3),
    bend("body", 10, (17, 38), (10, 54), (9, 72), (12, 86), (22, 87)),
    curve("body", (8, 34), (12, 18), (28, 10), (42, 20), (44, 40), (34, 54), (18, 52)),
    curve("shade", (32, 20), (48, 16), (56, 30), (52, 50), (42, 54), (34, 42)),
    curve("light", (17, 50), (23, 52), (22, 60), (12, 68), (16, 60)),
    eye(21, 31, 4),
    [ellipse("light", x, 93, 2, 1.8) for x in (34, 38.5, 42.5, 82, 86.5, 90.5)],
    top=(54, 80, 14.5),
    hand=(23, 84),
)
ELEPHANT_ASLEEP = drawing(
    bend("dark", 2.4, (98, 66), (105, 76), (104, 90)),
    curve("body", (36, 52), (54, 39), (80, 40), (98, 56), (101, 78), (94, 93), (42, 94), (30, 76)),
    box("shade", 70, 82, 100, 95, corner=6),
    bend("body", 11, (18, 68), (9, 82), (-2, 89), (-15, 86)),
    curve("body", (8, 64), (14, 50), (30, 43), (46, 52), (50, 72), (40, 88), (20, 86)),
    box("shade", 38, 83, 66, 95, corner=6),
    curve("shade", (34, 54), (50, 52), (58, 66), (53, 82), (42, 84), (35, 72)),
    curve("light", (19, 80), (25, 81), (22, 88), (10, 94), (16, 88)),
    shut(22, 66, 6),
    [ellipse("light", x, 93, 2, 1.8) for x in (40, 44.5, 72, 76.5)],
    top=(56, 80, 39.5),
)

GIRAFFE = drawing(
    bend("dark", 2.2, (83, 54), (90, 64), (88, 76)),
    box("shade", 52, 62, 58, 99, corner=1.5),
    box("shade", 66, 62, 72, 99, corner=1.5),
    line("wood", 2.6, (25, 10), (23, 1)),
    line("wood", 2.6, (31, 10), (32, 1)),
    bend("wood", 4, (36, 10), (46, 32), (58, 50)),
    curve("body", (38, 60), (44, 52), (62, 49), (80, 51), (85, 60), (80, 71), (60, 73), (44, 72)),
    polygon("body", (24, 14), (37, 10), (60, 51), (44, 70), (37, 62)),
    box("body", 40, 62, 47, 99, corner=1.5),
    box("body", 76, 60, 83, 99, corner=1.5),
    curve("body", (4, 22), (10, 14), (22, 7), (35, 8), (37, 17), (26, 22), (10, 28)),
    curve("body", (34, 10), (42, 5), (46, 8), (39, 14)),
    ellipse("tint", 9, 23, 6.5, 5, turn=-30),
    ellipse("dark", 25, 14, 2.6),
    [
        ellipse("shade", x, y, rx, ry, turn=20)
        for x, y, rx, ry in (
            (35, 26, 4.5, 5.5),
            (40, 42, 5, 6.5),
            (50, 60, 6, 5),
            (64, 57, 5.5, 4.5),
            (65, 68, 5, 3.5),
            (77, 60, 5, 5),
        )
    ],
)
GIRAFFE_ASLEEP = drawing(
    bend("dark", 2.2, (97, 70), (105, 78), (103, 92)),
    bend("wood", 4, (56, 62), (44, 44), (28, 46), (18, 64)),
    curve("body", (44, 74), (52, 60), (72, 55), (92, 62), (100, 80), (95, 95), (50, 96)),
    bend("body", 13, (58, 70), (44, 53), (30, 53), (20, 68), (16, 82)),
    line("wood", 2.6, (20, 80), (27, 73)),
    curve("body", (-6, 95), (-4, 88), (8, 79), (21, 77), (24, 88), (12, 96)),
    ellipse("tint", -1, 92, 6, 4.5, turn=-20),
    box("shade", 44, 87, 72, 96, corner=4),
    box("shade", 76, 87, 102, 96, corner=4),
    shut(13, 85, 4.5),
    [
        ellipse("shade", x, y, rx, ry, turn=20)
        for x, y, rx, ry in (
            (48, 62, 4.5, 5),
            (34, 53, 5, 4),
            (22, 66, 4, 5),
            (62, 72, 6, 5),
            (78, 66, 5.5, 4.5),
            (90, 76, 5.5, 5),
            (76, 80, 5, 3.5),
        )
    ],
)

CONCEPTS = (
    Concept(
        name="bird",
        parent="vertebrate",
        synset="bird.n.01",
        drawings={"awake": BIRD, "asleep": BIRD_ASLEEP},
        homes=("park", "forest", "street", "river", "beach"),
        stance="ground",
        colours=("red", "blue", "brown", "yellow", "gray"),
        faces="left",
    ),
    Concept(
        name="penguin",
        parent="vertebrate",
        synset="penguin.n.01",
        drawings={"awake": PENGUIN, "asleep": PENGUIN_ASLEEP},
        homes=("snow", "beach"),
        stance="ground",
        colours=("black", "gray", "blue"),
    ),
    Concept(
        name="cat",
        parent="mammal",
        synset="cat.n.01",
        drawings={"awake": CAT, "asleep": CAT_ASLEEP},
        homes=("room", "kitchen", "street", "park"),
        stance="ground",
        colours=("orange", "gray", "black", "white", "brown"),
    ),
    Concept(
        name="rabbit",
        parent="mammal",
        synset="rabbit.n.01",
        drawings={"awake": RABBIT, "asleep": RABBIT_ASLEEP},
        homes=("park", "forest", "hills", "snow"),
        stance="ground",
        colours=("brown", "gray", "white"),
        faces="left",
    ),
    Concept(
        name="elephant",
        parent="mammal",
        synset="elephant.n.01",
        drawings={"awake": ELEPHANT, "asleep": ELEPHANT_ASLEEP},
        homes=("hills", "river", "forest"),
        stance="ground",
        colours=("gray", "brown"),
        faces="left",
    ),
    Concept(
        name="giraffe",
        parent="mammal",
        synset="giraffe.n.01",
        drawings={"awake": GIRAFFE, "asleep": GIRAFFE_ASLEEP},
        homes=("hills", "desert"),
        stance="ground",
        colours=("orange", "yellow", "brown"),
        faces="left",
    ),
)
