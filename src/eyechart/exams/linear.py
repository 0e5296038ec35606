"""A straight line through frozen features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import altair as alt
import numpy as np
import torch
from numpy.typing import NDArray

from eyechart.bench import Bench
from eyechart.core import Dataset, Estimate, ImageEncoder, Result, Sheet, Statistics
from eyechart.marking.answers import accuracies, accuracy_figure, answered, labels, per_class, prior, train_of
from eyechart.store.rows import Rows
from eyechart.transfer.carve import carve
from eyechart.transfer.logistic import PENALTIES, Path, fit_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """Multinomial logistic regression; the L2 penalty is chosen on a part carved out of train, then train and that
    part are fitted together, and the examined pictures are looked at once (Radford et al. 2021, appendix A.3).

    Features are centred and divided by one number, the root mean square of their norms, and not standardised one by
    one, so that the geometry stays the model's. The tap is "pooled", before any projection; a model without it is read
    at "image", and the facts say so.
    """

    name: ClassVar[str] = "linear"
    question: ClassVar[str] = "Does a straight line through its features tell the classes apart?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (ImageEncoder,)
    asks: ClassVar[tuple[str, ...]] = ("labels", "train")
    headline: ClassVar[str] = "top1"
    says: ClassVar[str] = "A straight line per class on frozen features names {top1} of the pictures rightly."

    tap: str = "pooled"
    penalties: tuple[float, ...] = PENALTIES  # λ of ½ λ ‖W‖² beside the mean loss
    held: float = 0.1  # share of train, by class and group, on which the penalty is chosen

    def taps(self) -> tuple[str, ...]:
        return (self.tap,) if self.tap == "image" else (self.tap, "image")

    def measure(self, model: ImageEncoder, data: Dataset, bench: Bench) -> Sheet:
        truth, (train, known) = labels(data, self.name), train_of(data, self.name)
        tap = "image" if self.tap == "pooled" and "pooled" not in model.card.taps else self.tap
        near, far = carve(train.items, known, self.held)
        path = self.fit(bench.features(model, train.items, tap), known, near, far, len(data.classes))
        tested = bench.features(model, data.items, tap)
        scores = torch.cat([path.probe.logits(chunk) for _, chunk in tested.batches(8192)])
        columns = answered(data, truth, scores, scores.softmax(1))
        facts = {
            "tap": tap,
            "tap_asked": self.tap,
            "fitted_on": len(near),
            "chosen_on": len(far),
            "penalty": path.penalties[path.chosen],
            "at_the_border": path.chosen in (0, len(path.penalties) - 1),
            "path": {
                "penalties": list(path.penalties),
                "losses": list(path.losses),
                "accuracies": list(path.accuracies),
            },
            "classes": list(data.classes),
            "prior": prior(truth, known, len(data.classes)),
            "per_class": per_class(data.classes, truth, columns["score"]),
        }
        return Sheet(columns=columns, facts=facts)

    def fit(
        self, features: Rows, known: NDArray[np.int64], near: NDArray[np.int64], far: NDArray[np.int64], classes: int
    ) -> Path:
        """Fit on the rows `near`, choose on the rows `far`, refit on both; `known` are the labels of all `features`."""
        return fit_path(
            features.take(near),
            torch.from_numpy(known[near]),
            features.take(far),
            torch.from_numpy(known[far]),
            classes=classes,
            penalties=self.penalties,
        )

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        return accuracies(sheet, statistics, sheet.facts["prior"])

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        return accuracy_figure(results, {"top1": "top-1", "balanced": "balanced"})


PUBLIC = Linear
