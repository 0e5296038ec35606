from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from eyechart.core import Item
from eyechart.store.digest import of_arrays, of_bytes, of_dataset, of_items, of_json, of_state
from eyechart.testing.datasets import toy


def test_a_digest_is_128_bits_of_blake2b() -> None:
    assert of_bytes(b"") == "cae66941d9efbd404e4d88758ea67670"


def test_the_order_of_names_does_not_matter() -> None:
    assert of_json({"a": 1, "b": [2]}) == of_json({"b": [2], "a": 1})
    one, two = np.ones(3), np.zeros(2)
    assert of_arrays({"x": one, "y": two}) == of_arrays({"y": two, "x": one})
    assert of_state({"x": torch.ones(2), "y": torch.zeros(2)}) == of_state({"y": torch.zeros(2), "x": torch.ones(2)})


@pytest.mark.parametrize(
    "other",
    [
        {"w": torch.ones(4).reshape(2, 2)},
        {"w": torch.ones(4, dtype=torch.float64)},
        {"v": torch.ones(4)},
        {"w": torch.tensor([1.0, 1.0, 1.0, 1.0000001])},
        {"w": torch.ones(4), "b": torch.empty(0)},
    ],
    ids=["shape", "dtype", "name", "value", "more"],
)
def test_any_difference_between_weights_shows(other: dict[str, torch.Tensor]) -> None:
    assert of_state(other) != of_state({"w": torch.ones(4)})


def test_how_weights_lie_in_memory_does_not_matter() -> None:
    weights = torch.arange(6.0).reshape(2, 3).to(torch.bfloat16)
    assert of_state({"w": weights}) == of_state({"w": weights.T.contiguous().T.requires_grad_()})
    assert of_state({"w": torch.tensor(3)}) != of_state({"w": torch.tensor([3])})


def test_nan_has_no_digest() -> None:
    with pytest.raises(ValueError, match="JSON"):
        of_json(float("nan"))


@pytest.mark.parametrize(
    "change",
    [{"id": "x"}, {"label": 1}, {"captions": ("x",)}, {"distractors": ("x",)}, {"group": "x"}, {"facts": {"a": 1}}],
    ids=lambda change: next(iter(change)),
)
def test_any_difference_between_items_shows(change: dict[str, object]) -> None:
    data = toy(4, 2)
    items = list(data.items)
    changed: list[Item] = [replace(items[0], **change), *items[1:]]  # type: ignore[arg-type]
    assert of_items(changed) != of_items(items)
    assert of_items(items[::-1]) != of_items(items)
    assert of_items([replace(items[0], picture=items[1].picture), *items[1:]]) != of_items(items)


def test_the_name_of_a_dataset_takes_no_part_and_its_classes_do() -> None:
    data = toy(4, 2)
    assert of_dataset(replace(data, name="other")) == of_dataset(data)
    assert of_dataset(replace(data, classes=("x", "y"))) != of_dataset(data)


def test_ids_need_not_be_unicode() -> None:
    item = toy(2, 2).items[0]
    assert of_items([replace(item, id="\udc80")]) != of_items([replace(item, id="\udc81")])
