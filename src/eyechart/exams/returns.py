"""A score beside all that it cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import altair as alt
import torch

from eyechart import draw
from eyechart.bench import Bench
from eyechart.core import Dataset, Estimate, ImageEncoder, Result, Sheet, Statistics
from eyechart.errors import BadInput
from eyechart.marking.answers import accuracies, answered, labels, prior, train_of
from eyechart.marking.costs import made, run
from eyechart.marking.ladders import COSTS, on_front, rises, upbringing
from eyechart.transfer.neighbours import Voters

SHOWN = ("parameters", "flops")  # costs that are drawn: those that no machine changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """The accuracy of weighted k nearest neighbours on frozen features, as the exam `knn` has it and from the same
    forward pass, beside what it cost: parameters, operations, samples and tokens seen, latency, memory.

    Over models of one upbringing (study, objective, data and samples seen; only the trunk differs) the score is fitted
    by a saturating power law a − b·x^(−c) (Hestness et al. 2017; Zhai et al. 2022); fewer than three sizes are not
    fitted. Models that no other beats in both cost and score are ringed. Costs are facts and never part of a score;
    latency is that of a machine that may be doing other things.
    """

    name: ClassVar[str] = "returns"
    question: ClassVar[str] = "What would the next parameter buy?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (ImageEncoder,)
    asks: ClassVar[tuple[str, ...]] = ("labels", "train")
    headline: ClassVar[str] = "top1"
    says: ClassVar[str] = "For its price it names {top1} of the pictures rightly, by the nearest neighbours."

    k: int = 20  # as many as there are, where train holds fewer
    temperature: float = 0.07
    tap: str = "image"
    looks: int = 15  # that are timed, after a warm-up; 0 takes no time
    batch: int = 16  # pictures of the look that is timed beside that at one picture

    def taps(self) -> tuple[str, ...]:
        return (self.tap,)

    def measure(self, model: ImageEncoder, data: Dataset, bench: Bench) -> Sheet:
        truth, (train, known) = labels(data, self.name), train_of(data, self.name)
        if self.k < 1 or self.batch < 1 or self.looks < 0:
            raise BadInput(
                f"{self.name} asks one neighbour and one picture at least and no negative number of looks; "
                f"got k = {self.k}, batch = {self.batch}, looks = {self.looks}"
            )
        used = min(self.k, len(train))
        voters = Voters(
            train=bench.features(model, train.items, self.tap),
            labels=torch.from_numpy(known),
            classes=len(data.classes),
            temperature=self.temperature,
        )
        votes = torch.cat([chunk[0] for chunk in voters.votes(bench.features(model, data.items, self.tap), (used,))])
        facts = {
            "tap": self.tap,
            "k": used,
            **made(model),
            **run(model, bench, looks=self.looks, batch=self.batch),
            "batch": self.batch,
            "threads": torch.get_num_threads(),
            "classes": list(data.classes),
            "prior": prior(truth, known, len(data.classes)),
        }
        return Sheet(columns=answered(data, truth, votes, votes / votes.sum(1, keepdim=True)), facts=facts)

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        return accuracies(sheet, statistics, sheet.facts["prior"])

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        statistics, chance = results[0].record.norm.statistics, results[0].record.estimates["top1"].chance
        known = [cost for cost in SHOWN if any(result.record.facts.get(cost) for result in results)]
        if not known:
            rows = [
                draw.Spot("top-1", record.card.name, found.value, found.low, found.high)
                for record, _ in results
                for found in (record.estimates["top1"],)
            ]
            return draw.intervals(rows, x="accuracy", chance=chance)
        panels = [
            draw.Trend(
                x=COSTS[cost],
                points=_points(results, cost),
                ringed=_points(on_front(results, cost), cost),
                laws=_laws(results, cost, statistics),
            )
            for cost in known
        ]
        return draw.trends(panels, y="accuracy", chance=chance)


def _points(results: Sequence[Result], cost: str) -> list[draw.Point]:
    return [
        draw.Point(_series(result), float(result.record.facts[cost]), found.value, found.low, found.high)
        for result in results
        if result.record.facts.get(cost)
        for found in (result.record.estimates["top1"],)
    ]


def _laws(results: Sequence[Result], cost: str, statistics: Statistics) -> list[draw.Point]:
    """The laws with their bands; none where size decides nothing that could be told."""
    return [
        draw.Point(str(rise.upbringing), *place)
        for rise in rises(results, cost, statistics)
        if rise.found is not None and rise.found.verdict != "undecided"
        for place in rise.found.band
    ]


def _series(result: Result) -> str:
    grown = upbringing(result.record.facts)
    return result.record.card.name if grown is None else str(grown)


PUBLIC = Returns
