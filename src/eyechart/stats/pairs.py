"""Two models on the same rows, and many models in one table."""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, exp, pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtrit

from eyechart.core import Statistics
from eyechart.errors import BadInput
from eyechart.stats.clusters import Clusters, Floats, Groups, clusters, finite

DEFAULT = Statistics()
ENUMERATED = 14  # groups up to which all sign flips are gone through
LATTICE = 200_000  # longest table of an exact distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Mean of a − b over shared rows, with its interval and the two-sided p-value that it is none."""

    value: float
    low: float
    high: float
    p: float
    units: int
    method: str


class RankInterval(NamedTuple):
    """Best and worst rank that the tests leave open; 1 is best."""

    best: int
    worst: int


def paired(a: ArrayLike, b: ArrayLike, groups: Groups, statistics: Statistics = DEFAULT) -> Difference:
    """Compare two columns of scores in [0, 1] row by row.

    The p-value is that of the sign-flip test by group (see `sign_flip`); for zeros and ones in groups of one row this
    is McNemar's test in its mid-p form. The interval adds one row for and one against (Bonett and Price 2012, Journal
    of Educational and Behavioral Statistics 37; recommended for matched pairs by Fagerland, Lydersen and Laake 2014),
    here half a group of typical size each, with Student's t over groups.

    Raises:
        BadInput: lengths differ or a score lies outside [0, 1].
    """
    first, second = finite(a, "scores"), finite(b, "scores")
    if len(first) != len(second):
        raise BadInput(f"paired columns have equal length; got {len(first)} and {len(second)} rows")
    grouped = clusters(groups, len(first))
    rows = first - second
    if np.abs(rows).max() > 1:
        raise BadInput("paired scores lie in [0, 1]")
    p, method = sign_flip(grouped.sums(rows))
    low, high = _difference_interval(rows, grouped, statistics)
    return Difference(value=float(rows.mean()), low=low, high=high, p=p, units=grouped.count, method=method)


def sign_flip(sums: ArrayLike) -> tuple[float, str]:
    """Two-sided mid-p-value that the groups' differences are symmetric about zero, and how it was computed.

    Over all ways to flip the signs of `sums`: P(|T| > |t|) + ½ P(|T| = |t|). Exact for multiples of the smallest (a
    convolution of binomials) and for few groups (all flips); otherwise the saddlepoint approximation of the same
    distribution (Lugannani and Rice 1980; Robinson 1982, section 2, for permutation tests), so that small p-values are
    not cut off at one over the number of flips. Mid-p because the plain exact test is far too shy (Fagerland, Lydersen
    and Laake 2013, BMC Medical Research Methodology 13, for McNemar's).
    """
    sizes = np.abs(finite(sums, "differences"))
    total = abs(float(np.sum(np.asarray(sums, dtype=np.float64))))
    sizes = sizes[sizes > 1e-12]
    if not len(sizes):
        return 1.0, "no row differs"
    unit = float(sizes.min())
    whole = np.rint(sizes / unit)
    if np.abs(sizes / unit - whole).max() < 1e-6 and whole.sum() <= LATTICE:
        values, counts = np.unique(whole.astype(np.int64), return_counts=True)
        method = "mcnemar mid-p" if (values[-1], unit) == (1, 1.0) else "sign flips by group, exact mid-p"
        return _lattice_p(values, counts, round(total / unit)), method
    if len(sizes) <= ENUMERATED:
        return _enumerated_p(sizes, total), "sign flips by group, exact mid-p"
    return _saddlepoint_p(sizes, total), "sign flips by group, saddlepoint"


def holm(p_values: ArrayLike) -> Floats:
    """Adjusted p-values that hold for the whole family (Holm 1979); in the order given."""
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1.0)
    return adjusted


def rank_intervals(differences: ArrayLike, p_values: ArrayLike, level: float = 0.95) -> list[RankInterval]:
    """Which ranks are possible for each of m models, all at once.

    ``[1 + number that are better, m − number that are worse]``, where better and worse count only when the p-value is
    at most 1 − level (simultaneous ranks from pairwise tests: Al Mohamad, Goeman and van Zwet 2022, Biometrics 78).

    Args:
        differences: ``[m, m]``; row i, column j holds i − j in the sense that higher is better.
        p_values: ``[m, m]``, already adjusted for the number of pairs; the diagonal is not read.
        level: of the simultaneous statement.
    """
    signs, p = np.sign(np.asarray(differences, dtype=np.float64)), np.array(p_values, dtype=np.float64)
    np.fill_diagonal(p, 1.0)
    sure = p <= 1 - level
    better, worse = (sure & (signs < 0)).sum(axis=1), (sure & (signs > 0)).sum(axis=1)
    return [RankInterval(1 + int(up), len(p) - int(down)) for up, down in zip(better, worse, strict=True)]


