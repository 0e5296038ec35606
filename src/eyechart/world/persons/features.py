"""What is within a face: eyes, brows, nose, mouth, beard, glasses and marks, on the sheet of a portrait (100 × 100)."""

from __future__ import annotations

from functools import cache, lru_cache

from eyechart.world.persons.faces import Face
from eyechart.world.shapes import Part, bend, box, curve, ellipse, mirror

_EYE_Y, _EYE_X = 43.0, 8.6  # height, and half of the distance between the pupils
_EYES = {"round": (4.3, 4.2), "almond": (5.0, 3.4), "narrow": (4.9, 2.7), "wide": (5.2, 4.7)}  # half widths and heights
_MOUTH_Y = 59.5
_MOUTHS = {"small": 5.0, "wide": 9.0, "full": 6.8}  # half widths
_LIPS = {"small": 1.2, "wide": 1.2, "full": 2.2}  # width of the stroke


def features(face: Face, expression: str, look: float) -> tuple[Part, ...]:
    """Back to front; the pupils go with `look`, from -1 (left) to 1 (right)."""
    return (
        *_nose(face.nose, look),
        *_mouth(face.mouth, expression),
        *(_moustache() if face.beard == "moustache" else ()),
        *_eyes(face.eyes, expression, look),
        *_brows(face.brows, expression),
        *_glasses(face.glasses),
    )


@cache
def cheeks(mark: str, expression: str) -> tuple[Part, ...]:
    """Blushing with a smile, and marks."""
    parts = mirror(ellipse("blush", 62.5, 52, 4.2, 3.0)) if expression == "smiling" else []
    if mark == "freckles":
        spots = ((58.5, 49.5), (61.5, 51), (64.5, 49.5), (60, 53), (63, 53.2))
        parts += mirror(*(ellipse("freckle", x, y, 0.8) for x, y in spots))
    elif mark == "mole":
        parts.append(ellipse("mole", 60.5, 55.5, 1.1))
    return tuple(parts)


@lru_cache(maxsize=256)
def _eyes(eyes: str, expression: str, look: float) -> tuple[Part, ...]:
    rx, ry = _EYES[eyes]
    ry *= {"smiling": 0.92, "neutral": 1.0, "surprised": 1.3}[expression]
    iris = min(3.0, rx * 0.62)
    parts: list[Part] = []
    for side in (-1, 1):
        x = 50 + side * _EYE_X
        gaze = x + 1.3 * look
        parts += [
            ellipse("line", x, _EYE_Y - 0.5, rx + 0.5, ry + 0.5),
            ellipse("white", x, _EYE_Y, rx, ry),
            ellipse("iris", gaze, _EYE_Y, iris, min(iris, ry)),
            ellipse("dark", gaze, _EYE_Y, iris * 0.55, min(iris * 0.55, ry)),
            ellipse("white", gaze + 0.9, _EYE_Y - 1.0, 0.8),
        ]
        if eyes == "almond":
            parts += bend(
                "line", 1.2, (x - side * rx, _EYE_Y - 1), (x, _EYE_Y - ry - 0.3), (x + side * (rx + 1.6), _EYE_Y - 2)
            )
    return tuple(parts)


@cache
def _brows(brows: str, expression: str) -> tuple[Part, ...]:
    up = {"smiling": 0.6, "neutral": 0.0, "surprised": 3.4}[expression]
    y = _EYE_Y - 7.6 - up
    width = {"thin": 1.3, "thick": 2.9, "arched": 1.8, "flat": 2.0}[brows]
    arch = {"thin": 1.4, "thick": 1.2, "arched": 3.0, "flat": 0.2}[brows]
    return tuple(mirror(*bend("brow", width, (53.8, y - 0.4), (59.4, y - 0.6 - 0.8 * arch), (65.0, y + 1.6))))


@lru_cache(maxsize=256)
def _nose(nose: str, look: float) -> tuple[Part, ...]:
    dx = 50 + 1.4 * look
    if nose == "small":
        return tuple(bend("shadow", 1.5, (dx - 2.0, 51.5), (dx, 52.6), (dx + 2.0, 51.5)))
    if nose == "long":
        return tuple(bend("shadow", 1.5, (dx - 1.5, 43), (dx - 2.4, 52), (dx - 0.5, 54.2), (dx + 2.4, 53.4)))
    if nose == "broad":
        return (ellipse("shadow", dx, 51.6, 4.4, 2.6), ellipse("skin", dx, 50.8, 3.4, 2.0))
    return (curve("shadow", (dx - 0.4, 43), (dx + 0.6, 46), (dx + 3.4, 52.6), (dx, 53.6), (dx - 2.2, 52.8)),)


