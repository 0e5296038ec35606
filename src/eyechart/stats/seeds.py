"""What other starts would give: intervals over seeds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Literal

from scipy.special import stdtrit

from eyechart.core import Estimate

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
    middle = statistics.mean(values)
    reach = float(stdtrit(len(values) - 1, (1 + level) / 2)) * statistics.stdev(values) / len(values) ** 0.5
    return Estimate(
        value=middle,
        low=middle - reach,
        high=middle + reach,
        units=len(values),
        method="Student over seeds",
        chance=chance,
        better=better,
    )
