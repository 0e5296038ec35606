"""The nearest neighbours in feature space vote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import altair as alt
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from eyechart import draw, stats
from eyechart.bench import Bench
from eyechart.core import Dataset, Estimate, ImageEncoder, Result, Sheet, Statistics
from eyechart.errors import BadInput
from eyechart.marking.answers import accuracies, answered, labels, per_class, prior, train_of
from eyechart.marking.ties import expected_hits
from eyechart.transfer.neighbours import Voters


@dataclass(frozen=True, slots=True, kw_only=True)
class KNN:
    """Weighted k nearest neighbours by cosine (Wu et al. 2018; DINOv2 ``eval/knn.py``).

    The headline is taken at one `k`, fixed beforehand; the curve over `ks` is never searched for its best.
    """

    name: ClassVar[str] = "knn"
    question: ClassVar[str] = "Do pictures of one kind lie close together?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (ImageEncoder,)
    asks: ClassVar[tuple[str, ...]] = ("labels", "train")
    headline: ClassVar[str] = "top1"
    says: ClassVar[str] = "Of {top1} of the pictures the nearest neighbours agree on the right class."

    k: int = 20  # as many as there are, where train holds fewer
    ks: tuple[int, ...] = (1, 5, 10, 20, 50, 100, 200)
    temperature: float = 0.07
    tap: str = "image"

    def taps(self) -> tuple[str, ...]:
        return (self.tap,)

    def measure(self, model: ImageEncoder, data: Dataset, bench: Bench) -> Sheet:
        truth, (train, known) = labels(data, self.name), train_of(data, self.name)
        if min(self.k, *self.ks) < 1:
            raise BadInput(f"{self.name} takes at least one neighbour; got k = {self.k}, ks = {self.ks}")
        used = min(self.k, len(train))
        ks = sorted({used, *(k for k in self.ks if k <= len(train))})
        voters = Voters(
            train=bench.features(model, train.items, self.tap),
            labels=torch.from_numpy(known),
            classes=len(data.classes),
            temperature=self.temperature,
        )
        chosen, by_k = _judge(voters.votes(bench.features(model, data.items, self.tap), ks), truth, ks.index(used))
        columns = answered(data, truth, chosen, chosen / chosen.sum(1, keepdim=True))
        columns["by_k"] = by_k
        facts = {
            "tap": self.tap,
            "k": used,
            "ks": ks,
            "train": len(train),
            "classes": list(data.classes),
            "prior": prior(truth, known, len(data.classes)),
            "per_class": per_class(data.classes, truth, columns["score"]),
        }
        return Sheet(columns=columns, facts=facts)

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        groups, chance = sheet["group"], sheet.facts["prior"]
        estimates = accuracies(sheet, statistics, chance)
        for k, column in zip(sheet.facts["ks"], sheet["by_k"].T, strict=True):
            estimates[f"k{k}"] = stats.proportion(column, groups, statistics, chance=chance)
        return estimates

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        rows = [
            draw.Point(record.card.name, float(k), found.value, found.low, found.high)
            for record, sheet in results
            for k in sheet.facts["ks"]
            for found in (record.estimates[f"k{k}"],)
        ]
        chance = results[0].record.estimates["top1"].chance
        return draw.curve(rows, x="neighbours asked", y="accuracy", chance=chance, scale="log")


def _judge(chunks: Iterator[Tensor], truth: NDArray[np.int64], used: int) -> tuple[Tensor, NDArray[np.float32]]:
    """The votes at the `k` in use, ``n c``, and the hits at every `k`, ``n k``; the other votes are not kept."""
    chosen, hits, done = [], [], 0
    for votes in chunks:
        right = torch.from_numpy(truth[done : done + votes.shape[1]])
        done += len(right)
        chosen.append(votes[used])
        hits.append(torch.stack([expected_hits(ballot, right) for ballot in votes], 1))
    return torch.cat(chosen), torch.cat(hits).float().numpy()


PUBLIC = KNN
