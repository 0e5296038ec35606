"""Rows that are not independent: what is resampled, counted and summed as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eyechart.core import Statistics
from eyechart.errors import BadInput, Refused

Floats = NDArray[np.float64]
Groups = Sequence[str] | NDArray[np.str_] | NDArray[np.integer]  # names or numbers, one per row
CELLS = 1 << 19  # of one block of resamples, so that it stays in the processor's cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """Which of `count` groups each row belongs to."""

    codes: NDArray[np.intp]  # [n]
    count: int

    @property
    def single(self) -> bool:
        """Every row stands alone."""
        return self.count == len(self.codes)

    @property
    def sizes(self) -> Floats:
        """Rows per group."""
        return np.bincount(self.codes, minlength=self.count).astype(np.float64)

    def sums(self, rows: Floats) -> Floats:
        """Sum of `rows` per group."""
        return np.asarray(np.bincount(self.codes, weights=rows, minlength=self.count), dtype=np.float64)


def clusters(groups: Groups, rows: int) -> Clusters:
    """Number the groups of `rows` rows. Raises `BadInput` when the lengths differ or there is no row."""
    if len(groups) != rows:
        raise BadInput(f"one group per row is expected: got {len(groups)} groups for {rows} rows")
    if rows == 0:
        raise BadInput("there is no row to compute anything from")
    names, codes = np.unique(np.asarray(groups), return_inverse=True)
    return Clusters(codes=codes, count=len(names))


def finite(values: ArrayLike, what: str) -> Floats:
    """As float64 of one dimension. Raises `Refused` when a value is not a finite number."""
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1:
        raise BadInput(f"{what}: one number per row is expected; got an array of shape {numbers.shape}")
    wrong = int((~np.isfinite(numbers)).sum())
    if wrong:
        raise Refused(f"{what}: {wrong} of {len(numbers)} rows are not finite numbers, so there is no estimate")
    return numbers


def resamples(count: int, statistics: Statistics) -> Iterator[Floats]:
    """How often each of `count` groups is drawn, in blocks ``[r, count]`` of `statistics.resamples` rows in all."""
    rng = np.random.default_rng(statistics.seed)
    block = max(1, CELLS // count)
    for start in range(0, statistics.resamples, block):
        size = min(block, statistics.resamples - start)
        drawn = rng.integers(count, size=(size, count)) + np.arange(size)[:, None] * count
        yield np.bincount(drawn.ravel(), minlength=size * count).reshape(size, count).astype(np.float64)
