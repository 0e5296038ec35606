from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eyechart.core import Dataset, Record, Refusal
from eyechart.run import Desk, Plan, again, examine, objection
from eyechart.settings import exams
from eyechart.store.cache import FeatureStore
from eyechart.store.shelf import Shelf
from eyechart.testing.datasets import toy
from eyechart.testing.twins import Constant, NaN, Random

NAMES = ("zero_shot", "retrieval", "knn", "linear", "attentive", "scores")


class Known(Random):
    """A twin whose weights have a digest, so that the shelf can know it again."""

    card = replace(Random().card, digest="known")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(shelf=Shelf(tmp_path / "shelf"), store=FeatureStore(tmp_path / "features"))


@pytest.fixture
def data() -> Dataset:
    return toy(60, 3)


def test_every_exam_leaves_a_record_with_its_sheet(desk: Desk, data: Dataset) -> None:
    plan = Plan(models=(Random(),), data=(data,), exams=exams(NAMES))
    outcomes = list(examine(plan, desk))
    records = [outcome for outcome in outcomes if isinstance(outcome, Record)]
    assert [record.norm.exam for record in records] == list(NAMES)
    for record in records:
        assert record.headline in record.estimates
        assert len(desk.shelf.sheet(record.sheet)) > 0
    assert {record.norm.exam: record for record in desk.shelf.records()} == {
        record.norm.exam: record for record in records
    }


def test_what_is_done_is_not_done_again(desk: Desk, data: Dataset) -> None:
    plan = Plan(models=(Known(),), data=(data,), exams=exams(("knn", "zero_shot")))
    first = list(examine(plan, desk))
    assert list(examine(plan, desk)) == first
    assert len(desk.shelf.records()) == 2


def test_a_stopped_run_and_an_unbroken_one_give_the_same_numbers(tmp_path: Path, data: Dataset) -> None:
    plan = Plan(models=(Known(),), data=(data,), exams=exams(("knn", "zero_shot", "linear")))
    whole = Desk(shelf=Shelf(tmp_path / "whole"))
    broken = Desk(shelf=Shelf(tmp_path / "broken"))
    next(iter(examine(plan, broken)))  # stopped after the first record
    for a, b in zip(examine(plan, whole), examine(plan, broken), strict=True):
        assert isinstance(a, Record)
        assert isinstance(b, Record)
        assert (a.norm, a.estimates, a.sheet) == (b.norm, b.estimates, b.sheet)


def test_what_an_exam_lacks_is_a_refusal_with_its_reason(desk: Desk, data: Dataset) -> None:
    bare = replace(data, train=None)
    (outcome,) = examine(Plan(models=(Random(),), data=(bare,), exams=exams(("knn",))), desk)
    assert isinstance(outcome, Refusal)
    assert "train split" in outcome.reason
    assert desk.shelf.refusals() == [outcome]


def test_a_model_that_gives_nan_is_refused_and_the_others_go_on(desk: Desk, data: Dataset) -> None:
    plan = Plan(models=(NaN(), Constant()), data=(data,), exams=exams(("zero_shot",)))
    first, second = examine(plan, desk)
    assert isinstance(first, Refusal)
    assert isinstance(second, Record)


def test_a_model_that_cannot_be_loaded_does_not_stop_the_others(desk: Desk, data: Dataset) -> None:
    plan = Plan(models=("zoo:no-such-model", Constant()), data=(data,), exams=exams(("zero_shot",)))
    first, second = examine(plan, desk)
    assert isinstance(first, Refusal)
    assert first.exam == "*"
    assert isinstance(second, Record)


def test_the_objection_names_what_is_missing(data: Dataset) -> None:
    (exam,) = exams(("retrieval",))
    silent = data.keep([replace(item, captions=()) for item in data.items])
    reason = objection(exam, Random(), silent)
    assert reason is not None
    assert "captions" in reason
    assert objection(exam, Random(), data) is None


def test_a_record_can_be_obtained_again(desk: Desk) -> None:
    plan = Plan(models=("zoo:vit-clip",), data=("digits",), exams=exams(("knn",)), precision="fp32", limit=120)
    (first,) = examine(plan, desk)
    assert isinstance(first, Record)
    second = again(first, desk)
    assert (second.norm, second.estimates, second.sheet) == (first.norm, first.estimates, first.sheet)
