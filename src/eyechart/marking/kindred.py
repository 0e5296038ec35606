"""Which pictures the exam of order looks at, and what lies around each of them, by columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from eyechart.core import Dataset, Item
from eyechart.data.splits import draw
from eyechart.errors import Refused
from eyechart.marking.answers import labels
from eyechart.marking.neighbourhoods import Space, centroids
from eyechart.marking.order import order
from eyechart.marking.taxonomy import tree

LEAST = 4  # pictures of a class; of fewer one can say neither how they lie together nor how apart
MAPPED = 7  # colours of a map


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Pictures in an order that nobody chose, with the classes that they are of and the tree over these."""

    items: tuple[Item, ...]
    labels: NDArray[np.int64]  # [n], numbers of `classes`
    classes: tuple[str, ...]
    groups: tuple[str, ...]  # [c], the branch under which a class is coloured
    heights: NDArray[np.int64]  # [c, c]

    @property
    def counts(self) -> list[int]:
        """Pictures of each class."""
        return [int(count) for count in np.bincount(self.labels, minlength=len(self.classes))]

    def telling(self, names: Sequence[str]) -> tuple[str, ...]:
        """Those facts that every picture has and that differ between pictures."""
        known = [name for name in names if all(name in item.facts for item in self.items)]
        return tuple(name for name in known if len({item.facts[name] for item in self.items}) > 1)

    def same(self, fact: str) -> NDArray[np.bool_]:
        """``[n, n]``: pictures that share a fact."""
        values = np.array([str(item.facts[fact]) for item in self.items])
        return np.asarray(values[:, None] == values)


def shown(data: Dataset, count: int) -> Shown:
    """At most `count` pictures, of every class in proportion; classes of fewer than four pictures are left out.

    Raises:
        BadInput: the taxonomy has a hole or runs in a ring.
        Refused: the taxonomy is flat, a picture has no label, or too few classes are left.
    """
    hung = tree(data)
    labels(data, "order")
    items = draw(data.items, count)
    items = [items[at] for at in order(items)]
    truth = labels(data.keep(items), "order")
    numbers = np.flatnonzero(np.bincount(truth, minlength=len(data.classes)) >= LEAST)
    heights = hung.heights[np.ix_(numbers, numbers)]
    if len(np.unique(heights)) < 3:
        raise Refused(
            f"order compares near kin with distant kin and asks for {LEAST} pictures of each class; {data.name} shows "
            f"{len(numbers)} such classes among {len(items)} pictures, all equally distant; give more pictures"
        )
    kept = [at for at, label in enumerate(truth) if label in set(numbers.tolist())]
    coloured = hung.groups(MAPPED)
    return Shown(
        items=tuple(items[at] for at in kept),
        labels=np.searchsorted(numbers, truth[kept]),
        classes=tuple(data.classes[number] for number in numbers),
        groups=tuple(coloured[number] for number in numbers),
        heights=heights,
    )


def order_columns(space: Space, among: NDArray[np.bool_], which: str) -> dict[str, NDArray[Any]]:
    """Scores, slopes and whether there is a score, of every picture, under the name `which`."""
    found = [space.order(at, row) for at, row in enumerate(among)]
    nothing = np.zeros(len(space.heights))
    return {
        which: np.array([one.score if one else 0.5 for one in found]),
        f"sway_{which}": np.array([one.sway if one else nothing for one in found], dtype=np.float32),
        f"asked_{which}": np.array([one is not None for one in found]),
    }


def tidiness(space: Space, k: int) -> dict[str, NDArray[Any]]:
    """How well each picture lies with its own class."""
    return {"purity": space.purity(k), "silhouette": space.silhouettes()}


def surroundings(
    space: Space, features: Float[Tensor, "n d"], counts: Sequence[int], ring: int
) -> dict[str, NDArray[Any]]:
    """What lies around each picture, and around the middle of its class."""
    every = range(len(space.labels))
    return {
        "around": np.array([space.around(at, counts).ravel() for at in every], dtype=np.float32),
        "rings": np.array([space.rings(at, ring, 5) for at in every]),
        "rank": np.array([space.rank_correlation(at) for at in every]),
        "heights": space.heights[space.labels].astype(np.int32),
        "centroid": centroids(features, space.labels, len(space.heights))[space.labels].astype(np.float32),
    }


def shared_facts(space: Space, same: Mapping[str, NDArray[np.bool_]]) -> dict[str, NDArray[Any]]:
    """Per fact: whether the nearest picture of another class shares it, how many do, and the order among those that
    do not share it.
    """
    columns: dict[str, NDArray[Any]] = {}
    others = ~space.own
    for fact, alike in same.items():
        near = [space.nearest(at) for at in range(len(space.labels))]
        columns[f"same_{fact}"] = np.array([float(row[at].mean()) for row, at in zip(alike, near, strict=True)])
        columns[f"usual_{fact}"] = (alike & others).sum(1) / others.sum(1)
        columns |= order_columns(space, ~alike, f"other_{fact}")
    return columns
