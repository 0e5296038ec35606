"""Tools of the hand."""

from __future__ import annotations

from eyechart.world.concept import Concept
from eyechart.world.drawings.pieces import moved
from eyechart.world.shapes import Drawing, box, curve, drawing, ellipse, line, mirror, polygon, ring

_BOW = [ellipse("shade", 26, 50, 25), *ring("body", 26, 50, 23, 11)]
_BIT = [box("body", 74, 55, 82, 73, corner=1), box("body", 88, 55, 97, 70, corner=1)]

KEY = drawing(
    _BOW,
    box("body", 46, 43, 98, 57, corner=2),
    box("shade", 47, 41, 53, 59, corner=1),
    _BIT,
    box("tint", 55, 46, 94, 49, corner=1),
    turn=-35,
)
BROKEN_KEY = drawing(
    _BOW,
    polygon("body", (46, 43), (64, 43), (60, 48), (66, 52), (61, 57), (46, 57)),
    box("shade", 47, 41, 53, 59, corner=1),
    moved(
        polygon("body", (66, 43), (98, 43), (98, 57), (63, 57), (68, 52), (62, 48)),
        _BIT,
        box("tint", 68, 46, 94, 49, corner=1),
        turn=28,
        about=(66, 50),
        by=(12, 4),
    ),
    turn=-35,
)

_HEAD = [
    curve("body", (40, 6), (40, 34), (30, 28), (16, 29), (4, 40), (3, 26), (12, 13), (26, 7)),
    box("body", 36, 5, 72, 35, corner=3),
    box("shade", 68, 9, 80, 31),
    box("body", 77, 3, 95, 37, corner=4),
    box("tint", 42, 10, 64, 14, corner=2),
]
_GRIP = [box("dark", 44, 74, 60, 80), box("dark", 44, 86, 60, 92)]

HAMMER = drawing(box("wood", 45, 26, 59, 99, corner=5), _GRIP, _HEAD, turn=20)
BROKEN_HAMMER = drawing(
    polygon("wood", (45, 26), (59, 26), (59, 50), (55, 58), (52, 49), (48, 60), (45, 52)),
    _HEAD,
    moved(
        polygon("wood", (45, 62), (48, 70), (52, 57), (55, 67), (59, 59), (59, 97), (55, 99), (49, 99), (45, 97)),
        _GRIP,
        turn=-42,
        about=(52, 62),
        by=(10, 10),
    ),
    turn=20,
)

_RIVET = (50.0, 48.0)
_RING = ring("body", 33, 81, 18, 9)
_ARM = [
    curve("metal", (45, 54), (47, 30), (50, 0), (56, 14), (58, 34), (55, 54)),
    polygon("light", (48.5, 38), (49.5, 14), (50, 4), (51, 38)),
    polygon("body", (55, 44), (56, 50), (44, 74), (32, 72), (36, 64), (46, 44)),
]


def _scissors(angle: float) -> Drawing:
    """Each half turned about the rivet."""
    return drawing(
        mirror(moved(_RING, turn=angle, about=_RIVET)),
        mirror(moved(_ARM, turn=angle, about=_RIVET)),
        ellipse("dark", *_RIVET, 3.5),
    )


SCISSORS = _scissors(0)
OPEN_SCISSORS = _scissors(24)

# The cutting edge, from the nose to the handle.
_TEETH = [(97 - 4.1 * k, 55 + 1.1 * k + 7 * (k % 2)) for k in range(17)]
_HANDLE = [
    curve("body", (2, 36), (10, 24), (30, 25), (39, 38), (38, 66), (32, 80), (12, 82), (4, 72), (9, 54)),
    ellipse("hole", 22, 53, 7, 14),
    ellipse("dark", 35.5, 36, 2.2),
    ellipse("dark", 35.5, 68, 2.2),
]

SAW = drawing(
    polygon("metal", (28, 28), (99, 42), *_TEETH, (28, 74)),
    polygon("light", (40, 34), (97, 45), (97, 48), (40, 38)),
    _HANDLE,
    turn=-12,
)
BROKEN_SAW = drawing(
    polygon("metal", (28, 28), (64, 35), (57, 42), (66, 49), (58, 56), *_TEETH[9:], (28, 74)),
    polygon("light", (40, 34), (60, 38), (58, 41.5), (40, 38)),
    moved(
        polygon("metal", (68, 36), (99, 42), *_TEETH[:8], (62, 57), (70, 49), (61, 43)),
        polygon("light", (69, 39.5), (97, 45), (97, 48), (67, 42.5)),
        turn=24,
        about=(66, 48),
        by=(9, 8),
    ),
    _HANDLE,
    turn=-12,
)

_RAIL = line("body", 9, (30, 4), (24, 96))
_RUNGS = (14, 32, 50, 68, 86)

LADDER = drawing(
    [box("shade", 26, y - 3.5, 74, y + 3.5) for y in _RUNGS],
    mirror(_RAIL),
)
BROKEN_LADDER = drawing(
    [box("shade", 26, y - 3.5, 74, y + 3.5) for y in (14, 86)],
    moved(box("shade", 27, 28.5, 45, 35.5), turn=38, about=(29, 32)),
    moved(box("shade", 55, 28.5, 72, 35.5), turn=-38, about=(71, 32)),
    moved(box("shade", 27, 46.5, 40, 53.5), turn=-25, about=(29, 50)),
    moved(box("shade", 26, 64.5, 66, 71.5), turn=24, about=(27, 66)),
    _RAIL,
    polygon("body", (65.5, 4), (74.5, 4), (77.5, 50), (73, 46), (68.5, 53)),
    polygon("body", (69.4, 64), (74, 56), (78.6, 62), (80.5, 96), (71.5, 96)),
    ellipse("body", 70, 4, 4.5),
    ellipse("body", 76, 96, 4.5),
)

CONCEPTS = (
    Concept(
        name="key",
        parent="device",
        synset="key.n.01",
        drawings={"whole": KEY, "broken": BROKEN_KEY},
        homes=("room", "kitchen", "street"),
        stance="surface",
        material="metal",
    ),
    Concept(
        name="hammer",
        parent="tool",
        synset="hammer.n.02",
        drawings={"whole": HAMMER, "broken": BROKEN_HAMMER},
        homes=("room", "street"),
        stance="surface",
        material="metal",
    ),
    Concept(
        name="scissors",
        parent="tool",
        synset="scissors.n.01",
        drawings={"closed": SCISSORS, "open": OPEN_SCISSORS},
        homes=("room", "kitchen"),
        stance="surface",
    ),
    Concept(
        name="saw",
        parent="tool",
        synset="saw.n.02",
        drawings={"whole": SAW, "broken": BROKEN_SAW},
        homes=("forest", "room"),
        stance="surface",
    ),
    Concept(
        name="ladder",
        parent="artifact",
        synset="ladder.n.01",
        drawings={"whole": LADDER, "broken": BROKEN_LADDER},
        homes=("street", "park", "room"),
        stance="ground",
        material="wooden",
    ),
)