@cache
def _mouth(mouth: str, expression: str) -> tuple[Part, ...]:
    half, y = _MOUTHS[mouth], _MOUTH_Y
    lips = _LIPS[mouth]
    if expression == "surprised":
        open_ = ellipse("mouth", 50, y + 1.2, half * 0.55, 4.2)
        return (ellipse("lips", 50, y + 1.2, half * 0.55 + lips * 0.7, 4.2 + lips * 0.7), open_)
    if expression == "neutral":
        role = "lips" if mouth == "full" else "line"
        return tuple(bend(role, lips + 0.4, (50 - half, y), (50, y + 0.5), (50 + half, y)))
    half += 1.6
    rim = curve("lips", *_smile(half + lips * 0.5, y - lips * 0.5, 6.2 + lips))
    teeth = box("white", 50 - half * 0.66, y - 0.5, 50 + half * 0.66, y + 1.6, corner=0.9)
    return (rim, curve("mouth", *_smile(half, y, 5.8)), teeth)


def _smile(half: float, y: float, depth: float) -> list[tuple[float, float]]:
    top = [
        (50 - half, y - 1.6),
        (50 - half * 0.5, y - 0.6),
        (50, y - 0.3),
        (50 + half * 0.5, y - 0.6),
        (50 + half, y - 1.6),
    ]
    low = [(50 + half * 0.72, y + depth * 0.5), (50, y + depth * 0.86), (50 - half * 0.72, y + depth * 0.5)]
    return top + low


@cache
def beard(kind: str, head: str) -> tuple[Part, ...]:
    """What grows on cheeks and chin; it stays with the head when the face looks aside."""
    chin = {"round": 68.5, "oval": 70.5, "square": 70.0, "heart": 70.5, "long": 74.0}[head]
    if kind in ("stubble", "full"):
        role, grown = ("stubble", 0.0) if kind == "stubble" else ("hair", 4.5)
        cheek = {"round": 20.0, "oval": 18.0, "square": 19.5, "heart": 17.5, "long": 17.2}[head]
        jaw = {"round": 17.0, "oval": 14.0, "square": 18.0, "heart": 12.6, "long": 14.6}[head]
        right = [(cheek, 46.0), (jaw + grown * 0.3, 59.0 + grown * 0.3), (8.0, chin - 1.6 + grown * 0.8)]
        inner = [(-12.0, 55.0), (-6.0, 53.8), (0.0, 54.8), (6.0, 53.8), (12.0, 55.0)]
        outline = [(50 + x, y) for x, y in right] + [(50.0, chin - 0.4 + grown)]
        outline += [(50 - x, y) for x, y in reversed(right)] + [(50 + x, y) for x, y in inner]
        return (curve(role, *outline),)
    if kind == "goatee":
        return (curve("hair", (44, 64.5), (50, 65.5), (56, 64.5), (55, 71), (50, chin + 3.5), (45, 71)),)
    return ()


@cache
def _moustache() -> tuple[Part, ...]:
    return tuple(mirror(curve("hair", (50, 55), (55, 54.6), (60, 57), (61.5, 59), (56, 59), (50, 57.8))))


@cache
def _glasses(glasses: str) -> tuple[Part, ...]:
    if glasses == "none":
        return ()
    parts: list[Part] = []
    for side in (-1, 1):
        x = 50 + side * (_EYE_X + 0.3)
        ring = {
            "round": [(7.2, 7.2)],
            "square": [(7.6, 5.8)],
            "oval": [(8.0, 4.9)],
        }[glasses][0]
        parts += _ring(glasses, x, ring)
        parts += bend("frame", 1.4, (x + side * ring[0], _EYE_Y - 1.5), (50 + side * 19.5, _EYE_Y - 2.6))
    return (*parts, *bend("frame", 1.4, (48.2, _EYE_Y - 0.6), (50, _EYE_Y - 1.6), (51.8, _EYE_Y - 0.6)))


def _ring(kind: str, x: float, radii: tuple[float, float]) -> list[Part]:
    """The rim around one eye: an open stroke that ends where it began."""
    rx, ry = radii
    if kind == "square":
        corners = ((-1.0, -1.0), (0.0, -1.0), (1.0, -1.0), (1.0, 0.0), (0.9, 1.0), (0.0, 1.0), (-0.9, 1.0), (-1.0, 0.0))
    else:
        corners = (
            (0.0, -1.0),
            (0.71, -0.71),
            (1.0, 0.0),
            (0.71, 0.71),
            (0.0, 1.0),
            (-0.71, 0.71),
            (-1.0, 0.0),
            (-0.71, -0.71),
        )
    knots = [(x + rx * a, _EYE_Y + 0.3 + ry * b) for a, b in (*corners, corners[0])]
    return bend("frame", 1.5, *knots)
