"""Can it read what is written in the picture?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import altair as alt
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from eyechart import draw, stats
from eyechart.bench import Bench
from eyechart.core import Dataset, DualEncoder, Estimate, Result, Sheet, Statistics
from eyechart.errors import BadInput
from eyechart.gallery import Exhibit, Pictured
from eyechart.marking.answers import rows_of
from eyechart.marking.ties import expected_hits
from eyechart.marking.transcripts import CONDITIONS, apart, beaten, choice_scores, transcripts, two_by_two

SHOWN = 16  # pictures of an exhibit


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The right text is chosen among others of nearly its length by cosine: in the world one of nine,
    of which two differ from it in a single letter, digit or word. Two by two, the right text against one of which a
    third of the letters differ at most is `near`, against any other `far`; chance is one half. Sums are asked twice:
    what is written, and, as `adds_up`, which number it makes ("3 + 4": "seven").

    Each text is put into all `templates`; their normalised embeddings are averaged. On other data the fact "text" says
    what is written; other texts are drawn from the other pictures.
    """

    name: ClassVar[str] = "reading"
    question: ClassVar[str] = "Can it read?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (DualEncoder,)
    asks: ClassVar[tuple[str, ...]] = ("facts",)
    headline: ClassVar[str] = "accuracy"
    says: ClassVar[str] = "It picks what is written among nine texts {accuracy} of the time."

    others: int = 8  # texts to choose from besides the right one, where the data bring none
    close: float = 0.34  # of the letters of a text: where at most so many differ, another is near
    templates: tuple[str, ...] = ('it says "{}"', 'text that reads "{}"')
    totals: tuple[str, ...] = ("the answer is {}", "it adds up to {}", "the number {}", "{}")

    def taps(self) -> tuple[str, ...]:
        return ("image",)

    def measure(self, model: DualEncoder, data: Dataset, bench: Bench) -> Sheet:
        if self.others < 1 or not all("{}" in form for form in (*self.templates, *self.totals)):
            raise BadInput(f"{self.name} chooses among two texts at least, each put into templates with {{}} in them")
        asked = transcripts(data, self.name, self.others)
        images = bench.features(model, [one.item for one in asked]).tensor()
        texts = [(one.text, *one.others) for one in asked]
        scores = choice_scores(model, images, texts, self.templates, bench)
        sums = [row for row, one in enumerate(asked) if one.totals]
        values = choice_scores(model, images[sums], [asked[row].totals for row in sums], self.totals, bench)
        added = np.zeros((len(asked), 2), dtype=np.float32)  # hit, chance; 0, 0 where it was not asked
        for row, table in zip(sums, values, strict=True):
            added[row] = _hit(table), 1 / len(table)
        best = [int(table.argmax()) for table in scores]
        columns: dict[str, NDArray[Any]] = {
            **rows_of([one.item for one in asked]),
            "score": _hits(scores),
            "truth": np.array([one.text for one in asked]),
            "answer": np.array([said[place] for said, place in zip(texts, best, strict=True)]),
            "confidence": np.array([float(table.amax()) for table in scores]),
            "chance": np.array([1 / len(table) for table in scores]),
            "beaten": beaten(scores),
            "apart": apart(asked),
            "adds_up": added,
        }
        met = sorted(set().union(*(one.conditions for one in asked)))
        columns |= {f"in_{name}": np.array([name in one.conditions for one in asked]) for name in met}
        return Sheet(columns=columns, facts={"conditions": met, "close": self.close})

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        every, sums = np.ones(len(sheet), dtype=bool), sheet["adds_up"][:, 1] > 0

        def share(hits: NDArray[Any], chance: NDArray[Any], rows: NDArray[Any]) -> Estimate:
            return stats.proportion(hits[rows], sheet["group"][rows], statistics, chance=float(chance[rows].mean()))

        found = {
            "accuracy": share(sheet["score"], sheet["chance"], every),
            **two_by_two(sheet, statistics),
        }
        if sums.any():
            found["adds_up"] = share(sheet["adds_up"][:, 0], sheet["adds_up"][:, 1], sums)
        for name in sheet.facts["conditions"]:
            found[name.removeprefix("kind_")] = share(sheet["score"], sheet["chance"], sheet[f"in_{name}"])
        return found

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        shown = {"accuracy": "all", "adds_up": "sums, what they make"}
        shown |= {name.removeprefix("kind_"): words for name, words in CONDITIONS.items()}
        rows = [
            draw.Spot(words, record.card.name, found.value, found.low, found.high)
            for name, words in shown.items()
            for record, _ in results
            if name in record.estimates
            for found in (record.estimates[name],)
        ]
        return draw.intervals(rows, x="right text chosen", chance=results[0].record.estimates["accuracy"].chance)

    def exhibits(self, sheet: Sheet, model: Any, data: Dataset, bench: Bench) -> Sequence[Exhibit]:
        del model, bench
        pictures = {item.id: item.picture for item in data.items}
        right, by_sureness = sheet["score"] > 0.5, np.argsort(-sheet["confidence"], kind="stable")
        return tuple(
            Exhibit(
                title=title,
                note=note,
                pictures=tuple(
                    Pictured(pictures[str(sheet["id"][row])], f"read as “{sheet['answer'][row]}”") for row in rows
                ),
            )
            for title, note, chosen in (
                (
                    "Read rightly",
                    "The surest first; of all texts that were offered this one was chosen, as luck does at times.",
                    right,
                ),
                ("Misread", "The surest first; another text was taken for what is written.", ~right),
            )
            if len(rows := [row for row in by_sureness if chosen[row]][:SHOWN])
        )


def _hit(scores: Tensor) -> float:
    return float(expected_hits(scores[None], torch.tensor([0])))


def _hits(scores: Sequence[Tensor]) -> NDArray[Any]:
    return np.array([_hit(table) for table in scores])


PUBLIC = Reading
