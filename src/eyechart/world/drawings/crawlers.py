"""Animals that crawl or flutter."""

from __future__ import annotations

from eyechart.world.concept import Concept
from eyechart.world.drawings.eyes import eye, shut, snore
from eyechart.world.shapes import bend, box, curve, drawing, ellipse, line, mirror

SNAKE = drawing(
    bend("body", 11, (94, 85), (82, 91), (70, 87), (61, 76), (48, 72), (38, 82)),
    bend("body", 13, (38, 82), (26, 92), (10, 86), (8, 70), (20, 58), (30, 46), (28, 30), (20, 22)),
    curve("body", (90, 81.5), (97, 75), (106, 58), (106, 74), (98, 89), (90, 92)),
    [
        ellipse("shade", x, y, 4.2, 3.4)
        for x, y in ((84, 91), (66, 82), (50, 72), (38, 82), (22, 90), (9, 77), (20, 58), (30, 44))
    ],
    line("rose", 2.2, (0, 24), (-9, 25), (-15, 20)),
    line("rose", 2.2, (-9, 25), (-15, 30)),
    curve("body", (-3, 24), (2, 13), (18, 8), (32, 14), (35, 26), (28, 34), (10, 33)),
    eye(13, 18, 4.6),
)
SNAKE_ASLEEP = drawing(
    curve("body", (84, 84), (98, 86), (114, 78), (108, 92), (96, 97), (82, 97)),
    box("body", 4, 77, 96, 97, corner=10),
    box("shade", 13, 60, 87, 80, corner=10),
    box("body", 13, 57, 87, 77, corner=10),
    box("shade", 23, 40, 77, 60, corner=10),
    box("body", 23, 37, 77, 57, corner=10),
    [ellipse("shade", x, y, 4.6, 4) for x, y in ((22, 88), (42, 88), (62, 88), (82, 88), (56, 68), (74, 68), (68, 47))],
    line("rose", 2.2, (-8, 66), (-17, 69), (-23, 65)),
    line("rose", 2.2, (-17, 69), (-23, 74)),
    curve("shade", (-11, 67), (-4, 52), (12, 44), (34, 36), (58, 40), (46, 56), (28, 66), (14, 76), (-4, 76)),
    curve("body", (-11, 64), (-4, 50), (12, 42), (34, 33), (60, 37), (46, 52), (28, 62), (14, 72), (-4, 73)),
    shut(8, 56, 6),
)

SNAIL = drawing(
    line("tint", 3.4, (14, 46), (6, 24)),
    line("tint", 3.4, (19, 46), (25, 24)),
    ellipse("dark", 6, 23, 4),
    ellipse("dark", 25, 23, 4),
    curve(
        "tint",
        (9, 44),
        (22, 42),
        (28, 58),
        (40, 72),
        (80, 74),
        (99, 86),
        (92, 91),
        (40, 92),
        (18, 90),
        (8, 74),
        (6, 56),
    ),
    ellipse("body", 60, 50, 31),
    bend(
        "shade",
        4.2,
        (84, 67),
        (88, 44),
        (72, 26),
        (48, 28),
        (38, 50),
        (52, 68),
        (72, 62),
        (74, 46),
        (62, 38),
        (52, 48),
        (60, 56),
    ),
    bend("dark", 1.8, (9, 63), (13, 66), (18, 65)),
    ellipse("dark", 14, 54, 2.2),
)
SNAIL_ASLEEP = drawing(
    bend("tint", 3.4, (14, 70), (6, 64), (0, 72)),
    bend("tint", 3.4, (20, 68), (18, 58), (9, 58)),
    ellipse("dark", 0, 73, 3.4),
    ellipse("dark", 8, 58, 3.4),
    curve("tint", (6, 78), (14, 68), (28, 68), (40, 80), (80, 82), (94, 88), (88, 92), (40, 93), (12, 92)),
    ellipse("body", 60, 57, 31),
    bend(
        "shade",
        4.2,
        (84, 74),
        (88, 51),
        (72, 33),
        (48, 35),
        (38, 57),
        (52, 75),
        (72, 69),
        (74, 53),
        (62, 45),
        (52, 55),
        (60, 63),
    ),
    bend("dark", 2.4, (12, 81), (17, 84), (22, 81)),
    snore(14, 34, 10),
    snore(22, 16, 13),
)

