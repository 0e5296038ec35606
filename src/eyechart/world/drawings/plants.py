"""Plants and fungi."""

from __future__ import annotations

from eyechart.world.concept import Concept
from eyechart.world.shapes import Part, Point, bend, box, curve, dome, drawing, ellipse, line, polygon

_PETALS: tuple[tuple[float, float, float], ...] = (  # angle, cosine, sine
    (0, 1, 0),
    (60, 0.5, 0.866),
    (120, -0.5, 0.866),
    (180, -1, 0),
    (240, -0.5, -0.866),
    (300, 0.5, -0.866),
)


def _frond(base: Point, middle: Point, tip: Point, width: float) -> list[Part]:
    """A feather of a palm: pointed at both ends, its rib in a darker tone."""
    (x0, y0), (x1, y1), (x2, y2) = base, middle, tip
    away = ((x2 - x0) ** 2 + (y2 - y0) ** 2) ** 0.5
    u, v = (y0 - y2) / away * width, (x2 - x0) / away * width
    return [
        curve("body", base, (x1 + u / 2, y1 + v / 2), tip, (x1 - u / 2, y1 - v / 2)),
        *bend("shade", 1.6, base, middle, tip),
    ]


def _hanging(x: float, y: float) -> Part:
    """A limp leaf on its twig."""
    return curve("body", (x, y), (x + 6, y + 7), (x + 4, y + 17), (x, y + 22), (x - 4, y + 17), (x - 6, y + 7))


TREE = drawing(
    curve("wood", (44, 56), (56, 56), (57, 80), (64, 99), (36, 99), (43, 80)),
    line("wood", 5, (50, 72), (66, 58)),
    [
        ellipse("body", x, y, r)
        for x, y, r in ((50, 24, 23), (28, 40, 20), (72, 40, 20), (38, 54, 17), (62, 54, 17), (50, 42, 24))
    ],
    bend("shade", 3.6, (20, 50), (30, 59), (42, 57)),
    bend("shade", 3.6, (58, 62), (72, 60), (82, 48)),
    bend("shade", 3.6, (44, 36), (54, 40), (62, 34)),
    ellipse("tint", 42, 17, 8, 5, turn=-25),
    ellipse("tint", 24, 34, 6, 4, turn=-30),
)
_FALLEN = (
    (40, 79, -30),
    (60, 80, 25),
    (24, 85, 20),
    (76, 85, -25),
    (50, 86, 5),
    (10, 93, -20),
    (34, 92, 15),
    (64, 92, -15),
    (90, 93, 20),
    (50, 96, -5),
)
TREE_WILTED = drawing(
    curve("wood", (45, 46), (55, 46), (57, 74), (62, 92), (38, 92), (43, 74)),
    line("wood", 5, (50, 60), (49, 24), (42, 4)),
    line("wood", 4, (49, 32), (61, 18), (63, 2)),
    line("wood", 5, (50, 64), (28, 38), (10, 32)),
    line("wood", 5, (50, 62), (72, 36), (90, 32)),
    line("wood", 3.6, (30, 40), (26, 16)),
    line("wood", 3.6, (70, 38), (78, 14)),
    [_hanging(x, y) for x, y in ((12, 34), (28, 42), (78, 36), (91, 34), (56, 26))],
    [
        part
        for x, y, turn in _FALLEN
        for part in (ellipse("shade", x, y + 1, 14, 7.5, turn=turn), ellipse("body", x, y, 12, 5.2, turn=turn))
    ],
)

PALM = drawing(
    curve("wood", (46, 40), (53, 38), (57, 60), (66, 98), (50, 98), (50, 66)),
    [
        part
        for x, y in ((49.5, 56), (50, 68), (51, 80), (51.5, 90))
        for part in line("dark", 1.6, (x, y), (x + 8, y + 1))
    ],
    _frond((49, 36), (24, 48), (8, 70), 17),
    _frond((49, 36), (76, 46), (92, 68), 17),
    _frond((49, 36), (20, 28), (-4, 46), 17),
    _frond((49, 36), (80, 26), (104, 42), 17),
    _frond((49, 37), (32, 12), (10, 8), 16),
    _frond((49, 37), (66, 10), (88, 6), 16),
    [ellipse("wood", x, y, 4.6) for x, y in ((44, 41), (54, 42))],
)
PALM_WILTED = drawing(
    curve("wood", (46, 30), (53, 28), (57, 56), (66, 98), (50, 98), (50, 60)),
    [part for x, y in ((50, 68), (51, 80), (51.5, 90)) for part in line("dark", 1.6, (x, y), (x + 8, y + 1))],
    _frond((49, 28), (24, 38), (18, 84), 15),
    _frond((49, 28), (76, 36), (84, 82), 15),
    _frond((49, 28), (36, 36), (34, 74), 15),
    _frond((49, 28), (62, 36), (70, 70), 15),
    _frond((49, 29), (20, 14), (4, 60), 15),
    _frond((49, 29), (80, 12), (96, 56), 15),
    [ellipse("wood", x, 98, 4.6) for x in (24, 38)],
)

