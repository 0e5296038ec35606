"""A question put to the tokens: one learned query that chooses where to look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import altair as alt
import torch

from eyechart.bench import Bench
from eyechart.core import Dataset, Estimate, PatchEncoder, Result, Sheet, Statistics
from eyechart.marking.answers import accuracies, accuracy_figure, answered, labels, per_class, prior, train_of
from eyechart.transfer.attentive import CHUNK, Budget, fit
from eyechart.transfer.carve import carve


@dataclass(frozen=True, slots=True, kw_only=True)
class Attentive:
    """One cross-attention query over frozen patch tokens and a linear head (CAE, V-JEPA).

    Every model gets the same budget: a grid of learning rates and weight decays trained at once, the best of which is
    chosen on a part carved out of train and trained anew on all of train; the examined pictures are looked at once.
    """

    name: ClassVar[str] = "attentive"
    question: ClassVar[str] = "Is what matters somewhere in its patches, for who asks with attention?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (PatchEncoder,)
    asks: ClassVar[tuple[str, ...]] = ("labels", "train")
    headline: ClassVar[str] = "top1"
    says: ClassVar[str] = "A probe that attends to its patches names {top1} of the pictures rightly."

    epochs: int = 10
    batch: int = 128
    heads: int = 8
    rates: tuple[float, ...] = (5e-3, 2e-2)
    decays: tuple[float, ...] = (0.01, 0.2)
    held: float = 0.1  # share of train, by class and group, on which the grid is judged
    seed: int = 0  # of the order of the pictures

    def taps(self) -> tuple[str, ...]:
        return ("patches",)

    def measure(self, model: PatchEncoder, data: Dataset, bench: Bench) -> Sheet:
        truth, (train, known) = labels(data, self.name), train_of(data, self.name)
        parts = carve(train.items, known, self.held)
        budget = Budget(
            epochs=self.epochs,
            batch=self.batch,
            heads=self.heads,
            rates=self.rates,
            decays=self.decays,
            seed=self.seed,
        )
        tokens = bench.features(model, train.items, "patches")
        choice = fit(tokens, torch.from_numpy(known), parts, classes=len(data.classes), budget=budget)
        tested = bench.features(model, data.items, "patches")
        scores = torch.cat([choice.probe.logits(chunk)[:, 0] for _, chunk in tested.batches(CHUNK)])
        columns = answered(data, truth, scores, scores.softmax(1))
        rate, decay = choice.grid[choice.chosen]
        facts = {
            "tokens": int(tested.shape[1]),
            "heads": int(choice.probe.query.shape[1]),
            "fitted_on": len(parts[0]),
            "chosen_on": len(parts[1]),
            "rate": rate,
            "decay": decay,
            "grid": [
                {"rate": rate, "decay": decay, "loss": loss}
                for (rate, decay), loss in zip(choice.grid, choice.losses, strict=True)
            ],
            "classes": list(data.classes),
            "prior": prior(truth, known, len(data.classes)),
            "per_class": per_class(data.classes, truth, columns["score"]),
        }
        return Sheet(columns=columns, facts=facts)

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        return accuracies(sheet, statistics, sheet.facts["prior"])

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        return accuracy_figure(results, {"top1": "top-1", "balanced": "balanced"})


PUBLIC = Attentive