def smallest_detectable(rate: float, units: float, level: float = 0.95, power: float = 0.8) -> float:
    """The difference between two proportions near `rate`, each from its own `units` rows, that is found with `power`.

    (z + z') √(2 p (1 − p) / n), at most 1 (Cohen 1988, chapter 6, in its normal form).
    """
    _positive(units)
    return min(1.0, _reach(level, power) * sqrt(2 * rate * (1 - rate) / units))


def smallest_detectable_paired(discordant: float, units: float, level: float = 0.95, power: float = 0.8) -> float:
    """The same for two models on the same `units` rows that disagree on the share `discordant` of them.

    Solves √n δ = z √ψ + z' √(ψ − δ²) (Miettinen 1968, Biometrics 24; Connor 1987, Biometrics 43). Never more than ψ:
    models that differ by ψ win every row on which they disagree.
    """
    from scipy.optimize import brentq  # noqa: PLC0415  # slow to import, and rarely needed

    _positive(units)
    if discordant <= 0:
        return 0.0
    outer, inner = float(ndtri((1 + level) / 2)), float(ndtri(power))

    def lacking(delta: float) -> float:
        return sqrt(units) * delta - outer * sqrt(discordant) - inner * sqrt(max(discordant - delta**2, 0.0))

    return float(brentq(lacking, 0.0, discordant)) if lacking(discordant) > 0 else discordant


def _positive(units: float) -> None:
    if units <= 0:
        raise BadInput(f"a detectable difference needs at least one row; got {units}")


def _reach(level: float, power: float) -> float:
    return float(ndtri((1 + level) / 2) + ndtri(power))


def _difference_interval(rows: Floats, grouped: Clusters, statistics: Statistics) -> tuple[float, float]:
    if grouped.count == 1:
        return -1.0, 1.0
    sizes = grouped.sizes
    typical = max(1.0, float((sizes**2).sum() / sizes.sum()) / 2)
    total = len(rows) + 2 * typical
    centre = float(rows.sum()) / total
    off = grouped.sums(rows) - centre * sizes
    squares = float((off**2).sum()) + typical**2 * ((1 - centre) ** 2 + (1 + centre) ** 2)
    deviation = sqrt(squares * grouped.count / (grouped.count - 1)) / total
    reach = float(stdtrit(grouped.count - 1, (1 + statistics.level) / 2)) * deviation
    return max(centre - reach, -1.0), min(centre + reach, 1.0)


def _lattice_p(values: NDArray[np.int64], counts: NDArray[np.int64], total: int) -> float:
    """Exact: Σ over values v of v × (2 Binomial(count, ½) − count), by convolution on the integers."""
    from scipy.stats import binom  # noqa: PLC0415  # slow to import, and only two models on shared rows need it

    table = np.ones(1)
    for value, count in zip(values, counts, strict=True):
        step = np.zeros(2 * int(value) * int(count) + 1)
        step[:: 2 * int(value)] = binom.pmf(np.arange(count + 1), count, 0.5)
        table = _convolved(table, step)
    reach = (len(table) - 1) // 2
    upper = table[reach + total + 1 :].sum() + table[reach + total] / 2
    return float(min(1.0, 2 * upper))


def _convolved(table: Floats, step: Floats) -> Floats:
    from scipy.signal import fftconvolve  # noqa: PLC0415  # as above

    if min(len(table), len(step)) < 512:
        return np.asarray(np.convolve(table, step))
    return np.maximum(fftconvolve(table, step), 0.0)


def _enumerated_p(sizes: Floats, total: float) -> float:
    flips = np.zeros(1)
    for size in sizes:
        flips = np.concatenate([flips + size, flips - size])
    slack = 1e-9 * float(sizes.sum())
    beyond, level = np.abs(flips) > total + slack, np.abs(np.abs(flips) - total) <= slack
    return float(beyond.mean() + level.mean() / 2)


def _saddlepoint_p(sizes: Floats, total: float) -> float:
    """Two-sided tail of Σ ± sizes at `total`, from K(u) = Σ log cosh(u size)."""
    from scipy.optimize import brentq  # noqa: PLC0415  # as above

    scale = sqrt(float((sizes**2).sum()))
    steps, reach = sizes / scale, total / scale
    limit = float(steps.sum())
    if reach < 1e-4:
        return 1.0
    if reach >= limit * (1 - 1e-9):
        return float(0.5 ** len(sizes))  # all of one sign: one flip of two is as far, and counts half

    def slope(u: float) -> float:
        return float((steps * np.tanh(u * steps)).sum()) - reach

    far = 1.0
    while slope(far) < 0:
        far *= 2
    u = float(brentq(slope, 0.0, far, xtol=1e-12))
    cumulant = float((np.logaddexp(u * steps, -u * steps) - np.log(2)).sum())
    root = sqrt(max(2 * (u * reach - cumulant), 0.0))
    bend = u * sqrt(float((steps**2 / np.cosh(np.minimum(u * steps, 300.0)) ** 2).sum()))
    tail = erfc(root / sqrt(2)) / 2 + exp(-root * root / 2) / sqrt(2 * pi) * (1 / bend - 1 / root)
    return float(min(1.0, max(2 * tail, 0.0)))
