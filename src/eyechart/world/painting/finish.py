"""What a look does to colours: the finish of each material, the hand of each style, and the colour of every area.

A map of areas holds one number per point: the role in the lowest five bits, then one bit for the second colour of the
texture, two for the finish of the material and two for the hand of the style. Which colour each number gets is a
table, so that a picture is painted by looking up.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from eyechart.errors import UnknownName
from eyechart.world.dice import Dice
from eyechart.world.painting import palette
from eyechart.world.painting.palette import (
    CHALK,
    COLOURS,
    INK,
    MATERIALS,
    RIM,
    SECOND,
    STYLES,
    TEXTURES,
    Field,
    Rgb,
    brightness,
    distance,
    mix,
)
from eyechart.world.painting.stamp import LINE
from eyechart.world.shapes import ROLES

Paints = NDArray[np.uint64]  # [numbers], four times 16 bits: red, green, blue and 1 where there is something
Coat = NDArray[np.unsignedinteger]  # h w

DARK_INK, LIGHT_INK = LINE + 1, LINE + 2  # of what is written
TEXTURED, FINISHED, HANDLED = 5, 6, 8  # how far left the bits of texture, material and style stand
KINDS = 1 << TEXTURED
_OWN = tuple(ROLES.index(role) for role in ("body", "shade", "tint"))  # what is made of the thing's material
_BLACK, _WHITE = (12, 8, 6), (255, 255, 255)

# How far the three levels of a material's finish go, to black or to white.
_FINISHES: dict[str, tuple[float, float, float]] = {
    "wooden": (-0.34, 0.2, 0.0),
    "metal": (-0.34, 0.34, 0.75),
    "glass": (-0.2, 0.3, 0.85),
    "stone": (-0.42, 0.42, 0.0),
    "woollen": (-0.36, 0.2, 0.0),
}
_CRAYON = (-0.2, 0.24, 0.5)  # the same of the strokes of a textured style


@lru_cache(maxsize=256)
def coat(texture: str, material: str, style: str, span: int) -> Coat | None:
    """The bits of texture, finish and hand on the square in which a thing fits: ``[span, span]``; None: all 0.

    Raises:
        UnknownName: there is no such texture.
    """
    if texture not in TEXTURES:
        raise UnknownName("texture", texture, TEXTURES)
    bits: list[Coat] = []
    if style != "silhouette" and texture != "plain":
        bits.append(palette.pattern(texture, span) * np.uint8(1 << TEXTURED))
    if style != "silhouette" and material in _FINISHES:
        bits.append(_drawn(material, span) * np.uint8(1 << FINISHED))
    if style == "textured" or (style == "sketch" and texture == "plain"):
        bits.append(_drawn(style, span) * np.uint16(1 << HANDLED))
    if not bits:
        return None
    made = np.bitwise_or.reduce(bits)
    made.setflags(write=False)
    return made


@lru_cache(maxsize=2048)
def paints(colour: str, style: str, material: str, *, dark_ground: bool) -> Paints:
    """The colour of every number in a map of areas; 0 where nothing is.

    Raises:
        UnknownName: there is no such colour, style or material.
    """
    for kind, name, known in (("colour", colour, COLOURS), ("style", style, STYLES), ("material", material, MATERIALS)):
        if name not in known:
            raise UnknownName(kind, name, known)
    colours = _of_roles(colour, style, dark_ground=dark_ground)
    textured = _with_second(colours, colour, style, palette.table(colour, dark_ground=dark_ground)[SECOND])
    both = _levels(np.stack([colours, textured]), _FINISHES.get(material), _OWN, style).reshape(-1, KINDS, 3)
    if style == "textured":
        both = _levels(both, _CRAYON, tuple(range(KINDS)), style).reshape(-1, KINDS, 3)
    if style == "sketch":
        hatched = both.copy()
        hatched[:, _OWN] = _hatch(colour)
        both = np.concatenate([both, hatched])
    table = packed(np.round(both))
    table[:, 0] = 0
    return table.ravel()


def packed(colours: NDArray[np.generic]) -> Paints:
    """Colours ``[..., 3]`` as in a table of paints: ``[...]``."""
    red, green, blue = np.moveaxis(colours.astype(np.uint64), -1, 0)
    return red | green << 16 | blue << 32 | np.uint64(1 << 48)


def unpacked(colours: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Red, green and blue of packed colours ``[...]``: ``[..., 3]``."""
    made = np.empty((*colours.shape, 3), dtype=np.uint8)
    for k in range(3):
        made[..., k] = colours >> np.uint64(16 * k)
    return made


