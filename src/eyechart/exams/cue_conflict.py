"""Whether a model goes by the outline of a thing or by what covers it, where the two disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import altair as alt
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from eyechart import draw
from eyechart.bench import Bench
from eyechart.core import Classifier, Dataset, DualEncoder, Estimate, ImageEncoder, Result, Sheet, Statistics
from eyechart.gallery import Exhibit, Pictured
from eyechart.marking.answers import rows_of
from eyechart.marking.cues import ALONE, Conflict, by_outline, conflicts, leanings
from eyechart.marking.ties import TIE, expected_hits
from eyechart.transfer.naming import namer

SHOWN = 6  # pictures per kind of answer
LEANS = {
    "shape_over_texture": "the likelier of the two",
    "shape_bias": "what it answers",
    "where_both_are_read": "where both are read",
}
READS = {"coverage": "either of the two", "silhouette": "shape alone", "patch": "texture alone", "intact": "as drawn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CueConflict:
    """Whether the class of the outline or that of the texture scores higher, on pictures in which they disagree; .5 is
    either way, 1 always the outline.

    The *shape bias* of Geirhos et al. 2019 stands beside it: of the answers that name one of the two, the share that
    name the outline. It is silent on all other answers, so their *coverage* is given, and so is how well each cue is
    read by itself (a silhouette; a patch of the texture): a leaning away from a cue that is not read tells nothing, so
    the leaning *where both are read* is the one to trust, if there are enough such pictures.
    """

    name: ClassVar[str] = "cue_conflict"
    question: ClassVar[str] = "Does it go by shape or by texture?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (DualEncoder, Classifier, ImageEncoder)
    asks: ClassVar[tuple[str, ...]] = ("labels", "probe")
    headline: ClassVar[str] = "shape_over_texture"
    says: ClassVar[str] = "Where both disagree it goes by shape rather than texture {shape_over_texture} of the time."

    images: int = 1200  # conflicts at most

    def taps(self) -> tuple[str, ...]:
        return ("image", "logits")

    def measure(self, model: ImageEncoder | Classifier, data: Dataset, bench: Bench) -> Sheet:
        found = conflicts(data, self.images, self.name)
        said = namer(model, data, bench, self.name)
        scores = said.scores([one.item for one in found])
        shape, texture = (torch.tensor([getattr(one, cue) for one in found]) for cue in ("shape", "texture"))
        names = np.array(data.classes, dtype=np.str_)
        columns: dict[str, NDArray[Any]] = {
            **rows_of([one.item for one in found]),
            "score": _preferred(scores, shape, texture).numpy(),
            "shape": expected_hits(scores, shape).numpy(),
            "texture": expected_hits(scores, texture).numpy(),
            "outline": names[shape.numpy()],
            "skin": names[texture.numpy()],
            "answer": names[scores.argmax(1).numpy()],
        }
        for cue, part in ALONE.items():
            if all(cue in one.alone for one in found):
                alone = said.scores([one.alone[cue] for one in found])
                columns[cue] = expected_hits(alone, shape if part == "shape" else texture).numpy()
                columns[f"{cue}_answer"] = names[alone.argmax(1).numpy()]
        return Sheet(columns=columns, facts={"classes": list(data.classes), "means": said.means})

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        return leanings(sheet, statistics)

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        spots = [spot for result in results for spot in by_outline(result)]
        order = {name: place for place, name in enumerate(results[0].sheet.facts["classes"])}
        spots.sort(key=lambda spot: order[spot.row])
        return draw.stacked(
            draw.intervals(_spots(results, LEANS), x="0 texture, 1 shape", chance=0.5),
            draw.intervals(_spots(results, READS), x="named rightly", chance=1 / len(order)),
            draw.intervals(spots, x="by outline: answers by shape, of those by shape or texture", chance=0.5),
        )

    def exhibits(self, sheet: Sheet, model: Any, data: Dataset, bench: Bench) -> Sequence[Exhibit]:  # noqa: ARG002
        """Conflicts with what was said, by the kind of the answer, and each cue by itself."""
        found = conflicts(data, self.images, self.name)
        by_shape, by_texture = sheet["shape"] > 0.5, sheet["texture"] > 0.5
        kinds = {
            "Named by its shape": by_shape,
            "Named by its texture": by_texture,
            "Named as neither": ~by_shape & ~by_texture,
        }
        shown = [
            Exhibit(title=f"{title}: {rows.sum()} of {len(rows)}", note=_NOTE, pictures=_pictured(found, sheet, rows))
            for title, rows in kinds.items()
            if rows.any()
        ]
        cues, rows = [cue for cue in ALONE if cue in sheet.columns], _spread(np.ones(len(found), dtype=bool), SHOWN)
        single = tuple(
            Pictured(found[row].alone[cue].picture, f"{cue}: said {sheet[f'{cue}_answer'][row]}")
            for row in rows
            for cue in cues
        )
        alone = Exhibit(title="Each cue by itself", note="What each is called.", pictures=single, together=len(cues))
        return [*shown, alone] if single else shown


_NOTE = "The outline is of one thing, what covers it of another."


def _preferred(scores: Tensor, shape: Tensor, texture: Tensor) -> Tensor:
    """1 where the class of the shape scores above that of the texture, 0 where below, ½ where they tie; fp64."""
    lead = (scores.gather(1, shape[:, None]) - scores.gather(1, texture[:, None]))[:, 0].double()
    slack = TIE * scores.abs().amax(1).double()
    return ((lead > slack).double() + (lead >= -slack).double()) / 2


def _spots(results: Sequence[Result], shown: Mapping[str, str]) -> list[draw.Spot]:
    return [
        draw.Spot(words, record.card.name, found.value, found.low, found.high)
        for name, words in shown.items()
        for record, _ in results
        if name in record.estimates
        for found in (record.estimates[name],)
    ]


def _spread(rows: NDArray[np.bool_], count: int) -> list[int]:
    """Some of these rows, evenly over all of them."""
    places = np.flatnonzero(rows)
    return [int(places[at]) for at in np.unique(np.linspace(0, len(places) - 1, min(count, len(places))).astype(int))]


def _pictured(found: Sequence[Conflict], sheet: Sheet, rows: NDArray[np.bool_]) -> tuple[Pictured, ...]:
    said = (sheet["outline"], sheet["skin"], sheet["answer"])
    return tuple(
        Pictured(found[row].item.picture, "{} in {}: said {}".format(*(str(column[row]) for column in said)))
        for row in _spread(rows, SHOWN)
    )


PUBLIC = CueConflict
