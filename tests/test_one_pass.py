"""All exams on frozen features together cost one forward pass per distinct picture: asserted by counting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from torch import Tensor

from eyechart import data as sources
from eyechart.charts import CONCEPTS, LEANINGS, RECOGNITION
from eyechart.core import Record
from eyechart.run import Desk, Plan, examine
from eyechart.settings import with_settings
from eyechart.store.cache import FeatureStore
from eyechart.store.shelf import Shelf
from eyechart.testing.twins import Random

INSIDE = {"depths"}  # looks between the blocks, in a pass of its own
FROZEN = tuple(name for name in (*RECOGNITION, *CONCEPTS, *LEANINGS) if name not in INSIDE)  # `order` reads as `knn`
SMALL = {
    "attentive": {"epochs": 1, "rates": (5e-3,), "decays": (0.01,)},
    "compounds": {"draws": 1, "shots": (0, 1)},
    "corruption": {"images": 2},
    "locality": {"images": 4},
    "typographic": {"pictures": 8},
}


class Counting(Random):
    """Counts the pictures that it is shown, and at which taps."""

    card = replace(Random().card, digest="counting")

    def __init__(self) -> None:
        self.shown = Counter[tuple[str, ...]]()

    def encode_image(self, pixels: Tensor) -> Tensor:
        self.shown["image",] += len(pixels)
        return super().encode_image(pixels)

    def encode_patches(self, pixels: Tensor) -> Tensor:
        self.shown["patches",] += len(pixels)
        return super().encode_patches(pixels)

    def encode_taps(self, pixels: Tensor, taps: Sequence[str]) -> dict[str, Tensor]:
        self.shown[tuple(taps)] += len(pixels)
        return super().encode_taps(pixels, taps)


def test_a_chart_of_exams_on_frozen_features_shows_every_picture_once(tmp_path: Path) -> None:
    model = Counting()
    store = FeatureStore(tmp_path / "features")
    plan = Plan(
        models=(model,),
        data=(sources.load("world?test=60&train=160"),),
        exams=tuple(with_settings(name, SMALL.get(name, {})) for name in FROZEN),
    )
    outcomes = list(examine(plan, Desk(shelf=Shelf(tmp_path / "shelf"), store=store)))
    refused = {each.exam: each.reason for each in outcomes if not isinstance(each, Record)}
    assert not refused
    assert len(outcomes) == len(FROZEN)
    kept = {row["tap"]: row["rows"] for row in store.summary()}
    assert sum(model.shown.values()) == kept["image"]  # as many as there are distinct pictures
    assert all("image" in taps for taps in model.shown)
