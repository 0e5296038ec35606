from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eyechart.core import Item
from eyechart.errors import Refused
from eyechart.testing import toy
from eyechart.transfer.carve import carve


def train(n: int, classes: int) -> tuple[list[Item], np.ndarray]:
    items = list(toy(n, classes).items)
    return items, np.array([item.label for item in items])


def test_every_class_gives_its_share() -> None:
    items, truth = train(60, 3)
    near, far = carve(items, truth, 0.2)
    assert sorted([*near, *far]) == list(range(60))
    assert np.bincount(truth[far]).tolist() == [4, 4, 4]


def test_the_choice_does_not_depend_on_how_items_are_listed() -> None:
    items, truth = train(30, 3)
    _, far = carve(items, truth, 0.2)
    _, back = carve(items[::-1], truth[::-1], 0.2)
    assert [items[at].id for at in far] == [items[::-1][at].id for at in back]


def test_a_group_is_never_split() -> None:
    items, truth = train(60, 3)
    grouped = [replace(item, group=f"g{index // 6}") for index, item in enumerate(items)]
    near, far = carve(grouped, truth, 0.3)
    assert not {grouped[at].group for at in near} & {grouped[at].group for at in far}


def test_a_class_with_one_picture_keeps_it_to_fit_on() -> None:
    items, truth = train(5, 4)  # the first class has two, the others one
    near, far = carve(items, truth, 0.5)
    assert set(truth[near]) == {0, 1, 2, 3}
    assert truth[far].tolist() == [0]
    with pytest.raises(Refused, match="nothing to choose on"):
        carve(items[:4], truth[:4], 0.5)
