"""What is left of a model's accuracy when the same pictures are changed in many ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from eyechart import stats
from eyechart.core import Dataset, Estimate, Item, Statistics
from eyechart.data.splits import draw
from eyechart.data.spoil.corrupted import CORRUPTIONS, SEVERITIES, Corrupted
from eyechart.data.spoil.spoiled import Change, Spoiled
from eyechart.errors import Refused
from eyechart.marking.answers import labels
from eyechart.marking.ties import expected_hits
from eyechart.transfer.naming import Namer

Floats = NDArray[np.float64]
VARIANTS = tuple((corruption, severity) for corruption in CORRUPTIONS for severity in SEVERITIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """The hits of a model on pictures and on every changed version of them, and what it answered."""

    hits: Floats  # n v
    answers: NDArray[np.int64]  # n v


def changed(item: Item, change: Change) -> Item:
    """The same item with its picture after the change."""
    return replace(item, picture=Spoiled(item.picture, change))


def looked(said: Namer, versions: Sequence[Sequence[Item]], truth: NDArray[np.int64]) -> Looks:
    """Have every version of every picture named: ``versions[v][n]``; all go through the model in one pass."""
    scores = said.scores([item for version in versions for item in version])
    tables = scores.unflatten(0, (len(versions), -1))
    right = torch.from_numpy(truth)
    hits = torch.stack([expected_hits(table, right) for table in tables], 1)
    return Looks(hits=hits.double().numpy(), answers=tables.argmax(2).T.numpy())


def retained(after: Floats, before: Floats, groups: NDArray[Any], chance: float, how: Statistics) -> Estimate | None:
    """The share of what is told above chance that is left, (after − chance) / (before − chance).

    None where the accuracy before is not above chance with confidence, because then there is nothing to be left.
    """
    if stats.proportion(before, groups, how).low <= chance + 0.02:
        return None

    def share(weights: Floats) -> float:
        total = weights.sum()
        return float((weights @ after / total - chance) / max(weights @ before / total - chance, 1e-9))

    return stats.bootstrap(share, groups, how)


def versions_of(data: Dataset, images: int, exam: str) -> tuple[list[Item], list[list[Item]], list[Item]]:
    """Clean pictures (none where a published set has none), the 75 corrupted versions ``[v][n]``, and what names rows.

    A dataset whose facts tell corruption and severity is taken as it is; of any other `images` are drawn by digest, of
    every class in proportion, and corrupted.

    Raises:
        Refused: a published set lacks some version of every picture.
    """
    if "corruption" not in data.items[0].facts:
        clean = list(draw(data.items, images))
        made = [
            [changed(item, Corrupted(corruption=name, severity=level)) for item in clean] for name, level in VARIANTS
        ]
        return clean, made, clean
    found: dict[str, dict[tuple[object, object], Item]] = {}
    for item in data.items:
        found.setdefault(item.cluster, {})[item.facts["corruption"], item.facts["severity"]] = item
    whole = [table for table in found.values() if all(variant in table for variant in VARIANTS)]
    if not whole:
        raise Refused(f"{exam} takes the fifteen corruptions at five severities; {data.name} has no picture in all 75")
    return [], [[table[variant] for table in whole] for variant in VARIANTS], [table[VARIANTS[0]] for table in whole]


def truth_of(items: Sequence[Item], data: Dataset, exam: str) -> NDArray[np.int64]:
    """The labels of some items. Raises `Refused` where one is missing or is no class of the dataset."""
    return labels(data.keep(items), exam)


def mean_of(hits: Floats, groups: NDArray[Any], how: Statistics, chance: float) -> Estimate:
    """The mean of hits ``n v``, of which those of one picture count as one group."""
    return stats.proportion(hits.ravel(), np.repeat(groups, hits.shape[1]), how, chance=chance)
