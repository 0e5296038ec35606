"""A batch in pieces: for the processes that share it, and for those whose memory it would exceed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor

from eyechart.learn.chance import Chance
from eyechart.learn.objective import Batch


class Piece(NamedTuple):
    """Some rows of a step's batch, and what is random of them."""

    batch: Batch
    first: int  # row of the step's batch
    seed: int
    step: int
    total: int  # rows of the step's batch

    def chance(self) -> Chance:
        """The same whenever it is asked for; what draws from torch's own generator (dropout) draws the same too."""
        key = Chance.key(self.seed, self.step, self.first)
        torch.default_generator.manual_seed(key)  # torch.manual_seed would look for every kind of device in every step
        if self.batch.pixels.is_cuda:
            torch.cuda.manual_seed(key)
        return Chance(self.seed, self.step, first=self.first, total=self.total)

    def halves(self, count: int) -> Iterator[Piece]:
        """`count` pieces of equal size."""
        size = len(self.batch) // count
        for first in range(0, size * count, size):
            yield self._replace(batch=part(self.batch, first, size), first=self.first + first)


def part(batch: Batch, first: int, count: int) -> Batch:
    """Rows `first` to `first + count` of everything."""
    rows = slice(first, first + count)
    return replace(
        batch,
        pixels=batch.pixels[rows],
        texts=batch.texts[rows],
        labels=_cut(batch.labels, rows),
        later=_cut(batch.later, rows),
        regions=batch.regions[rows],
    )


def placed(batch: Batch, device: torch.device) -> Batch:
    """The same rows on `device`."""
    if batch.pixels.device == device:
        return batch
    labels = None if batch.labels is None else batch.labels.to(device, non_blocking=True)
    later = None if batch.later is None else batch.later.to(device, non_blocking=True)
    return replace(batch, pixels=batch.pixels.to(device, non_blocking=True), labels=labels, later=later)


def _cut(rows: Tensor | None, which: slice) -> Tensor | None:
    return None if rows is None else rows[which]
