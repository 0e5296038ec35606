"""Persons."""

from __future__ import annotations

from eyechart.world.concept import Concept
from eyechart.world.drawings.pieces import moved
from eyechart.world.shapes import Part, bend, box, curve, drawing, ellipse, line

_FRAME: list[Part] = [
    *line("shade", 11, (43, 66), (41, 91)),
    *line("shade", 11, (57, 66), (59, 91)),
    box("shade", 37.5, 60, 62.5, 72, corner=4),
    curve("dark", (46, 91), (47, 99), (30, 99), (31, 94), (37, 90)),
    curve("dark", (54, 91), (53, 99), (70, 99), (69, 94), (63, 90)),
    box("skin", 46, 30, 54, 42),
]
_JUMPER = curve(
    "body", (50, 38), (62, 38), (66, 44), (64, 56), (65, 67), (50, 68.5), (35, 67), (36, 56), (34, 44), (38, 38)
)
_HEAD: list[Part] = [
    ellipse("hair", 50, 16, 15.5, 15),
    ellipse("skin", 35.5, 20, 3, 4),
    ellipse("skin", 64.5, 20, 3, 4),
    ellipse("skin", 50, 20, 14, 14.5),
    curve("hair", (35, 18), (36, 8), (44, 2), (56, 1), (64, 8), (65, 18), (60, 11), (52, 11), (44, 13), (40, 13)),
]


PERSON = drawing(
    _FRAME,
    line("skin", 8, (30, 62), (29, 65)),
    line("body", 10, (38, 43), (31, 52), (30, 60)),
    ellipse("skin", 88, 40, 6),
    line("body", 10, (62, 43), (72, 49), (82, 43)),
    _JUMPER,
    line("shade", 1.6, (37.5, 50), (37, 62)),
    line("shade", 1.6, (62.5, 51), (63, 62)),
    _HEAD,
    ellipse("dark", 44.5, 20, 2.2, 2.8),
    ellipse("dark", 55.5, 20, 2.2, 2.8),
    bend("dark", 1.8, (44, 27), (50, 30), (56, 27)),
    hand=(90, 39),
)

SLEEPER = drawing(
    box("light", 14, 36, 38, 86, corner=9),
    moved(
        _FRAME,
        line("skin", 8, (30, 62), (30, 66)),
        line("body", 10, (38, 43), (32, 52), (31, 60)),
        line("skin", 8, (70, 62), (70, 66)),
        line("body", 10, (62, 43), (68, 52), (69, 60)),
        _JUMPER,
        line("shade", 1.6, (37.5, 50), (37, 62)),
        line("shade", 1.6, (62.5, 50), (63, 62)),
        _HEAD,
        bend("dark", 2.2, (39, 19), (40.5, 21.5), (43, 22.5), (45.5, 21.5), (47, 19)),
        bend("dark", 2.2, (53, 19), (54.5, 21.5), (57, 22.5), (59.5, 21.5), (61, 19)),
        ellipse("dark", 50, 29, 1.8, 1.6),
        turn=-90,
        about=(50, 50),
        by=(11, 11),
    ),
)

CONCEPTS = (
    Concept(
        name="person",
        parent="living thing",
        synset="person.n.01",
        drawings={"awake": PERSON, "asleep": SLEEPER},
        homes=("room", "kitchen", "street", "park", "beach"),
        stance="ground",
    ),
)
