"""How much better one column is than another on the same rows, as an estimate."""

from __future__ import annotations

from typing import Any, Literal

from numpy.typing import NDArray

from eyechart import stats
from eyechart.core import Estimate, Statistics


def gap(
    first: NDArray[Any],
    second: NDArray[Any],
    groups: NDArray[Any],
    statistics: Statistics,
    *,
    better: Literal["higher", "lower", "neither"],
) -> Estimate:
    """Mean of first − second over rows with scores in [0, 1], with the interval of `stats.paired`; its chance is 0."""
    found = stats.paired(first, second, groups, statistics)
    return Estimate(
        value=found.value,
        low=found.low,
        high=found.high,
        units=found.units,
        method="paired, by group",
        chance=0.0,
        better=better,
    )
