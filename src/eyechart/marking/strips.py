"""Neighbourhoods to look at: a picture and its nearest of other classes, with their names, and the map of all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eyechart.core import Sheet
from eyechart.gallery import Exhibit, Pictured
from eyechart.marking.atlas import SIDE, atlas
from eyechart.marking.kindred import Shown
from eyechart.marking.neighbourhoods import Space

NEAR = 7  # neighbours beside the picture itself
STRIPS = 4


def map_of(sheet: Sheet, seen: Shown) -> list[Exhibit]:
    """The pictures at their places; nothing where no map was made."""
    place = {item.id: at for at, item in enumerate(seen.items)}
    rows = np.flatnonzero(sheet["map"][:, 0] >= 0)
    if not len(rows):
        return []
    found = [place[str(sheet["id"][row])] for row in rows]
    drawn = atlas(
        [seen.items[at].picture for at in found],
        sheet["map"][rows],
        [seen.groups[seen.labels[at]] for at in found],
    )
    note = (
        f"{len(rows)} pictures where t-SNE puts them by their features: islands show that it separates, and islands of "
        "one frame side by side that it orders. Long distances mean little on such a map."
    )
    return [Exhibit(title="A map of its space", note=note, pictures=(Pictured(drawn, ""),), side=SIDE)]


def worst(sheet: Sheet, seen: Shown, space: Space) -> list[Exhibit]:
    """The least ordered neighbourhoods, each of another class."""
    note = "The nearest pictures of other classes, from left to right: hardly one is related to the first."
    return _strips(seen, space, _by_order(sheet, seen, space, 1), "Out of order: around", note)


def best(sheet: Sheet, seen: Shown, space: Space) -> list[Exhibit]:
    """The best ordered one, to compare."""
    note = "The nearest pictures of other classes, from left to right: as near kin as it comes."
    return _strips(seen, space, _by_order(sheet, seen, space, -1)[:1], "In order: around", note)


def _by_order(sheet: Sheet, seen: Shown, space: Space, sign: int) -> list[int]:
    """Pictures by how related their nearest ones are, the least first; at equal kinship the nearest first."""
    asked = {str(name) for name in sheet["id"]}
    rows = [at for at, item in enumerate(seen.items) if item.id in asked]
    kinship, apart = [], []
    for at in rows:
        near = _nearest(space, at)
        heights = space.heights[space.labels[at]][space.labels[near]]
        others = space.labels != space.labels[at]
        kinship.append(-sign * float(heights.mean() - space.heights[space.labels[at]][space.labels[others]].mean()))
        apart.append(float(space.apart[at, near].mean()))
    ranked = [rows[place] for place in np.lexsort((np.asarray(apart), np.round(kinship, 6)))]
    first: dict[int, int] = {}
    for at in ranked:
        first.setdefault(int(space.labels[at]), at)
    return list(first.values())[:STRIPS]


def _nearest(space: Space, at: int) -> NDArray[np.int64]:
    others = np.flatnonzero(space.labels != space.labels[at])
    return others[np.argsort(space.apart[at, others], kind="stable")[:NEAR]]


def _strips(seen: Shown, space: Space, chosen: Sequence[int], title: str, note: str) -> list[Exhibit]:
    return [
        Exhibit(
            title=f"{title} {_a(seen.classes[seen.labels[at]])}",
            note=note,
            pictures=tuple(
                Pictured(seen.items[one].picture, seen.classes[seen.labels[one]])
                for one in (at, *_nearest(space, at).tolist())
            ),
        )
        for at in chosen
    ]


def _a(name: str) -> str:
    return f"“{name}”"
