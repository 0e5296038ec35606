"""Intervals for numbers in [0, 1] that are no mean of independent rows, from how much each unit moves them."""

from __future__ import annotations

from numpy.typing import ArrayLike

from eyechart.core import Estimate, Statistics
from eyechart.errors import BadInput
from eyechart.stats.clusters import Groups, clusters, finite
from eyechart.stats.intervals import CLUSTERED, DEFAULT, Better, few_groups, wilson


def influenced(
    value: float,
    influence: ArrayLike,
    groups: Groups,
    statistics: Statistics = DEFAULT,
    *,
    chance: float | None = None,
    better: Better = "higher",
) -> Estimate:
    """A number in [0, 1] with the interval of `wilson` at an effective number of units.

    Its variance is the sum over groups of squared influences: of the slopes of the number in the weight of each row,
    which add up to zero (the infinitesimal jackknife: Efron and Tibshirani 1993, chapter 22). As in `area` half a unit
    that is all wrong and half a unit that is all right come to it, so that a perfect number has an interval.

    Raises:
        BadInput: the number lies outside [0, 1], or groups and influences differ in number.
        Refused: an influence is not a finite number.
    """
    slopes = finite(influence, "influences")
    grouped = clusters(groups, len(slopes))
    if not 0 <= value <= 1:
        raise BadInput(f"a number in [0, 1] is expected; got {value:g}")
    units = grouped.count
    spread = float((grouped.sums(slopes) ** 2).sum()) * (units / (units - 1) if units > 1 else 1.0)
    smooth = (value * units + 0.5) / (units + 1)
    variance = (spread * units**2 + 0.5 * ((1 - smooth) ** 2 + smooth**2)) / (units + 1) ** 2
    effective = smooth * (1 - smooth) / variance * few_groups(grouped, statistics)
    low, high = wilson(value * effective, effective, statistics.level) if effective > 0 else (0.0, 1.0)
    return Estimate(value=value, low=low, high=high, units=units, method=CLUSTERED, chance=chance, better=better)
