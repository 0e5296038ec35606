"""Intervals for one number: proportions, balanced accuracies, areas, means, and anything else by the bootstrap.

How well they cover is measured in ``tests/test_stats.py``. For single proportions the coverage is a sum, not a
simulation: with n = 50…1000 and p = .5….99 plain Wilson at 95 % falls to 89.4 % (n = 50, p = .989), the interval used
here to 93.2 % (n = 51, p = .510) and it is 1.4 % wider on average. The alternatives are wider: Wilson with half the
usual continuity correction has 93.8 % at 3.3 % more width, with all of it, or Clopper–Pearson, 95.0 % at 6.5 %.
For groups, the percentile bootstrap covers a proportion of .99 in 32–90 % of cases; the interval used here stayed at
94 % or more for 30–300 groups of 2–15 rows and intra-class correlations of .02–.9, where it is rather too wide.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, ndtr, ndtri, stdtrit

from eyechart.core import Estimate, Statistics
from eyechart.errors import BadInput, Refused
from eyechart.stats.clusters import Clusters, Floats, Groups, clusters, finite, resamples
from eyechart.stats.measures import auroc

Better = Literal["higher", "lower", "neither"]
SINGLE, CLUSTERED = "wilson-jeffreys", "wilson-jeffreys, clustered"
DEFAULT = Statistics()
_ROUNDING = 1e-9


def wilson(successes: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """The interval of a proportion: Wilson's, widened to Jeffreys' wherever that reaches further.

    Wilson fails next to 0 and 1, Jeffreys elsewhere, and nowhere both; each alone is recommended by Brown, Cai and
    DasGupta (2001, Statistical Science 16, sections 3.1.1 and 4.1.2), who also show where each fails. `successes` may
    be a fraction, since ties are scored at expectation, and `n` an effective number of rows.

    Raises:
        BadInput: not 0 ≤ successes ≤ n, or n is not positive.
    """
    if not 0 <= successes <= n or n <= 0:
        raise BadInput(f"a proportion needs 0 ≤ successes ≤ n and n > 0; got {successes} of {n}")
    rest = (1 - level) / 2
    z, share = float(ndtri(1 - rest)), successes / n
    scale = 1 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / scale
    posterior = successes + 0.5, n - successes + 0.5
    low = min(centre - half, float(betaincinv(*posterior, rest)))
    high = max(centre + half, float(betaincinv(*posterior, 1 - rest)))
    return (0.0 if successes == 0 else max(low, 0.0)), (1.0 if successes == n else min(high, 1.0))


def proportion(
    scores: ArrayLike,
    groups: Groups,
    statistics: Statistics = DEFAULT,
    *,
    chance: float | None = None,
    better: Better = "higher",
) -> Estimate:
    """The mean of scores in [0, 1] with the interval of `wilson`; grouped rows count as fewer.

    Fractional scores vary less than zeros and ones of the same mean, so for them the interval is rather too wide.
    Groups: n is divided by the design effect (Kish 1965, chapter 5) and by (t/z)² for few groups (Korn and Graubard
    1998, Survey Methodology 24). See `_design_effect` for what keeps it honest when hardly anything is wrong.

    Raises:
        BadInput: a score lies outside [0, 1], or groups and scores differ in number.
        Refused: a score is not a finite number.
    """
    rows, grouped = _scores(scores, groups)
    effective = _effective(len(rows), rows, grouped, statistics)
    return _estimate(float(rows.mean()), effective, grouped, statistics, chance=chance, better=better)


def balanced(
    scores: ArrayLike,
    classes: ArrayLike,
    groups: Groups,
    statistics: Statistics = DEFAULT,
    *,
    chance: float | None = None,
) -> Estimate:
    """The mean over classes of the mean score in each class ("mean per-class recall"), with its interval.

    The number of rows that counts is p (1 − p) over the variance of the stratified mean, in which each class has the
    recall (x + ½) / (n + 1); groups are treated as in `proportion`.
    """
    rows, grouped = _scores(scores, groups)
    _, codes = np.unique(np.asarray(classes), return_inverse=True)
    counts = np.bincount(codes)
    right = np.bincount(codes, weights=rows)
    smooth = (right + 0.5) / (counts + 1)
    variance = (smooth * (1 - smooth) / counts).sum() / len(counts) ** 2
    alone = smooth.mean() * (1 - smooth.mean()) / variance
    effective = _effective(alone, rows, grouped, statistics)
    return _estimate(float((right / counts).mean()), effective, grouped, statistics, chance=chance)


def area(
    scores: ArrayLike, truth: ArrayLike, groups: Groups, statistics: Statistics = DEFAULT, *, chance: float = 0.5
) -> Estimate:
    """The area under the ROC curve, ties counted half, with the interval of `wilson` at an effective number of rows.

    The variance is that of the placements (DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44), summed by group; to
    it comes half a misplaced and half a rightly placed row of the rarer kind, so that a perfect area has an interval.

    Raises:
        BadInput: `truth` holds only one kind, or lengths differ.
    """
    rows, grouped = finite(scores, "scores"), clusters(groups, len(np.asarray(scores)))
    positive = np.asarray(truth, dtype=bool)
    value = auroc(rows[positive], rows[~positive])
    few = float(min(positive.sum(), (~positive).sum()))
    placed = np.where(positive, _placement(rows, rows[~positive]), 1 - _placement(rows, rows[positive]))
    share = np.where(positive, 1 / positive.sum(), 1 / (~positive).sum())
    spread = float((grouped.sums((placed - value) * share) ** 2).sum()) * _unbiased(grouped)
    smooth = (value * few + 0.5) / (few + 1)
    variance = (spread * few**2 + 0.5 * ((1 - smooth) ** 2 + smooth**2)) / (few + 1) ** 2
    effective = smooth * (1 - smooth) / variance * few_groups(grouped, statistics)
    return _estimate(value, min(effective, len(rows)), grouped, statistics, chance=chance)


def mean(
    values: ArrayLike,
    groups: Groups,
    statistics: Statistics = DEFAULT,
    *,
    chance: float | None = None,
    better: Better = "higher",
) -> Estimate:
    """The mean of numbers without bounds (losses, errors) by the studentised cluster bootstrap.

    Studentised, because the percentile bootstrap is too narrow for few groups and skewed values (Efron and Tibshirani
    1993, section 12.5); at least as wide as Student's where hardly any value differs from the others. For scores in
    [0, 1] take `proportion`.
    """
    rows, grouped = finite(values, "values"), clusters(groups, len(np.asarray(values)))
    value = float(rows.mean())
    sizes = grouped.sizes
    off = grouped.sums(rows - value)
    deviation = sqrt(float((off**2).sum()) * _unbiased(grouped)) / len(rows)
    table = np.stack([off, sizes, off**2, off * sizes, sizes**2], axis=1)
    drawn = np.concatenate([block @ table for block in resamples(grouped.count, statistics)])
    shift = drawn[:, 0] / drawn[:, 1]
    squares = drawn[:, 2] - 2 * shift * drawn[:, 3] + shift**2 * drawn[:, 4]
    alive = squares > _ROUNDING * drawn[:, 2]  # a resample of equal values has no spread but that of rounding
    low = high = value
    if deviation > 0 and alive.any():
        ratio = shift[alive] * drawn[alive, 1] / np.sqrt(squares[alive] * _unbiased(grouped))
        rest = (1 - statistics.level) / 2
        reach = np.quantile(ratio, [1 - rest, rest])
        low, high = value - deviation * float(reach[0]), value - deviation * float(reach[1])
        if not alive.all():  # so few rows differ that some resamples miss them all
            student = deviation * float(stdtrit(grouped.count - 1, 1 - rest))
            low, high = min(low, value - student), max(high, value + student)
    return Estimate(
        value=value,
        low=low,
        high=high,
        units=grouped.count,
        method="studentised cluster bootstrap",
        chance=chance,
        better=better,
    )


def bootstrap(
    grade: Callable[[Floats], float],
    groups: Groups,
    statistics: Statistics = DEFAULT,
    *,
    chance: float | None = None,
    better: Better = "higher",
) -> Estimate:
    """Any number that `grade` computes from row weights ``[n]`` (how often each row was drawn), by resampling groups.

    Percentiles are moved outwards for few groups (Hesterberg 2015, The American Statistician 69, section 5.3). A value
    on the border of what is possible gets an interval of no width: take `proportion`, `balanced` or `area` there.

    Raises:
        Refused: `grade` gives something that is not a finite number.
    """
    grouped = clusters(groups, len(groups))
    value = _graded(grade, np.ones(len(groups)))
    drawn = [
        _graded(grade, weights[grouped.codes]) for block in resamples(grouped.count, statistics) for weights in block
    ]
    rest = (1 - statistics.level) / 2
    if grouped.count > 1:
        rest = float(ndtr(sqrt(_unbiased(grouped)) * stdtrit(grouped.count - 1, rest)))
    low, high = np.quantile(drawn, [rest, 1 - rest])
    return Estimate(
        value=value,
        low=min(float(low), value),
        high=max(float(high), value),
        units=grouped.count,
        method="cluster bootstrap",
        chance=chance,
        better=better,
    )


def _graded(grade: Callable[[Floats], float], weights: Floats) -> float:
    value = float(grade(weights))
    if not np.isfinite(value):
        raise Refused(f"a resample was graded {value}, so there is no interval")
    return value


def _scores(scores: ArrayLike, groups: Groups) -> tuple[Floats, Clusters]:
    rows = finite(scores, "scores")
    grouped = clusters(groups, len(rows))
    if rows.min() < 0 or rows.max() > 1:
        raise BadInput(f"scores lie in [0, 1]; got {rows.min():g} to {rows.max():g}")
    return rows, grouped


def _effective(alone: float, rows: Floats, grouped: Clusters, statistics: Statistics) -> float:
    """How many independent rows these are worth, when they would be worth `alone` without groups."""
    if grouped.single:
        return float(alone)
    return float(alone) / _design_effect(rows, grouped) * few_groups(grouped, statistics)


def _design_effect(rows: Floats, grouped: Clusters) -> float:
    """Variance of the mean over what it would be without groups; at least 1.

    Half a group that is all right and half a group that is all wrong are added, as Jeffreys adds half a row of each:
    without them a handful of bad groups is taken for no clustering at all.
    """
    sizes, right = grouped.sizes, grouped.sums(rows)
    typical = float((sizes**2).sum() / sizes.sum())
    total = len(rows) + typical
    share = (rows.sum() + typical / 2) / total
    squares = float(((right - share * sizes) ** 2).sum()) + typical**2 * (share**2 + (1 - share) ** 2) / 2
    return max(1.0, squares * _unbiased(grouped) / (total * share * (1 - share)))


def _unbiased(grouped: Clusters) -> float:
    return grouped.count / (grouped.count - 1) if grouped.count > 1 else 1.0


def few_groups(grouped: Clusters, statistics: Statistics) -> float:
    """(z/t)²: by how much fewer rows count when their spread is estimated from few groups; 0 for a single group."""
    upper = (1 + statistics.level) / 2
    if grouped.count == 1:
        return 0.0
    return float((ndtri(upper) / stdtrit(grouped.count - 1, upper)) ** 2)


def _placement(rows: Floats, among: Floats) -> Floats:
    """For each row the share of `among` that lies below it, ties counted half."""
    ordered = np.sort(among)
    below, upto = np.searchsorted(ordered, rows, "left"), np.searchsorted(ordered, rows, "right")
    return np.asarray((below + upto) / (2 * len(ordered)))


def _estimate(
    value: float,
    effective: float,
    grouped: Clusters,
    statistics: Statistics,
    *,
    chance: float | None = None,
    better: Better = "higher",
) -> Estimate:
    low, high = wilson(value * effective, effective, statistics.level) if effective > 0 else (0.0, 1.0)
    return Estimate(
        value=value,
        low=low,
        high=high,
        units=grouped.count,
        method=SINGLE if grouped.single else CLUSTERED,
        chance=chance,
        better=better,
    )
