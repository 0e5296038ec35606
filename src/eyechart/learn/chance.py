"""Random numbers of a step: the same for a picture in whatever way the batch is dealt out to processes."""

from __future__ import annotations

from hashlib import blake2b
from typing import final

import torch
from torch import Tensor


@final
class Chance:
    """What is random in one step. Nothing needs to be remembered between steps: seed and step decide everything."""

    def __init__(self, seed: int, step: int, *, first: int = 0, total: int | None = None) -> None:
        """For the rows from `first` on of a batch of `total` in all; without `total`, each draw is of a whole batch."""
        self.shared = torch.Generator().manual_seed(self.key(seed, step))  # for decisions that the whole batch shares
        self._first, self._total = first, total

    @staticmethod
    def key(*numbers: int) -> int:
        """A seed for a generator, made of several numbers."""
        return int.from_bytes(blake2b(" ".join(map(str, numbers)).encode(), digest_size=7).digest())

    def rand(self, count: int, *shape: int) -> Tensor:
        """Uniform in [0, 1), ``count *shape``, of the next `count` rows; on the CPU."""
        return torch.rand(self._all(count), *shape, generator=self.shared)[self._first : self._first + count]

    def randn(self, count: int, *shape: int) -> Tensor:
        """Normal, ``count *shape``; on the CPU."""
        return torch.randn(self._all(count), *shape, generator=self.shared)[self._first : self._first + count]

    def everyones(self, count: int, *shape: int) -> tuple[Tensor, slice]:
        """As `rand`, but of all rows of the batch, and which of them the next `count` are."""
        return torch.rand(self._all(count), *shape, generator=self.shared), slice(self._first, self._first + count)

    def permutations(self, count: int, length: int) -> Tensor:
        """A random order of `length` things per row, ``count length``; on the CPU."""
        return self.rand(count, length).argsort(dim=1)

    def _all(self, count: int) -> int:
        return self._first + count if self._total is None else self._total
