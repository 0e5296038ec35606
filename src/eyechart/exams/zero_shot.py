"""Naming from names alone: prompts against images, or a classifier's own classes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import altair as alt
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import normalize

from eyechart import stats
from eyechart.bench import Bench
from eyechart.core import Classifier, Dataset, DualEncoder, Estimate, Result, Sheet, Statistics
from eyechart.errors import Refused
from eyechart.marking.answers import accuracies, accuracy_figure, answered, columns_of, labels, per_class
from eyechart.marking.overlap import reversed_interval
from eyechart.marking.ties import expected_hits
from eyechart.marking.words import heads, logits, prompts
from eyechart.store.rows import Rows

BLOCK = 1 << 24  # scores held at once


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroShot:
    """Top-1, top-5 and balanced accuracy, and how far they move with the wording of the prompt.

    A class is the mean of its normalised prompts, normalised again (Radford et al. 2021, section 3.1.4). The spread is
    the deviation of top-1 over random halves of the templates; it takes four templates at least.
    """

    name: ClassVar[str] = "zero_shot"
    question: ClassVar[str] = "Can it name what it sees, from names alone?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (DualEncoder, Classifier)
    asks: ClassVar[tuple[str, ...]] = ("labels",)
    headline: ClassVar[str] = "top1"
    says: ClassVar[str] = "It names {top1} of the pictures rightly, from names alone."

    subsets: int = 20  # random halves of the templates
    seed: int = 0  # of their draw

    def taps(self) -> tuple[str, ...]:
        return ("image", "logits")

    def measure(self, model: DualEncoder | Classifier, data: Dataset, bench: Bench) -> Sheet:
        truth = labels(data, self.name)
        if len(data.classes) < 2:
            raise Refused(f"{self.name} needs two classes to choose from; {data.name} has {len(data.classes)}")
        if isinstance(model, DualEncoder):
            wordings = prompts(model, data, bench)
            images = bench.features(model, data.items)
            scores = logits(model, images.tensor(), heads(wordings))
            wording, link = self._wording(wordings, images, truth), model.card.link
        else:
            scores = bench.logits(model, data.items).tensor()[:, columns_of(model.classes, data)]
            wording, link = {}, "softmax"
        columns = answered(data, truth, scores, scores.sigmoid() if link == "sigmoid" else scores.softmax(1))
        if len(data.classes) > 5:
            columns["top5"] = expected_hits(scores, torch.from_numpy(truth), 5).numpy()
        facts = {
            "classes": list(data.classes),
            "templates": list(data.templates) if isinstance(model, DualEncoder) else [],
            "link": link,
            "per_class": per_class(data.classes, truth, columns["score"]),
        }
        return Sheet(columns={**columns, **wording}, facts=facts)

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        count, groups = len(sheet.facts["classes"]), sheet["group"]
        estimates = accuracies(sheet, statistics, 1 / count)
        if "top5" in sheet.columns:
            estimates["top5"] = stats.proportion(sheet["top5"], groups, statistics, chance=5 / count)
        if "by_template" in sheet.columns:
            each = sheet["by_template"]
            means = each.mean(0)
            for name, column in (("worst_prompt", means.argmin()), ("best_prompt", means.argmax())):
                estimates[name] = stats.proportion(each[:, column], groups, statistics, chance=1 / count)
        if "by_subset" in sheet.columns:
            estimates["prompt_spread"] = reversed_interval(
                stats.bootstrap(_spread(sheet["by_subset"]), groups, statistics, chance=0.0, better="lower")
            )
        return estimates

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        shown = {"top1": "top-1", "top5": "top-5", "balanced": "balanced", "worst_prompt": "worst prompt"}
        return accuracy_figure(results, shown)

    def _wording(self, wordings: Tensor, images: Rows, truth: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        """Hits under each single template and under random halves; cosines rank as the logits do."""
        count = len(wordings)
        if count < 2:
            return {}
        parts = [wordings[index : index + 1] for index in range(count)]
        if count >= 4:
            rng = np.random.default_rng(self.seed)
            parts += [wordings[rng.choice(count, count // 2, replace=False)] for _ in range(self.subsets)]
        table = torch.stack([heads(part) for part in parts])
        hits = torch.cat(
            [_hits(chunk, table, torch.from_numpy(truth)[where]) for where, chunk in _blocks(images, table)]
        )
        split = {"by_template": hits[:, :count], "by_subset": hits[:, count:]}
        return {name: part.float().numpy() for name, part in split.items() if part.shape[1]}


def _spread(hits: NDArray[Any]) -> Callable[[NDArray[np.float64]], float]:
    return lambda weights: float((weights @ hits / weights.sum()).std())


def _blocks(images: Rows, table: Tensor) -> Iterator[tuple[slice, Tensor]]:
    return images.batches(max(1, BLOCK // (table.shape[0] * table.shape[1])))


def _hits(images: Tensor, table: Tensor, truth: Tensor) -> Tensor:
    scores = torch.einsum("nd,hcd->hnc", normalize(images.float(), dim=-1), table)
    return expected_hits(scores.flatten(0, 1), truth.repeat(len(table))).view(len(table), -1).T


PUBLIC = ZeroShot