FLOWER = drawing(
    bend("leaf", 4.6, (50, 40), (51, 70), (48, 99)),
    curve("leaf", (50, 88), (56, 74), (76, 66), (82, 68), (74, 84), (60, 90)),
    curve("leaf", (49, 82), (42, 70), (26, 64), (20, 66), (26, 78), (40, 84)),
    [ellipse("body", 50 + 19 * c, 29 + 19 * s, 14, 10, turn=a) for a, c, s in _PETALS],
    [ellipse("shade", 50 + 11 * c, 29 + 11 * s, 4, 2, turn=a) for a, c, s in _PETALS],
    ellipse("gold", 50, 29, 10),
    ellipse("wood", 50, 29, 5),
)
FLOWER_WILTED = drawing(
    bend("leaf", 4.6, (24, 44), (27, 18), (44, 12), (58, 30), (60, 64), (56, 99)),
    curve("leaf", (57, 78), (68, 74), (78, 86), (80, 99), (70, 94), (62, 86)),
    curve("leaf", (58, 72), (50, 70), (42, 80), (42, 96), (50, 88), (56, 80)),
    [
        ellipse("body", x, y, 15, 8.5, turn=t)
        for x, y, t in ((6, 58, 115), (42, 58, 65), (15, 66, 100), (34, 66, 80), (25, 68, 90))
    ],
    [ellipse("shade", x, y, 5, 2, turn=t) for x, y, t in ((16, 60, 100), (33, 60, 80), (24.5, 62, 90))],
    curve("gold", (12, 50), (16, 40), (25, 37), (34, 40), (38, 50), (25, 55)),
    curve("leaf", (13, 46), (18, 36), (25, 34), (32, 36), (37, 46), (25, 43)),
    ellipse("body", 14, 96, 12, 5, turn=-12),
)

CACTUS = drawing(
    line("body", 14, (46, 60), (22, 58), (20, 36)),
    line("body", 14, (54, 50), (78, 48), (80, 24)),
    box("body", 39, 2, 61, 88, corner=11),
    [part for x in (45, 55) for part in line("shade", 1.8, (x, 10), (x, 76))],
    line("shade", 1.8, (20, 38), (22, 58)),
    line("shade", 1.8, (80, 26), (78, 48)),
    [part for y in (18, 34, 66) for part in line("light", 1.4, (48, y), (52, y + 3))],
    box("wood", 28, 78, 72, 86, corner=2),
    polygon("wood", (32, 86), (68, 86), (63, 99), (37, 99)),
    box("dark", 32, 86, 68, 88),
)
CACTUS_WILTED = drawing(
    bend("body", 12, (46, 54), (28, 46), (18, 56), (18, 74)),
    bend("body", 12, (54, 60), (70, 58), (76, 66), (76, 74)),
    bend("body", 20, (50, 84), (48, 58), (52, 38), (66, 26), (80, 30), (86, 46)),
    bend("shade", 1.8, (45, 76), (43, 58), (48, 36), (64, 22), (82, 26)),
    bend("shade", 1.8, (55, 76), (53, 58), (57, 42), (67, 33), (76, 36)),
    bend("shade", 1.8, (40, 51), (28, 46), (18, 56), (18, 74)),
    box("wood", 28, 78, 72, 86, corner=2),
    polygon("wood", (32, 86), (68, 86), (63, 99), (37, 99)),
    box("dark", 32, 86, 68, 88),
)

