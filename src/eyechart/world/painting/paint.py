"""A stamp in colour: its areas with texture, finish and hand, from the table of its look, and with what is written."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eyechart.errors import BadInput
from eyechart.world.painting.finish import KINDS, TEXTURED, Paints, coat, ink_on, paints
from eyechart.world.painting.palette import RIM
from eyechart.world.painting.stamp import Roles, Stamp, sampled
from eyechart.world.scene import Thing
from eyechart.world.shapes import rotation
from eyechart.world.text.fonts import lettered

Colours = NDArray[np.uint64]  # h w, each as in `Paints`
Areas = NDArray[np.unsignedinteger]  # h w, numbers as in `finish`
_FONT = "bold"
_GAP = 0.05  # between the letters and the edge of the page, of its shorter side
_SPAN, _COARSE = 256, 320  # points of a coat, and up to which side of a grid they are enough


def painted(thing: Thing, on: Stamp, side: int, *, dark_ground: bool) -> Colours:
    """The colour of each point of a thing's stamp on a grid of that side."""
    table = paints(thing.colour, thing.style, thing.substance, dark_ground=dark_ground)
    return table.take(areas(thing, on, side, table))


def areas(thing: Thing, on: Stamp, side: int, table: Paints) -> Areas:
    """The number of each point in the table of the thing's look; 0 in the lowest bits where nothing is."""
    if thing.style == "silhouette":
        return on.roles
    roles = _written(thing, on, side, table) if thing.text else on.roles
    over = coat(thing.texture, thing.substance, thing.style, _SPAN if side <= _COARSE else 2 * _SPAN)
    return roles if over is None else roles | sampled(over, thing, on, side)


def _written(thing: Thing, on: Stamp, side: int, table: Paints) -> Roles:
    """The roles with the thing's text on its page, never mirrored; only on the thing, not on its rim."""
    letters, row, column = _letters(thing, on, side)
    there = (on.roles > 0) & (on.roles != RIM)
    there &= (column >= 0) & (row >= 0) & (column < letters.shape[1]) & (row < letters.shape[0])
    ground = int(np.bincount(on.roles[there], minlength=KINDS).argmax())
    inked = there.copy()
    inked[there] = letters[row[there], column[there]]
    roles = on.roles.copy()
    roles[inked] = ink_on((ground,) if thing.texture == "plain" else (ground, ground | 1 << TEXTURED), table)
    return roles


def _letters(thing: Thing, on: Stamp, side: int) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """The letters as large as the page, and which row and column of them falls on each point of the stamp."""
    page = thing.drawing.page
    if page is None:
        raise BadInput(f"a {thing.concept} has no page to write {thing.text!r} on; leave its text empty.")
    scale = thing.side * side
    left, top, right, bottom = page
    left, right = (-right, -left) if thing.flipped else (left, right)
    gap = _GAP * min(right - left, bottom - top)
    left, top, right, bottom = left + gap, top + gap, right - gap, bottom - gap
    letters = lettered(thing.text, max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)), _FONT)
    height, width = on.roles.shape
    x = np.arange(width)[None, :] + (on.left + 0.5 - thing.x * side)
    y = np.arange(height)[:, None] + (on.top + 0.5 - thing.y * side)
    back = rotation(-thing.turn)
    column = _whole(back[0, 0] * x + back[0, 1] * y - left * scale)
    row = _whole(back[1, 0] * x + back[1, 1] * y - top * scale)
    return letters, row, column


def _whole(position: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rounded down, after counting in 2^-16, so that the last bit of a sine decides nothing."""
    return np.rint(position * 65536).astype(np.int64) >> 16
