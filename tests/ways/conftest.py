"""A small shelf of real results: two models, two exams, coloured patches in a folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from eyechart.core import Record, Result, Statistics
from eyechart.run import Desk, Plan, examine
from eyechart.settings import exams
from eyechart.store.cache import FeatureStore
from eyechart.store.shelf import Shelf
from eyechart.testing.datasets import toy
from eyechart.ways.way import Published
from eyechart.ways.way import publish as by_way

MODELS = ("zoo:ladder/vit-200k", "zoo:objectives/clip-vit")
EXAMS = ("knn", "linear")


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the results lie; nobody writes there."""
    root = tmp_path_factory.mktemp("published")
    data = toy(48, classes=16)
    for folder, split in (("test", data), ("train", data.train)):
        for number, item in enumerate(split.items):
            wrong = folder == "test" and number % 8 == 0  # what no model can name
            place = root / "patches" / folder / split.classes[(item.label + 5 * wrong) % 16]
            place.mkdir(parents=True, exist_ok=True)
            pale = Image.blend(item.picture.load(), Image.new("RGB", (32, 32), "grey"), 0.95)
            pale.save(place / f"{item.id}.png")
    plan = Plan(
        models=MODELS,
        data=(str(root / "patches"),),
        exams=exams(EXAMS, ["linear.penalties=0.1,0.01"]),
        statistics=Statistics(resamples=100),
    )
    desk = Desk(shelf=Shelf(root / "shelf"), store=FeatureStore(root / "shelf" / "features"))
    assert len([outcome for outcome in examine(plan, desk) if isinstance(outcome, Record)]) == len(MODELS) * len(EXAMS)
    return root / "shelf"


@pytest.fixture(scope="session")
def results(shelf: Path) -> list[Result]:
    place = Shelf(shelf)
    return [Result(record, place.sheet(record.sheet)) for record in place.records()]


@pytest.fixture
def one(results: list[Result]) -> Result:
    """The probe of one model."""
    return next(result for result in results if result.record.norm.exam == "linear")


@pytest.fixture
def publish(results: list[Result], shelf: Path) -> Callable[..., Published]:
    """Publish these results, or others, of this shelf."""

    def published(way: str, where: Path | str, given: list[Result] | None = None, **options: object) -> Published:
        return by_way(results if given is None else given, way, str(where), shelf=str(shelf), options=options)

    return published


@pytest.fixture(scope="session")
def renamed() -> Callable[..., Result]:
    """The same result of a model, or on data, of another name."""

    def other(result: Result, model: str | None = None, data: str | None = None) -> Result:
        record = result.record
        card = record.card if model is None else replace(record.card, name=model)
        norm = record.norm if data is None else replace(record.norm, data=data)
        return Result(replace(record, card=card, norm=norm), result.sheet)

    return other
