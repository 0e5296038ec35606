"""Whether the space is ordered, or only separated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import altair as alt
import numpy as np
from numpy.typing import NDArray

from eyechart import draw, stats
from eyechart.bench import Bench
from eyechart.core import Dataset, Estimate, ImageEncoder, Result, Sheet, Statistics
from eyechart.errors import BadInput
from eyechart.gallery import Exhibit
from eyechart.marking import atlas, strips
from eyechart.marking.answers import rows_of
from eyechart.marking.kindred import Shown, order_columns, shared_facts, shown, surroundings, tidiness
from eyechart.marking.kinship import in_order, index, mantel, neighbourhoods
from eyechart.marking.neighbourhoods import space
from eyechart.transfer.halves import crossed

SHOWN = {"purity": "separates: neighbours", "linear": "separates: a straight line", "order": "orders: all branches"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Two things that are easily taken for one. It separates: pictures of one class lie together. It orders: pictures
    of other classes are the nearer, the closer their classes are related.

    Order is measured by branches of the taxonomy. For every branch above a picture's class: how often does a picture
    of another class from within the branch lie nearer than one from outside? Half of the time by chance. The headline
    is the mean over branches and pictures; `order` says the same with 0 for chance and 1 for perfection. `near_r` are
    the r nearest pictures of other classes: 0 where they are any, 1 where no better ones could be had. `sibling`: the
    nearest is of a class that is nearest kin. `rings`: ten pictures farther out are more distant kin than the ten
    before. `mantel` is the rank correlation of the distances of class means with cophenetic heights in the taxonomy.
    `purity` is the share of the own class among the nearest, `linear` the accuracy of a straight line fitted on one
    half of the pictures and tried on the other. `same_place`: the nearest picture of another class shares the place;
    `other_place`: the headline among pictures of other places alone. Classes are the units of all intervals.
    """

    name: ClassVar[str] = "order"
    question: ClassVar[str] = "Is its space ordered, or are the classes only kept apart?"
    version: ClassVar[int] = 1
    needs: ClassVar[tuple[type, ...]] = (ImageEncoder,)
    asks: ClassVar[tuple[str, ...]] = ("labels", "taxonomy")
    headline: ClassVar[str] = "in_order"
    says: ClassVar[str] = "What is nearer in meaning lies nearer {in_order} of the time."

    pictures: int = 1000  # at most, of every class in proportion
    neighbours: tuple[int, ...] = (1, 3, 10, 30, 100)  # of other classes
    k: int = 10  # neighbours of any class, for purity
    ring: int = 10  # pictures of other classes
    facts: tuple[str, ...] = ("place", "colour")  # that might explain neighbourhoods, where the data tell them
    mapped: int = 300  # pictures on the map; 0 draws none
    seed: int = 0  # of the map
    tap: str = "image"

    def taps(self) -> tuple[str, ...]:
        return (self.tap,)

    def measure(self, model: ImageEncoder, data: Dataset, bench: Bench) -> Sheet:
        seen = shown(data, self.pictures)
        counts = self._counts(len(seen.items) - max(seen.counts))
        features = bench.features(model, seen.items, self.tap).tensor()
        around = space(features, seen.labels, seen.heights)
        columns: dict[str, NDArray[Any]] = {
            **rows_of(seen.items),
            "class": np.array(seen.classes, dtype=np.str_)[seen.labels],
            "code": seen.labels,
            **order_columns(around, ~around.own, "score"),
            **surroundings(around, features, counts, self.ring),
            **tidiness(around, self.k),
            "linear": crossed(seen.items, features, seen.labels, len(seen.classes)),
            **shared_facts(around, {fact: seen.same(fact) for fact in seen.telling(self.facts)}),
        }
        kept = {name: column[columns["asked_score"]] for name, column in columns.items()}
        on_map = np.flatnonzero(columns["asked_score"])[: self.mapped]
        places = np.full((len(kept["id"]), 2), -1.0)
        places[: len(on_map)] = atlas.places(features[on_map], self.seed)
        return Sheet(columns={**kept, "map": places}, facts=self._facts(seen, counts, kept))

    def grade(self, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
        kinds = sheet["class"]
        share = in_order(sheet, "score", statistics)
        found = {"in_order": share, "order": index(share), **dict(neighbourhoods(sheet, statistics))}
        found["rings"] = stats.proportion(sheet["rings"], kinds, statistics, chance=0.5)
        found |= dict(mantel(sheet, statistics))
        found["rank"] = stats.mean(sheet["rank"], kinds, statistics, chance=0.0)
        prior = sheet.facts["prior"]
        found["purity"] = stats.proportion(sheet["purity"], kinds, statistics, chance=sheet.facts["usual_purity"])
        found["linear"] = stats.proportion(sheet["linear"], kinds, statistics, chance=prior)
        found["silhouette"] = stats.mean(sheet["silhouette"], kinds, statistics, chance=0.0)
        for fact in sheet.facts["facts"]:
            usual = float(sheet[f"usual_{fact}"].mean())
            found[f"same_{fact}"] = stats.proportion(sheet[f"same_{fact}"], kinds, statistics, chance=usual)
            if sheet[f"asked_other_{fact}"].any():
                found[f"other_{fact}"] = in_order(sheet, f"other_{fact}", statistics)
        return found

    def figure(self, results: Sequence[Result]) -> alt.TopLevelMixin:
        shares = [
            draw.Spot(words, record.card.name, found.value, found.low, found.high)
            for name, words in SHOWN.items()
            for record, _ in results
            for found in (record.estimates[name],)
        ]
        rings = [
            draw.Point(record.card.name, float(count), found.value, found.low, found.high)
            for record, sheet in results
            for count in sheet.facts["neighbours"]
            for found in (record.estimates[f"near_{count}"],)
        ]
        low = min(0.0, *(spot.low for spot in shares), *(point.low for point in rings))
        return draw.stacked(
            draw.intervals(shares, x="0 at random (order), 1 perfect", domain=(low, 1.0)),
            draw.curve(
                rings, x="nearest pictures of other classes", y="order among them", chance=0.0, domain=(low, 1.0),
                scale="log",
            ),
        )  # fmt: skip

    def exhibits(self, sheet: Sheet, model: ImageEncoder, data: Dataset, bench: Bench) -> Sequence[Exhibit]:
        seen = shown(data, self.pictures)
        around = space(bench.features(model, seen.items, self.tap).tensor(), seen.labels, seen.heights)
        return [*strips.map_of(sheet, seen), *strips.worst(sheet, seen, around), *strips.best(sheet, seen, around)]

    def _counts(self, available: int) -> list[int]:
        if not self.neighbours or min(*self.neighbours, self.k, self.ring, self.pictures) < 1:
            raise BadInput(f"order looks at one neighbour at least; got {self}")
        return sorted({1, *(count for count in self.neighbours if count <= available)})

    def _facts(self, seen: Shown, counts: list[int], kept: dict[str, NDArray[Any]]) -> dict[str, Any]:
        members = np.bincount(seen.labels)
        return {
            "tap": self.tap,
            "classes": list(seen.classes),
            "counts": seen.counts,
            "pictures": len(seen.items),
            "without_branch": len(seen.items) - len(kept["id"]),
            "neighbours": counts,
            "facts": list(seen.telling(self.facts)),
            "prior": float(members.max() / len(seen.items)),
            "usual_purity": float(((members[kept["code"]] - 1) / (len(seen.items) - 1)).mean()),
        }


PUBLIC = Order
