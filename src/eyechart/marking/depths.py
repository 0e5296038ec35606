"""Where along a network something is told: halves, and centres of what is told above chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eyechart import stats
from eyechart.core import Estimate, Statistics

Floats = NDArray[np.float64]


def onward(hits: NDArray[Any]) -> Floats:
    """How much more the second half of the depths tells than the first, ``n b`` → ``n`` in [-1, 1].

    The middle one of an odd number belongs to neither.
    """
    half = hits.shape[1] // 2
    return np.asarray(hits[:, -half:].mean(1) - hits[:, :half].mean(1), dtype=np.float64)


def centre(hits: NDArray[Any], depths: Sequence[float], chance: float) -> Callable[[Floats], float]:
    """The mean depth of what is told above chance, for weights of the pictures; the middle where there is nothing."""
    rows, places = np.asarray(hits, dtype=np.float64), np.asarray(depths)

    def found(weights: Floats) -> float:
        above = (weights @ rows / weights.sum() - chance).clip(min=0)
        return float(above @ places / above.sum()) if above.any() else 0.5

    return found


def centres(
    kinds: dict[str, NDArray[Any]], depths: Sequence[float], groups: NDArray[Any], chance: float, how: Statistics
) -> dict[str, Estimate]:
    """``<kind>_depth``, the centre of each kind of hits ``n b`` that all depths together surely tell above chance."""
    return {
        f"{kind}_depth": stats.bootstrap(centre(hits, depths, chance), groups, how, better="neither")
        for kind, hits in kinds.items()
        if stats.proportion(hits.mean(1), groups, how).low > chance
    }


def lag(
    first: NDArray[Any],
    second: NDArray[Any],
    depths: Sequence[float],
    groups: NDArray[Any],
    chance: float,
    how: Statistics,
) -> Estimate:
    """How much deeper the centre of the second kind lies than that of the first, on the same pictures."""
    early, late = centre(first, depths, chance), centre(second, depths, chance)
    return stats.bootstrap(lambda weights: late(weights) - early(weights), groups, how, chance=0.0, better="neither")
