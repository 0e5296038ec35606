"""Maps of a network that are known, and what a window of them has become."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from eyechart.attack.fields import Axis, Field, Reach, Size

BLOCK = 2**20  # places that are looked up at once, at most
_NOWHERE = -(2**40)  # no place becomes one by adding it


@final
@dataclass(frozen=True, slots=True, eq=False)
class Squares:
    """Squares of `side` pixels that are going to change: one per picture and turn."""

    top: Int[Tensor, "n q"]
    left: Int[Tensor, "n q"]
    side: int


@final
class Lookup:
    """Which cells belong to a piece of a map, wherever the square of pixels lies that it depends on.

    A piece has rows and columns, and a cell is found by adding what belongs to the two; of several such sums (what is
    known, what is new) the largest is the place. Those of many turns are found at once and kept.
    """

    def __init__(self, rows: Int[Tensor, "p m h"], columns: Int[Tensor, "p m w"]) -> None:
        self._rows, self._columns = rows, columns
        self.size: Size = (rows.shape[-1], columns.shape[-1])
        self._squares: Squares | None = None
        self._start = 0
        self._block = torch.empty(0)

    def at(self, turn: int, squares: Squares, firsts: Int[Tensor, "n m"]) -> Int[Tensor, "n k"]:
        """Of each picture at one turn; `firsts` is where its own cells begin."""
        if self._squares is not squares or not self._start <= turn < self._start + len(self._block):
            some = slice(turn, turn + max(BLOCK // (len(firsts) * math.prod(self.size)), 1))
            rows = self._rows[squares.top.T[some]] + firsts[..., None]
            columns = self._columns[squares.left.T[some]]
            sums = rows[..., None] + columns[..., None, :]
            self._block = sums.amax(dim=2).clamp_min_(0).flatten(2)
            self._squares, self._start = squares, turn
        return self._block[turn - self._start]


@final
class Map:
    """What a layer gives for the known pictures, cell by cell; after it is room for what it gives in their windows."""

    def __init__(self, values: Float[Tensor, "n c h w"], field: Field, side: int, pixels: Size) -> None:
        """`side` of the squares that change in pictures of so many `pixels`."""
        self.field, self._side, self._pixels = field, side, pixels
        self._count, self._bands, *size = values.shape
        self.size: Size = (size[0], size[1])
        self.window = field.window(side, self.size)
        self._known, self._new = self._count * math.prod(self.size), self._count * math.prod(self.window)
        self._cells = values.new_zeros(1 + self._known + self._new, self._bands)  # the first one is beyond the edge
        self.values.copy_(values)
        every = torch.arange(self._count, device=values.device)
        known, new = 1 + every * math.prod(self.size), 1 + self._known + every * math.prod(self.window)
        self._firsts = torch.stack([known, new], dim=1)
        ways = [self._window(axis) for axis in (0, 1)]
        self._own = Lookup(ways[0], ways[1])

    @property
    def values(self) -> Float[Tensor, "n c h w"]:
        """For the known pictures."""
        return self._in_maps(self._cells[1 : 1 + self._known], self.size)

    @property
    def bytes(self) -> int:
        """In memory."""
        return self._cells.nbytes

    @property
    def share(self) -> float:
        """Of it that a window covers."""
        return self._new / self._known

    def take(self, rows: Int[Tensor, " k"]) -> Map:
        """Of some pictures."""
        return Map(self.values[rows], self.field, self._side, self._pixels)

    def keep(self, patch: Float[Tensor, "n c h w"], turn: int, squares: Squares, rows: Int[Tensor, " k"]) -> None:
        """What is new in the windows of some pictures is known from now on."""
        places = self._own.at(turn, squares, self._firsts[:, :1])[rows]
        self._cells.index_copy_(0, places.flatten(), _by_cell(patch[rows]))

    def changed(self, patch: Float[Tensor, "n c h w"], turn: int, squares: Squares) -> Float[Tensor, "n c h w"]:
        """All of it, with what is new."""
        cells = self._cells[: 1 + self._known].clone()
        cells.index_copy_(0, self._own.at(turn, squares, self._firsts[:, :1]).flatten(), _by_cell(patch))
        return self._in_maps(cells[1:], self.size)

    def cut(self, patch: Tensor, turn: int, squares: Squares, piece: Lookup, beyond: float) -> Float[Tensor, "n c h w"]:
        """What a window of another map is made of, with what is new; beyond the edge stands `beyond`."""
        self._in_maps(self._cells[1 + self._known :], self.window).copy_(patch)
        self._cells[0] = beyond
        places = piece.at(turn, squares, self._firsts)
        return self._in_maps(self._cells.index_select(0, places.flatten()), piece.size)

    def piece(self, field: Field, size: Size, reach: Reach) -> Lookup:
        """For the windows of a map of `size` that a layer makes of this one."""
        ways = [self._way(axis, field[axis], size[axis], [part[axis] for part in reach[:4]]) for axis in (0, 1)]
        return Lookup(ways[0], ways[1])

    def _way(self, axis: int, sees: Axis, space: int, reach: Sequence[int]) -> Int[Tensor, "p 2 k"]:
        """Rows or columns of a piece, among those that are known and among those that are new."""
        kernel, stride, padding, dilation = reach
        start = sees.begin(self._begins(axis), self._side, space) * stride - padding
        count = (sees.reached(self._side, space) - 1) * stride + (kernel - 1) * dilation + 1
        known = start[:, None] + torch.arange(count, device=start.device)
        new = known - self._starts(axis)[:, None]
        ways = [_within(known, self.size[axis]), _within(new, self.window[axis])]
        return torch.stack(ways if axis else [ways[0] * self.size[1], ways[1] * self.window[1]], dim=1)

    def _window(self, axis: int) -> Int[Tensor, "p 1 k"]:
        """Rows or columns of the window of this map."""
        places = self._starts(axis)[:, None, None] + torch.arange(self.window[axis], device=self._cells.device)
        return places if axis else places * self.size[1]

    def _starts(self, axis: int) -> Int[Tensor, " p"]:
        """Where the window of this map begins."""
        return self.field[axis].begin(self._begins(axis), self._side, self.size[axis])

    def _begins(self, axis: int) -> Int[Tensor, " p"]:
        """All rows, or columns, where a square of pixels can begin."""
        return torch.arange(self._pixels[axis] - self._side + 1, device=self._cells.device)

    def _in_maps(self, cells: Float[Tensor, "m c"], size: Size) -> Float[Tensor, "n c h w"]:
        return cells.view(self._count, *size, self._bands).permute(0, 3, 1, 2)


def cut(images: Float[Tensor, "n c h w"], squares: Squares, turn: int) -> Float[Tensor, "n c s s"]:
    """The squares of one turn."""
    along = torch.arange(squares.side, device=images.device)
    rows, columns = squares.top[:, turn, None] + along, squares.left[:, turn, None] + along
    every = torch.arange(len(images), device=images.device)[:, None, None]
    return images.permute(0, 2, 3, 1)[every, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def _by_cell(values: Float[Tensor, "n c h w"]) -> Float[Tensor, "m c"]:
    return values.permute(0, 2, 3, 1).reshape(-1, values.shape[1])


def _within(places: Int[Tensor, "p k"], count: int) -> Int[Tensor, "p k"]:
    return torch.where((places >= 0) & (places < count), places, _NOWHERE)
