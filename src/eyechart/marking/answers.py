"""Classification: labels that must be there, the columns of its sheet, and the numbers and picture made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray
from torch import Tensor, from_numpy

from eyechart import draw, stats
from eyechart.core import Dataset, Estimate, Item, Result, Sheet, Statistics
from eyechart.errors import Refused
from eyechart.marking.ties import expected_hits


def labels(data: Dataset, exam: str) -> NDArray[np.int64]:
    """The label of every item.

    Raises:
        Refused: an item has none, or one that is no class of the dataset.
    """
    given = [item.label for item in data.items]
    known = [label for label in given if label is not None]
    if len(known) < len(given) or not given:
        raise Refused(
            f"{exam} asks for a label on every picture; {len(given) - len(known)} of the {len(given)} of "
            f"{data.name}/{data.split} have none; remove them or label them"
        )
    if min(known) < 0 or max(known) >= len(data.classes):
        raise Refused(
            f"{data.name}/{data.split} has labels from {min(known)} to {max(known)} but {len(data.classes)} class names"
        )
    return np.array(known, dtype=np.int64)


def train_of(data: Dataset, exam: str) -> tuple[Dataset, NDArray[np.int64]]:
    """What may be learnt from, with its labels.

    Raises:
        Refused: there is nothing to learn from, the classes differ from the examined ones, or only one is present.
    """
    if data.train is None or not data.train.items:
        raise Refused(f"{exam} learns from a train split and {data.name} has none; name one or let eyechart carve it")
    if data.train.classes != data.classes:
        raise Refused(f"the train split of {data.name} has other classes than the examined one")
    truth = labels(data.train, exam)
    if len(np.unique(truth)) < 2:
        raise Refused(f"{exam} needs examples of two classes at least; the train split of {data.name} shows one")
    return data.train, truth


def prior(truth: NDArray[np.int64], train: NDArray[np.int64], classes: int) -> float:
    """What one gets without looking: the share of the class that is most frequent in training."""
    counts = np.bincount(train, minlength=classes)
    return float(np.isin(truth, np.flatnonzero(counts == counts.max())).mean() / (counts == counts.max()).sum())


def columns_of(given: Sequence[str], data: Dataset) -> list[int]:
    """Where the dataset's classes stand among the model's; case does not matter.

    Raises:
        Refused: the names differ.
    """
    places = {name.casefold(): index for index, name in enumerate(given)}
    wanted = [name.casefold() for name in data.classes]
    if sorted(places) != sorted(wanted):
        raise Refused(
            f"the classes must be the same by name: the model's are {_some(given)}, those of {data.name} "
            f"are {_some(data.classes)}"
        )
    return [places[name] for name in wanted]


def rows_of(items: Sequence[Item]) -> dict[str, NDArray[Any]]:
    """The columns ``id`` and ``group``."""
    return {
        "id": np.array([item.id for item in items], dtype=np.str_),
        "group": np.array([item.cluster for item in items], dtype=np.str_),
    }


def answered(data: Dataset, truth: NDArray[np.int64], scores: Tensor, confidence: Tensor) -> dict[str, NDArray[Any]]:
    """The columns of a sheet of classification.

    Shapes: truth ``n``; scores ``n c`` rank the classes; confidence ``n c`` in [0, 1] is the model's own view of them.
    """
    names = np.array(data.classes, dtype=np.str_)
    answer = scores.argmax(1)
    return {
        **rows_of(data.items),
        "score": expected_hits(scores, from_numpy(truth)).numpy(),
        "truth": names[truth],
        "answer": names[answer.numpy()],
        "confidence": confidence.gather(1, answer[:, None])[:, 0].float().numpy(),
    }


def per_class(classes: Sequence[str], truth: NDArray[np.int64], score: NDArray[Any]) -> list[dict[str, Any]]:
    """Name, number of items and accuracy of each class that occurs, as plain JSON values."""
    counts = np.bincount(truth, minlength=len(classes))
    sums = np.bincount(truth, score, minlength=len(classes))
    return [
        {"class": name, "items": int(n), "top1": float(right / n)}
        for name, n, right in zip(classes, counts, sums, strict=True)
        if n
    ]


def accuracies(sheet: Sheet, statistics: Statistics, chance: float) -> dict[str, Estimate]:
    """Top-1 and the mean over classes of their recall, of a sheet made by `answered`."""
    score, groups = sheet["score"], sheet["group"]
    even = 1 / len(sheet.facts["classes"])
    return {
        "top1": stats.proportion(score, groups, statistics, chance=chance),
        "balanced": stats.balanced(score, sheet["truth"], groups, statistics, chance=even),
    }


def accuracy_figure(results: Sequence[Result], shown: Mapping[str, str]) -> alt.TopLevelMixin:
    """The estimates named in `shown` (with their words) as dots with intervals, and chance."""
    rows = [
        draw.Spot(words, record.card.name, found.value, found.low, found.high)
        for name, words in shown.items()
        for record, _ in results
        if name in record.estimates
        for found in (record.estimates[name],)
    ]
    return draw.intervals(rows, x="accuracy", chance=results[0].record.estimates["top1"].chance)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:6]) + (f", … ({len(names)} in all)" if len(names) > 6 else "")
