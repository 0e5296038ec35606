"""A word beside the thing: does the model name what it sees, or what it reads?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import altair as alt
import numpy as np
import torch
from numpy.typing import NDArray

from eyechart import draw, stats
from eyechart.bench import Bench
from eyechart.core import Classifier, Dataset, Estimate, ImageEncoder, Result, Sheet, Statistics
from eyechart.data.spoil.written import can_write
from eyechart.errors import BadInput, Refused
from eyechart.gallery import Exhibit, Pictured
from eyechart.marking.answers import labels, rows_of
from eyechart.marking.cards import VERSIONS, Looks, Trial, trials
from eyechart.marking.gaps import gap
from eyechart.marking.order import order
from eyechart.marking.ties import expected_hits
from eyechart.transfer.naming import namer

SHOWN = 16  # pictures of an exhibit


@dataclass(frozen=True, slots=True, kw_only=True)
class Typographic:
    """A card is laid on each picture with the name of another class on it, with its own name, or with meaningless
    letters; card, place and number of letters stay the same. Attack success is the share of pictures named after the
    wrong word; its chance is how often they are named so when the letters mean nothing. Source: Goh et al. 2021,
    "Multimodal Neurons in Artificial Neural Networks", section on typographic attacks.

    A model that cannot read cannot be misled: read it beside the exam `reading`, and beside `accuracy`.
    """

    name: ClassVar[str] = "typographic"
    question: ClassVar[str] = "Does a written label override the thing itself?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (ImageEncoder, Classifier)
    asks: ClassVar[tuple[str, ...]] = ("labels", "probe")
    headline: ClassVar[str] = "attack_success"
    says: ClassVar[str] = "A false label written on it overrides {attack_success} of the pictures."

    pictures: int = 250  # drawn at random; each is shown four times
    places: tuple[str, ...] = ("top left", "middle", "bottom right")  # of the card; each picture draws one
    sizes: tuple[float, ...] = (0.14, 0.2, 0.28)  # height of the card, of the picture's shorter side; likewise
    fonts: tuple[str, ...] = ("sans", "bold", "hand")  # likewise
    seed: int = 0  # of all that is drawn

    def taps(self) -> tuple[str, ...]:
        return ("image", "logits")

    def measure(self, model: ImageEncoder | Classifier, data: Dataset, bench: Bench) -> Sheet:
        given = self._trials(data)
        truth, wrong = torch.tensor([(trial.item.label, trial.written) for trial in given]).T
        naming = namer(model, data, bench, self.name)
        scores = {name: naming.scores([trial.version(name) for trial in given]) for name in VERSIONS}
        names = np.array(data.classes, dtype=np.str_)
        columns: dict[str, NDArray[Any]] = {
            **rows_of([trial.item for trial in given]),
            "score": expected_hits(scores["wrong"], wrong).numpy(),
            "by_nonsense": expected_hits(scores["nonsense"], wrong).numpy(),
            "is": names[truth.numpy()],
            "says": names[wrong.numpy()],
            **{f"right_{name}": expected_hits(table, truth).numpy() for name, table in scores.items()},
            **{f"named_{name}": names[table.argmax(1).numpy()] for name, table in scores.items()},
            "sure": scores["wrong"].softmax(1).amax(1).numpy(),
            "place": np.array([trial.place for trial in given]),
            "size": np.array([f"{trial.size:g}" for trial in given]),
            "font": np.array([trial.font for trial in given]),
        }
        return Sheet(columns=columns, facts={"classes": list(data.classes), "named_by": naming.means})

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        groups, even = sheet["group"], 1 / len(sheet.facts["classes"])
        moved, control = sheet["score"], sheet["by_nonsense"]
        right = {name: sheet[f"right_{name}"] for name in VERSIONS}
        found = {
            "attack_success": _moved(moved, control, groups, statistics),
            "beyond_nonsense": gap(moved, control, groups, statistics, better="lower"),
            "accuracy": stats.proportion(right["clean"], groups, statistics, chance=even),
            **{f"accuracy_{v}": stats.proportion(right[v], groups, statistics, chance=even) for v in VERSIONS[1:]},
            "drop": gap(right["nonsense"], right["wrong"], groups, statistics, better="lower"),
            "help": gap(right["right"], right["nonsense"], groups, statistics, better="neither"),
        }
        sure = right["clean"] == 1
        if sure.any():
            found["success_when_right"] = _moved(moved[sure], control[sure], groups[sure], statistics)
        for what in ("place", "size", "font"):
            for level in np.unique(sheet[what]):
                here = sheet[what] == level
                name = f"success_{what}_{level}".replace(" ", "_")
                found[name] = _moved(moved[here], control[here], groups[here], statistics)
        return found

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        shown = {
            "attack_success": "named after the wrong word",
            "accuracy": "right, without a card",
            "accuracy_nonsense": "right, beside meaningless letters",
            "accuracy_wrong": "right, beside a wrong word",
            "accuracy_right": "right, beside its own name",
        }
        rows = [
            draw.Spot(words, record.card.name, found.value, found.low, found.high)
            for name, words in shown.items()
            for record, _ in results
            for found in (record.estimates[name],)
        ]
        return draw.intervals(rows, x="share of the pictures", chance=results[0].record.estimates["accuracy"].chance)

    def exhibits(self, sheet: Sheet, model: Any, data: Dataset, bench: Bench) -> Sequence[Exhibit]:
        del model, bench
        given = {trial.item.id: trial for trial in self._trials(data)}
        rows = np.lexsort((np.arange(len(sheet)), -sheet["sure"], -sheet["score"]))[:SHOWN].tolist()
        cards = tuple(_card(sheet, row, "wrong", given) for row in rows)
        four = tuple(_card(sheet, row, name, given) for row in rows[: SHOWN // 4] for name in VERSIONS)
        note = "What it shows, and what the model calls it; those that moved to the written word come first."
        ways = "Without a card, beside a wrong word, beside letters without a meaning, beside its own name."
        first = Exhibit(title="Beside a wrong word", note=note, pictures=cards)
        return first, Exhibit(title="One card, four ways", note=ways, pictures=four, together=len(VERSIONS))

    def _trials(self, data: Dataset) -> list[Trial]:
        labels(data, self.name)
        if len({name.casefold() for name in data.classes}) < 2:
            raise Refused(f"{self.name} needs two classes with different names; {data.name} has {len(data.classes)}")
        mute = [name for name in data.classes if not can_write(name)]
        if mute:
            raise Refused(f"{self.name} writes class names in English letters; {mute[0]!r} of {data.name} has others")
        if not (self.places and self.sizes and self.fonts) or self.pictures < 1:
            raise BadInput(f"{self.name} needs a picture, a place, a size and a font at least; one of them is missing")
        looks = Looks(places=self.places, sizes=self.sizes, fonts=self.fonts)
        chosen = [data.items[place] for place in order(data.items)[: self.pictures]]
        return trials(chosen, data.classes, looks, self.seed)


def _moved(moved: NDArray[Any], control: NDArray[Any], groups: NDArray[Any], statistics: Statistics) -> Estimate:
    return stats.proportion(moved, groups, statistics, chance=float(control.mean()), better="lower")


def _card(sheet: Sheet, row: int, version: str, given: dict[str, Trial]) -> Pictured:
    trial = given[str(sheet["id"][row])]
    return Pictured(trial.version(version).picture, f"{trial.right}, named {sheet[f'named_{version}'][row]}")


PUBLIC = Typographic
