"""Buildings, and what stands in them."""

from __future__ import annotations

from eyechart.world.shapes import bend, box, curve, drawing, ellipse, line, mirror, polygon, ring

HOUSE = drawing(
    box("shade", 66, 10, 78, 38),
    box("dark", 64, 8, 80, 13, corner=1),
    box("body", 14, 44, 86, 94),
    polygon("shade", (2, 48), (50, 6), (98, 48)),
    polygon("tint", (24, 35), (50, 13), (76, 35), (72, 35), (50, 17), (28, 35)),
    ellipse("glass", 50, 36, 6.5),
    box("wood", 42, 62, 58, 94, corner=2),
    ellipse("gold", 54.5, 79, 1.8),
    mirror(
        box("light", 19, 56, 36, 74),
        box("glass", 21, 58, 34, 72),
        box("light", 26.8, 58, 28.2, 72),
        box("light", 21, 64.3, 34, 65.7),
    ),
    box("metal", 12, 92, 88, 97),
)

LIGHTHOUSE = drawing(
    polygon("gold", (46, 19), (4, 6), (4, 34)),
    polygon("gold", (54, 19), (96, 6), (96, 34)),
    ellipse("metal", 50, 95, 38, 5),
    polygon("body", (37, 30), (63, 30), (70, 94), (30, 94)),
    polygon("shade", (56, 30), (63, 30), (70, 94), (60, 94)),
    box("light", 39, 13, 61, 28),
    box("gold", 43, 13, 57, 28),
    box("dark", 32, 27, 68, 32, corner=1),
    curve("shade", (36, 14), (42, 5), (50, 1), (58, 5), (64, 14), (50, 14.5)),
    box("dark", 45, 78, 55, 94, corner=3),
    box("glass", 46, 42, 53, 51, corner=2),
    box("glass", 46, 60, 53, 69, corner=2),
)

CHAIR = drawing(
    box("shade", 33, 60, 40, 90),
    box("shade", 63, 60, 70, 90),
    box("body", 26, 2, 34, 58, corner=2),
    box("body", 69, 2, 77, 58, corner=2),
    box("body", 26, 5, 77, 20, corner=3),
    box("body", 26, 29, 77, 41, corner=2),
    polygon("body", (24, 52), (79, 52), (88, 66), (15, 66)),
    box("shade", 15, 65, 88, 72, corner=1),
    box("body", 16, 70, 25, 99, corner=1),
    box("body", 78, 70, 87, 99, corner=1),
)

TABLE = drawing(
    box("shade", 24, 40, 30, 80),
    box("shade", 70, 40, 76, 80),
    box("body", 6, 44, 14, 94, corner=1),
    box("body", 86, 44, 94, 94, corner=1),
    polygon("body", (20, 26), (80, 26), (99, 43), (1, 43)),
    polygon("tint", (22, 28), (78, 28), (82, 31), (18, 31)),
    box("shade", 1, 43, 99, 51, corner=1),
)

LAMP = drawing(
    box("metal", 47, 44, 53, 92),
    ellipse("gold", 50, 48, 11, 9),
    polygon("body", (35, 3), (65, 3), (86, 48), (14, 48)),
    polygon("shade", (16, 43), (84, 43), (86, 48), (14, 48)),
    polygon("shade", (35, 3), (65, 3), (67, 7), (33, 7)),
    line("dark", 1.6, (68, 48), (68, 62)),
    ellipse("gold", 68, 63, 2.4),
    curve("metal", (50, 84), (62, 88), (74, 96), (70, 99), (30, 99), (26, 96), (38, 88)),
)

CUP = drawing(
    ellipse("metal", 45, 91, 44, 6.5),
    ellipse("light", 45, 89, 44, 6),
    *[ring("body", 76, 50, 20, 11.5)],
    curve("body", (8, 20), (30, 18), (60, 18), (82, 20), (81, 48), (72, 78), (58, 88), (32, 88), (18, 78), (9, 48)),
    ellipse("shade", 45, 20, 37, 8.5),
    ellipse("wood", 45, 21.5, 31, 6),
    curve("tint", (17, 36), (21, 36), (25, 66), (30, 78), (24, 74), (18, 56)),
)

BOTTLE = drawing(
    curve(
        "body",
        (43, 14),
        (57, 14),
        (57, 30),
        (66, 42),
        (69, 54),
        (69, 92),
        (64, 99),
        (36, 99),
        (31, 92),
        (31, 54),
        (34, 42),
        (43, 30),
    ),
    box("wood", 42, 1, 58, 12, corner=2),
    box("shade", 42, 13, 58, 18, corner=1),
    box("light", 32, 62, 68, 80),
    box("shade", 37, 67, 63, 70),
    box("shade", 37, 73, 56, 75.5),
    bend("tint", 3.4, (38, 46), (36.5, 52), (36.5, 58)),
)

CLOCK = drawing(
    line("metal", 5, (30, 84), (22, 97)),
    line("metal", 5, (70, 84), (78, 97)),
    mirror(ellipse("shade", 26, 17, 15, 10, turn=-38), line("metal", 4, (32, 23), (36, 28))),
    box("metal", 46, 5, 54, 16, corner=2),
    ellipse("body", 50, 55, 39),
    ellipse("light", 50, 55, 28),
    [ellipse("dark", 50 + 23 * c, 55 + 23 * s, 2.4) for c, s in ((0, -1), (1, 0), (0, 1), (-1, 0))],
    line("dark", 4, (50, 55), (50, 38)),
    line("dark", 4, (50, 55), (62, 61)),
    ellipse("rose", 50, 55, 3.4),
)

UMBRELLA = drawing(
    bend("wood", 5, (50, 40), (50, 70), (50, 86), (44, 96), (35, 93), (34, 86)),
    line("wood", 3, (50, 4), (50, 14)),
    curve(
        "body",
        (50, 8),
        (70, 13),
        (88, 28),
        (98, 50),
        (84, 44),
        (67, 51),
        (50, 44),
        (33, 51),
        (16, 44),
        (2, 50),
        (12, 28),
        (30, 13),
    ),
    mirror(curve("shade", (50, 9), (41, 22), (34, 50), (31.5, 50), (38, 24))),
    mirror(curve("shade", (50, 9), (28, 22), (5, 47), (3, 49), (24, 21))),
)
