"""What other things are kept in."""

from __future__ import annotations

from eyechart.world.concept import Concept
from eyechart.world.shapes import Drawing, Part, bend, box, curve, drawing, ellipse, line, polygon, ring


def _cup(*content: Part | list[Part]) -> Drawing:
    """On its saucer, with what is in it."""
    return drawing(
        ellipse("metal", 45, 91, 44, 6.5),
        ellipse("light", 45, 89, 44, 6),
        ring("body", 76, 50, 20, 11.5),
        curve(
            "body", (8, 20), (30, 18), (60, 18), (82, 20), (80, 46), (69, 76), (55, 88), (35, 88), (21, 76), (10, 46)
        ),
        ellipse("shade", 45, 20, 37.5, 10.5),
        *content,
        curve("tint", (18, 40), (22, 40), (27, 64), (33, 77), (27, 73), (20, 58)),
        inside=(16, 12, 74, 27),
    )


CUP = _cup(ellipse("metal", 45, 20.5, 34, 8.5), ellipse("light", 45, 22.5, 33, 6.8))
FULL_CUP = _cup(
    ellipse("light", 45, 20.5, 34, 8.5),
    ellipse("wood", 45, 22, 31, 7),
    *[bend("light", 6, (x, 12), (x - 6, 4), (x + 3, -6), (x - 2, -14)) for x in (28, 46, 64)],
)

_GLASS = curve(
    "body",
    (43, 14),
    (57, 14),
    (57, 30),
    (67, 42),
    (71, 54),
    (71, 92),
    (65, 99),
    (35, 99),
    (29, 92),
    (29, 54),
    (33, 42),
    (43, 30),
)
# What the bottle encloses, within its thick glass.
_HOLLOW = curve(
    "glass", (47, 37), (53, 37), (62, 48), (64, 58), (64, 88), (61, 92), (39, 92), (36, 88), (36, 58), (38, 48)
)


def _bottle(*content: Part | list[Part]) -> Drawing:
    return drawing(
        _GLASS,
        box("wood", 42, 1, 58, 12, corner=2),
        box("shade", 42, 13, 58, 18, corner=1),
        _HOLLOW,
        *content,
        box("light", 29, 65, 71, 82),
        page=(31, 66, 69, 81),
    )


BOTTLE = _bottle(bend("light", 3.4, (41, 48), (40, 53), (40, 60)))
FULL_BOTTLE = _bottle(
    curve(
        "fluid",
        (43, 42),
        (50, 43),
        (57, 42),
        (62, 48),
        (64, 58),
        (64, 88),
        (61, 92),
        (39, 92),
        (36, 88),
        (36, 58),
        (38, 48),
    ),
    ellipse("light", 50, 42.5, 7, 1.4),
    bend("light", 3.4, (41, 50), (40, 55), (40, 60)),
)


def _bowl(*content: Part | list[Part]) -> Drawing:
    """With what is in it, which its front hides in part."""
    return drawing(
        box("shade", 32, 80, 68, 92, corner=3),
        ellipse("shade", 50, 36, 48, 14),
        *content,
        curve(
            "body",
            (2, 36),
            (20, 46),
            (50, 50.5),
            (80, 46),
            (98, 36),
            (94, 56),
            (82, 74),
            (66, 84),
            (50, 86),
            (34, 84),
            (18, 74),
            (6, 56),
        ),
        curve("tint", (2, 36), (20, 46), (50, 50.5), (80, 46), (98, 36), (81, 50), (50, 55), (19, 50)),
        inside=(12, 24, 88, 46),
    )


BOWL = _bowl(ellipse("metal", 50, 37, 44, 11), ellipse("light", 50, 39.5, 43, 9))
FULL_BOWL = _bowl(
    [
        ellipse("leaf", x, y, r, r * 0.8)
        for x, y, r in ((20, 32, 14), (80, 32, 14), (36, 24, 17), (66, 22, 17), (50, 30, 22))
    ],
    [ellipse("rose", x, y, 8.5) for x, y in ((32, 32), (70, 30))],
    [ellipse("gold", x, y, 6) for x, y in ((52, 20), (51, 38), (14, 37), (87, 37))],
)

