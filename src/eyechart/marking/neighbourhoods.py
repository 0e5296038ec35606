"""What lies around each picture: how tidy its own class is, and whether other classes come in the order of a tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray
from scipy.stats import rankdata
from torch import Tensor
from torch.nn.functional import normalize

from eyechart.marking.pairs import DECIMALS

Floats = NDArray[np.float64]


class Order(NamedTuple):
    """How far the pictures around one stand in the order of the tree, and what each class contributes to it."""

    score: float  # 1 in order, 1/2 at random, 0 in reverse
    sway: Floats  # [c]: the slope of the score in the weight of each class; adds up to 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """Pictures with their classes and cosine distances, and the heights of a tree over the classes."""

    labels: NDArray[np.int64]  # [n]
    apart: Floats  # [n, n], rounded, so that rounding breaks no tie
    heights: NDArray[np.int64]  # [c, c]

    @property
    def own(self) -> NDArray[np.bool_]:
        """``[n, n]``: pictures of one class, the diagonal too."""
        return np.asarray(self.labels[:, None] == self.labels)

    def order(self, at: int, among: NDArray[np.bool_]) -> Order | None:
        """Of the pictures `among` those of other classes, seen from one picture; None where they are all as far away.

        Every branch above the class counts once: the chance that a picture of another class from within the branch
        lies nearer than one from outside, ties counted half. The score is the mean over branches.
        """
        others = among & (self.labels != self.labels[at])
        labels, heights = self.labels[others], self.heights[self.labels[at], self.labels[others]]
        limits = np.unique(heights)[:-1]
        if not len(limits):
            return None
        level = np.unique(self.apart[at, others], return_inverse=True)[1]
        found = [_branch(level, heights <= limit) for limit in limits]
        weights = np.mean([slopes for _, slopes in found], axis=0)
        return Order(
            score=float(np.mean([share for share, _ in found])),
            sway=np.asarray(np.bincount(labels, weights, minlength=len(self.heights)), dtype=np.float64),
        )

    def around(self, at: int, counts: Sequence[int]) -> Floats:
        """Shares of the classes among the nearest pictures of other classes, ``[r, c]``; ties at expectation."""
        others = np.flatnonzero(self.labels != self.labels[at])
        shares = [expected_members(self.apart[at, others], count) / count for count in counts]
        return np.stack([np.bincount(self.labels[others], share, minlength=len(self.heights)) for share in shares])

    def nearest(self, at: int) -> NDArray[np.int64]:
        """The nearest picture of another class; several where they are as near."""
        others = np.flatnonzero(self.labels != self.labels[at])
        apart = self.apart[at, others]
        return others[apart == apart.min()]

    def purity(self, k: int) -> Floats:
        """Share of the own class among the k nearest of each picture, of fewer where the class is smaller."""
        members = np.bincount(self.labels)
        found = []
        for at, label in enumerate(self.labels):
            rest = np.arange(len(self.labels)) != at
            few = min(k, int(members[label]) - 1)
            near = expected_members(self.apart[at, rest], few)
            found.append(near[self.labels[rest] == label].sum() / few)
        return np.array(found)

    def silhouettes(self) -> Floats:
        """(b − a) / max(a, b) of each picture: mean distance to its own class and to the nearest other one.

        Source: Rousseeuw 1987; 0 where both are 0.
        """
        members = np.bincount(self.labels, minlength=len(self.heights))
        present = np.flatnonzero(members)
        member = (self.labels[:, None] == present).astype(np.float64)
        means = self.apart @ member / members[present]
        mine = member.astype(bool)
        inner = means[mine] * members[self.labels] / (members[self.labels] - 1)
        outer = np.where(mine, np.inf, means).min(1)
        largest = np.maximum(inner, outer)
        return np.divide(outer - inner, largest, out=np.zeros_like(inner), where=largest > 0)

    def rank_correlation(self, at: int) -> float:
        """Spearman's, of distance and height over all pictures of other classes; 0 where nothing varies."""
        others = self.labels != self.labels[at]
        return correlation(
            rankdata(self.apart[at, others]), rankdata(self.heights[self.labels[at], self.labels[others]])
        )

    def rings(self, at: int, size: int, count: int) -> float:
        """How often the next ring of `size` pictures of other classes is taxonomically farther; a draw counts half."""
        others = self.labels != self.labels[at]
        apart, heights = self.apart[at, others], self.heights[self.labels[at], self.labels[others]].astype(np.float64)
        order = np.argsort(apart, kind="stable")[: size * count]
        _, level = np.unique(apart, return_inverse=True)
        expected = (np.bincount(level, heights) / np.bincount(level))[level[order]].round(9)
        means = expected[: len(order) // size * size].reshape(-1, size).mean(1).round(9)
        steps = np.sign(np.diff(means))
        return float((steps.mean() + 1) / 2) if len(steps) else 0.5


def space(features: Float[Tensor, "n d"], labels: NDArray[np.int64], heights: NDArray[np.int64]) -> Space:
    """Cosine distances of raw features."""
    near = normalize(features.double(), dim=1).numpy()
    return Space(labels=labels, apart=np.maximum(1 - near @ near.T, 0).round(DECIMALS), heights=heights)


def centroids(features: Float[Tensor, "n d"], labels: NDArray[np.int64], classes: int) -> Floats:
    """Cosine distances of class means of normalised features, ``[c, c]``; 0 for classes without pictures."""
    near = normalize(features.double(), dim=1).numpy()
    sums = np.zeros((classes, near.shape[1]))
    np.add.at(sums, labels, near)
    means = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    apart = np.maximum(1 - means @ means.T, 0).round(DECIMALS)
    present = np.bincount(labels, minlength=classes) > 0
    return np.asarray(apart * present * present[:, None])


def expected_members(apart: Floats, k: int) -> Floats:
    """The chance of each to be among the k nearest when ties are put in random order."""
    last = np.partition(apart, k - 1)[k - 1]
    nearer, level = apart < last, apart == last
    return np.asarray(nearer + level * ((k - nearer.sum()) / level.sum()))


def correlation(first: Floats, second: Floats, weights: Floats | None = None) -> float:
    """Pearson's; 0 where one of the two does not vary."""
    mass = np.ones(len(first)) if weights is None else weights
    if not mass.sum() > 0:
        return 0.0
    a, b = first - np.average(first, weights=mass), second - np.average(second, weights=mass)
    size = float(mass @ a**2) * float(mass @ b**2)
    return float(np.clip(mass @ (a * b) / np.sqrt(size), -1, 1)) if size > 0 else 0.0


def _branch(level: NDArray[np.intp], inside: NDArray[np.bool_]) -> tuple[float, Floats]:
    """The chance that one from inside is nearer than one from outside, and its slope in the weight of each picture.

    `level` counts the distinct distances, the nearest first.
    """
    within, without = np.bincount(level[inside], minlength=level.max() + 1), np.bincount(level[~inside])
    without = np.pad(without, (0, len(within) - len(without)))
    count, rest = int(within.sum()), int(without.sum())
    farther = (rest - np.cumsum(without) + without / 2) / rest
    nearer = (np.cumsum(within) - within / 2) / count
    placed = np.where(inside, farther[level], nearer[level])
    share = float(farther @ within) / count
    return share, (placed - share) / np.where(inside, count, rest)
