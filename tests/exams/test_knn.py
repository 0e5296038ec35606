from __future__ import annotations

from dataclasses import replace

import pytest

from eyechart.bench import Bench
from eyechart.core import ImageEncoder, Statistics
from eyechart.errors import BadInput, Refused
from eyechart.exams.knn import KNN
from eyechart.testing import Constant, Random, toy


def test_what_lies_together_is_found(bench: Bench, eye: ImageEncoder) -> None:
    sheet = KNN().measure(eye, toy(60, 3), bench)
    assert sheet["score"].mean() == 1


def test_the_headline_is_the_fixed_k_and_the_curve_stops_at_what_there_is(bench: Bench, eye: ImageEncoder) -> None:
    data = toy(30, 3)
    sheet = KNN().measure(eye, data, bench)
    found = KNN().grade(sheet, Statistics())
    assert sheet.facts["ks"] == [1, 5, 10, 20]
    assert found["top1"] == found["k20"]


def test_fewer_pictures_than_neighbours_are_all_asked(bench: Bench) -> None:
    sheet = KNN().measure(Random(), toy(9, 3), bench)
    assert (sheet.facts["k"], sheet.facts["train"]) == (9, 9)
    assert sheet.facts["ks"] == [1, 5, 9]


def test_a_constant_model_gets_the_prior_of_train(bench: Bench) -> None:
    data = toy(30, 3)
    assert data.train is not None
    lopsided = replace(data, train=data.train.keep([*data.train.items, *toy(9, 1, seed=7).items]))
    lopsided = replace(lopsided, train=lopsided.train and replace(lopsided.train, classes=data.classes))
    found = KNN().grade(KNN().measure(Constant(), lopsided, bench), Statistics())
    assert found["top1"].value == found["top1"].chance == pytest.approx(1 / 3)


def test_no_neighbour_at_all_is_bad_input(bench: Bench) -> None:
    with pytest.raises(BadInput, match="at least one"):
        KNN(k=0).measure(Random(), toy(9, 3), bench)


def test_a_tap_that_the_model_lacks_is_refused(bench: Bench, eye: ImageEncoder) -> None:
    with pytest.raises(Refused, match="pooled"):
        KNN(tap="pooled").measure(eye, toy(9, 3), bench)


def test_without_train_it_is_refused(bench: Bench) -> None:
    with pytest.raises(Refused, match="train split"):
        KNN().measure(Random(), replace(toy(9, 3), train=None), bench)
