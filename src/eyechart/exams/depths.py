"""At which depth of a network detail is held, and at which form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import altair as alt
import numpy as np
from numpy.typing import NDArray

from eyechart import draw, stats
from eyechart.bench import Bench
from eyechart.core import Dataset, Estimate, Result, Sheet, Statistics
from eyechart.data.splits import draw as drawn
from eyechart.errors import BadInput
from eyechart.gallery import Exhibit, Pictured
from eyechart.marking.answers import prior, rows_of, train_of
from eyechart.marking.depths import centres, lag, onward
from eyechart.models.depths import blocks_of, even
from eyechart.models.trainable import Trainable
from eyechart.transfer.damage import retained, truth_of
from eyechart.transfer.depths import probes, reached, told
from eyechart.transfer.pieces import AS_IT_IS, DETAIL, FORM, ends_of

KINDS = {"clean": AS_IT_IS, "detail": DETAIL, "form": FORM}
WORDS = {"clean": "as it is", "detail": "detail alone", "form": "form alone"}
AXIS = "depth, from the first block to the last"
SHOWN = 4  # pictures of the exhibit, each in three versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Depths:
    """Whether telling by form alone gains on telling by detail alone from the first half of a network to its second:
    .5 is neither, 1 detail in the first half only and form in the second only, 0 the reverse.

    On what each block gives (the mean of its tokens, or over its map) a linear probe is fitted to untouched pictures
    (Alain and Bengio 2017, "Understanding intermediate layers using linear classifier probes") and asked for others: as
    they are, cut 4 by 4 and shuffled (detail alone), blurred above four cycles (form alone), as in `locality`. To .5 a
    quarter of the difference of the gains is added, so who tells little stays near it. Free of how much is told are
    "detail_depth" and "form_depth", the mean depths (0 first block, 1 last) of what is told above chance, and their
    difference "form_deeper". It shows what a line reads out of a mean over places, not what lies in the arrangement of
    tokens or what the model makes of it. "reach" is how far a block attends (Dosovitskiy et al. 2021, figure 7).
    """

    name: ClassVar[str] = "depths"
    question: ClassVar[str] = "At which depth does it hold detail, and at which form?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (Trainable,)
    asks: ClassVar[tuple[str, ...]] = ("labels", "train")
    headline: ClassVar[str] = "detail_to_form"
    says: ClassVar[str] = "Along its depth it turns from detail to form by {detail_to_form}, where .500 is not at all."

    images: int = 300  # drawn by digest, of every class in proportion
    pictures: int = 1500  # of train at most, by digest and class
    depths: int = 12  # blocks at most, evenly spaced
    held: float = 0.1  # share of those of train, by class and group, on which each penalty is chosen

    def taps(self) -> tuple[str, ...]:
        return ("image",)

    def measure(self, model: Trainable, data: Dataset, bench: Bench) -> Sheet:
        if min(self.images, self.pictures) < 1 or self.depths < 2:
            raise BadInput(f"{self.name} needs images, pictures and two depths at least; got {self}")
        items, (train, _) = list(drawn(data.items, self.images)), train_of(data, self.name)
        truth, learnt = truth_of(items, data, self.name), train.keep(drawn(train.items, self.pictures))
        known, blocks = truth_of(learnt.items, data, self.name), blocks_of(model, self.depths)
        fitted = probes(model, blocks, learnt, known, self.held, bench)
        hits = told(model, blocks, fitted, ends_of(items), truth, bench)
        columns = {
            **rows_of(items),
            "score": 0.5 + (onward(hits[FORM]) - onward(hits[DETAIL])) / 4,
            **{kind: hits[version] for kind, version in KINDS.items()},
            **({"reach": reached(model, blocks, items, bench)} if blocks.attending else {}),
        }
        facts = {
            "classes": list(data.classes),
            "prior": prior(truth, known, len(data.classes)),
            "learnt_from": len(learnt),
            "blocks": list(blocks.names),
            "depths": list(blocks.depths),
            "attending": list(blocks.attending),
            "even_reach": even(blocks, model.card.preprocessing.size) if blocks.attending else None,
        }
        return Sheet(columns=columns, facts=facts)

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        groups, chance, depths = sheet["group"], sheet.facts["prior"], sheet.facts["depths"]
        found = {self.headline: stats.mean(sheet["score"], groups, statistics, chance=0.5, better="neither")}
        for kind in KINDS:
            found |= {
                f"{kind}_{number}": stats.proportion(column, groups, statistics, chance=chance)
                for number, column in enumerate(sheet[kind].T, 1)
            }
        for number, _ in enumerate(sheet.facts["attending"]):
            found[f"reach_{number + 1}"] = stats.mean(sheet["reach"][:, number], groups, statistics, better="neither")
        found |= centres({kind: sheet[kind] for kind in KINDS}, depths, groups, chance, statistics)
        if {"detail_depth", "form_depth"} <= found.keys():
            found["form_deeper"] = lag(sheet["detail"], sheet["form"], depths, groups, chance, statistics)
        every = {kind: sheet[kind].mean(1, dtype=np.float64) for kind in KINDS}
        left = {kind: retained(every[kind], every["clean"], groups, chance, statistics) for kind in ("detail", "form")}
        found |= {f"retained_{kind}": one for kind, one in left.items() if one is not None}
        return found

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        known = sorted(results, key=lambda result: not result.record.facts["attending"])  # colours hold in all panels
        chance, charts = known[0].record.estimates["clean_1"].chance, []
        for kinds in (("clean",), ("detail", "form")):  # the two on one scale
            panels = {kind: _curves(known, kind, "blocks") for kind in kinds}
            top = min(1.0, 1.08 * max(point.high for points in panels.values() for point in points))
            charts += [
                draw.curve(points, x=AXIS, y=f"accuracy, {WORDS[kind]}", chance=chance, domain=(0.0, top))
                for kind, points in panels.items()
            ]
        if looks := _curves(known, "reach", "attending"):
            charts.append(draw.curve(looks, x=AXIS, y="reach of attention, in widths", domain=(0.0, 0.8)))
        return draw.stacked(*charts)

    def exhibits(self, sheet: Sheet, model: Any, data: Dataset, bench: Bench) -> Sequence[Exhibit]:  # noqa: ARG002
        """Of the pictures that are told as they are, those that come nearest to turning from detail to form."""
        items = list(drawn(data.items, self.images))
        rows = np.lexsort((-sheet["score"], sheet["clean"].mean(1) < 0.5))[:SHOWN]
        versions = ends_of([items[row] for row in rows])
        shown = [
            Pictured(version[place].picture, f"{WORDS[kind]}: told at {_places(sheet[kind][row])}")
            for place, row in enumerate(rows)
            for kind, version in zip(KINDS, versions.values(), strict=True)
        ]
        note = "Each picture in three versions; under each the blocks whose probe tells what it shows."
        return [Exhibit(title="From detail to form", note=note, pictures=tuple(shown), together=len(KINDS))]


def _curves(results: Sequence[Result], kind: str, blocks: str) -> list[draw.Point]:
    """An estimate over the depths of the blocks that have it."""
    return [
        draw.Point(record.card.name, depth, found.value, found.low, found.high)
        for record, sheet in results
        for number, block in enumerate(sheet.facts[blocks], 1)
        for depth in (sheet.facts["depths"][sheet.facts["blocks"].index(block)],)
        for found in (record.estimates[f"{kind}_{number}"],)
    ]


def _places(hits: NDArray[np.float32]) -> str:
    """``1, 3 of 6 blocks``."""
    return f"{', '.join(str(number) for number, hit in enumerate(hits, 1) if hit == 1) or 'none'} of {len(hits)} blocks"


PUBLIC = Depths
