"""The check finds the faults that it is there to find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import altair as alt
import numpy as np
import pytest

from eyechart import draw, stats
from eyechart.bench import Bench
from eyechart.core import Classifier, Dataset, DualEncoder, Estimate, Result, Sheet, Statistics
from eyechart.errors import BadInput
from eyechart.marking.answers import answered, labels
from eyechart.marking.words import heads, logits, prompts
from eyechart.testing import Nonconforming, check_exam, toy


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """A small honest exam; the others spoil one thing each."""

    name: ClassVar[str] = "naming"
    question: ClassVar[str] = "What is it called?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (DualEncoder,)
    asks: ClassVar[tuple[str, ...]] = ("labels",)
    headline: ClassVar[str] = "top1"
    says: ClassVar[str] = "It is right {top1} of the time."

    fault: str = ""

    def taps(self) -> tuple[str, ...]:
        return ("image",)

    def measure(self, model: Any, data: Dataset, bench: Bench) -> Sheet:
        truth = labels(data, self.name)
        scores = logits(model, bench.features(model, data.items).tensor(), heads(prompts(model, data, bench)))
        columns = answered(data, truth, scores, scores.softmax(1))
        if self.fault == "optimistic ties":
            columns["score"] = (scores.amax(1).numpy() <= scores[np.arange(len(truth)), truth].numpy() + 1e-5) * 1.0
        if self.fault == "by position":
            columns["score"] = np.where(np.arange(len(truth)) % 2, columns["score"], 0.4)
        if self.fault == "no group":
            del columns["group"]
        return Sheet(columns=columns, facts={"classes": data.classes if self.fault == "tuple" else list(data.classes)})

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        if self.fault == "mutates":
            sheet["score"].sort()
        found = stats.proportion(sheet["score"], sheet["group"], statistics, chance=1 / len(sheet.facts["classes"]))
        if self.fault == "outside":
            found = replace(found, low=0.999, high=0.9999)
        if self.fault == "other headline":
            found = replace(found, value=found.value / 2, low=0.0)
        return {"top1": found}

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        return draw.intervals([draw.Spot("top-1", "model", 0.5, 0.4, 0.6)], x="accuracy")


def test_an_honest_exam_passes() -> None:
    check_exam(Naming(), toy(48, 3))


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("optimistic ties", "constant twin does not score chance"),
        ("by position", "who knows every answer|another order"),
        ("no group", "no column 'group'"),
        ("tuple", "plain JSON|written as JSON"),
        ("mutates", "read-only"),
        ("outside", "outside its interval"),
        ("other headline", "the headline"),
    ],
)
def test_a_fault_is_found_and_named(fault: str, found: str) -> None:
    with pytest.raises((Nonconforming, ValueError), match=found):
        check_exam(Naming(fault=fault), toy(48, 3))


def test_an_exam_for_other_models_is_bad_input() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Judging(Naming):
        needs: ClassVar[tuple[type, ...]] = (Classifier,)

    with pytest.raises(BadInput, match="Classifier"):
        check_exam(Judging())
