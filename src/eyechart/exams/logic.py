"""And, or, not: what is there, what is not, and which sentence says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

import altair as alt
import numpy as np
from torch.nn.functional import normalize

from eyechart import draw, stats
from eyechart.bench import Bench
from eyechart.core import Dataset, DualEncoder, Estimate, Result, Sheet, Statistics
from eyechart.data.staged.connectives import CONNECTIVES, CORNERS
from eyechart.errors import BadInput
from eyechart.gallery import Exhibit, Pictured
from eyechart.marking import truth_tables
from eyechart.marking.answers import rows_of
from eyechart.marking.order import rank
from eyechart.marking.pairs import DECIMALS, threshold
from eyechart.marking.truth_tables import ONE_OF, TRUTH, tables

WORDS = {"and": "A and B", "or": "A or B", "first_only": "A but no B", "neither": "neither A nor B"}
FOLDED = {"first_only": ("first_only", "second_only")}  # the same sentence with the names exchanged
SHOWN = 3  # truth tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Logic:
    """Which of "A and B", "A but no B", "B but no A" and "neither A nor B" scores highest, on pictures that show both,
    one, the other, or neither. One of four is right by chance, and so for whoever hears the names and nothing else.

    Beside it, per connective, "or" among them: whether all pictures of which it is true score above all others of the
    four (1/4 by chance), and the AUROC; here whoever counts the named things does well with "and" and "or". `scope`:
    "A but no B" against "B but no A", which have the same words. `accuracy`: every sentence taken for true from one and
    the same score up, which is chosen on half of the tables and graded on the others (right and wrong ones count
    equally). In the world the four pictures differ in nothing else: where one of the two is missing, another thing
    stands in its place, so that counting things tells nothing. Of other data, any four with such labels.
    """

    name: ClassVar[str] = "logic"
    question: ClassVar[str] = "Does it know and, or, not?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (DualEncoder,)
    asks: ClassVar[tuple[str, ...]] = ("regions",)
    headline: ClassVar[str] = "choice"
    says: ClassVar[str] = "It picks the one true statement with and, or, not of four {choice} of the time."

    tables: int = 150  # pairs of names with four pictures each, at most
    frame: str = "{}"  # around each sentence

    def taps(self) -> tuple[str, ...]:
        return ("image",)

    def measure(self, model: DualEncoder, data: Dataset, bench: Bench) -> Sheet:
        if self.tables < 2 or "{}" not in self.frame:
            raise BadInput(f"logic needs two tables at least and a frame with {{}}; got {self.tables}, {self.frame!r}")
        found = tables(data, self.tables)
        items = [data.items[at] for table in found for at in table.corners]
        said = [[self.frame.replace("{}", text) for text in table.phrases.values()] for table in found]
        images = normalize(bench.features(model, items).tensor(), dim=1).unflatten(0, (len(found), len(CORNERS)))
        texts = normalize(bench.texts(model, list(chain(*said))), dim=1).unflatten(0, (len(found), len(CONNECTIVES)))
        scores = (images[:, :, None] * texts[:, None]).sum(-1).double().numpy().round(DECIMALS)
        names = np.array(said, dtype=np.str_)[:, :ONE_OF]
        answer = scores[:, :, :ONE_OF].argmax(-1)
        columns = {
            **rows_of(items),
            "score": truth_tables.chosen(scores).ravel(),
            "truth": names.ravel(),
            "answer": np.take_along_axis(names, answer, 1).ravel(),
            "confidence": scores[:, :, :ONE_OF].max(-1).ravel(),
            "scores": scores.reshape(len(items), -1),
        }
        # Tables, not pictures, are parted: what is graded has not been seen when the threshold is chosen.
        graded = np.array([rank(items[len(CORNERS) * at].cluster)[0] % 2 == 1 for at in range(len(found))])
        facts = {"tables": len(found), "sentences": list(CONNECTIVES), "graded": graded.tolist()}
        if graded.any() and not graded.all():
            chosen_on = scores[~graded]
            facts["threshold"] = threshold(chosen_on[:, TRUTH].ravel(), chosen_on[:, ~TRUTH].ravel())
        return Sheet(columns=columns, facts=facts)

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        scores = sheet["scores"].reshape(-1, len(CORNERS), len(CONNECTIVES)).astype(np.float64)
        group = sheet["group"][:: len(CORNERS)]
        found = {"choice": stats.proportion(sheet["score"], sheet["group"], statistics, chance=1 / ONE_OF)}
        for name, marks, chance in (
            ("ordered", truth_tables.ordered(scores), 1 / len(CORNERS)),
            ("auroc", truth_tables.placed(scores), 0.5),
        ):
            each = {word: np.mean([marks[part] for part in FOLDED.get(word, (word,))], axis=0) for word in WORDS}
            for word, column in each.items():
                found[f"{name}_{word}"] = stats.proportion(column, group, statistics, chance=chance)
            every = np.mean(list(each.values()), axis=0)
            found[name] = stats.proportion(every, group, statistics, chance=chance)
        found["scope"] = stats.proportion(truth_tables.told_apart(scores), group, statistics, chance=0.5)
        if "threshold" in sheet.facts:
            graded = np.array(sheet.facts["graded"])
            column = truth_tables.accepted(scores[graded], sheet.facts["threshold"])
            found["accuracy"] = stats.proportion(column, group[graded], statistics, chance=0.5)
        return found

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        shown = {"choice": "the right one of four sentences"} | {
            f"ordered_{word}": f"pictures put in order: {words}" for word, words in WORDS.items()
        }
        rows = [
            draw.Spot(words, record.card.name, found.value, found.low, found.high)
            for name, words in shown.items()
            for record, _ in results
            for found in (record.estimates[name],)
        ]
        return draw.intervals(rows, x="share that is right", chance=1 / ONE_OF)

    def exhibits(self, sheet: Sheet, model: DualEncoder, data: Dataset, bench: Bench) -> Sequence[Exhibit]:  # noqa: ARG002
        pictures = {item.id: item.picture for item in data.items}
        marks = sheet["score"].reshape(-1, len(CORNERS)).mean(1)
        order = np.argsort(marks, kind="stable")[np.linspace(0, len(marks) - 1, min(SHOWN, len(marks))).astype(int)]
        rows = [int(row) for table in dict.fromkeys(order) for row in range(4 * table, 4 * table + 4)]
        hung = tuple(
            Pictured(
                pictures[str(sheet["id"][row])],
                f"{'right' if sheet['score'][row] == 1 else 'wrong'}: {sheet['answer'][row]}",
            )
            for row in rows
        )
        note = (
            "Fours of pictures: one that went wrong, a middling one and one that went right. They show both things, "
            "the first alone, the second alone, neither; under each, which of the four sentences scored highest."
        )
        return (Exhibit(title="Four corners", note=note, pictures=hung, together=len(CORNERS)),)


PUBLIC = Logic
