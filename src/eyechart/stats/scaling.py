"""What size buys: a saturating power law through a ladder of sizes, with a bootstrap over items and starts.

How well it covers is measured in ``tests/test_scaling.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from eyechart.core import Estimate, Statistics
from eyechart.errors import BadInput, Refused
from eyechart.stats.clusters import Floats, Groups, clusters, finite, resamples
from eyechart.stats.intervals import DEFAULT

FEWEST = 3  # sizes through which a law of three numbers can be laid
POWERS = 0.02, 4.0  # c is looked for between them: below, a straight line over log x; above, a step
STEPS, ZOOMS = 33, 3  # powers that are tried at once, and how often more closely
DRAWN = 64  # places of the band
METHOD = "bootstrap over items and starts"
ITEMS = "bootstrap over items"

Verdict = Literal["growing", "falling", "undecided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """score = a − b · x^(−c)."""

    a: float  # what no size exceeds
    b: float
    c: float

    def at(self, x: ArrayLike) -> Floats:
        """The score at size x."""
        return np.asarray(self.a - self.b * np.asarray(x, dtype=np.float64) ** -self.c)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Models of several sizes that answered the same rows; models of one size differ in their start alone."""

    sizes: Floats  # per model
    scores: Floats  # models × rows, in [0, 1]
    groups: Groups  # of the rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """A law with all that may be said of it."""

    law: Law
    verdict: Verdict  # whether the score moves with size at all; where it is undecided, the law says nothing
    per_doubling: Estimate  # slope of the straight line over log₂ x: what a doubling brought, on average
    gain: Estimate  # what the doubling of the largest size would bring, by the law
    limit: Estimate  # a
    power: Estimate  # c
    sizes: int
    starts: int  # models in all
    band: Sequence[tuple[float, float, float, float]]  # x, score, low, high; up to the doubled largest size


def scaling(ladder: Ladder, statistics: Statistics = DEFAULT) -> Scaling:
    """Fit by least squares on the mean of each size, 0 ≤ a ≤ 1; intervals are percentiles over redrawn ladders.

    A draw takes items by group, the same for all models, and moves every size by what another start would: Student's t
    with the spread of starts of one size, pooled over sizes. With one start per size that spread is unknown, and the
    intervals hold for these very models on other items. Source of the law: Hestness et al. 2017; Zhai et al. 2022,
    "Scaling Vision Transformers", section 2.2.

    Raises:
        Refused: fewer than three sizes.
        BadInput: a size is not above zero, or a score lies outside [0, 1].
    """
    sizes, which, counts = _rungs(ladder)
    values = np.bincount(which, weights=ladder.scores.mean(1)) / counts
    draws = _drawn(ladder, which, counts, statistics)
    laws = _fitted(sizes, np.concatenate([values[None], draws]), counts)
    units = clusters(ladder.groups, ladder.scores.shape[1]).count
    method = METHOD if len(which) > len(sizes) else ITEMS

    def estimate(column: Floats, chance: float | None = None) -> Estimate:
        value, low, high = _interval(column, statistics.level)
        return Estimate(value=value, low=low, high=high, units=units, method=method, chance=chance)

    slope = estimate(_slopes(np.log2(sizes), np.concatenate([values[None], draws]), counts), 0.0)
    along = np.geomspace(sizes[0], 2 * sizes[-1], DRAWN)
    heights = _at(laws, along)
    return Scaling(
        law=Law(a=float(laws[0][0]), b=float(laws[1][0]), c=float(laws[2][0])),
        verdict="growing" if slope.low > 0 else "falling" if slope.high < 0 else "undecided",
        per_doubling=slope,
        gain=estimate(np.diff(_at(laws, sizes[-1] * np.array([1.0, 2.0])), axis=1)[:, 0], 0.0),
        limit=estimate(laws[0]),
        power=estimate(laws[2]),
        sizes=len(sizes),
        starts=len(which),
        band=[(float(x), *_interval(column, statistics.level)) for x, column in zip(along, heights.T, strict=True)],
    )


def front(costs: Sequence[float], scores: Sequence[float]) -> list[int]:
    """Which models are not beaten: no other costs at most as much and scores at least as much, and one of both better.

    In order of cost. Source: Pareto's optimum, on the measured scores.
    """
    order = sorted(range(len(costs)), key=lambda place: (costs[place], -scores[place]))
    kept: list[int] = []
    for place in order:
        best = kept[-1] if kept else None
        level = best is not None and (costs[place], scores[place]) == (costs[best], scores[best])
        if best is None or scores[place] > scores[best] or level:
            kept.append(place)
    return kept


