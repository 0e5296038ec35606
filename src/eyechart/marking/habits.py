"""What is at home where: told by the facts "place" and "strangers", or else by who is seen in whose company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from eyechart.core import Item

TWICE = 2  # sightings that make a home; one may be chance
LEAST = 5  # sightings of a label, without which nothing is known of it
UNSURE = 0.1  # the largest chance that its next sighting is somewhere new
HOME, FOREIGN = 1, -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Per label and picture 1 where such a thing is at home, -1 where none was ever seen, 0 where nobody can say."""

    told_by: Literal["place", "company"]
    relation: NDArray[np.int8]  # labels × pictures


def habits(items: Sequence[Item], shown: Sequence[frozenset[int]], labels: int) -> Habits:
    """What the pictures tell of each of so many labels; `shown` are those in each picture.

    Never seen counts as foreign only where the next sighting hardly is a surprise: the chance that it is somewhere
    new is estimated by the share of sightings that are the only one of their kind (Good 1953, Biometrika 40). A picture
    in which something is a stranger tells nothing, and nothing is at home or foreign there; the same holds of pictures
    that show such a thing already.
    """
    sound = np.array([not item.facts.get("strangers") and bool(seen) for item, seen in zip(items, shown, strict=True)])
    present = np.zeros((labels, len(items)), dtype=bool)
    for number, seen in enumerate(shown):
        present[list(seen), number] = True
    placed = all("place" in item.facts for item in items)
    found = _by_place(items, present, sound) if placed else _by_company(present, sound)
    found[present | ~sound] = 0
    return Habits(told_by="place" if placed else "company", relation=found.astype(np.int8))


def _by_place(items: Sequence[Item], present: NDArray[np.bool_], sound: NDArray[np.bool_]) -> NDArray[np.int64]:
    """A picture is as its place is."""
    _, places = np.unique([str(item.facts["place"]) for item in items], return_inverse=True)
    counts = (present & sound).astype(np.int64) @ np.eye(places.max() + 1, dtype=np.int64)[places]
    return np.where(_known(counts)[:, None], _verdict(counts), 0)[:, places]


def _by_company(present: NDArray[np.bool_], sound: NDArray[np.bool_]) -> NDArray[np.int64]:
    """A picture is home where each of its labels is usual company, and foreign where none ever was company."""
    there = (present & sound).astype(np.int64)
    counts = there @ there.T
    np.fill_diagonal(counts, 0)
    verdict = np.where(_known(counts)[:, None], _verdict(counts), 0)
    shown = present.sum(0)
    home, foreign = (((verdict == kind).astype(np.int64) @ present) == shown for kind in (HOME, FOREIGN))
    return np.where(home, HOME, np.where(foreign, FOREIGN, 0))


def _verdict(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.where(counts >= TWICE, HOME, np.where(counts == 0, FOREIGN, 0))


def _known(counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Labels that were seen often enough for an absence to mean something."""
    sightings, single = counts.sum(1), (counts == 1).sum(1)
    return np.asarray((sightings >= LEAST) & (single <= UNSURE * sightings))
