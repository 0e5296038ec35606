"""What a score means: matched against unrelated pairs, a threshold from other pictures, and honest confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import altair as alt
import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import normalize

from eyechart import draw, stats
from eyechart.bench import Bench
from eyechart.core import Dataset, DualEncoder, Estimate, Result, Sheet, Statistics
from eyechart.marking.answers import rows_of
from eyechart.marking.confidence import calibration, confidences
from eyechart.marking.order import rank
from eyechart.marking.overlap import histograms, reversed_interval, shared
from eyechart.marking.pairs import caption_pairs, class_pairs, placement, threshold
from eyechart.marking.words import heads, logits, prompts


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Cosines of matched and unrelated pairs: AUROC, overlap, and the threshold of largest recall minus false accepts,
    chosen on one half of the pictures (by digest of the group) and graded on the other. Precision counts both kinds
    equally often. A picture's score is the share of all unrelated pairs below its matched one.

    With class labels also calibration on the graded half, before and after a temperature fitted on the other: ECE over
    15 bins of equal width and of equal mass (Guo et al. 2017; Nixon et al. 2019), Brier score and NLL.
    """

    name: ClassVar[str] = "scores"
    question: ClassVar[str] = "What does a score of 0.27 mean?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (DualEncoder,)
    asks: ClassVar[tuple[str, ...]] = ("texts",)
    headline: ClassVar[str] = "auroc"
    says: ClassVar[str] = "A pair that belongs together outscores one that does not {auroc} of the time."

    unrelated: int = 10  # texts per picture that are not its own
    seed: int = 0  # of their draw

    def taps(self) -> tuple[str, ...]:
        return ("image",)

    def measure(self, model: DualEncoder, data: Dataset, bench: Bench) -> Sheet:
        said = any(item.captions for item in data.items)
        pairs = (caption_pairs if said else class_pairs)(data, self.unrelated, self.seed)
        named = len(data.classes) > 1 and all(item.label is not None for item in pairs.items)
        classes = heads(prompts(model, data, bench)) if named else torch.zeros(0)
        images = bench.features(model, pairs.items).tensor()
        texts = normalize(bench.texts(model, pairs.texts), dim=1) if said else classes
        matched, others = pairs.cosines(normalize(images, dim=1), texts)
        graded = np.array([rank(item.cluster)[0] % 2 == 1 for item in pairs.items])
        worst = others.argmax(1)
        names = np.array(pairs.texts, dtype=np.str_)
        columns: dict[str, NDArray[Any]] = {
            **rows_of(pairs.items),
            "score": placement(matched, others),
            "truth": names[pairs.own],
            "answer": names[pairs.others[np.arange(len(worst)), worst]],
            "confidence": others.max(1),
            "matched": matched,
            "unmatched": others,
            "graded": graded,
        }
        facts: dict[str, Any] = {
            "pairs": pairs.kind,
            "threshold": threshold(matched[~graded], others[~graded]),
            "threshold_chosen_on": int((~graded).sum()),
            "link": model.card.link,
        }
        if named and model.card.link != "none":
            truth = torch.tensor([item.label for item in pairs.items])
            table = logits(model, images, classes)
            sure, scale = confidences(table, truth, torch.from_numpy(graded), model.card.link)
            columns |= sure
            facts |= {"classes": list(data.classes), "scale": asdict(scale)}
        return Sheet(columns=columns, facts=facts)

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        groups, matched, others = sheet["group"], sheet["matched"], sheet["unmatched"]
        flat = np.concatenate([matched, others.ravel()])
        kind = np.arange(len(flat)) < len(matched)
        whose = np.concatenate([groups, np.repeat(groups, others.shape[1])])
        counts, dead = histograms(matched, others, statistics.seed)
        return {
            "auroc": stats.area(flat, kind, whose, statistics),
            "overlap": reversed_interval(
                stats.bootstrap(shared(*counts), groups, statistics, chance=dead, better="lower")
            ),
            **_at_threshold(sheet, statistics),
            **(calibration(sheet, statistics) if "right" in sheet.columns else {}),
        }

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        samples = [
            draw.Sample(record.card.name, series, sheet[column].ravel())
            for record, sheet in results
            for series, column in (("matched", "matched"), ("unrelated", "unmatched"))
        ]
        marks = {record.card.name: float(sheet.facts["threshold"]) for record, sheet in results}
        return draw.density(samples, x="cosine of picture and text", marks=marks)


def _at_threshold(sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
    """Recall and false accepts on the graded half, and from both, and both intervals, the precision at even odds."""
    graded, least = sheet["graded"], sheet.facts["threshold"]
    groups = sheet["group"][graded]
    found = stats.proportion((sheet["matched"][graded] >= least).astype(np.float64), groups, statistics)
    false = stats.proportion((sheet["unmatched"][graded] >= least).mean(1), groups, statistics, better="lower")
    precision = Estimate(
        value=_even(found.value, false.value),
        low=_even(found.low, false.high),
        high=_even(found.high, false.low),
        units=found.units,
        method="from the intervals of recall and false accepts",
        chance=0.5,
    )
    return {"precision": precision, "recall": found, "false_accepts": false}


def _even(right: float, wrong: float) -> float:
    """Share of the accepted that is right when both kinds are equally frequent; one half where nothing is accepted."""
    return right / (right + wrong) if right + wrong > 0 else 0.5


PUBLIC = Scores
