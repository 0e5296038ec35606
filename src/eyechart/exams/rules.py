"""A forest with a bicycle is a park: concepts that are rules over others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import altair as alt
import numpy as np
from numpy.typing import NDArray

from eyechart import draw, stats
from eyechart.bench import Bench
from eyechart.core import Dataset, Estimate, ImageEncoder, Result, Sheet, Statistics
from eyechart.errors import Refused
from eyechart.gallery import Exhibit, Pictured
from eyechart.marking.answers import rows_of
from eyechart.marking.corners import Places, by_rule
from eyechart.marking.ties import TIE
from eyechart.store.rows import Rows
from eyechart.transfer.fixed import belonging

SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A linear probe learns a concept such as "park: a forest with a bicycle" from pictures of which the rule holds and
    as many that lack exactly one of its parts. Then it is asked about new pictures: of which the rule holds, which lack
    one part, and which lack several; training showed none like the last, but that they are no parks follows from what
    it showed. Accuracy is the mean of how many parks it lets pass and how many others it turns away; guessing gets 1/2.

    `one_part`: what one gets who sees a single part of each rule, the best one, and no other; `shown`: of the others
    those that lack one part alone, where all parts count; `new`: those that lack several, and `seen`: the same for a
    probe that was shown as many examples, some of them of such pictures. `near`: each way of lacking one part kept
    from training in turn; nothing says then that this part matters, so 1/2 is a fair answer and more tells that the
    features keep the parts apart. The penalty is fixed.
    """

    name: ClassVar[str] = "rules"
    question: ClassVar[str] = "Does it learn a concept that is a rule over others?"
    version: ClassVar[int] = 2
    needs: ClassVar[tuple[type, ...]] = (ImageEncoder,)
    asks: ClassVar[tuple[str, ...]] = ("facts", "train")
    headline: ClassVar[str] = "accuracy"
    says: ClassVar[str] = "It tells new scenes that fall under a rule from those that do not {accuracy} of the time."

    examples: int = 12  # at most, of which the rule holds; and as many of which it does not
    penalty: float = 0.01  # λ of ½ λ ‖W‖² beside the mean loss
    tap: str = "pooled"

    def taps(self) -> tuple[str, ...]:
        return (self.tap,) if self.tap == "image" else (self.tap, "image")

    def measure(self, model: ImageEncoder, data: Dataset, bench: Bench) -> Sheet:
        learnt = by_rule(data.train.items) if data.train is not None else {}
        rules = {rule: asked for rule, asked in by_rule(data.items).items() if rule in learnt}
        rules = {rule: asked for rule, asked in rules.items() if asked.complete and learnt[rule].complete}
        if not rules or data.train is None:
            raise Refused(
                "rules needs pictures with the facts 'rule' and 'corner' (10: the first part holds, the second not) "
                "that have all parts, all but one and fewer, both to learn from and to examine; "
                f"{data.name} has no such rule"
            )
        tap = "image" if self.tap == "pooled" and "pooled" not in model.card.taps else self.tap
        rows = bench.features(model, data.train.items, tap), bench.features(model, data.items, tap)
        parts: dict[str, list[NDArray[Any]]] = {name: [] for name in ("at", "score", "seen", "sure", "one_part")}
        near: list[dict[str, Any]] = []
        for rule, asked in rules.items():
            taught, wrong = learnt[rule], asked.gather((*asked.near, *asked.far))
            score, sure = self._marks(taught.lesson(taught.near, self.examples), (asked.whole, wrong), rows)
            every = taught.lesson((*taught.far, *taught.near), self.examples)
            seen, _ = self._marks(every, (asked.whole, wrong), rows)
            found = {"at": wrong, "score": score, "seen": seen, "sure": sure, "one_part": asked.by_one_part(wrong)}
            for name, column in found.items():
                parts[name].append(column)
            for left in sorted({*taught.near} & {*asked.near}):
                others = [corner for corner in (*taught.near, *taught.far) if corner != left]
                marks, _ = self._marks(taught.lesson(others, self.examples), (asked.whole, asked.of[left]), rows)
                near.append({"rule": rule, "corner": left, "accuracy": float(marks.mean()), "pictures": len(marks)})
        columns = {name: np.concatenate(column) for name, column in parts.items()}
        items = [data.items[at] for at in columns.pop("at")]
        names = np.array([str(item.facts["rule"]) for item in items], dtype=np.str_)
        sure = columns.pop("sure")
        columns |= {
            **rows_of(items),
            "truth": np.char.add("no ", names),
            "answer": np.where(sure > 0.5, names, np.char.add("no ", names)),
            "confidence": np.maximum(sure, 1 - sure),
            "rule": names,
            "lacks": np.array([str(item.facts["corner"]).count("0") for item in items]),
        }
        return Sheet(columns=columns, facts={"tap": tap, "near": near})

    def _marks(
        self, lesson: tuple[Places, Places], asked: tuple[Places, Places], rows: tuple[Rows, Rows]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """After a lesson of right and wrong pictures, for each of the asked wrong ones: the mean of whether it is
        turned away and of the share of right ones that pass; and how likely the rule is said to hold of it.
        """
        (right, wrong), (train, test), count = lesson, rows, len(asked[0])
        features = train.take(right).tensor(), train.take(wrong).tensor(), test.take(np.concatenate(asked)).tensor()
        sure = belonging(*features, self.penalty).double().numpy()
        passed = np.where(np.abs(sure - 0.5) < TIE, 0.5, sure > 0.5)
        return (1 - passed[count:] + passed[:count].mean()) / 2, sure[count:]

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        every, one = np.ones(len(sheet), dtype=bool), sheet["lacks"] == 1
        asked = {"accuracy": ("score", every), "shown": ("score", one), "new": ("score", ~one), "seen": ("seen", ~one)}
        asked |= {f"accuracy_{rule}": ("score", sheet["rule"] == rule) for rule in np.unique(sheet["rule"])}
        found = {
            name: stats.proportion(sheet[column][rows], sheet["group"][rows], statistics, chance=0.5)
            for name, (column, rows) in asked.items()
        }
        found["one_part"] = stats.proportion(sheet["one_part"], sheet["group"], statistics, better="neither")
        if left := sheet.facts["near"]:
            marks, rules = [row["accuracy"] for row in left], np.array([row["rule"] for row in left])
            found["near"] = stats.proportion(marks, rules, statistics, chance=0.5)
        return found

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        shown = {"accuracy": "all", "one_part": "all, by one part alone", "shown": "one part missing"}
        shown |= {"new": "several missing, never shown", "seen": "several missing, shown"}
        shown |= {"near": "one part missing, never shown"}
        each = [name for name in results[0].record.estimates if name.startswith("accuracy_")]
        shown |= {name: name.removeprefix("accuracy_") for name in each}
        rows = [
            draw.Spot(words, record.card.name, found.value, found.low, found.high)
            for name, words in shown.items()
            for record, _ in results
            if name in record.estimates
            for found in (record.estimates[name],)
        ]
        return draw.intervals(rows, x="balanced accuracy", chance=0.5)

    def exhibits(self, sheet: Sheet, model: ImageEncoder, data: Dataset, bench: Bench) -> Sequence[Exhibit]:  # noqa: ARG002
        known = {item.id: item for item in data.items}
        taken = np.flatnonzero(sheet["truth"] != sheet["answer"])
        worst = taken[np.argsort(-sheet["confidence"][taken], kind="stable")][:SHOWN]
        hung = tuple(
            Pictured(item.picture, f"taken for: {item.facts['rule']} ({item.facts.get('words', '')})")
            for item in (known[str(sheet["id"][row])] for row in worst)
        )
        note = "Pictures that lack a part of the rule, or several, and were let pass all the same; the surest first."
        return (Exhibit(title="Not what the rule says", note=note, pictures=hung),) if hung else ()


PUBLIC = Rules