BUTTERFLY = drawing(
    mirror(bend("dark", 1.8, (50, 26), (44, 14), (34, 8)), ellipse("dark", 33, 8, 2.4)),
    mirror(
        curve("body", (49, 46), (40, 26), (22, 14), (5, 16), (4, 36), (14, 52), (36, 56)),
        curve("shade", (49, 54), (34, 54), (18, 62), (16, 78), (28, 92), (40, 84), (48, 68)),
        curve("tint", (20, 24), (28, 30), (30, 42), (18, 40), (12, 30)),
        ellipse("tint", 30, 72, 6, 8),
    ),
    curve("dark", (50, 24), (54, 30), (53.5, 52), (52, 84), (50, 90), (48, 84), (46.5, 52), (46, 30)),
)
BUTTERFLY_ASLEEP = drawing(
    curve("shade", (36, 76), (50, 54), (70, 48), (92, 52), (98, 66), (88, 80), (64, 84)),
    curve("body", (30, 74), (30, 46), (44, 20), (66, 4), (82, 6), (84, 26), (76, 48), (58, 68)),
    curve("tint", (56, 24), (68, 16), (74, 26), (66, 40), (56, 40)),
    ellipse("tint", 82, 64, 7, 6),
    bend("dark", 1.8, (16, 78), (6, 72), (2, 80)),
    bend("dark", 1.8, (18, 76), (12, 64), (4, 66)),
    ellipse("dark", 2, 81, 2.4),
    ellipse("dark", 4, 66, 2.4),
    [part for x in (28, 40, 52) for part in line("dark", 1.8, (x, 84), (x - 5, 95))],
    curve("dark", (20, 82), (30, 76), (50, 78), (76, 88), (50, 87), (30, 87)),
    ellipse("dark", 18, 82, 7.5),
    bend("light", 1.8, (12, 82), (15.5, 85), (19, 82)),
)

SPIDER = drawing(
    mirror(
        bend("dark", 3.6, (42, 46), (22, 24), (6, 34), (-2, 54)),
        bend("dark", 3.6, (42, 50), (18, 42), (2, 58), (0, 78)),
        bend("dark", 3.6, (42, 54), (20, 60), (8, 78), (12, 96)),
        bend("dark", 3.6, (44, 58), (30, 74), (24, 90), (30, 102)),
    ),
    ellipse("body", 50, 70, 28, 29),
    curve("tint", (50, 62), (57, 54), (57, 70), (50, 76), (57, 84), (43, 84), (50, 76), (43, 70), (43, 54)),
    ellipse("shade", 50, 38, 18.5, 16.5),
    ellipse("body", 50, 37, 17, 15),
    mirror(eye(43, 34, 6), line("dark", 3, (45, 50), (43, 56))),
)
SPIDER_ASLEEP = drawing(
    mirror(
        bend("dark", 3.6, (38, 62), (18, 52), (8, 70), (22, 84)),
        bend("dark", 3.6, (38, 68), (10, 66), (4, 84), (18, 94)),
        bend("dark", 3.6, (40, 76), (18, 78), (14, 96), (30, 98)),
    ),
    ellipse("body", 50, 58, 27, 26),
    ellipse("shade", 50, 81, 19.5, 17),
    ellipse("body", 50, 82, 18, 15),
    mirror(shut(42, 80, 6)),
)

CONCEPTS = (
    Concept(
        name="snake",
        parent="reptile",
        synset="snake.n.01",
        drawings={"awake": SNAKE, "asleep": SNAKE_ASLEEP},
        homes=("desert", "forest", "hills", "river"),
        stance="ground",
        colours=("green", "brown", "yellow"),
        faces="left",
    ),
    Concept(
        name="snail",
        parent="invertebrate",
        synset="snail.n.01",
        drawings={"awake": SNAIL, "asleep": SNAIL_ASLEEP},
        homes=("park", "forest", "hills"),
        stance="ground",
        colours=("brown", "orange", "yellow"),
        faces="left",
    ),
    Concept(
        name="butterfly",
        parent="arthropod",
        synset="butterfly.n.01",
        drawings={"awake": BUTTERFLY, "asleep": BUTTERFLY_ASLEEP},
        homes=("park", "forest", "hills"),
        stance="air",
        colours=("orange", "yellow", "blue", "white"),
    ),
    Concept(
        name="spider",
        parent="arthropod",
        synset="spider.n.01",
        drawings={"awake": SPIDER, "asleep": SPIDER_ASLEEP},
        homes=("room", "forest", "park"),
        stance="wall",
        colours=("black", "brown", "gray"),
    ),
)
