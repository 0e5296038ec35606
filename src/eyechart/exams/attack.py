"""Dark cloud one: how far a change that nobody sees moves a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import altair as alt
import numpy as np
from numpy.typing import NDArray

from eyechart import draw, stats
from eyechart.attack.auto import standard
from eyechart.attack.ball import Ball
from eyechart.bench import Bench
from eyechart.core import Classifier, Dataset, DualEncoder, Estimate, ImageEncoder, Model, Result, Sheet, Statistics
from eyechart.errors import BadInput
from eyechart.gallery import Exhibit
from eyechart.marking.adversaries import Siege, exhibits, fallen
from eyechart.marking.answers import rows_of
from eyechart.marking.robustness import doubts, endured, tally
from eyechart.models.folding import folded
from eyechart.store import digest
from eyechart.transfer.targets import Target, asks_of, target, way_of

RADII = {"linf": (0.5 / 255, 1 / 255, 2 / 255, 4 / 255, 8 / 255), "l2": (0.125, 0.25, 0.5, 1.0)}
HEADLINE = {"linf": 4 / 255, "l2": 0.5}  # RobustBench's for ImageNet and, in l2, for CIFAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """Robust accuracy under AutoAttack (Croce & Hein 2020), standard version, against the radius of the ball.

    The share of all examined images that are right and stay right. What falls within one radius has fallen within
    every larger one. Pixels are those that enter the model, in [0, 1]. A dual encoder is attacked through its prompts
    or, if asked for, where it looks for the caption of a picture among those of all that were drawn; a classifier
    through its own classes; an encoder that names nothing through a linear probe.
    """

    name: ClassVar[str] = "attack"
    question: ClassVar[str] = "How far does a change that nobody sees move it?"
    version: ClassVar[int] = 2
    needs: ClassVar[tuple[type, ...]] = (DualEncoder, Classifier, ImageEncoder)
    asks: ClassVar[tuple[str, ...]] = ("labels", "probe")
    headline: ClassVar[str] = "robust"
    says: ClassVar[str] = "{clean} are named rightly, {robust} still after changes that nobody sees."

    target: str = "auto"  # the first that the model is capable of: prompts, classifier, probe; or retrieval
    metric: str = "linf"  # or l2
    radii: tuple[float, ...] = ()  # with pixels in [0, 1]; empty: 0.5 to 8 of 255 (linf), 0.125 to 1 (l2)
    headline_radius: float = 0.0  # one of them; 0: 4 of 255 (linf), 0.5 (l2)
    images: int = 100  # drawn at random
    steps: int = 100  # of each gradient attack
    queries: int = 5000  # of the black-box one
    seed: int = 0  # of the draw

    def taps(self) -> tuple[str, ...]:
        return ("image", "logits")

    def asks_of(self, model: Model) -> tuple[str, ...]:
        """Labels, captions, or something to learn a probe from."""
        return asks_of(model, self.target)

    def measure(self, model: ImageEncoder | Classifier, data: Dataset, bench: Bench) -> Sheet:
        radii, at = self._radii()
        way, aim = self._target(model, data, bench)
        siege = self._siege(aim)
        what = digest.of_json([aim.key, aim.told, self.metric, list(radii), self.steps, self.queries])
        with folded(getattr(model, "network", None)):
            rows = bench.worked_out(model, aim.items, f"attack {what}", siege.laid).tensor().numpy()
        flags, clean = rows[:, :3], rows[:, 3]
        felled, answers = np.split(rows[:, 4:].astype(np.int64), 2, axis=1)
        stands, stage = endured(clean, felled)
        names, headline = np.array(aim.names, dtype=np.str_), radii.index(at)
        columns: dict[str, NDArray[Any]] = {
            **rows_of(aim.items),
            "score": stands[:, headline],
            "truth": names[aim.truth],
            "answer": names[answers[:, headline]],
            "clean": clean,
            "stands": stands,
            "stage": stage,
        }
        facts = {
            "target": way,
            "classes": list(aim.names),
            "metric": self.metric,
            "radii": list(radii),
            "felled_by": tally(felled[:, headline], siege.stages),
            "doubts": doubts(flags, felled, siege.stages),
        }
        return Sheet(columns=columns, facts=facts)

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        radii, metric = sheet.facts["radii"], sheet.facts["metric"]
        columns = {"robust": sheet["score"], "clean": sheet["clean"]}
        columns |= {_name(radius, metric): held for radius, held in zip(radii, sheet["stands"].T, strict=True)}
        even = 1 / len(sheet.facts["classes"])
        return {
            name: stats.proportion(column, sheet["group"], statistics, chance=even) for name, column in columns.items()
        }

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        metric = results[0].record.facts["metric"]
        unit, words = (255, " of 255") if metric == "linf" else (1, "")
        points = [
            draw.Point(record.card.name, radius * unit, found.value, found.low, found.high)
            for record, _ in results
            for radius in (0.0, *record.facts["radii"])
            for found in (record.estimates[_name(radius, metric)],)
        ]
        return draw.curve(points, x=f"radius{words} ({metric})", y="robust accuracy")

    def exhibits(self, sheet: Sheet, model: Any, data: Dataset, bench: Bench) -> Sequence[Exhibit]:
        """Pictures that fell: before, after, and what was added."""
        aim = self._target(model, data, bench)[1]
        return exhibits(sheet, self._siege(aim), {row: aim.items[row] for row in fallen(sheet)}, model)

    def _radii(self) -> tuple[tuple[float, ...], float]:
        if self.metric not in RADII:
            raise BadInput(f"attack.metric is linf or l2; got {self.metric!r}")
        radii = tuple(sorted(self.radii or RADII[self.metric]))
        at = self.headline_radius or (HEADLINE[self.metric] if not self.radii else radii[-1])
        if at not in radii or min(radii) <= 0:
            raise BadInput(f"attack.radii are above 0 and attack.headline_radius is one of them; got {radii} and {at}")
        return radii, at

    def _target(self, model: Any, data: Dataset, bench: Bench) -> tuple[str, Target]:
        way = way_of(model, self.target, self.name)
        return way, target(way, model, data, bench, (self.name, self.images, self.seed))

    def _siege(self, aim: Target) -> Siege:
        return Siege(
            logits=aim.logits,
            told=aim.told,
            names=aim.names,
            balls=[Ball(metric=self.metric, radius=radius) for radius in self._radii()[0]],  # type: ignore[arg-type]  # checked
            stages=standard(len(aim.names), steps=self.steps, queries=self.queries),
        )


def _name(radius: float, metric: str) -> str:
    """Of the estimate at a radius."""
    if not radius:
        return "clean"
    return f"robust_at_{radius * 255:g}/255" if metric == "linf" else f"robust_at_{radius:g}"


PUBLIC = Attack
