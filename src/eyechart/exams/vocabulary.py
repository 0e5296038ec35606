"""Which words of a long-tailed vocabulary did it learn?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar

import altair as alt
import numpy as np
from numpy.typing import NDArray
from torch.nn.functional import normalize

from eyechart import draw, stats
from eyechart.bench import Bench
from eyechart.core import Dataset, DualEncoder, Estimate, Result, Sheet, Statistics
from eyechart.errors import BadInput
from eyechart.gallery import Exhibit, Pictured
from eyechart.marking.answers import rows_of
from eyechart.marking.lexicon import agreement, known, known_words, lexicon, passed
from eyechart.marking.pairs import DECIMALS
from eyechart.marking.words import heads

SHOWN = 12  # pictures of an exhibit
SHIFTS = 5  # other words that are put in the place of each


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """For each word: how often a picture that shows it scores higher with it than a picture that does not (AUROC). The
    headline is the mean over words. A word counts as learnt where the lower end of its interval is above `level`, as
    noticed where it is above one half. Even a word without meaning may pass, by luck or where the pictures that show it
    are much alike; so chance is how often words of the same kind do in each other's place. Also the rank correlation of
    AUROC with how often captions say the word, of ranks within each kind.

    In the world a word is true or false of a picture by what is in it, and asked only of pictures that show something
    of its sort: a name on portraits alone, "asleep" where something is awake or asleep. On other data words are those
    of the captions, and a picture is taken not to show what no caption mentions; absence from a caption is no proof, so
    every AUROC there is too low rather than too high. Words are put into the dataset's templates.
    """

    name: ClassVar[str] = "vocabulary"
    question: ClassVar[str] = "Which words did it learn, and was it those that are said most often?"
    version: ClassVar[int] = 2
    needs: ClassVar[tuple[type, ...]] = (DualEncoder,)
    asks: ClassVar[tuple[str, ...]] = ("captions",)
    headline: ClassVar[str] = "auroc"
    says: ClassVar[str] = "Surely learnt are {learnt} of the words that were asked for."

    level: float = 0.7  # what the AUROC of a learnt word is surely above
    least: int = 5  # pictures that show a word, and pictures that do not
    most: int = 200  # words of captions that are asked for
    pictures: int = 2000  # with captions, that are looked at

    def taps(self) -> tuple[str, ...]:
        return ("image",)

    def measure(self, model: DualEncoder, data: Dataset, bench: Bench) -> Sheet:
        if not 0.5 <= self.level < 1 or self.least < 2 or self.most < 1:
            raise BadInput(f"{self.name}.level lies in [0.5, 1), {self.name}.least is 2 or more, {self.name}.most 1")
        asked = lexicon(data, self.name, self.pictures, self.least, self.most)
        texts = [template.replace("{}", word) for template in data.templates for word in asked.words]
        words = normalize(bench.texts(model, texts), dim=-1).unflatten(0, (len(data.templates), len(asked.words)))
        images = normalize(bench.features(model, asked.items).tensor(), dim=1)
        scores = (heads(words) @ images.T).numpy().round(DECIMALS)
        clusters = np.unique([item.cluster for item in asked.items], return_inverse=True)[1].astype(np.int64)
        columns: dict[str, NDArray[Any]] = {
            **rows_of([asked.items[at] for at in asked.exemplars()]),
            "score": np.array([found.value for found in known(scores, asked.truth, clusters, Statistics())]),
            "word": np.array(asked.words, dtype=np.str_),
            "kind": np.array(asked.kinds, dtype=np.str_),
            "frequency": asked.frequency,
            "shown_by": (asked.truth == 1).sum(1),
            "scores": scores,
            "true": asked.truth,
        }
        facts = {"clusters": clusters.tolist(), "mentioned": asked.mentioned, "level": self.level}
        return Sheet(columns=columns, facts=facts)

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        words, kinds, level = sheet["word"], sheet["kind"], sheet.facts["level"]
        tried = passed(sheet, {"learnt": level, "noticed": 0.5}, statistics, SHIFTS)
        found: dict[str, Estimate] = {}
        several = len(np.unique(kinds)) > 1
        for kind in ("", *(np.unique(kinds).tolist() if several else ())):
            rows = (kinds == kind) | (kind == "")
            end = f"_{kind}".replace(" ", "_") if kind else ""
            found[f"auroc{end}"] = _mean(sheet["score"][rows], words[rows], statistics)
            for name, (own, luck) in tried.items():
                chance = float(luck[rows].mean())
                found[name + end] = stats.proportion(own[rows], words[rows], statistics, chance=chance)
        agreed = agreement(sheet["frequency"], sheet["score"], kinds)
        found["with_frequency"] = stats.bootstrap(agreed, words, statistics, chance=0.0, better="neither")
        return found

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        panels = {
            record.card.name: [
                draw.Point(str(kind), float(said), found.value, found.low, found.high)
                for kind, said, found in zip(
                    sheet["kind"], sheet["frequency"], known_words(sheet, record.norm.statistics), strict=True
                )
            ]
            for record, sheet in results
        }
        return draw.scatter(panels, x="share of captions that say the word", y="AUROC of the word", chance=0.5)

    def exhibits(self, sheet: Sheet, model: Any, data: Dataset, bench: Bench) -> Sequence[Exhibit]:
        del model, bench
        pictures = {item.id: item.picture for item in data.items}
        best = np.lexsort((sheet["word"], -sheet["score"]))
        said = [
            f"{word}: {area:.2f}, {1000 * often:.2g} of 1000"
            for word, area, often in zip(sheet["word"], sheet["score"], sheet["frequency"], strict=True)
        ]
        note = "For each kind of word, under a picture that shows it: its AUROC, and how many captions of 1000 say it."
        return tuple(
            Exhibit(
                title=title,
                note=note,
                pictures=tuple(Pictured(pictures[str(sheet["id"][row])], said[row]) for row in rows),
            )
            for title, rows in (("Learnt best", _by_turns(best, sheet)), ("Learnt worst", _by_turns(best[::-1], sheet)))
        )


def _by_turns(rows: NDArray[Any], sheet: Sheet) -> list[int]:
    """The first SHOWN of some rows, of each kind in turn."""
    kinds = [rows[sheet["kind"][rows] == kind].tolist() for kind in np.unique(sheet["kind"])]
    turns = (own[turn] for turn in range(SHOWN) for own in kinds if turn < len(own))
    return list(islice(turns, SHOWN))


def _mean(areas: NDArray[Any], words: NDArray[Any], statistics: Statistics) -> Estimate:
    """Over words, each of which counts as one."""
    value = float(areas.mean())
    return stats.influenced(value, (areas - value) / len(areas), words, statistics, chance=0.5)


PUBLIC = Vocabulary
