"""Classes with examples and classes without, asked about together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import altair as alt
import numpy as np
import torch

from eyechart import draw, stats
from eyechart.bench import Bench
from eyechart.core import Dataset, DualEncoder, Estimate, ImageEncoder, Result, Sheet, Statistics
from eyechart.errors import Refused
from eyechart.gallery import Exhibit
from eyechart.marking import unseen as marks
from eyechart.marking.answers import labels, rows_of, train_of
from eyechart.marking.taxonomy import knots
from eyechart.marking.words import heads, logits, prompts
from eyechart.transfer.unseen import Bilinear, Examples, Text, TextAndProbe, Way, examine

SHOWN = {"harmonic": "harmonic mean", "seen": "with examples", "unseen": "without examples"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GZSL:
    """Generalised zero-shot learning (Xian et al. 2018): a share of the classes is robbed of its examples, all of them
    are asked about, and a classifier that has learnt from the rest may not overlook them.

    `seen` and `unseen` are mean accuracies per class with and without examples, `harmonic` their harmonic mean. Their
    balance hangs on a bias that is taken from the scores of classes with examples (calibrated stacking, Chao et al.
    2016); it is chosen on classes with examples that are treated as if they had none, never on the exam. The headline
    is the area under the curve of both accuracies as the bias moves: the share of pairs of pictures, one of either
    kind, that one bias names rightly together.

    A dual encoder names classes by name and adds a linear probe for those with examples. Beside it stand names alone
    (`text_`, no bias) and the same features without language (`tree_`, all there is without a text side): a bilinear
    map to the taxonomy. Classes are the units of all intervals; pre-training may have met those "without examples".
    """

    name: ClassVar[str] = "gzsl"
    question: ClassVar[str] = "Can it name a class of which it had no examples, among classes of which it had?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (ImageEncoder,)
    asks: ClassVar[tuple[str, ...]] = ("labels", "train")
    headline: ClassVar[str] = "ausuc"
    says: ClassVar[str] = "With and without examples at once it is right {ausuc} of the time."

    share: float = 0.25  # of the classes that lose their examples, in the exam and in validation
    seed: int = 0  # of which these are
    unseen: tuple[str, ...] = ()  # these, by name, in place of a share
    examples: int = 25  # of a class, at most, by digest
    tap: str = "image"

    def taps(self) -> tuple[str, ...]:
        return (self.tap,)

    def measure(self, model: ImageEncoder, data: Dataset, bench: Bench) -> Sheet:
        truth, (train, known) = labels(data, self.name), train_of(data, self.name)
        parted = marks.sides(data, truth, known, self.share, self.seed, self.unseen)
        others = marks.pretended(data, parted, self.share, self.seed)
        shown, asked = (
            Examples(
                items=tuple(split.items), labels=given, features=bench.features(model, split.items, self.tap).tensor()
            )
            for split, given in ((train, known), (data, truth))
        )
        shown = shown.take(parted.seen[known]).few(self.examples)
        ways = self._ways(model, data, bench)
        found = {name: examine(way, shown, asked, parted, others) for name, way in ways.items()}
        main = found[""]
        names = np.array(data.classes, dtype=np.str_)
        answer, sure = main.answers(parted.seen)
        every = {name: value for way, one in found.items() for name, value in marks.columns(one.judged, way).items()}
        return Sheet(
            columns={
                **rows_of(data.items),
                "score": main.judged.shares(),
                "truth": names[truth],
                "answer": names[answer],
                "confidence": sure,
                "code": truth,
                "seen": main.judged.seen,
                **every,
            },
            facts={
                "way": marks.WAYS["" if isinstance(model, DualEncoder) else "tree_"],
                "ways": list(found),
                "with_examples": [str(name) for name in names[parted.seen]],
                "without_examples": [str(name) for name in names[parted.unseen]],
                "learnt_from": len(shown.items),
                "setting": {way: one.setting for way, one in found.items()},
                "tree_unseen_at_best": marks.ceiling(data, parted.unseen),
                "bias": {way: 0.0 if way == "text_" else one.bias for way, one in found.items()},
                "tap": self.tap,
            },
        )

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        main, found = marks.told(sheet, ""), dict[str, Estimate]()
        for way in sheet.facts["ways"]:
            found |= marks.grades(sheet, way, statistics)
        found["told_apart"] = stats.area(main.margin, main.seen, sheet["truth"], statistics)
        for name, side in (("seen_alone", main.seen), ("unseen_alone", ~main.seen)):
            kinds = sheet["truth"][side]
            chance = 1 / len(np.unique(kinds))
            found[name] = stats.proportion(main.right[side], kinds, statistics, chance=chance)
        return found

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        rows = [
            draw.Spot(f"{words}: {marks.in_words(sheet, way)}", record.card.name, one.value, one.low, one.high)
            for way in marks.WAYS
            for name, words in SHOWN.items()
            for record, sheet in results
            if way in sheet.facts["ways"]
            for one in (record.estimates[way + name],)
        ]
        lines = [
            draw.Point(f"{record.card.name}: {marks.in_words(sheet, way)}", seen, unseen, unseen, unseen)
            for record, sheet in results
            for way in sheet.facts["ways"]
            for seen, unseen in marks.curve(marks.told(sheet, way))
        ]
        return draw.stacked(
            draw.intervals(rows, x="accuracy per class"),
            draw.curve(lines, x="accuracy on classes with examples", y="on classes without"),
        )

    def exhibits(self, sheet: Sheet, model: ImageEncoder, data: Dataset, bench: Bench) -> Sequence[Exhibit]:  # noqa: ARG002
        return marks.overlooked(sheet, data)

    def _ways(self, model: ImageEncoder, data: Dataset, bench: Bench) -> Mapping[str, Way]:
        kin = Bilinear(known=torch.from_numpy(knots(data))) if data.taxonomy else None
        if isinstance(model, DualEncoder):
            speak = partial(logits, model, texts=heads(prompts(model, data, bench)))
            main: dict[str, Way] = {"": TextAndProbe(logits=speak), "text_": Text(logits=speak)}
            return main | ({"tree_": kin} if kin else {})
        if kin is None:
            raise Refused(
                f"gzsl must know something of a class without examples: {model.card.name} reads no names and "
                f"{data.name} has no taxonomy; give a model with a text side, or a taxonomy"
            )
        return {"": kin}


PUBLIC = GZSL
