from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eyechart.errors import Refused
from eyechart.marking.answers import labels, per_class, prior, train_of
from eyechart.testing import toy


def test_every_picture_needs_a_label_that_is_a_class() -> None:
    data = toy(4, 2)
    with pytest.raises(Refused, match="1 of the 4"):
        labels(data.keep([replace(data.items[0], label=None), *data.items[1:]]), "knn")
    with pytest.raises(Refused, match="2 class names"):
        labels(data.keep([replace(data.items[0], label=5), *data.items[1:]]), "knn")
    with pytest.raises(Refused):
        labels(data.keep([]), "knn")


def test_learning_needs_a_train_split_of_the_same_classes_and_two_of_them() -> None:
    data = toy(6, 3)
    assert data.train is not None
    with pytest.raises(Refused, match="train split"):
        train_of(replace(data, train=None), "knn")
    with pytest.raises(Refused, match="other classes"):
        train_of(replace(data, train=replace(data.train, classes=("a", "b", "c"))), "knn")
    one = [item for item in data.train.items if item.label == 0]
    with pytest.raises(Refused, match="two classes"):
        train_of(replace(data, train=data.train.keep(one)), "knn")


def test_the_prior_is_what_the_commonest_class_gets() -> None:
    assert prior(np.array([0, 0, 0, 1]), np.array([0, 0, 1]), 3) == 0.75
    assert prior(np.array([0, 0, 0, 1]), np.array([0, 1]), 3) == 0.5  # two classes tie: drawn between


def test_classes_that_do_not_occur_are_not_listed() -> None:
    found = per_class(("a", "b", "c"), np.array([0, 0, 2]), np.array([1.0, 0.0, 0.5]))
    assert found == [{"class": "a", "items": 2, "top1": 0.5}, {"class": "c", "items": 1, "top1": 0.5}]
