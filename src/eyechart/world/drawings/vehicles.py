"""Things that move people."""

from __future__ import annotations

from eyechart.world.shapes import box, curve, drawing, ellipse, line, mirror, polygon, ring

CAR = drawing(
    box("body", 3, 46, 97, 73, corner=9),
    polygon("body", (18, 50), (33, 25), (67, 25), (86, 50)),
    polygon("glass", (28, 47), (37, 31), (48, 31), (48, 47)),
    polygon("glass", (53, 47), (53, 31), (64, 31), (75, 47)),
    box("shade", 3, 63, 97, 68),
    box("shade", 55, 51, 62, 54),
    ellipse("gold", 93, 55, 4, 4.5),
    [part for x in (25, 75) for part in (ellipse("dark", x, 73, 13), ellipse("metal", x, 73, 6))],
)

BUS = drawing(
    box("body", 2, 16, 98, 78, corner=7),
    [box("glass", x, 24, x + 15, 44, corner=2) for x in (8, 27, 46)],
    box("glass", 66, 24, 77, 44, corner=2),
    box("light", 80, 24, 94, 76, corner=2),
    box("glass", 82, 27, 92, 73, corner=1),
    box("shade", 2, 56, 80, 62),
    ellipse("gold", 6, 69, 3),
    [part for x in (24, 68) for part in (ellipse("dark", x, 78, 11), ellipse("metal", x, 78, 5))],
)

BICYCLE = drawing(
    *[
        [
            *ring("dark", x, 66, 22, 17.5),
            *line("metal", 1.6, (x - 18, 66), (x + 18, 66)),
            *line("metal", 1.6, (x - 9, 50.5), (x + 9, 81.5)),
            *line("metal", 1.6, (x + 9, 50.5), (x - 9, 81.5)),
        ]
        for x in (23, 79)
    ],
    line("body", 6.5, (23, 66), (40, 36), (66, 36), (50, 66), (23, 66)),
    line("body", 6.5, (38, 28), (50, 66)),
    line("body", 6.5, (64, 24), (79, 66)),
    line("dark", 5, (63, 24), (76, 20)),
    box("dark", 27, 22, 48, 29, corner=3),
    ellipse("metal", 50, 66, 5.5),
    ellipse("dark", 50, 66, 2.5),
)

BOAT = drawing(
    box("wood", 48, 4, 52, 74),
    polygon("body", (54, 7), (54, 64), (95, 64)),
    polygon("body", (46, 14), (46, 64), (12, 64)),
    polygon("shade", (54, 58), (54, 64), (95, 64), (91, 58)),
    polygon("shade", (46, 58), (46, 64), (12, 64), (16, 58)),
    curve("wood", (3, 70), (30, 71), (70, 71), (97, 70), (92, 82), (82, 93), (50, 95), (20, 93), (9, 82)),
    box("light", 12, 76, 88, 80, corner=2),
)

AIRPLANE = drawing(
    mirror(polygon("body", (46, 34), (3, 64), (3, 73), (46, 60))),
    mirror(polygon("shade", (10, 59), (3, 64), (3, 73), (10, 71))),
    mirror(ellipse("metal", 27, 54, 3.4, 7), ellipse("metal", 16, 61, 3, 6)),
    mirror(polygon("body", (48, 78), (27, 93), (27, 99), (48, 93))),
    curve("body", (50, 0), (57, 10), (58, 30), (57, 60), (54, 84), (50, 99), (46, 84), (43, 60), (42, 30), (43, 10)),
    curve("tint", (50, 3), (53, 10), (53.5, 40), (52, 80), (50, 90), (50, 60)),
    polygon("glass", (44.5, 15), (47, 9), (53, 9), (55.5, 15), (50, 13)),
    line("shade", 3, (50, 80), (50, 97)),
    turn=50,
)

BALLOON = drawing(
    line("dark", 1.6, (37, 66), (43, 84)),
    line("dark", 1.6, (63, 66), (57, 84)),
    line("dark", 1.6, (50, 66), (50, 84)),
    curve(
        "body",
        (50, 2),
        (72, 8),
        (84, 24),
        (83, 44),
        (68, 63),
        (61, 75),
        (39, 75),
        (32, 63),
        (17, 44),
        (16, 24),
        (28, 8),
    ),
    mirror(curve("shade", (38, 6), (45, 3), (40, 22), (41, 48), (47, 74), (43, 74), (32, 48), (30, 22))),
    box("shade", 39, 72, 61, 77),
    box("wood", 40, 84, 60, 99, corner=2),
    box("dark", 39, 83, 61, 86, corner=1),
)

ROCKET = drawing(
    curve("gold", (41, 74), (50, 72), (59, 74), (60, 84), (50, 100), (40, 84)),
    curve("rose", (45, 74), (50, 73), (55, 74), (55, 82), (50, 91), (45, 82)),
    mirror(curve("shade", (35, 48), (24, 58), (17, 76), (22, 82), (36, 72), (40, 60))),
    curve("body", (50, 0), (62, 14), (68, 36), (66, 60), (60, 76), (40, 76), (34, 60), (32, 36), (38, 14)),
    curve("shade", (50, 0), (58, 8), (63, 18), (50, 21), (37, 18), (42, 8)),
    ellipse("light", 50, 38, 10.5),
    ellipse("glass", 50, 38, 7.5),
    box("shade", 40, 73, 60, 78, corner=2),
    box("shade", 47.5, 56, 52.5, 82, corner=2),
    turn=25,
)
