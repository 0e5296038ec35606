"""Grades of order: what rows say of neighbourhoods, with the classes as the independent units.

A class counts twice, as what is looked from and as what is looked at, for a class that lies at an odd place spoils the
order around all others. So intervals move the weight of a class in both roles (Snijders and Borgatti 1999, Connections
22, the vertex bootstrap), which is rather too wide where only pairs of classes are at random.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from eyechart import stats
from eyechart.core import Estimate, Sheet, Statistics
from eyechart.marking.neighbourhoods import Floats, correlation

FAR = 1e9  # beyond all heights
PERMUTATIONS = 1999


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """The rows of a sheet by class."""

    names: NDArray[Any]  # [c], all classes that are shown
    codes: NDArray[np.int64]  # [n], the class of each row
    heights: Floats  # [n, c], from the class of each row
    counts: Floats  # [c], pictures of each class, also those without a row

    @classmethod
    def of(cls, sheet: Sheet) -> Kin:
        """Classes without pictures are left out."""
        return cls(
            names=np.array(sheet.facts["classes"], dtype=np.str_),
            codes=sheet["code"].astype(np.int64),
            heights=sheet["heights"].astype(np.float64),
            counts=np.array(sheet.facts["counts"], dtype=np.float64),
        )

    @property
    def others(self) -> Floats:
        """``[n, c]``: how many pictures of each other class there are."""
        return np.asarray(self.counts * (np.arange(len(self.names)) != self.codes[:, None]))

    @property
    def nearest(self) -> Floats:
        """``[n, c]``: 1 for the classes that are nearest kin of the row's, siblings where it has any."""
        apart = np.where(self.others > 0, self.heights, FAR)
        return np.asarray((apart == apart.min(1, keepdims=True)).astype(np.float64))

    def gains(self, count: int) -> Floats:
        """``[n, c]``: what a neighbour of each class is worth: 0 at random, and 1 on average over the best `count`."""
        others = self.others
        usual = (others * self.heights).sum(1) / others.sum(1)
        order = np.argsort(np.where(others > 0, self.heights, FAR), axis=1, kind="stable")
        ranked = np.take_along_axis(others, order, 1)
        taken = np.minimum(ranked, np.maximum(count - (np.cumsum(ranked, 1) - ranked), 0))
        best = (taken * np.take_along_axis(self.heights, order, 1)).sum(1) / taken.sum(1)
        return np.asarray((usual[:, None] - self.heights) / (usual - best)[:, None])

    def table(self, rows: Floats) -> Floats:
        """Sums of ``[n, c]`` over the rows of each class, ``[c, c]``."""
        sums = np.zeros((len(self.names), len(self.names)))
        np.add.at(sums, self.codes, rows)
        return sums

    def square(self, rows: Floats) -> Floats:
        """``[n, c]`` that is the same for all rows of a class, as a symmetric ``[c, c]``."""
        full = np.zeros((len(self.names), len(self.names)))
        full[self.codes] = rows
        return np.maximum(full, full.T)


def in_order(sheet: Sheet, which: str, statistics: Statistics) -> Estimate:
    """The mean of the column `which` over the rows that have it, by its column ``sway_…`` of slopes."""
    kin, asked = Kin.of(sheet), sheet[f"asked_{which}"]
    scores = sheet[which][asked].astype(np.float64)
    value = float(scores.mean())
    own = np.bincount(kin.codes[asked], scores - value, minlength=len(kin.names))
    slopes = (sheet[f"sway_{which}"][asked].astype(np.float64).sum(0) + own) / len(scores)
    return stats.influenced(value, slopes, kin.names, statistics, chance=0.5)


def index(share: Estimate) -> Estimate:
    """A share with a chance of one half on the scale where chance is 0 and perfection 1."""
    return replace(
        share,
        value=2 * share.value - 1,
        low=2 * share.low - 1,
        high=2 * share.high - 1,
        chance=0.0,
        method="twice the share less one",
    )


def neighbourhoods(sheet: Sheet, statistics: Statistics) -> Iterator[tuple[str, Estimate]]:
    """How near in the tree the nearest pictures of other classes are, by their number, and whether one is a sibling."""
    kin, counts = Kin.of(sheet), sheet.facts["neighbours"]
    around = sheet["around"].astype(np.float64).reshape(len(sheet), len(counts), -1)
    for place, count in enumerate(counts):
        shares = around[:, place]
        worth, mass = kin.table(shares * kin.gains(count)), kin.table(shares)
        found = stats.bootstrap(partial(_ratio, worth, mass), kin.names, statistics, chance=0.0)
        yield f"near_{count}", replace(found, high=min(found.high, max(found.value, 1.0)))
    kindred = kin.nearest
    worth, mass = kin.table(around[:, 0] * kindred), kin.table(around[:, 0])
    value = float(worth.sum() / mass.sum())
    slopes = (worth - value * mass).sum(0) + (worth - value * mass).sum(1)
    chance = float(((kindred * kin.others).sum(1) / kin.others.sum(1)).mean())
    yield "sibling", stats.influenced(value, slopes / mass.sum(), kin.names, statistics, chance=chance)


def mantel(sheet: Sheet, statistics: Statistics) -> Iterator[tuple[str, Estimate]]:
    """Spearman's correlation of distances of class means with heights in the tree, and its p-value.

    The p-value is the share of permutations of the classes that correlate as well (Mantel 1967), itself counted.
    """
    kin = Kin.of(sheet)
    size = len(kin.names)
    pairs = np.triu_indices(size, 1)
    apart, heights = kin.square(sheet["centroid"].astype(np.float64)), kin.square(kin.heights)
    first, second = rankdata(apart[pairs]), rankdata(heights[pairs])
    found = stats.bootstrap(
        lambda weights: correlation(first, second, weights[pairs[0]] * weights[pairs[1]]),
        kin.names,
        statistics,
        chance=0.0,
    )
    yield "mantel", found
    ranks = np.zeros((size, size))
    ranks[pairs] = second
    ranks += ranks.T
    rng = np.random.default_rng(statistics.seed)
    drawn = (rng.permutation(size) for _ in range(PERMUTATIONS))
    as_good = sum(correlation(first, ranks[dealt[pairs[0]], dealt[pairs[1]]]) >= found.value - 1e-12 for dealt in drawn)
    low, high = stats.wilson(1 + as_good, 1 + PERMUTATIONS, statistics.level)
    yield (
        "mantel_p",
        Estimate(
            value=(1 + as_good) / (1 + PERMUTATIONS),
            low=low,
            high=high,
            units=size,
            method="permutations of the classes",
            better="lower",
        ),
    )


def _ratio(worth: Floats, mass: Floats, weights: Floats) -> float:
    """0 where all weight lies on classes that do not neighbour each other."""
    total = float(weights @ mass @ weights)
    return float(weights @ worth @ weights) / total if total > 0 else 0.0