def ink_on(numbers: tuple[int, ...], table: Paints) -> int:
    """The number of the ink that stands out more from all of these areas."""
    shown = unpacked(table[list(numbers)]).tolist()
    contrast = [min(distance(ink, (red, green, blue)) for red, green, blue in shown) for ink in (INK, CHALK)]
    return DARK_INK if contrast[0] >= contrast[1] else LIGHT_INK


def _of_roles(colour: str, style: str, *, dark_ground: bool) -> NDArray[np.float64]:
    """What each role, the rim, a line and the inks are painted with in a style: ``[32, 3]``."""
    body = COLOURS[colour]
    colours = np.zeros((KINDS, 3))
    colours[: RIM + 1] = palette.table(colour, dark_ground=dark_ground)
    colours[LINE], colours[DARK_INK], colours[LIGHT_INK] = mix(body, INK, 0.62), INK, CHALK
    if style == "silhouette":
        colours[:] = body
    if style == "sketch":
        for k, role in enumerate(ROLES):
            colours[k] = _pencilled(role, colours[k], body)
    return colours


def _with_second(
    colours: NDArray[np.float64], colour: str, style: str, second: NDArray[np.uint8]
) -> NDArray[np.float64]:
    """The same with the texture's second colour: in full on the body, a little of the way on its shades and tints."""
    textured = colours.copy()
    if style == "sketch":
        textured[_OWN,] = _hatch(colour)
    elif style != "silhouette":
        textured[_OWN,] += (second - textured[_OWN,]) * np.array([[1.0], [0.72], [0.72]])
    return textured


def _pencilled(role: str, rgb: NDArray[np.float64], body: Rgb) -> Rgb:
    if role in ("body", "shade", "tint"):
        return CHALK
    red, green, blue = rgb.tolist()
    return mix(body, INK, 0.62) if role == "dark" else mix((red, green, blue), CHALK, 0.6)


def _hatch(colour: str) -> Rgb:
    return COLOURS[colour] if brightness(COLOURS[colour]) < 0.95 else mix(COLOURS[colour], INK, 0.14)


def _levels(
    colours: NDArray[np.float64], shares: tuple[float, float, float] | None, kinds: tuple[int, ...], style: str
) -> NDArray[np.float64]:
    """The colours as they are, then at each level 1 to 3: ``[4, ...]``; only the given kinds change."""
    if shares is None or style == "silhouette":
        return np.stack([colours] * 4)
    made = [colours]
    for share in shares:
        level = colours.copy()
        towards, reach = _way(share, colours[0, ROLES.index("body")])
        level[..., kinds, :] += (np.array(towards) - level[..., kinds, :]) * reach
        made.append(level)
    return np.stack(made)


def _way(share: float, body: NDArray[np.float64]) -> tuple[Rgb, float]:
    """Where a level goes and how far: on black all is a weak light, on white a weak shadow."""
    red, green, blue = body.tolist()
    bright = brightness((red, green, blue))
    if bright < 0.25:
        return _WHITE, 0.42 * abs(share)
    if bright > 0.95:
        return _BLACK, 0.62 * abs(share) if share < 0 else 0.3 * share
    return (_BLACK, -share) if share < 0 else (_WHITE, share)


@lru_cache(maxsize=16)
def _drawn(name: str, span: int) -> NDArray[np.uint8]:
    """The levels 0 to 3 of a material's finish or of a style's hand: ``[span, span]``."""
    axis = (np.arange(span) + 0.5) / span
    return np.broadcast_to(_LEVELS[name](axis[None, :], axis[:, None]), (span, span)).astype(np.uint8)


