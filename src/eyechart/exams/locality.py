"""Whether a model lives on local detail or on global form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import altair as alt
import numpy as np
from numpy.typing import NDArray

from eyechart import draw, stats
from eyechart.bench import Bench
from eyechart.core import Classifier, Dataset, DualEncoder, Estimate, ImageEncoder, Result, Sheet, Statistics
from eyechart.data.splits import draw as drawn
from eyechart.gallery import Exhibit, Pictured
from eyechart.marking.answers import rows_of
from eyechart.transfer.damage import looked, retained, truth_of
from eyechart.transfer.naming import namer
from eyechart.transfer.pieces import AS_IT_IS, DETAIL, FORM, THING, VERSIONS, masked, versions_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Locality:
    """Whether pictures of which only the detail is left are told better than those of which only the form is left: .5
    is neither, 1 detail alone.

    *Detail alone*: the picture is cut into 4 by 4 pieces that all change places, so that what is finer than a piece
    stays and every larger form is gone. *Form alone*: all that is finer than four cycles per picture is blurred away,
    the same scale from the other side. Half the difference of the two accuracies is added to .5. Beside it stand other
    cuts, shifts, covered cells (anywhere, and over the thing that is named) and other blurs, each with its accuracy.
    """

    name: ClassVar[str] = "locality"
    question: ClassVar[str] = "Does it live on local detail or on global form?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (DualEncoder, Classifier, ImageEncoder)
    asks: ClassVar[tuple[str, ...]] = ("labels", "probe")
    headline: ClassVar[str] = "detail_over_form"
    says: ClassVar[str] = "It goes by local detail rather than global form {detail_over_form} of the time."

    images: int = 200  # drawn by digest, of every class in proportion

    def taps(self) -> tuple[str, ...]:
        return ("image", "logits")

    def measure(self, model: ImageEncoder | Classifier, data: Dataset, bench: Bench) -> Sheet:
        items = list(drawn(data.items, self.images))
        truth = truth_of(items, data, self.name)
        said = namer(model, data, bench, self.name)
        seen = looked(said, versions_of(items, data.classes), truth)
        places = {name: place for place, name in enumerate(VERSIONS)}
        columns: dict[str, NDArray[Any]] = {
            **rows_of(items),
            "score": (1 + seen.hits[:, places[DETAIL]] - seen.hits[:, places[FORM]]) / 2,
            "hits": seen.hits.astype(np.float32),
            "answers": seen.answers.astype(np.int32),
            "masked": np.array([masked(item, data.classes) is not None for item in items]),
        }
        return Sheet(
            columns=columns, facts={"classes": list(data.classes), "means": said.means, "versions": list(VERSIONS)}
        )

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        groups, chance = sheet["group"], 1 / len(sheet.facts["classes"])
        found = {
            self.headline: stats.mean(sheet["score"], groups, statistics, chance=0.5, better="neither"),
        }
        hits = dict(zip(VERSIONS, sheet["hits"].astype(np.float64).T, strict=True))
        answers = dict(zip(VERSIONS, sheet["answers"].T, strict=True))
        everything, with_mask = np.ones(len(groups), dtype=bool), sheet["masked"]
        for name, column in hits.items():
            rows = with_mask if name.startswith(THING) else everything
            if rows.any():
                found[name] = stats.proportion(column[rows], groups[rows], statistics, chance=chance)
        for name in (DETAIL, FORM):
            left = retained(hits[name], hits[AS_IT_IS], groups, chance, statistics)
            found |= {f"retained_{name}": left} if left is not None else {}
        for name in VERSIONS:
            if name.startswith("shift"):
                same = (answers[name] == answers[AS_IT_IS]).astype(np.float64)
                found[f"same_answer_{name}"] = stats.proportion(same, groups, statistics)
        return found

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        rows = [
            draw.Spot(words, record.card.name, found.value, found.low, found.high)
            for name, words in VERSIONS.items()
            for record, _ in results
            if name in record.estimates
            for found in (record.estimates[name],)
        ]
        return draw.intervals(rows, x="accuracy", chance=results[0].record.estimates[AS_IT_IS].chance)

    def exhibits(self, sheet: Sheet, model: Any, data: Dataset, bench: Bench) -> Sequence[Exhibit]:  # noqa: ARG002
        """A picture that is told as it is, in every version, with what the model called it."""
        items = list(drawn(data.items, self.images))
        able = sheet["hits"][:, 0] + 0.5 * sheet["masked"] + 0.25 * sheet["hits"].mean(1)
        row = int(np.argmax(able))
        names = data.classes
        truth = names[items[row].label or 0]
        shown = [
            Pictured(version[0].picture, f"{words}: said {names[answer]}")
            for (name, words), version, answer in zip(
                VERSIONS.items(), versions_of([items[row]], names), sheet["answers"][row], strict=True
            )
            if sheet["masked"][row] or not name.startswith(THING)
        ]
        note = f"A picture of “{truth}”; under each what the model calls it."
        return [Exhibit(title="One picture in every version", note=note, pictures=tuple(shown))]


PUBLIC = Locality