_FORK = [
    *line("metal", 5, (7, 46), (7, 84)),
    box("metal", 1, 32, 13, 46, corner=4),
    *(box("metal", x, 16, x + 3, 40, corner=1) for x in (1, 5.5, 10)),
]
_KNIFE = [*line("metal", 5, (94, 54), (94, 84)), curve("metal", (91, 58), (90, 34), (94, 16), (98, 26), (98, 58))]
_PLATE: list[Part] = [
    *_FORK,
    *_KNIFE,
    ellipse("body", 51, 50, 34),
    ellipse("shade", 51, 50, 24.5),
    ellipse("body", 51, 51, 22.5),
]

PLATE = drawing(
    *_PLATE,
    curve("tint", (23, 46), (29, 31), (45, 21), (33, 32)),
    top=(34, 68, 60),
    inside=(29, 32, 73, 68),
)
FULL_PLATE = drawing(
    *_PLATE,
    curve("light", (34, 44), (42, 33), (54, 34), (63, 40), (61, 51), (51, 56), (40, 54)),
    ellipse("gold", 48, 44, 7),
    bend("rose", 9, (40, 64), (51, 68), (62, 62)),
    [ellipse("leaf", x, y, 4.6) for x, y in ((67, 50), (35, 56), (70, 58))],
    top=(34, 68, 60),
    inside=(29, 32, 73, 68),
)

_WALLS = [
    polygon("body", (2, 42), (60, 42), (60, 98), (2, 98)),
    polygon("shade", (60, 42), (98, 17), (98, 72), (60, 98)),
]

BOX = drawing(
    *_WALLS,
    polygon("tint", (2, 42), (40, 17), (98, 17), (60, 42)),
    polygon("gold", (25, 42), (63, 17), (75, 17), (37, 42)),
    box("gold", 25, 42, 37, 54),
    top=(18, 82, 30),
    page=(6, 57, 57, 94),
)
OPEN_BOX = drawing(
    polygon("body", (40, 17), (98, 17), (92, -1), (46, -1)),
    polygon("dark", (2, 42), (40, 17), (98, 17), (98, 46), (60, 56), (2, 46)),
    polygon("shade", (40, 17), (98, 17), (98, 30), (40, 30)),
    *_WALLS,
    polygon("tint", (2, 42), (40, 17), (22, 6), (-15, 31)),
    polygon("tint", (60, 42), (98, 17), (116, 30), (79, 56)),
    polygon("tint", (2, 42), (60, 42), (55, 59), (-7, 59)),
    inside=(16, 14, 84, 42),
    page=(6, 62, 57, 94),
)

CONCEPTS = (
    Concept(
        name="cup",
        parent="tableware",
        synset="cup.n.01",
        drawings={"empty": CUP, "full": FULL_CUP},
        homes=("kitchen", "room"),
        stance="surface",
    ),
    Concept(
        name="bottle",
        parent="container",
        synset="bottle.n.01",
        drawings={"empty": BOTTLE, "full": FULL_BOTTLE},
        homes=("kitchen", "room", "beach"),
        stance="surface",
        material="glass",
    ),
    Concept(
        name="bowl",
        parent="tableware",
        synset="bowl.n.03",
        drawings={"empty": BOWL, "full": FULL_BOWL},
        homes=("kitchen",),
        stance="surface",
    ),
    Concept(
        name="plate",
        parent="tableware",
        synset="plate.n.04",
        drawings={"empty": PLATE, "full": FULL_PLATE},
        homes=("kitchen",),
        stance="surface",
    ),
    Concept(
        name="box",
        parent="container",
        synset="box.n.01",
        drawings={"closed": BOX, "open": OPEN_BOX},
        homes=("room", "street", "kitchen"),
        stance="ground",
    ),
)
