"""How much two kinds of scores share, and intervals for numbers that noise moves one way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from eyechart.core import Estimate

Floats = NDArray[np.float64]
BINS = 32  # of the histograms whose shared area is the overlap
SHUFFLES = 200  # of who is matched, for the overlap that a dead model has


def shared(own: Floats, others: Floats) -> Callable[[Floats], float]:
    """The overlap coefficient of two histograms given by row: Σ over bins of the smaller share."""

    def grade(weights: Floats) -> float:
        first, second = weights @ own, weights @ others
        return float(np.minimum(first / first.sum(), second / second.sum()).sum())

    return grade


def histograms(matched: Floats, others: Floats, seed: int) -> tuple[tuple[Floats, Floats], float]:
    """Bins of every row's matched and unrelated scores, and the overlap when it is drawn who is matched."""
    low, high = min(matched.min(), others.min()), max(matched.max(), others.max())
    table = np.column_stack([matched, others])
    bins = np.minimum((table - low) / max(high - low, 1e-9) * BINS, BINS - 1).astype(np.int64)
    one = np.eye(BINS)[bins]
    total, once, row = one.sum(1), np.ones(len(bins)), np.arange(len(bins))
    rng = np.random.default_rng(seed)
    drawn = [one[row, rng.integers(table.shape[1], size=len(row))] for _ in range(SHUFFLES)]
    dead = float(np.mean([shared(own, total - own)(once) for own in drawn]))
    return (one[:, 0], total - one[:, 0]), dead


def reversed_interval(found: Estimate, least: float = 0.0, most: float = 1.0) -> Estimate:
    """The bootstrap interval mirrored at the value, for numbers that noise moves one way (a spread, an overlap).

    A resample is noisier than the sample by as much as the sample is than the truth (Efron and Tibshirani 1993, section
    13.4, the basic interval).
    """
    low, high = max(least, 2 * found.value - found.high), min(most, 2 * found.value - found.low)
    return replace(found, low=low, high=high, method="cluster bootstrap, mirrored")
