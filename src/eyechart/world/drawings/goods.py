"""Tools, clothes, an instrument, and two signs."""

from __future__ import annotations

import numpy as np

from eyechart.world.shapes import Part, box, curve, drawing, ellipse, line, mirror, polygon, ring


def _star(role: str, outer: float, inner: float) -> Part:
    angle = np.radians(np.arange(10) * 36 - 90)
    radius = np.where(np.arange(10) % 2 == 0, outer, inner)
    return polygon(
        role, *((50 + float(r * np.cos(a)), 50 + float(r * np.sin(a))) for a, r in zip(angle, radius, strict=True))
    )


KEY = drawing(
    ellipse("shade", 26, 50, 25),
    *[ring("body", 26, 50, 23, 11)],
    box("body", 46, 43, 98, 57, corner=2),
    box("shade", 47, 41, 53, 59, corner=1),
    box("body", 74, 55, 82, 73, corner=1),
    box("body", 88, 55, 97, 70, corner=1),
    box("tint", 55, 46, 94, 49, corner=1),
    turn=-35,
)

HAMMER = drawing(
    box("wood", 45, 26, 59, 99, corner=5),
    box("dark", 44, 74, 60, 80),
    box("dark", 44, 86, 60, 92),
    curve("body", (40, 6), (40, 34), (30, 28), (16, 29), (4, 40), (3, 26), (12, 13), (26, 7)),
    box("body", 36, 5, 72, 35, corner=3),
    box("shade", 68, 9, 80, 31),
    box("body", 77, 3, 95, 37, corner=4),
    box("tint", 42, 10, 64, 14, corner=2),
    turn=20,
)

HAT = drawing(
    ellipse("body", 50, 74, 49, 15),
    curve("shade", (22, 70), (50, 76), (78, 70), (84, 74), (50, 84), (16, 74)),
    curve("body", (22, 71), (26, 40), (34, 20), (44, 18), (50, 22), (56, 18), (66, 20), (74, 40), (78, 71), (50, 78)),
    curve("dark", (23.5, 58), (50, 64), (76.5, 58), (78, 70), (50, 77), (22, 70)),
    curve("shade", (44, 20), (50, 24), (56, 20), (51, 36)),
)

SHIRT = drawing(
    polygon("body", (33, 8), (67, 8), (99, 26), (86, 50), (75, 43), (75, 94), (25, 94), (25, 43), (14, 50), (1, 26)),
    mirror(line("shade", 2, (75, 44), (72, 28)), polygon("shade", (99, 26), (86, 50), (83, 48), (95, 24))),
    box("shade", 25, 90, 75, 94),
    curve("shade", (34, 6), (50, 9), (66, 6), (62, 20), (50, 26), (38, 20)),
    curve("hole", (38, 4), (50, 6), (62, 4), (58, 16), (50, 20), (42, 16)),
)

GUITAR = drawing(
    box("wood", 46, 14, 54, 60),
    box("dark", 43, 0, 57, 15, corner=2),
    [ellipse("metal", x, y, 2) for x in (41, 59) for y in (3, 8, 13)],
    curve(
        "body",
        (50, 42),
        (62, 42),
        (68, 50),
        (65, 60),
        (68, 68),
        (76, 80),
        (70, 94),
        (50, 99),
        (30, 94),
        (24, 80),
        (32, 68),
        (35, 60),
        (32, 50),
        (38, 42),
    ),
    curve("shade", (66, 68), (75, 80), (69, 93), (50, 98), (62, 90), (68, 80)),
    box("wood", 46, 30, 54, 56),
    ellipse("dark", 50, 62, 8),
    box("dark", 41, 82, 59, 87, corner=1),
    line("light", 1.2, (48.5, 12), (48.5, 84)),
    line("light", 1.2, (51.5, 12), (51.5, 84)),
    turn=30,
)

STAR = drawing(_star("body", 52, 23), _star("tint", 20, 9))

HEART = drawing(
    curve(
        "body",
        (50, 26),
        (58, 12),
        (74, 6),
        (90, 14),
        (97, 32),
        (90, 54),
        (72, 76),
        (50, 96),
        (28, 76),
        (10, 54),
        (3, 32),
        (10, 14),
        (26, 6),
        (42, 12),
    ),
    curve("shade", (90, 28), (95, 36), (88, 54), (70, 75), (52, 91), (68, 70), (84, 50)),
    ellipse("tint", 24, 26, 10, 6, turn=-40),
)
