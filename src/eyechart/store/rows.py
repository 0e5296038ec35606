"""Feature rows that are gathered when asked for, so that a million of them need not fit in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Rows:
    """``n`` rows of one shape, fp32, scattered over memory-mapped blocks.

    `blocks` are arrays ``[m, …]``; row ``i`` is ``blocks[block[i]][place[i]]``.
    """

    blocks: tuple[Floats, ...]
    block: NDArray[np.int32]
    place: NDArray[np.int64]
    width: tuple[int, ...]

    @classmethod
    def of(cls, values: ArrayLike | Tensor) -> Rows:
        """Rows over an array or tensor ``[n, …]`` that is in memory."""
        array = np.asarray(values.detach().cpu() if isinstance(values, Tensor) else values, dtype=np.float32)
        count = len(array)
        return cls((array,), np.zeros(count, np.int32), np.arange(count, dtype=np.int64), array.shape[1:])

    @property
    def shape(self) -> tuple[int, ...]:
        """``(n, d)`` or ``(n, t, d)``."""
        return (len(self), *self.width)

    def __len__(self) -> int:
        return len(self.place)

    def __getitem__(self, index: slice | NDArray[np.intp]) -> Floats:
        """The rows of a slice or of an integer array, copied together. Consecutive rows are read as one piece."""
        block, place = self.block[index], self.place[index]
        out = np.empty((len(place), *self.width), np.float32)
        if len(place) == 0:
            return out
        breaks = np.flatnonzero((np.diff(place) != 1) | (np.diff(block) != 0)) + 1
        starts, ends = np.r_[0, breaks], np.r_[breaks, len(place)]
        if len(starts) > len(place) // 4:  # scattered: gather block by block
            for which in np.unique(block):
                mine = block == which
                out[mine] = self.blocks[which][place[mine]]
            return out
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            first = place[start]
            out[start:end] = self.blocks[block[start]][first : first + end - start]
        return out

    def take(self, indices: ArrayLike) -> Rows:
        """Rows `indices`, in that order, without reading any."""
        chosen = np.asarray(indices)
        return Rows(self.blocks, self.block[chosen], self.place[chosen], self.width)

    def tensor(self) -> Tensor:
        """All rows in memory, ``[n, …]`` fp32."""
        return torch.from_numpy(self[:])

    def batches(self, size: int) -> Iterator[tuple[slice, Tensor]]:
        """Consecutive pieces of at most `size` rows."""
        for start in range(0, len(self), size):
            piece = slice(start, min(start + size, len(self)))
            yield piece, torch.from_numpy(self[piece])
