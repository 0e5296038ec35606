"""The destroyed tank: things in a colour or a state in which they were never seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import altair as alt
import numpy as np
from numpy.typing import NDArray
from torch.nn.functional import normalize

from eyechart import draw, stats
from eyechart.bench import Bench
from eyechart.core import Dataset, DualEncoder, Estimate, Result, Sheet, Statistics
from eyechart.gallery import Exhibit, Pictured
from eyechart.marking.answers import rows_of
from eyechart.marking.compounds import CHOICES, Compound, Lesson, compounds, first_of, lesson, matched
from eyechart.transfer.factors import Course, repaired

ABSENT = -1.0  # the probes were not taught this compound
SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Compounds:
    """How often a thing in a colour or a state that training never showed of it is named right: "a broken tank" out of
    four, with another state, another thing, and both. Beside it the same for seen compounds, each matched with an
    unseen one, on average of the same things and attributes, so that the difference is due to having seen them.

    `probe_k`: the same choice by linear probes on frozen features, one for the thing and one for the attribute, learnt
    from pictures of seen compounds and k pictures of each unseen one; the mean over random draws. Guessing gets 1/4;
    `by_words` is what the model gets before the mean of all pictures, by preferring some words to others.
    What was seen is told by the data: the world's training split withholds these compounds; of models that were trained
    on something else, only the probe is known not to have seen them.
    """

    name: ClassVar[str] = "compounds"
    question: ClassVar[str] = "Does it know a thing it knows in a state it has never seen it in?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (DualEncoder,)
    asks: ClassVar[tuple[str, ...]] = ("facts", "train")
    headline: ClassVar[str] = "unseen"
    says: ClassVar[str] = "It names {unseen} of the pairs it never met rightly, and {seen} of those it met."

    shots: tuple[int, ...] = (0, 1, 2, 4, 8, 16)  # as far as there are so many of every unseen compound
    draws: int = 3
    penalty: float = 0.001  # λ of ½ λ ‖W‖² beside the mean loss of each probe
    tap: str = "pooled"

    def taps(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.tap, "image")))

    def measure(self, model: DualEncoder, data: Dataset, bench: Bench) -> Sheet:
        test, train = compounds(data)
        unseen, seen = (list(side) for side in zip(*matched(test, data.items), strict=True))
        both = [*unseen, *seen]
        phrases = [text for each in both for text in each.phrases]
        texts = normalize(bench.texts(model, phrases), dim=1).unflatten(0, (len(both), CHOICES))
        images = normalize(bench.features(model, [data.items[each.at] for each in both]).tensor(), dim=1)
        scores, before = (images[:, None] * texts).sum(-1), (images.mean(0) * texts).sum(-1)
        right, chosen, by_words = first_of(scores), scores.argmax(1).numpy(), first_of(before)
        said = np.array(phrases, dtype=np.str_).reshape(-1, CHOICES)
        facts, probed = self._probed(model, data, bench, (lesson(train, test), both))
        half = len(unseen)
        columns = {
            **rows_of([data.items[each.at] for each in unseen]),
            "score": right[:half],
            "seen": right[half:],
            "by_words": by_words[:half],
            "seen_by_words": by_words[half:],
            "right_concept": (chosen[:half] < 2).astype(np.float64),  # the choices that name the thing come first
            "right_attribute": (chosen[:half] % 2 == 0).astype(np.float64),
            "kind": np.array([each.kind for each in unseen], dtype=np.str_),
            "truth": said[:half, 0],
            "answer": said[np.arange(half), chosen[:half]],
            "confidence": scores[:half].amax(1).numpy(),
            "probe": probed[:half],
            "probe_seen": probed[half:],
        }
        return Sheet(columns=columns, facts=facts | {"kinds": sorted({each.kind for each in unseen})})

    def _probed(
        self, model: DualEncoder, data: Dataset, bench: Bench, pupils: tuple[Lesson, list[Compound]]
    ) -> tuple[dict[str, Any], NDArray[np.float64]]:
        """For which shots, and the marks of every compound, unseen ones before matches; ABSENT where not taught."""
        taught, both = pupils
        tap = "image" if self.tap == "pooled" and "pooled" not in model.card.taps else self.tap
        rows = [at for at in range(len(both)) if taught.taught(both[at % (len(both) // 2)])]
        shots = tuple(count for count in self.shots if count <= taught.most and taught.seen and rows)
        probed = np.full((len(both), len(shots)), ABSENT)
        if shots and data.train is not None:
            learnt, asked = bench.features(model, data.train.items, tap), [both[at] for at in rows]
            features = bench.features(model, [data.items[each.at] for each in asked], tap).tensor()
            course = Course(shots=shots, draws=self.draws, penalty=self.penalty)
            probed[rows] = repaired(taught, learnt, asked, features, course)
        return {"shots": list(shots), "tap": tap}, probed

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        every, taught = np.arange(len(sheet)), np.flatnonzero((sheet["probe"] >= 0).all(1))
        even = 1 / CHOICES
        parts = {"unseen": (sheet["score"], every, even), "seen": (sheet["seen"], every, even)}
        parts |= {name: (sheet[name], every, 0.5) for name in ("right_concept", "right_attribute")}
        for kind in sheet.facts["kinds"]:
            parts[f"unseen_{kind}"] = (sheet["score"], np.flatnonzero(sheet["kind"] == kind), even)
            parts[f"seen_{kind}"] = (sheet["seen"], np.flatnonzero(sheet["kind"] == kind), even)
        for at, count in enumerate(sheet.facts["shots"]):
            parts[f"probe_{count}"] = (sheet["probe"][:, at], taught, even)
            parts[f"probe_{count}_seen"] = (sheet["probe_seen"][:, at], taught, even)
        found = {
            name: stats.proportion(column[rows], sheet["group"][rows], statistics, chance=chance)
            for name, (column, rows, chance) in parts.items()
        }
        for name in ("by_words", "seen_by_words"):
            found[name] = stats.proportion(sheet[name], sheet["group"], statistics, better="neither")
        lost = sheet["seen"] - sheet["score"]
        return found | {"gap": stats.mean(lost, sheet["group"], statistics, chance=0.0, better="neither")}

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        shown = {"seen": "named, seen", "unseen": "named, unseen"}
        shown |= {f"unseen_{kind}": f"named, unseen {kind}s" for kind in results[0].sheet.facts["kinds"]}
        shown |= {"probe_0_seen": "by probes, seen"}
        shown |= {f"probe_{count}": f"by probes, unseen, {count} shown" for count in results[0].sheet.facts["shots"]}
        rows = [
            draw.Spot(words, record.card.name, found.value, found.low, found.high)
            for name, words in shown.items()
            for record, _ in results
            if name in record.estimates
            for found in (record.estimates[name],)
        ]
        return draw.intervals(rows, x="right of four", chance=1 / CHOICES)

    def exhibits(self, sheet: Sheet, model: DualEncoder, data: Dataset, bench: Bench) -> Sequence[Exhibit]:  # noqa: ARG002
        pictures = {item.id: item.picture for item in data.items}
        order = np.lexsort((-sheet["confidence"], sheet["score"]))
        _, first = np.unique(sheet["truth"][order], return_index=True)
        hung = tuple(
            Pictured(
                pictures[str(sheet["id"][row])],
                str(sheet["truth"][row])
                + (f"; said: {sheet['answer'][row]}" if sheet["score"][row] < 1 else "; said so"),
            )
            for row in order[np.sort(first)][:SHOWN]
        )
        note = "Combinations that training withheld, each once: what it is, and what was said; mistakes first."
        return (Exhibit(title="Never seen", note=note, pictures=hung),)


PUBLIC = Compounds
