"""What other starts would give: intervals over seeds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Literal

from scipy.special import stdtr, stdtrit

from eyechart.core import Estimate
from eyechart.stats.pairs import Difference

FEWEST = 3  # seeds below which no interval is given


def of_seeds(
    values: Sequence[float],
    level: float = 0.95,
    *,
    chance: float | None = 0.0,
    better: Literal["higher", "lower", "neither"] = "higher",
) -> Estimate | None:
    """The mean over seeds with Student's interval; None for fewer than three.

    It holds for other starts and other orders of the same pictures, on the same items. Source: Bouthillier et al.
    2021, "Accounting for variance in machine learning benchmarks".
    """
    if len(values) < FEWEST:
        return None
    middle, reach, _ = _student(values, level)
    return Estimate(
        value=middle,
        low=middle - reach,
        high=middle + reach,
        units=len(values),
        method="Student over seeds",
        chance=chance,
        better=better,
    )


def between_seeds(first: Sequence[float], second: Sequence[float], level: float = 0.95) -> Difference | None:
    """First − second, seed by seed, by Student's paired t-test; None for fewer than three seeds."""
    gaps = [one - other for one, other in zip(first, second, strict=True)]
    if len(gaps) < FEWEST:
        return None
    middle, reach, p = _student(gaps, level)
    return Difference(
        value=middle, low=middle - reach, high=middle + reach, p=p, units=len(gaps), method="paired t over seeds"
    )


def _student(values: Sequence[float], level: float) -> tuple[float, float, float]:
    """The mean, how far its interval reaches to each side, and the two-sided p-value that it is zero."""
    middle, error = statistics.mean(values), statistics.stdev(values) / len(values) ** 0.5
    degrees = len(values) - 1
    reach = float(stdtrit(degrees, (1 + level) / 2)) * error
    if not error:
        return middle, reach, 0.0 if middle else 1.0
    return middle, reach, 2 * float(stdtr(degrees, -abs(middle) / error))