def _rungs(ladder: Ladder) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.intp]], Floats]:
    """The distinct sizes, which of them each model has, and how many models each has."""
    given = finite(ladder.sizes, "sizes")
    if ladder.scores.ndim != 2 or len(given) != len(ladder.scores):
        raise BadInput(f"one row of scores per size is expected; got {ladder.scores.shape} for {len(given)} sizes")
    if not np.isfinite(ladder.scores).all() or ladder.scores.min() < 0 or ladder.scores.max() > 1:
        raise BadInput("scores lie in [0, 1]")
    if given.min(initial=1.0) <= 0:
        raise BadInput(f"a size is above zero; got {given.min():g}")
    sizes, which = np.unique(given, return_inverse=True)
    if len(sizes) < FEWEST:
        raise Refused(f"a law needs models of {FEWEST} sizes at least; there are {len(sizes)}")
    return sizes, which, np.bincount(which).astype(np.float64)


def _drawn(
    ladder: Ladder, which: np.ndarray[tuple[int], np.dtype[np.intp]], counts: Floats, statistics: Statistics
) -> Floats:
    """The mean score of each size in redrawn ladders, ``r k``."""
    grouped = clusters(ladder.groups, ladder.scores.shape[1])
    sums = np.stack([grouped.sums(row) for row in ladder.scores], axis=1)
    blocks = resamples(grouped.count, statistics)
    models = np.concatenate([block @ sums / (block @ grouped.sizes)[:, None] for block in blocks])
    means = np.stack([models[:, which == rung].mean(1) for rung in range(len(counts))], axis=1)
    values = ladder.scores.mean(1)
    free = len(which) - len(counts)
    if free == 0:
        return means
    off = values - (np.bincount(which, weights=values) / counts)[which]
    rng = np.random.default_rng([statistics.seed, 1])
    spread = np.sqrt((off**2).sum() / rng.chisquare(free, size=len(means)))
    return np.asarray(means + spread[:, None] * rng.standard_normal(means.shape) / np.sqrt(counts))


def _fitted(sizes: Floats, values: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """a, b and c of the law nearest to each row of `values`, ``r k``; for a given c the rest is linear regression."""
    middle = float(np.exp(np.log(sizes).mean()))
    low, high = (np.full(len(values), np.log(end)) for end in POWERS)
    for _ in range(ZOOMS):
        powers = np.exp(low[:, None] + (high - low)[:, None] * np.linspace(0, 1, STEPS))
        a, b, off = _regressed((sizes / middle) ** -powers[..., None], values[:, None], weights)
        best = off.argmin(1)[:, None]
        centre, reach = np.log(np.take_along_axis(powers, best, 1))[:, 0], (high - low) / (STEPS - 1)
        low, high = (np.clip(end, *np.log(POWERS)) for end in (centre - reach, centre + reach))
    a, b, c = (np.take_along_axis(found, best, 1)[:, 0] for found in (a, b, powers))
    return a, b * middle**c, c


def _regressed(z: Floats, y: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """The numbers a and b of y = a − b z with 0 ≤ a ≤ 1, and the weighted squares that are left, over the last axis."""
    share = weights / weights.sum()
    mean_z, mean_y = (z * share).sum(-1), (y * share).sum(-1)
    b = -(share * (z - mean_z[..., None]) * (y - mean_y[..., None])).sum(-1)
    b = b / (share * (z - mean_z[..., None]) ** 2).sum(-1)
    a = mean_y + b * mean_z
    bound = np.clip(a, 0.0, 1.0)
    b = np.where(a == bound, b, (share * z * (bound[..., None] - y)).sum(-1) / (share * z**2).sum(-1))
    return bound, b, (share * (y - bound[..., None] + b[..., None] * z) ** 2).sum(-1)


def _slopes(x: Floats, values: Floats, weights: Floats) -> Floats:
    centred = x - (x * weights).sum() / weights.sum()
    return np.asarray((values * weights * centred).sum(1) / (weights * centred**2).sum())


def _at(laws: tuple[Floats, Floats, Floats], x: Floats) -> Floats:
    a, b, c = (column[:, None] for column in laws)
    return np.asarray(a - b * x**-c)


def _interval(column: Floats, level: float) -> tuple[float, float, float]:
    """The first entry, and percentiles of the others, which are widened to hold it."""
    value, (low, high) = float(column[0]), np.quantile(column[1:], [(1 - level) / 2, (1 + level) / 2])
    return value, min(float(low), value), max(float(high), value)
