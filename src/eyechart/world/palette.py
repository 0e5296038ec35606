"""Colours and textures by name, and which colour shows on which ground."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from eyechart.world.shapes import ROLES

Rgb = tuple[int, int, int]

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
TEXTURES = ("plain", "striped", "dotted", "checkered", "zigzag")

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
}
_INK, _CHALK = (30, 30, 38), (250, 248, 240)


def brightness(rgb: Rgb) -> float:
    """Perceived brightness, 0 to 1 (Rec. 601 luma)."""
    return (0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]) / 255


def distance(one: Rgb, other: Rgb) -> float:
    """How far two colours look apart ("redmean" approximation; black to white is 765)."""
    mean = (one[0] + other[0]) / 2
    red, green, blue = (a - b for a, b in zip(one, other, strict=True))
    return float(np.sqrt((2 + mean / 256) * red**2 + 4 * green**2 + (2 + (255 - mean) / 256) * blue**2))


@cache
def table(colour: str, *, dark_ground: bool) -> NDArray[np.uint8]:
    """What each role is painted with, then the texture's second colour and the rim: ``[roles + 2, 3]``."""
    body = COLOURS[colour]
    bright = brightness(body) > 0.6
    own = {
        "body": body,
        "shade": _mix(body, (0, 0, 0), 0.2 if bright else 0.3) if brightness(body) > 0.25 else _mix(body, _CHALK, 0.22),
        "tint": _mix(body, (255, 255, 255), 0.45)
        if not bright or colour == "pink"
        else _mix(body, (255, 255, 255), 0.6),
    }
    if colour == "white":
        own["tint"] = _mix(body, (0, 0, 0), 0.08)
    second = _mix(body, (0, 0, 0), 0.45) if bright else _mix(body, (255, 255, 255), 0.68)
    rim = _CHALK if dark_ground else _mix(body, _INK, 0.82)
    return np.array([*((own | _FIXED)[role] for role in ROLES), second, rim], dtype=np.uint8)


@lru_cache(maxsize=96)
def pattern(texture: str, period: int, side: int) -> NDArray[np.bool_]:
    """Where the second colour goes: ``[side, side]``, centred, repeating every `period` pixels."""
    axis = (np.arange(side) - side // 2 + 0.5) / period
    u, v = axis[None, :], axis[:, None]
    if texture == "striped":
        on = (u + v) % 1 < 0.45
    elif texture == "dotted":
        row = np.floor(v)
        on = ((u + row / 2) % 1 - 0.5) ** 2 + (v % 1 - 0.5) ** 2 < 0.3**2
    elif texture == "checkered":
        on = (np.floor(u * 2) + np.floor(v * 2)) % 2 == 1
    elif texture == "zigzag":
        on = (v + np.abs(u * 0.8 % 1 - 0.5) * 1.1) % 1 < 0.45
    else:
        on = np.zeros((side, side), dtype=bool)
    on = np.ascontiguousarray(np.broadcast_to(on, (side, side)))
    on.setflags(write=False)
    return on


# How often a texture repeats along the side of a thing.
REPEATS = {"striped": 5.2, "dotted": 4.6, "checkered": 3.6, "zigzag": 4.4}


def _mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
