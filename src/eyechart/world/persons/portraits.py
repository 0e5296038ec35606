"""From a face to pixels: head and shoulders, tilted, looking aside, with an expression, in some clothes, somewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from eyechart.world.painting.palette import COLOURS, Rgb
from eyechart.world.persons.faces import Face
from eyechart.world.persons.features import beard, cheeks, features
from eyechart.world.persons.hairstyles import HAIRSTYLES
from eyechart.world.places import backdrop
from eyechart.world.shapes import Part, bend, box, curve, ellipse, polygon, rotation

EXPRESSIONS = ("smiling", "neutral", "surprised")
CLOTHES = ("shirt", "sweater", "striped shirt", "jacket", "hoodie")

_SKINS: dict[str, Rgb] = {
    "pale": (252, 226, 206),
    "light": (244, 204, 172),
    "olive": (226, 182, 138),
    "tan": (204, 150, 106),
    "brown": (160, 108, 72),
    "dark": (108, 72, 52),
}
_HAIRS: dict[str, Rgb] = {
    "black": (40, 36, 42),
    "brown": (104, 66, 40),
    "red": (184, 80, 36),
    "blond": (232, 190, 98),
    "gray": (150, 152, 158),
    "white": (238, 236, 230),
}
_IRISES: dict[str, Rgb] = {
    "brown": (98, 58, 30),
    "green": (62, 134, 72),
    "blue": (52, 116, 196),
    "gray": (112, 124, 136),
}
_NECK = np.array([50.0, 66.0])  # about which the head tilts
_HAZE = 56  # of 256: how much paler a place is behind a person
_RIM = 0.8  # width of the outline, on the sheet
_RIMMED = frozenset({"skin", "hair", "clothes", "collar", "hat", "band", "tie"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """All that differs from one picture of a person to the next."""

    expression: str  # one of EXPRESSIONS
    clothes: str  # one of CLOTHES
    colour: str  # of the clothes
    place: str
    variant: int = 0  # of the place
    tilt: float = 0.0  # degrees, clockwise
    look: float = 0.0  # -1: to the left of the picture, 1: to the right
    scale: float = 1.0  # 1: head and shoulders fill the frame
    shift: float = 0.0  # to the right, as a share of the image side


def portray(face: Face, sitting: Sitting, size: int) -> NDArray[np.uint8]:
    """The person in the place, ``uint8[size, size, 3]``."""
    fine = 4 if size <= 128 else 2
    canvas = Image.fromarray(_ground(sitting.place, sitting.variant, size * fine))
    _paint(canvas, strokes(face, sitting), _table(face, sitting))
    return np.asarray(canvas.reduce(fine))


@lru_cache(maxsize=128)
def _ground(place: str, variant: int, side: int) -> NDArray[np.uint8]:
    """The place, out of focus: paler, so that the person stands out."""
    sharp = backdrop(place, variant, side).astype(np.uint16)
    return ((sharp * (256 - _HAZE) + 255 * _HAZE) // 256).astype(np.uint8)


def strokes(face: Face, sitting: Sitting) -> list[Part]:
    """Everything from back to front, on the sheet of the picture (100 × 100).

    What is nearer to the viewer moves more when the person looks aside.
    """
    hair, look = HAIRSTYLES[face.hair], sitting.look
    layers = (
        (_ears(face.ears, face.head), -0.4),
        ((_head(face.head),), 0.8),
        (cheeks(face.mark, sitting.expression), 3.2),
        (beard(face.beard, face.head), 1.6),
        (features(face, sitting.expression, look), 3.2),
        (_flat([*hair.front, *_hat(face.hat)]), 0.9),
        (_earrings(face.earrings, face.ears, face.head), -1.0),
    )
    parts = _posed(_flat(hair.behind), sitting, sitting.tilt, 0.4 * look)
    parts += _posed(_body(sitting.clothes), sitting, 0.0, 0.0)
    for layer, near in layers:
        parts += _posed(layer, sitting, sitting.tilt, near * look)
    return parts


def _flat(groups: Sequence[Part | list[Part]]) -> list[Part]:
    return [part for group in groups for part in (group if isinstance(group, list) else [group])]


def _posed(parts: Sequence[Part], sitting: Sitting, degrees: float, dx: float) -> list[Part]:
    """Moved, tilted about the neck, scaled about the middle of the lower edge, and shifted."""
    turn = rotation(degrees).T * sitting.scale
    foot = np.array([50.0, 100.0])
    at = (_NECK - foot) * sitting.scale + foot + (np.array([dx, 0.0]) - _NECK) @ turn
    at[0] += 100 * sitting.shift
    return [Part(part.role, part.points @ turn + at) for part in parts]


_JAWS = {  # half widths of temple, cheek, jaw and chin, and where the chin ends
    "round": (15.0, 21.0, 17.5, 8.5, 68.5),
    "oval": (14.0, 19.5, 14.5, 7.0, 70.5),
    "square": (15.5, 20.0, 18.5, 11.5, 70.0),
    "heart": (16.0, 20.5, 13.0, 4.5, 70.5),
    "long": (13.5, 18.0, 15.0, 8.0, 74.0),
}


@cache
def _head(shape: str) -> Part:
    temple, cheek, jaw, chin, end = _JAWS[shape]
    right = [(temple, 22.0), (cheek, 34.0), (cheek, 46.0), (jaw, 59.0), (chin, end - 2.0)]
    corners = [(50 + x, y) for x, y in right] + [(50.0, end)] + [(50 - x, y) for x, y in reversed(right)]
    return curve("skin", (50.0, 18.0), *corners)


@cache
def _ears(ears: str, head: str) -> tuple[Part, ...]:
    radius = 4.4 if ears == "large" else 3.2
    cheek = _JAWS[head][1]
    parts: list[Part] = []
    for side in (-1, 1):
        x = 50 + side * (cheek + 0.6)
        parts += [ellipse("skin", x, 45, radius, radius * 1.45), ellipse("blush", x, 45, radius * 0.5, radius * 0.8)]
    return tuple(parts)


@cache
def _earrings(kind: str, ears: str, head: str) -> tuple[Part, ...]:
    cheek, low = _JAWS[head][1], 45 + (6.6 if ears == "large" else 5.0)
    parts: list[Part] = []
    for side in (-1, 1):
        x = 50 + side * (cheek + 1.2)
        if kind == "studs":
            parts.append(ellipse("gold", x, low, 1.7))
        elif kind == "hoops":
            parts += bend("gold", 1.1, *((x + 3 * a, low + 3.2 + 3.2 * b) for a, b in _CIRCLE))
    return tuple(parts)


_CIRCLE = ((0.0, -1.0), (0.87, -0.5), (0.87, 0.5), (0.0, 1.0), (-0.87, 0.5), (-0.87, -0.5), (0.0, -1.0))


@cache
def _hat(hat: str) -> tuple[Part | list[Part], ...]:
    if hat == "cap":
        crown = curve("hat", (50, 9), (64, 11), (72, 20), (74, 31), (50, 28), (26, 31), (28, 20), (36, 11))
        return (
            crown,
            curve("band", (25, 30), (38, 25), (56, 25), (76, 29), (83, 34), (74, 34), (50, 30), (30, 33)),
        )
    if hat == "beanie":
        crown = curve("hat", (50, 6), (64, 9), (73, 20), (74, 30), (50, 27), (26, 30), (27, 20), (36, 9))
        return (
            crown,
            box("band", 25, 24, 75, 33, corner=4),
            ellipse("band", 50, 6, 5.5),
        )
    if hat == "brimmed hat":
        crown = curve("hat", (50, 6), (62, 7), (68, 14), (70, 26), (50, 28), (30, 26), (32, 14), (38, 7))
        band = polygon("band", (30.5, 20), (69.5, 20), (70.5, 26), (29.5, 26))
        return (
            crown,
            band,
            curve("hat", (14, 27), (30, 24), (50, 26), (70, 24), (86, 27), (70, 32), (50, 31), (30, 32)),
        )
    if hat == "headband":
        return (bend("hat", 4.2, (28, 31), (36, 23), (50, 20), (64, 23), (72, 31)),)
    return ()


@cache
def _body(clothes: str) -> tuple[Part, ...]:
    """Neck and shoulders in clothes."""
    neck = [
        polygon("skin", (42, 58), (58, 58), (58.5, 80), (41.5, 80)),
        curve("shadow", (42.2, 66), (50, 71), (57.8, 66), (58, 70), (50, 77), (42, 70)),
    ]
    trunk = curve(
        "clothes", (40, 78), (50, 83), (60, 78), (74, 82), (85, 89), (90, 104), (90, 118), (10, 118), (10, 104),
        (15, 89), (26, 82),
    )  # fmt: skip
    return tuple(_flat([*neck, trunk, *_trim(clothes)]))


def _trim(clothes: str) -> list[Part | list[Part]]:
    if clothes == "shirt":
        left = polygon("collar", (40, 76), (50, 85), (42, 91), (34.5, 80))
        right = polygon("collar", (60, 76), (50, 85), (58, 91), (65.5, 80))
        return [left, right, ellipse("collar", 50, 95, 1.3)]
    if clothes == "sweater":
        return [bend("collar", 4.2, (40, 77), (44, 81.5), (50, 83.5), (56, 81.5), (60, 77))]
    if clothes == "striped shirt":
        return [bend("stripe", 2.6, (15, y + 3), (50, y), (85, y + 3)) for y in (88, 94, 100, 106)]
    if clothes == "jacket":
        shirt = polygon("light", (42, 79), (50, 83), (58, 79), (52, 102), (48, 102))
        left = polygon("collar", (40, 77), (45, 80), (49, 102), (38, 94))
        return [shirt, left, polygon("collar", (60, 77), (55, 80), (51, 102), (62, 94))]
    hood = curve(
        "collar", (33, 80), (40, 74), (44, 80), (50, 86), (56, 80), (60, 74), (67, 80), (60, 90), (50, 94), (40, 90)
    )
    return [hood, bend("light", 1.1, (46, 90), (45.5, 99)), bend("light", 1.1, (54, 90), (54.5, 99))]


def _table(face: Face, sitting: Sitting) -> dict[str, Rgb]:
    """What each role is painted with."""
    skin, hair, clothes = _SKINS[face.skin], _HAIRS[face.hair_colour], COLOURS[sitting.colour]
    hat = COLOURS[face.hat_colour]
    bright = sum(clothes) > 380
    return {
        "skin": skin,
        "shadow": _mix(skin, (70, 30, 20), 0.22),
        "blush": _mix(skin, (226, 84, 84), 0.26),
        "freckle": _mix(skin, (120, 56, 24), 0.5),
        "mole": _mix(skin, (50, 26, 20), 0.75),
        "lips": _mix(skin, (190, 50, 60), 0.55),
        "line": _mix(skin, (50, 24, 20), 0.72),
        "stubble": _mix(skin, hair, 0.3),
        "hair": hair,
        "brow": _mix(hair, (40, 30, 30), 0.3 if sum(hair) < 600 else 0.15),
        "sheen": _mix(hair, (255, 255, 255), 0.2),
        "white": (252, 252, 250),
        "iris": _IRISES[face.eye_colour],
        "dark": (34, 28, 34),
        "mouth": (124, 36, 44),
        "tongue": (226, 108, 108),
        "frame": (40, 42, 52),
        "pane": _mix(skin, (214, 236, 250), 0.35),
        "gold": (246, 196, 60),
        "hat": hat,
        "band": _mix(hat, (0, 0, 0), 0.25),
        "tie": hat,
        "clothes": clothes,
        "collar": _mix(clothes, (0, 0, 0), 0.2) if bright else _mix(clothes, (255, 255, 255), 0.25),
        "stripe": _mix(clothes, (40, 40, 60), 0.6) if bright else _mix(clothes, (255, 255, 255), 0.75),
        "light": (248, 246, 240),
    }


def _paint(canvas: Image.Image, parts: list[Part], table: dict[str, Rgb]) -> None:
    """Fills the parts in order; neighbours of one role that are rimmed share one rim."""
    draw, share = ImageDraw.Draw(canvas), canvas.width / 100
    k = 0
    while k < len(parts):
        role, end = parts[k].role, k
        while end < len(parts) and parts[end].role == role:
            end += 1
        outlines = [np.round(part.points * share, 2) for part in parts[k:end]]
        if role in _RIMMED:
            rim = _mix(table[role], (24, 18, 26), 0.62)
            for outline in outlines:
                around = np.concatenate([outline, outline[:2]])
                draw.line(around.ravel().tolist(), fill=rim, width=max(1, round(2 * _RIM * share)))
        for outline in outlines:
            draw.polygon(outline.ravel().tolist(), fill=table[role])
        k = end


def _mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
