"""Dark cloud two: whether a model notices that a thing does not belong, and whom else the thing disturbs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import altair as alt

from eyechart import draw, stats
from eyechart.bench import Bench
from eyechart.core import Dataset, DualEncoder, Estimate, ImageEncoder, Result, Sheet, Statistics
from eyechart.errors import BadInput, Refused
from eyechart.gallery import Exhibit
from eyechart.marking.crossings import Cast, cast
from eyechart.marking.intruder_pictures import album, exhibits
from eyechart.marking.residents import by_distance, others
from eyechart.marking.sightings import Look, by_detection, by_names, by_patches, similarity
from eyechart.marking.visits import bare, columns, stops, visited
from eyechart.marking.words import heads, prompts
from eyechart.models.aligned import AlignedEncoder
from eyechart.models.detector import Detector

LOOKS = {
    "detections": (Detector,),
    "patches": (AlignedEncoder, DualEncoder),
    "names": (DualEncoder,),
    "drift": (ImageEncoder,),
}
EDGES = (0.0, 0.1, 0.2, 0.35)  # of the bins of distance; the last is open
ROWS = {
    "surer at home (a coin: ½)": "notices",
    "found at home": "found_home",
    "found out of place": "found_away",
    "the others are read, without it": "reads",
    "others renamed: grey disc": "others_disc",
    "others renamed: at home": "others_home",
    "others renamed: out of place": "others_away",
    "drift: grey disc": "drift_disc",
    "drift: at home": "drift_home",
    "drift: out of place": "drift_away",
}
PICTURES = 12  # per exhibit


@dataclass(frozen=True, slots=True, kw_only=True)
class Elephant:
    """Things are cut out by their masks and pasted into other scenes (after Rosenfeld, Zemel and Tsotsos 2018).

    Two things and two scenes are crossed: each thing is at home in one scene and foreign in the other, at the same
    places and of the same area, so that no easy thing, busy scene or seam decides. Local: is the model
    surer of the things at home than out of place (headline; a coin gets one half)? Non-local: how many of the others,
    which the thing does not cover, change their name or vanish, against the thing at home and a grey disc.
    """

    name: ClassVar[str] = "elephant"
    question: ClassVar[str] = "Does it notice that a thing does not belong, and does the thing disturb the others?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (Detector, ImageEncoder)
    asks: ClassVar[tuple[str, ...]] = ("masks",)
    headline: ClassVar[str] = "notices"
    says: ClassVar[str] = "It is less sure of a thing where it does not belong {notices} of the time."

    crossings: int = 40  # of two things and two scenes; fewer where the data have no more
    positions: int = 3  # across and down
    scales: tuple[float, ...] = (0.25, 0.4)  # side of a square as large as the thing, of one as large as the picture
    soft: float = 0.0  # pixels over which the edge of a thing fades
    look: str = "best"  # that the model is capable of; or detections, patches, names, drift
    least: float = 0.3  # score from which a detection counts
    labels: tuple[str, ...] = ()  # kinds of things to be used; empty: all that have masks

    def taps(self) -> tuple[str, ...]:
        return ("image",)

    def measure(self, model: Detector | ImageEncoder, data: Dataset, bench: Bench) -> Sheet:
        planned = stops(self.crossings, self.positions, self.scales)
        found = cast(data, self.crossings, max(self.scales), self.labels)
        planned = tuple(stop for stop in planned if stop.crossing < len(found.crossings))
        way = self._way(model)
        seen = visited(found, planned, self._look(way, model, data, found, bench), self.soft, alone=way == "drift")
        facts = {
            "look": way,
            "told_by": found.told_by,
            "crossings": len(found.crossings),
            "kinds": len(found.labels),
            "scales": list(self.scales),
            "edges": list(EDGES),
        }
        return Sheet(columns=columns(found, seen, EDGES), facts=facts)

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        groups, sure = sheet["group"], sheet["sure"]
        fall = sure[:, :2].mean(1) - sure[:, 2:].mean(1)
        stark = sheet["contrast"][:, 2:].mean(1) - sheet["contrast"][:, :2].mean(1)
        found = {
            "notices": stats.proportion(sheet["score"], groups, statistics, chance=0.5),
            "contrast": stats.mean(stark, groups, statistics, chance=0.0, better="neither"),
        }
        if sheet.facts["look"] == "drift":
            moved = {"home": sure[:, :2], "away": sure[:, 2:], "disc": sheet["disc"]}
            drifts = {
                f"drift_{kind}": stats.mean(1 - like.mean(1), groups, statistics, better="neither")
                for kind, like in moved.items()
            }
            return {**found, **drifts, "drift_excess": stats.mean(fall, groups, statistics, chance=0.0)}
        found |= {
            "fall": stats.mean(fall, groups, statistics, chance=0.0),
            "found_home": stats.proportion(sheet["found"][:, :2].mean(1), groups, statistics),
            "found_away": stats.proportion(sheet["found"][:, 2:].mean(1), groups, statistics),
        }
        if sheet.facts["look"] == "detections":
            found["iou"] = stats.proportion(sheet["overlap"][:, 2:].mean(1), groups, statistics)
        return found | others(sheet, statistics)

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        rows = [
            draw.Spot(words, f"{record.card.name}, by {record.facts['look']}", found.value, found.low, found.high)
            for words, key in ROWS.items()
            for record, _ in results
            if key in record.estimates
            for found in (record.estimates[key],)
        ]
        drifting = any(record.facts["look"] == "drift" for record, _ in results)
        shares = draw.intervals(rows, x="share; of drift: 1 − cosine" if drifting else "share")
        far = by_distance(results)
        apart = "distance from the intruder, in sides of the picture"
        return draw.stacked(shares, draw.curve(far, x=apart, y="others renamed")) if far else shares

    def exhibits(self, sheet: Sheet, model: Any, data: Dataset, bench: Bench) -> Sequence[Exhibit]:  # noqa: ARG002  # the sheet tells
        return exhibits(album(sheet, data, self.soft), PICTURES)

    def _way(self, model: Detector | ImageEncoder) -> str:
        able = [way for way, needs in LOOKS.items() if all(isinstance(model, need) for need in needs)]
        if self.look not in ("best", *LOOKS):
            raise BadInput(f"elephant.look is best or one of {', '.join(LOOKS)}; got {self.look!r}")
        if self.look != "best" and self.look not in able:
            raise Refused(f"{model.card.name} cannot be asked by {self.look}; it can by {', '.join(able)}")
        return able[0] if self.look == "best" else self.look

    def _look(self, way: str, model: Any, data: Dataset, found: Cast, bench: Bench) -> Look:
        if way == "detections":
            return by_detection(model, found.labels, bench, self.least)
        if way == "drift":
            return similarity(model, bench, bare(found))
        text = heads(prompts(model, replace(data, classes=found.labels), bench))
        return (by_patches if way == "patches" else by_names)(model, text, bench)


PUBLIC = Elephant
