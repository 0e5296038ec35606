"""What noise, blur, weather and compression leave of a model's accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import altair as alt
import numpy as np

from eyechart import draw
from eyechart.bench import Bench
from eyechart.core import Classifier, Dataset, DualEncoder, Estimate, ImageEncoder, Result, Sheet, Statistics
from eyechart.data.spoil.corrupted import CORRUPTIONS, SEVERITIES
from eyechart.errors import BadInput
from eyechart.gallery import Exhibit, Pictured
from eyechart.marking.answers import rows_of
from eyechart.transfer.damage import looked, mean_of, retained, truth_of, versions_of
from eyechart.transfer.naming import namer

SHOWN = 3  # the severity at which all corruptions are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Corruption:
    """Mean accuracy under the fifteen common corruptions of Hendrycks & Dietterich 2019, each at five severities.

    The parameters are the published ones, those of ImageNet-C, Tiny-ImageNet-C or CIFAR-10-C, whichever pictures are
    nearest in size; frost is drawn, as its photographs may not be passed on. What is *retained* is the share of the
    accuracy above chance that is left. A set that was corrupted by others (``cifar10-c:FOLDER``) is taken as it is.
    """

    name: ClassVar[str] = "corruption"
    question: ClassVar[str] = "What do noise, blur, weather and compression leave of it?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (DualEncoder, Classifier, ImageEncoder)
    asks: ClassVar[tuple[str, ...]] = ("labels", "probe")
    headline: ClassVar[str] = "mean"
    says: ClassVar[str] = "{mean} are still named rightly when corrupted, of {clean} before."

    images: int = 60  # that are corrupted in 75 ways; a set that was corrupted by others is taken whole

    def taps(self) -> tuple[str, ...]:
        return ("image", "logits")

    def measure(self, model: ImageEncoder | Classifier, data: Dataset, bench: Bench) -> Sheet:
        if self.images < 1:
            raise BadInput(f"{self.name} takes one picture at least; got images = {self.images}")
        clean, versions, rows = versions_of(data, self.images, self.name)
        truth = truth_of(rows, data, self.name)
        said = namer(model, data, bench, self.name)
        seen = looked(said, [*([clean] if clean else []), *versions], truth)
        hits, answers = seen.hits[:, -len(versions) :], seen.answers[:, -len(versions) :]
        columns = {
            **rows_of(rows),
            "score": hits.mean(1),
            "by_version": hits.astype(np.float32),
            "answers": answers.astype(np.int32),
            **({"clean": seen.hits[:, 0]} if clean else {}),
        }
        facts = {
            "classes": list(data.classes),
            "means": said.means,
            "corruptions": list(CORRUPTIONS),
            "curves": {
                name: hits[:, at * len(SEVERITIES) :][:, : len(SEVERITIES)].mean(0).tolist()
                for at, name in enumerate(CORRUPTIONS)
            },
        }
        return Sheet(columns=columns, facts=facts)

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        groups, chance = sheet["group"], 1 / len(sheet.facts["classes"])
        hits = sheet["by_version"].astype(np.float64)
        found = {"mean": mean_of(hits, groups, statistics, chance)}
        if "clean" in sheet.columns:
            found["clean"] = mean_of(sheet["clean"][:, None], groups, statistics, chance)
            left = retained(hits.mean(1), sheet["clean"], groups, chance, statistics)
            found |= {"retained": left} if left is not None else {}
        table = hits.reshape(len(hits), len(CORRUPTIONS), len(SEVERITIES))
        for at, level in enumerate(SEVERITIES):
            found[f"severity_{level}"] = mean_of(table[:, :, at], groups, statistics, chance)
        for at, name in enumerate(CORRUPTIONS):
            found[name] = mean_of(table[:, at], groups, statistics, chance)
        return found

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        shown = ["clean", *(f"severity_{level}" for level in SEVERITIES), *CORRUPTIONS]
        rows = [
            draw.Spot(name.replace("_", " "), record.card.name, found.value, found.low, found.high)
            for name in shown
            for record, _ in results
            if name in record.estimates
            for found in (record.estimates[name],)
        ]
        return draw.intervals(rows, x="accuracy", chance=results[0].record.estimates["mean"].chance)

    def exhibits(self, sheet: Sheet, model: Any, data: Dataset, bench: Bench) -> Sequence[Exhibit]:  # noqa: ARG002
        """One picture that was told when clean, under every corruption, and at every severity of the three worst."""
        clean, versions, _ = versions_of(data, self.images, self.name)
        row = int(np.argmax(sheet["clean"] + sheet["score"] / 2)) if clean else int(np.argmax(sheet["score"]))
        said = [data.classes[answer] for answer in sheet["answers"][row]]
        width = len(SEVERITIES)

        def shown(at: int, level: int, words: str) -> Pictured:
            place = at * width + level - 1
            return Pictured(versions[place][row].picture, f"{words}: said {said[place]}")

        each = [shown(at, SHOWN, name.replace("_", " ")) for at, name in enumerate(CORRUPTIONS)]
        truth = data.classes[versions[0][row].label or 0]
        whole = [Pictured(clean[row].picture, f"as it is: {truth}")] if clean else []
        table = sheet["by_version"].reshape(len(sheet), len(CORRUPTIONS), width).mean((0, 2))
        worst = [int(at) for at in np.argsort(table, kind="stable")[:3]]
        levels = [
            shown(at, level, f"{CORRUPTIONS[at].replace('_', ' ')} {level}") for at in worst for level in SEVERITIES
        ]
        note = f"A picture of “{truth}” at severity {SHOWN} of 5, and what the model calls it."
        return [
            Exhibit(title="Every corruption", note=note, pictures=(*whole, *each)),
            Exhibit(title="The three worst, by severity", note="From 1 to 5.", pictures=tuple(levels), together=width),
        ]


PUBLIC = Corruption