def _wooden(u: Field, v: Field) -> NDArray[np.int64]:
    """Fine grain along the tile, bent around a knot."""
    knot = np.exp(-(((u - 0.62) / 0.16) ** 2) - ((v - 0.56) / 0.1) ** 2)
    grain = (v * 11 + 0.22 * np.sin(2 * np.pi * u) + 1.5 * knot) % 1
    return np.where(grain < 0.32, 1, np.where(grain > 0.8, 2, 0))


def _metal(u: Field, v: Field) -> NDArray[np.int64]:
    """Broad diagonal bands of light and dark."""
    along = (u + v) % 1
    light = ((along > 0.2) & (along < 0.5)) * 2
    strong = (along > 0.3) & (along < 0.42)
    return np.where(strong, 3, np.where((along > 0.66) & (along < 0.92), 1, light))


def _glass(u: Field, v: Field) -> NDArray[np.int64]:
    """Light from the upper left, with bright streaks and their shadows."""
    along = u + v
    streak, shadow = np.zeros_like(along, dtype=bool), np.zeros_like(along, dtype=bool)
    for start, end in ((0.7, 0.79), (0.84, 0.88), (1.22, 1.27)):
        streak |= (along > start) & (along < end)
        shadow |= (along > end) & (along < end + 0.03)
    return np.where(streak, 3, np.where(shadow, 1, np.where(along < 0.7, 2, np.where(along > 1.4, 1, 0))))


def _stone(u: Field, v: Field) -> NDArray[np.int64]:
    """Dark and light specks."""
    level = np.zeros((len(v), u.shape[1]), dtype=np.int64)
    dice = Dice(0x570, 0)
    for k in range(420):
        x, y, reach = dice.unit(), dice.unit(), dice.between(0.007, 0.019)
        across, down = ((u[0] - x + 0.5) % 1 - 0.5) ** 2, ((v[:, 0] - y + 0.5) % 1 - 0.5) ** 2
        columns, rows = np.flatnonzero(across < reach**2), np.flatnonzero(down < reach**2)
        near = down[rows][:, None] + across[columns] < reach**2
        part = np.ix_(rows, columns)
        level[part] = np.where(near, 1 + k % 2, level[part])
    return level


def _woollen(u: Field, v: Field) -> NDArray[np.int64]:
    """Columns of knitted stitches."""
    slant = np.abs(u * 7 % 1 - 0.5)
    stitch = (v * 7 - slant * 0.9) % 1
    gap = (stitch < 0.3) | (slant > 0.43)
    return np.where(gap, 1, np.where((stitch > 0.5) & (stitch < 0.8), 2, 0))


def _crayon(u: Field, v: Field) -> NDArray[np.int64]:
    """Uneven strokes: here darker, there lighter, and some paper between."""
    wave = _strokes(u, v)
    return np.where(wave < -2.2, 1, np.where(wave > 4.2, 3, np.where(wave > 1.8, 2, 0)))


def _hatching(u: Field, v: Field) -> NDArray[np.int64]:
    """Close lines of the pencil, a little unsteady: on two thirds of the paper."""
    steady = (u - v) * 15 + 0.14 * np.sin(2 * np.pi * (u + 3 * v)) + 0.1 * np.sin(2 * np.pi * (5 * v - u))
    return (steady % 1 < 0.68).astype(np.int64)


def _strokes(u: Field, v: Field) -> Field:
    """How strongly the hand pressed, mostly along one diagonal; 0 on average."""
    dice = Dice(0xC7A, 0)
    wave = np.zeros((len(v), u.shape[1]))
    for _ in range(16):
        along, across = dice.below(7) - 3, 5 + dice.below(11)
        wave = wave + np.sin(2 * np.pi * ((across + along) * u + (across - along) * v + dice.unit()))
    return wave


_LEVELS: dict[str, Callable[[Field, Field], NDArray[np.int64]]] = {
    "wooden": _wooden,
    "metal": _metal,
    "glass": _glass,
    "stone": _stone,
    "woollen": _woollen,
    "textured": _crayon,
    "sketch": _hatching,
}
