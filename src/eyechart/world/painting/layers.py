"""A thing in pixels: its stamp in colour, averaged down, which anti-aliases shapes and textures alike."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eyechart.world.painting.paint import Colours, painted
from eyechart.world.painting.skins import skinned
from eyechart.world.painting.stamp import Grid, Kind, stamp
from eyechart.world.scene import Thing

Sums = NDArray[np.uint64]  # h w


class Layer(NamedTuple):
    """A thing alone: packed sums of red, green and blue over the fine points of each pixel it has, and their number."""

    sums: Sums
    left: int  # in pixels
    top: int

    @property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns of the picture on which it lies."""
        height, width = self.sums.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)

    @property
    def points(self) -> Sums:
        """How many fine points of each pixel it has."""
        return self.sums >> np.uint64(48)


@lru_cache(maxsize=24)
def layer(thing: Thing, grid: Grid, *, dark_ground: bool) -> Layer:
    """The thing as it looks when nothing hides it, cut off at the frame; read-only.

    The last ones are kept: the masks of a picture just drawn, and its twin with one thing changed, cost little more.
    """
    on = stamp(thing, grid)
    if not on.roles.size:
        return Layer(np.zeros((0, 0), dtype=np.uint64), 0, 0)
    paint = skinned if thing.skin else painted
    sums = _summed(paint(thing, on, grid.side, dark_ground=dark_ground), grid.fine)
    sums.setflags(write=False)
    return Layer(*framed(sums, on.left // grid.fine, on.top // grid.fine, grid.side // grid.fine))


def framed(values: NDArray[Kind], left: int, top: int, size: int) -> tuple[NDArray[Kind], int, int]:
    """What of a map ``[h, w, ...]`` lies in a frame of that size, and where its upper left corner is then."""
    seen = values[max(0, -top) : max(0, size - top), max(0, -left) : max(0, size - left)]
    return seen, max(0, left), max(0, top)


def _summed(colours: Colours, fine: int) -> Sums:
    """The four parts of the colours, summed over blocks of `fine` by `fine` points: no part of a sum overflows."""
    height, width = colours.shape
    rows = np.add.reduce(colours.reshape(height // fine, fine, width), axis=1)
    blocks = rows[:, 0::fine] + rows[:, 1::fine]
    for k in range(2, fine):
        blocks += rows[:, k::fine]
    return blocks
