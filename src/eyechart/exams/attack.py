"""Dark cloud one: how far a change that nobody sees moves a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import altair as alt
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from eyechart import draw, stats
from eyechart.attack.auto import STANDS, WRONG, standard
from eyechart.attack.ball import Ball
from eyechart.attack.heads import of_classifier, of_prompts
from eyechart.attack.losses import Logits
from eyechart.attack.sweep import fought, goal
from eyechart.bench import Bench
from eyechart.core import Classifier, Dataset, DualEncoder, Estimate, Result, Sheet, Statistics
from eyechart.errors import BadInput, Refused
from eyechart.marking.answers import columns_of, labels, rows_of
from eyechart.marking.order import rank
from eyechart.marking.robustness import doubts, tally
from eyechart.marking.words import heads, prompts
from eyechart.store import digest

RADII = {"linf": (0.5 / 255, 1 / 255, 2 / 255, 4 / 255, 8 / 255), "l2": (0.125, 0.25, 0.5, 1.0)}
HEADLINE = {"linf": 4 / 255, "l2": 0.5}  # RobustBench's for ImageNet and, in l2, for CIFAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """Robust accuracy under AutoAttack (Croce & Hein 2020), standard version, against the radius of the ball.

    The share of all examined images that are right and stay right. What falls within one radius has fallen within
    every larger one. Pixels are those that enter the model, in [0, 1]. A dual encoder is attacked through its prompts.
    """

    name: ClassVar[str] = "attack"
    question: ClassVar[str] = "How far does a change that nobody sees move it?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (DualEncoder, Classifier)
    asks: ClassVar[tuple[str, ...]] = ("labels",)
    headline: ClassVar[str] = "robust"

    metric: str = "linf"  # or l2
    radii: tuple[float, ...] = ()  # with pixels in [0, 1]; empty: 0.5 to 8 of 255 (linf), 0.125 to 1 (l2)
    headline_radius: float = 0.0  # one of them; 0: 4 of 255 (linf), 0.5 (l2)
    images: int = 100  # drawn at random
    steps: int = 100  # of each gradient attack
    queries: int = 5000  # of the black-box one
    seed: int = 0  # of the draw

    def taps(self) -> tuple[str, ...]:
        return ("image", "logits")

    def measure(self, model: DualEncoder | Classifier, data: Dataset, bench: Bench) -> Sheet:
        radii, at = self._radii()
        truth = labels(data, self.name)
        if len(data.classes) < 2:
            raise Refused(f"{self.name} needs two classes to choose from; {data.name} has {len(data.classes)}")
        drawn = sorted(range(len(data)), key=lambda place: rank(f"{self.seed} {data.items[place].id}"))
        chosen = np.array(drawn[: self.images])
        items = [data.items[place] for place in chosen]
        logits, aim = self._head(model, data, bench)
        stages = standard(len(data.classes), steps=self.steps, queries=self.queries)
        told = {item.picture.digest(): int(truth[place]) for item, place in zip(items, chosen, strict=True)}
        balls = [Ball(metric=self.metric, radius=radius) for radius in radii]  # type: ignore[arg-type]  # checked there

        def look(names: Sequence[str], pixels: Tensor) -> Tensor:
            return fought(logits, goal(names, pixels, told), balls, stages)

        what = f"attack {digest.of_json([aim, self.metric, list(radii), self.steps, self.queries])}"
        rows = bench.worked_out(model, items, what, look).tensor().numpy()
        flags, clean = rows[:, :3], rows[:, 3]
        felled, answers = np.split(rows[:, 4:].astype(np.int64), 2, axis=1)
        stands = np.where(felled == WRONG, clean[:, None], felled == STANDS).astype(np.float32)
        names, headline = np.array(data.classes, dtype=np.str_), radii.index(at)
        columns: dict[str, NDArray[Any]] = {
            **rows_of(items),
            "score": stands[:, headline],
            "truth": names[truth[chosen]],
            "answer": names[answers[:, headline]],
            "clean": clean,
            "stands": stands,
        }
        facts = {
            "classes": list(data.classes),
            "metric": self.metric,
            "radii": list(radii),
            "felled_by": tally(felled[:, headline], stages),
            "doubts": doubts(flags, felled, stages),
        }
        return Sheet(columns=columns, facts=facts)

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        groups, even = sheet["group"], 1 / len(sheet.facts["classes"])
        found = {
            "robust": stats.proportion(sheet["score"], groups, statistics, chance=even),
            "clean": stats.proportion(sheet["clean"], groups, statistics, chance=even),
        }
        for place, radius in enumerate(sheet.facts["radii"]):
            found[_name(radius, sheet.facts["metric"])] = stats.proportion(
                sheet["stands"][:, place], groups, statistics, chance=even
            )
        return found

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

    def _radii(self) -> tuple[tuple[float, ...], float]:
        if self.metric not in RADII:
            raise BadInput(f"attack.metric is linf or l2; got {self.metric!r}")
        radii = tuple(sorted(self.radii or RADII[self.metric]))
        at = self.headline_radius or (HEADLINE[self.metric] if not self.radii else radii[-1])
        if at not in radii or min(radii) <= 0:
            raise BadInput(f"attack.radii are above 0 and attack.headline_radius is one of them; got {radii} and {at}")
        return radii, at

    def _head(self, model: DualEncoder | Classifier, data: Dataset, bench: Bench) -> tuple[Logits, Any]:
        """What is attacked, and what it depends on besides the weights."""
        if isinstance(model, DualEncoder):
            text = heads(prompts(model, data, bench))
            return of_prompts(model, text), digest.of_bytes(text.numpy().tobytes())
        columns = columns_of(model.classes, data)
        return of_classifier(model, columns), columns


def _name(radius: float, metric: str) -> str:
    """Of the estimate at a radius."""
    if not radius:
        return "clean"
    return f"robust_at_{radius * 255:g}/255" if metric == "linf" else f"robust_at_{radius:g}"


PUBLIC = Attack
