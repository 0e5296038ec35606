"""The whole network may learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import altair as alt
import numpy as np
import torch

from eyechart import stats
from eyechart.bench import Bench
from eyechart.core import Dataset, Estimate, Result, Sheet, Statistics
from eyechart.data.splits import draw
from eyechart.errors import BadInput, Refused
from eyechart.marking.answers import accuracies, accuracy_figure, answered, labels, per_class, prior, train_of
from eyechart.marking.ties import expected_hits
from eyechart.models.trainable import Renewable, Trainable, layers
from eyechart.transfer.carve import carve
from eyechart.transfer.logistic import fit_path
from eyechart.transfer.tuning import PENALTIES, Budget, lesson_of, tune


@dataclass(frozen=True, slots=True, kw_only=True)
class Finetune:
    """Every weight learns, lower layers more slowly, for a fixed number of epochs over a fixed number of train
    pictures; the head starts from the linear probe (Kumar et al. 2022, LP-FT; layer decay as in Bao et al. 2022, BEiT).

    The rate is chosen on a part carved out of those pictures, and the weights after the last step count: the examined
    pictures are looked at once. Beside it stand the same head on the untouched features ("untouched"), and the same
    network with fresh weights under the same budget ("from_scratch"), where it can be had: the difference is what
    earlier learning brought. Dropout is off and statistics of batches are those that the model came with.
    """

    name: ClassVar[str] = "finetune"
    question: ClassVar[str] = "What can it become when all of it may learn?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (Trainable,)
    asks: ClassVar[tuple[str, ...]] = ("labels", "train")
    headline: ClassVar[str] = "top1"
    says: ClassVar[str] = "Tuned as a whole it names {top1} of the pictures rightly, untouched {untouched}."

    tap: str = "pooled"  # what the head reads; "image" where there is no "pooled"
    pictures: int = 1000  # of train at most, by digest and class
    epochs: int = 2
    batch: int = 32
    rates: tuple[float, ...] = (2e-4, 1e-3)  # of the head and the last layer, at their peak
    layer_decay: float = 0.75
    decay: float = 0.05
    lora: int = 0  # rank of what learns beside each matrix in place of the matrix (Hu et al. 2021); 0: everything
    held: float = 0.1  # share of those pictures, by class and group, on which the rate is chosen
    scratch: bool = True  # also with fresh weights
    seed: int = 0  # of the order of the pictures, and of fresh weights

    def taps(self) -> tuple[str, ...]:
        return (self.tap,) if self.tap == "image" else (self.tap, "image")

    def measure(self, model: Trainable, data: Dataset, bench: Bench) -> Sheet:
        truth, (train, _) = labels(data, self.name), train_of(data, self.name)
        self._check()
        network = model.network
        if network is None:
            raise Refused(f"{model.card.name} is computed by another library than torch, so its weights cannot learn")
        chosen = train.keep(draw(train.items, self.pictures) if len(train) > self.pictures else train.items)
        known, tap = labels(chosen, self.name), self._tap(model)
        parts, count = carve(chosen.items, known, self.held), len(data.classes)
        lesson, tested = lesson_of(model, chosen.items, known, bench), lesson_of(model, data.items, truth, bench)
        budget = self._budget()
        tuned = tune(model, network, lesson, parts, tested, tap=tap, classes=count, budget=budget)
        columns = answered(data, truth, tuned.logits, tuned.logits.softmax(1))
        features, right = bench.features(model, chosen.items, tap), torch.from_numpy(truth)
        (near, first), (far, then) = ((features.take(part), lesson.labels[part]) for part in parts)
        path = fit_path(near, first, far, then, classes=count, penalties=PENALTIES)
        untouched = path.probe.logits(bench.features(model, data.items, tap).tensor())
        columns["untouched"] = expected_hits(untouched, right).numpy()
        fresh = None
        if self.scratch and isinstance(model, Renewable):
            network = model.renewed(self.seed)
            fresh = tune(model, network, lesson, parts, tested, tap=tap, classes=count, budget=budget)
            columns["from_scratch"] = expected_hits(fresh.logits, right).numpy()
        facts = {
            "tap": tap,
            "fitted_on": len(parts[0]),
            "chosen_on": len(parts[1]),
            "layers": len(layers(network)),
            "parameters": sum(value.numel() for value in network.parameters()),
            "learnt_parameters": tuned.learnt,
            "rate": tuned.rate,
            "held_out_losses": [loss if np.isfinite(loss) else None for loss in tuned.losses],
            "rate_from_scratch": None if fresh is None else fresh.rate,
            "classes": list(data.classes),
            "prior": prior(truth, known, len(data.classes)),
            "per_class": per_class(data.classes, truth, columns["score"]),
        }
        return Sheet(columns=columns, facts=facts)

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        chance = sheet.facts["prior"]
        found = accuracies(sheet, statistics, chance)
        for other, gain in (("untouched", "gain_of_tuning"), ("from_scratch", "gain_of_pretraining")):
            if other in sheet.columns:
                found[other] = stats.proportion(sheet[other], sheet["group"], statistics, chance=chance)
                found[gain] = _gained(sheet, other, statistics)
        return found

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        shown = {"top1": "tuned", "untouched": "untouched", "from_scratch": "from scratch"}
        return accuracy_figure(results, shown)

    def _check(self) -> None:
        least = min(self.pictures, self.epochs, self.batch)
        if least < 1 or not self.rates or min(self.rates) <= 0 or not 0 < self.layer_decay <= 1 or self.lora < 0:
            raise BadInput(
                f"{self.name} needs pictures, epochs, a batch and rates above zero, a layer_decay in (0, 1] and no "
                f"negative rank; got {self.pictures}, {self.epochs}, {self.batch}, {self.rates}, {self.layer_decay}, "
                f"{self.lora}"
            )

    def _tap(self, model: Trainable) -> str:
        return "image" if self.tap == "pooled" and "pooled" not in model.card.taps else self.tap

    def _budget(self) -> Budget:
        return Budget(
            epochs=self.epochs,
            batch=self.batch,
            rates=self.rates,
            layer_decay=self.layer_decay,
            decay=self.decay,
            lora=self.lora,
            seed=self.seed,
        )


def _gained(sheet: Sheet, other: str, statistics: Statistics) -> Estimate:
    """Tuned − other, row by row; nobody gains by chance."""
    found = stats.paired(sheet["score"], sheet[other], sheet["group"], statistics)
    return Estimate(
        value=found.value,
        low=min(found.low, found.value),
        high=max(found.high, found.value),
        units=found.units,
        method="paired",
        chance=0.0,
    )


PUBLIC = Finetune
