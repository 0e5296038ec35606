"""Sentence or incantation: are sentences heard, or the words in them?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import altair as alt
import numpy as np
from torch.nn.functional import normalize

from eyechart import draw, stats
from eyechart.bench import Bench
from eyechart.core import Dataset, DualEncoder, Estimate, Result, Sheet, Statistics
from eyechart.errors import Refused
from eyechart.gallery import Exhibit, Pictured
from eyechart.marking.answers import rows_of
from eyechart.marking.wordings import (
    ABSENT,
    KINDS,
    SALAD,
    Scored,
    contests,
    counting,
    heard,
    marks,
    quadruples,
    salads,
)

QUADRUPLE = {"text": 1 / 4, "image": 1 / 4, "group": 1 / 6}  # chance: two of two, and the two right of four highest
SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How often the true sentence scores above a false one; a tie is half, and guessing gets half.

    A picture's score counts the false sentences that have the very words of the true one in another order ("a red cat
    and a blue dog" for a blue cat and a red dog), where it has such, because nobody who hears words without their order
    can tell these apart; else all of them (SugarCrepe: Hsieh et al. 2023). Beside it each kind of falsehood; the
    sentence against the same words shuffled, the `salad` (Yuksekgonul et al. 2023), whose chance is what it gets before
    the mean of all pictures; `by_words`, what all that counts gets there, so by the words alone; and text, image and
    group score where two pictures share two sentences (Winoground: Thrush et al. 2022; a tie is lost; guessing gets
    1/4, 1/4 and 1/6).
    """

    name: ClassVar[str] = "wording"
    question: ClassVar[str] = "Does it hear the sentence, or only its words?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (DualEncoder,)
    asks: ClassVar[tuple[str, ...]] = ("captions", "distractors")
    headline: ClassVar[str] = "accuracy"
    says: ClassVar[str] = "It prefers the true sentence to a false one in like words {accuracy} of the time."

    def taps(self) -> tuple[str, ...]:
        return ("image",)

    def measure(self, model: DualEncoder, data: Dataset, bench: Bench) -> Sheet:
        items = [item for item in data.items if item.captions and item.distractors]
        if not items:
            raise Refused(f"{self.name} needs pictures that have both true and false captions; {data.name} has none")
        given = contests(items)
        asked = [*given, *salads(items)]
        texts = sorted({text for contest in asked for text in (*contest.truths, contest.falsehood)})
        scored = Scored(
            images=normalize(bench.features(model, items).tensor(), dim=1).numpy(),
            texts=normalize(bench.texts(model, texts), dim=1).numpy(),
            place={text: at for at, text in enumerate(texts)},
        )
        nothing_seen = Scored(np.broadcast_to(scored.images.mean(0), scored.images.shape), scored.texts, scored.place)
        kinds = [*sorted({contest.kind for contest in given}), SALAD]
        columns = rows_of(items) | heard(scored, given, len(items))
        columns["right"] = marks(scored, asked, kinds, len(items))
        columns["score"], columns["same_words"] = counting(scored, given, len(items))
        columns["by_words"] = counting(nothing_seen, given, len(items))[0]
        columns["salad_by_words"] = marks(nothing_seen, asked, [SALAD], len(items))[:, 0]
        pairs = quadruples(items, given)
        columns |= {f"winoground_{name}": np.full(len(items), ABSENT) for name in QUADRUPLE}
        for one, other in pairs:
            for name, right in zip(QUADRUPLE, scored.winoground(one, other), strict=True):
                columns[f"winoground_{name}"][one.item] = right
        facts = {"kinds": kinds, "without_a_falsehood": len(data) - len(items), "quadruples": len(pairs)}
        return Sheet(columns=columns, facts=facts)

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        told = {"accuracy": (sheet["score"], 0.5), "same_words": (sheet["same_words"], 0.5)}
        told |= {kind: (column, 0.5) for kind, column in zip(sheet.facts["kinds"], sheet["right"].T, strict=True)}
        listened = sheet["salad_by_words"][sheet["salad_by_words"] >= 0]
        told |= {SALAD: (sheet["right"][:, -1], float(listened.mean()) if len(listened) else 0.5)}
        told |= {f"winoground_{name}": (sheet[f"winoground_{name}"], chance) for name, chance in QUADRUPLE.items()}
        alone = {name: sheet[name] for name in ("by_words", "salad_by_words")}
        return {
            **{
                name: stats.proportion(column[column >= 0], sheet["group"][column >= 0], statistics, chance=chance)
                for name, (column, chance) in told.items()
                if (column >= 0).any()
            },
            **{
                name: stats.proportion(column[column >= 0], sheet["group"][column >= 0], statistics, better="neither")
                for name, column in alone.items()
                if (column >= 0).any()
            },
        }

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        rows = [
            draw.Spot(words, record.card.name, found.value, found.low, found.high)
            for name, words in ({"accuracy": "all that count"} | KINDS).items()
            for record, _ in results
            if name in record.estimates and name != SALAD  # whose chance is another for every model
            for found in (record.estimates[name],)
        ]
        return draw.intervals(rows, x="true sentence above the false one", chance=0.5)

    def exhibits(self, sheet: Sheet, model: DualEncoder, data: Dataset, bench: Bench) -> Sequence[Exhibit]:  # noqa: ARG002
        pictures = {item.id: item.picture for item in data.items}
        rows = [int(row) for row in np.argsort(sheet["margin"], kind="stable")[:SHOWN] if sheet["margin"][row] < 0]
        hung = tuple(
            Pictured(pictures[str(sheet["id"][row])], f"true: {sheet['truth'][row]}; preferred: {sheet['answer'][row]}")
            for row in rows
        )
        if not hung:
            return ()
        note = "What is true of the picture, and the false sentence that scored higher; the worst cases first."
        return (Exhibit(title="Not what was said", note=note, pictures=hung),)


PUBLIC = Wording