MUSHROOM = drawing(
    curve("light", (38, 46), (62, 46), (61, 66), (67, 88), (62, 97), (38, 97), (33, 88), (39, 66)),
    curve("metal", (58, 50), (62, 50), (61, 66), (67, 88), (62, 97), (56, 97), (60, 84), (57, 66)),
    dome("body", 50, 50, 48, 45),
    ellipse("shade", 50, 50, 48, 8),
    ellipse("wood", 50, 50.5, 30, 4),
    ellipse("tint", 28, 24, 9, 5, turn=-35),
)
MUSHROOM_BROKEN = drawing(
    polygon(
        "light",
        (34, 60),
        (41, 52),
        (47, 60),
        (54, 50),
        (62, 58),
        (63, 70),
        (68, 90),
        (62, 98),
        (36, 98),
        (30, 90),
        (35, 72),
    ),
    polygon("metal", (57, 53), (62, 58), (63, 70), (68, 90), (62, 98), (56, 98), (60, 86), (57, 68)),
    curve("body", (55, 34), (59, 14), (76, 2), (96, 8), (110, 30), (112, 58), (103, 64), (80, 54), (58, 47)),
    polygon("shade", (55, 47), (60, 42), (112, 56), (104, 67), (80, 60)),
    polygon(
        "body",
        (47, 46),
        (40, 38),
        (46, 31),
        (38, 24),
        (43, 14),
        (26, 14),
        (6, 26),
        (-6, 46),
        (-8, 62),
        (0, 66),
        (24, 58),
    ),
    polygon("shade", (47, 46), (42, 42), (-8, 60), (0, 68), (24, 61)),
    ellipse("tint", 15, 32, 8, 4.5, turn=-45),
)

LEAF = drawing(
    bend("wood", 4.4, (30, 72), (18, 84), (6, 96)),
    curve("body", (26, 76), (16, 52), (24, 28), (48, 12), (78, 6), (98, 2), (94, 22), (88, 52), (72, 76), (48, 84)),
    bend("shade", 3, (28, 74), (54, 48), (88, 12)),
    [
        part
        for a, b in (((42, 60), (40, 36)), ((55, 47), (54, 24)), ((44, 59), (66, 62)), ((57, 45), (78, 46)))
        for part in line("shade", 2.2, a, b)
    ],
)
LEAF_WILTED = drawing(
    bend("wood", 4.4, (24, 64), (14, 74), (4, 92)),
    curve(
        "body",
        (22, 66),
        (14, 48),
        (24, 34),
        (40, 32),
        (52, 22),
        (68, 26),
        (84, 20),
        (98, 32),
        (96, 52),
        (84, 50),
        (78, 64),
        (62, 62),
        (54, 74),
        (38, 68),
        (30, 76),
    ),
    curve("tint", (98, 32), (96, 52), (88, 58), (80, 50), (84, 38), (92, 30)),
    bend("shade", 3, (26, 62), (50, 46), (82, 40)),
    line("shade", 2.2, (40, 54), (36, 42)),
    line("shade", 2.2, (60, 44), (66, 56)),
    ellipse("hole", 54, 34, 5.5, 4.5),
    ellipse("hole", 46, 60, 5, 4),
    ellipse("hole", 74, 52, 4, 3.4),
    curve("hole", (62, 20), (70, 20), (70, 30), (66, 32)),
)

CONCEPTS = (
    Concept(
        name="tree",
        parent="woody plant",
        synset="tree.n.01",
        drawings={"fresh": TREE, "wilted": TREE_WILTED},
        homes=("park", "forest", "hills", "river", "street"),
        stance="ground",
        colours=("green", "orange", "yellow"),
    ),
    Concept(
        name="palm",
        parent="woody plant",
        synset="palm.n.03",
        drawings={"fresh": PALM, "wilted": PALM_WILTED},
        homes=("beach", "desert"),
        stance="ground",
        colours=("green",),
    ),
    Concept(
        name="flower",
        parent="plant",
        synset="flower.n.01",
        drawings={"fresh": FLOWER, "wilted": FLOWER_WILTED},
        homes=("park", "hills", "forest", "river"),
        stance="ground",
        colours=("red", "yellow", "pink", "purple", "white"),
    ),
    Concept(
        name="cactus",
        parent="plant",
        synset="cactus.n.01",
        drawings={"fresh": CACTUS, "wilted": CACTUS_WILTED},
        homes=("desert", "room"),
        stance="ground",
        colours=("green",),
    ),
    Concept(
        name="mushroom",
        parent="fungus",
        synset="mushroom.n.02",
        drawings={"whole": MUSHROOM, "broken": MUSHROOM_BROKEN},
        homes=("forest", "hills", "kitchen"),
        stance="ground",
        colours=("red", "brown", "white"),
    ),
    Concept(
        name="leaf",
        parent="plant part",
        synset="leaf.n.01",
        drawings={"fresh": LEAF, "wilted": LEAF_WILTED},
        homes=("forest", "park", "street"),
        stance="ground",
        colours=("green", "orange", "yellow", "red", "brown"),
    ),
)
