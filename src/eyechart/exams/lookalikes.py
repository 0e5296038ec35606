"""l or 1, O or 0, a pear or a lighthouse: what looks alike and is not the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import altair as alt
import numpy as np
from numpy.typing import NDArray

from eyechart import draw, stats
from eyechart.bench import Bench
from eyechart.core import Dataset, DualEncoder, Estimate, ImageEncoder, Item, Result, Sheet, Statistics
from eyechart.errors import Refused
from eyechart.gallery import Exhibit, Pictured
from eyechart.marking.answers import rows_of
from eyechart.marking.gaps import gap
from eyechart.marking.twosome import UNASKED, asked, judged, named, wins
from eyechart.transfer.crossed import crossed

SHOWN = 16  # pictures of an exhibit
CONTEXT = ("where it belongs", "where its look-alike belongs")
ORDER = ("characters alone", "characters in no word", *CONTEXT, "things near in meaning", "things far in meaning")


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAlikes:
    """A picture is asked for twice, each time with two captions to choose from: against its look-alike (the headline),
    and, as `easy`, against something that nobody would take it for. Low here and high there: it confuses look-alikes;
    low in both: it cannot read, or does not know the thing, at all. Chance is one half, by symmetry: whatever is the
    wrong answer to one picture is the right answer to another of the same four.

    Characters are shown alone, in a word or number where one of the two belongs, and where neither does; things of one
    outline are far apart in meaning, or near. `probe` asks a linear probe on the features instead of the captions, for
    what is shown alone; it judges pictures whose group it was not fitted on, and is all that an encoder without text
    is asked. Own data: the look-alike's caption is the first distractor, an easy one the second, the fact "part" says
    what kind of look-alikes they are.
    """

    name: ClassVar[str] = "lookalikes"
    question: ClassVar[str] = "Does it tell apart what looks alike?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (ImageEncoder,)
    asks: ClassVar[tuple[str, ...]] = ("captions", "distractors", "facts")
    headline: ClassVar[str] = "accuracy"
    says: ClassVar[str] = "It picks the right one of two that look alike {accuracy} of the time."

    tap: str = "image"  # that the probe reads
    folds: int = 5  # of the probe

    def taps(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(("image", self.tap)))

    def measure(self, model: ImageEncoder, data: Dataset, bench: Bench) -> Sheet:
        items = asked(data, self.name)
        probe = self._probed(model, items, bench)
        reads = isinstance(model, DualEncoder)
        if not reads:
            rows = np.flatnonzero(probe[0] != UNASKED)
            if not len(rows):
                raise Refused(
                    f"{self.name} needs labels or a text side; {data.name} has none and neither has the model"
                )
            items, probe = [items[row] for row in rows], probe[:, rows]
        hits, easy = probe
        if isinstance(model, DualEncoder):
            table, texts = named(model, items, bench)
            hits = wins(table[:, 0], table[:, 1])
            easy = np.where(texts > 2, wins(table[:, 0], table[:, 2]), UNASKED)
        columns: dict[str, NDArray[Any]] = {
            **rows_of(items),
            "score": hits,
            "easy": easy,
            "probe": probe[0],
            "probe_easy": probe[1],
            "truth": np.array([item.captions[0] for item in items]),
            "alike": np.array([item.distractors[0] for item in items]),
            "part": np.array([str(item.facts["part"]) for item in items]),
        }
        return Sheet(columns=columns, facts={"asked": "captions" if reads else "probe"})

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        def share(column: str, rows: NDArray[Any]) -> Estimate:
            return stats.proportion(sheet[column][rows], sheet["group"][rows], statistics, chance=0.5)

        every, easy, part = np.ones(len(sheet), dtype=bool), sheet["easy"] != UNASKED, sheet["part"]
        kinds = {str(name): part == name for name in np.unique(part) if name not in CONTEXT}
        kinds |= {"characters in a word": np.isin(part, CONTEXT)}
        found = {"accuracy": share("score", every)}
        if easy.any():
            found["easy"] = share("easy", easy)
            pair = sheet["easy"][easy], sheet["score"][easy]
            found["confusion"] = gap(*pair, sheet["group"][easy], statistics, better="lower")
        for name, rows in kinds.items():
            if rows.any():
                found[name.replace(" ", "_")] = share("score", rows)
            if (rows & easy).any():
                found[f"{name.replace(' ', '_')}_easy"] = share("easy", rows & easy)
        for column in ("probe", "probe_easy"):
            if (rows := sheet[column] != UNASKED).any():
                found[column] = share(column, rows)
        return found

    def _probed(self, model: ImageEncoder, items: Sequence[Item], bench: Bench) -> NDArray[np.float64]:
        """Whether the probe is right of each item, against its look-alike and against the other, ``2 n``."""
        won = np.full((2, len(items)), UNASKED)
        rows = [row for row, item in enumerate(items) if item.label is not None]
        if rows:
            shown = [items[row] for row in rows]
            labels = np.array([item.label for item in shown], dtype=np.int64)
            won[:, rows] = judged(crossed(bench.features(model, shown, self.tap), shown, labels, self.folds), shown)
        return won

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        said = {"accuracy": "all", "easy": "all, easy", "probe": "by a probe", "probe_easy": "by a probe, easy"}
        names = [*said, *sorted(set(results[0].record.estimates) - {"confusion", *said})]
        words = {name: said.get(name, name.replace("_easy", ", easy").replace("_", " ")) for name in names}
        rows = [
            draw.Spot(words[name], record.card.name, found.value, found.low, found.high)
            for name in names
            for record, _ in results
            if name in record.estimates
            for found in (record.estimates[name],)
        ]
        return draw.intervals(rows, x="right one of two", chance=0.5)

    def exhibits(self, sheet: Sheet, model: Any, data: Dataset, bench: Bench) -> Sequence[Exhibit]:
        del model, bench
        pictures = {item.id: item.picture for item in data.items}
        shown = []
        parts = np.unique(sheet["part"]).tolist()
        for part in [*(name for name in ORDER if name in parts), *(name for name in parts if name not in ORDER)]:
            rows = np.flatnonzero((sheet["part"] == part) & (sheet["score"] < 0.5))[:SHOWN]
            said = [f"{_said(sheet['truth'][row])}, taken for {_said(sheet['alike'][row])}" for row in rows]
            taken = tuple(Pictured(pictures[str(sheet["id"][row])], text) for row, text in zip(rows, said, strict=True))
            if taken:
                where = f"characters in a word, {part}" if part in CONTEXT else part
                note = "What it is, and the look-alike that was chosen instead."
                shown.append(Exhibit(title=f"Confused: {where}", note=note, pictures=taken))
        return tuple(shown)


def _said(caption: str) -> str:
    return caption.removeprefix("it says ").removeprefix("a picture of ")


PUBLIC = LookAlikes
