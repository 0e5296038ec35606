"""Looks by name (colours, textures, materials, styles), which colour shows on which ground, and the textures."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from eyechart.world.shapes import ROLES

Rgb = tuple[int, int, int]
Field = NDArray[np.float64]  # h w, or a row or a column of it

COLOURS: dict[str, Rgb] = {
    "red": (218, 38, 42),
    "orange": (247, 128, 24),
    "yellow": (252, 208, 36),
    "green": (48, 152, 66),
    "blue": (36, 92, 214),
    "purple": (126, 56, 172),
    "pink": (248, 142, 186),
    "brown": (126, 78, 42),
    "gray": (140, 144, 150),
    "black": (44, 44, 50),
    "white": (248, 248, 246),
}
TEXTURES = ("plain", "striped", "dotted", "checkered", "zigzag", "wavy", "starry", "scaly", "woven")
MATERIALS = ("painted", "wooden", "metal", "glass", "stone", "woollen")
STYLES = ("outlined", "flat", "textured", "sketch", "silhouette")

# The last two entries of a thing's colour table, after those of its roles.
SECOND, RIM = len(ROLES), len(ROLES) + 1

_FIXED: dict[str, Rgb] = {
    "hole": (0, 0, 0),
    "dark": (36, 36, 42),
    "light": (252, 250, 244),
    "glass": (178, 222, 244),
    "metal": (176, 182, 190),
    "wood": (150, 102, 58),
    "leaf": (86, 160, 60),
    "gold": (255, 204, 64),
    "rose": (240, 104, 96),
    "skin": (236, 188, 150),
    "hair": (84, 58, 42),
    "stone": (172, 168, 160),
    "fluid": (96, 168, 224),
    "glow": (255, 238, 130),
}
INK, CHALK = (30, 30, 38), (250, 248, 240)


def brightness(rgb: Rgb) -> float:
    """Perceived brightness, 0 to 1 (Rec. 601 luma)."""
    return (0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]) / 255


def distance(one: Rgb, other: Rgb) -> float:
    """How far two colours look apart ("redmean" approximation; black to white is 765)."""
    mean = (one[0] + other[0]) / 2
    red, green, blue = (a - b for a, b in zip(one, other, strict=True))
    return float(np.sqrt((2 + mean / 256) * red**2 + 4 * green**2 + (2 + (255 - mean) / 256) * blue**2))


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """The colour that is this share of the way from one to the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


@cache
def table(colour: str, *, dark_ground: bool) -> NDArray[np.uint8]:
    """What each role is painted with, then the texture's second colour and the rim: ``[roles + 2, 3]``."""
    body = COLOURS[colour]
    bright = brightness(body) > 0.6
    own = {
        "body": body,
        "shade": mix(body, (0, 0, 0), 0.2 if bright else 0.3) if brightness(body) > 0.25 else mix(body, CHALK, 0.22),
        "tint": mix(body, (255, 255, 255), 0.45) if not bright or colour == "pink" else mix(body, (255, 255, 255), 0.6),
    }
    if colour == "white":
        own["tint"] = mix(body, (0, 0, 0), 0.08)
    second = mix(body, (0, 0, 0), 0.45) if bright else mix(body, (255, 255, 255), 0.68)
    rim = CHALK if dark_ground else mix(body, INK, 0.82)
    return np.array([*((own | _FIXED)[role] for role in ROLES), second, rim], dtype=np.uint8)


def pattern(texture: str, span: int) -> NDArray[np.bool_]:
    """Where the second colour goes on the square in which a thing fits: ``[span, span]``."""
    axis = ((np.arange(span) + 0.5) / span - 0.5) * REPEATS[texture]
    return np.broadcast_to(_PATTERNS[texture](axis[None, :], axis[:, None]), (span, span))


def _striped(u: Field, v: Field) -> NDArray[np.bool_]:
    return (u + v) % 1 < 0.45


def _dotted(u: Field, v: Field) -> NDArray[np.bool_]:
    x, y = _staggered(u, v)
    return x**2 + y**2 < 0.3**2


def _checkered(u: Field, v: Field) -> NDArray[np.bool_]:
    return (np.floor(u * 2) + np.floor(v * 2)) % 2 == 1


def _zigzag(u: Field, v: Field) -> NDArray[np.bool_]:
    return (v + np.abs(u % 1 - 0.5) * 1.1) % 1 < 0.45


def _wavy(u: Field, v: Field) -> NDArray[np.bool_]:
    return (u * 2 + 0.42 * np.sin(np.pi * v * 2)) % 1 < 0.42


def _starry(u: Field, v: Field) -> NDArray[np.bool_]:
    x, y = _staggered(u, v)
    around, away = np.arctan2(x, -y), np.hypot(x, y)
    near = np.abs((around / (2 * np.pi) * 5 + 0.5) % 1 - 0.5) * 2  # 0 at a point of the star, 1 between two
    slant = 2 * np.pi / 10 * near
    inner, outer = 0.2, 0.5
    edge = outer * inner * np.sin(np.pi / 5) / (outer * np.sin(slant) + inner * np.sin(np.pi / 5 - slant))
    return np.asarray(away < np.where(near < 1, edge, inner))


def _scaly(u: Field, v: Field) -> NDArray[np.bool_]:
    """Half discs with a broad edge, hanging down; upper rows lie over lower ones."""
    down = v % 1
    line = np.zeros((len(v), u.shape[1]), dtype=bool)
    for row in (2, 1, 0, -1):
        away = np.hypot((u + row % 2 * 0.5) % 1 - 0.5, down - row * 0.5)
        line = np.where((away < 0.56) & (down >= row * 0.5), away > 0.38, line)
    return line


def _woven(u: Field, v: Field) -> NDArray[np.bool_]:
    across = (np.floor(u * 2) + np.floor(v * 2)) % 2 == 0
    return np.where(across, v, u) * 4 % 1 < 0.5


def _staggered(u: Field, v: Field) -> tuple[Field, Field]:
    """Offsets from the middle of the nearest of points set as on a five of dice."""
    return (u + np.floor(v) / 2) % 1 - 0.5, v % 1 - 0.5


_PATTERNS: dict[str, Callable[[Field, Field], NDArray[np.bool_]]] = {
    "striped": _striped,
    "dotted": _dotted,
    "checkered": _checkered,
    "zigzag": _zigzag,
    "wavy": _wavy,
    "starry": _starry,
    "scaly": _scaly,
    "woven": _woven,
}

# How often a texture repeats along the side of a thing.
REPEATS = {
    "striped": 5.2,
    "dotted": 4.8,
    "checkered": 3.6,
    "zigzag": 4.4,
    "wavy": 2.7,
    "starry": 4.0,
    "scaly": 3.4,
    "woven": 2.8,
}
