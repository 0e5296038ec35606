"""The world for training in torch."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from eyechart.data.world_torch import Pictures, collate
from eyechart.errors import BadInput
from eyechart.world import World
from eyechart.world.persons.people import People

WORLD = World(split="train")


def halved(pixels: Tensor) -> Tensor:
    return pixels.float() / 510


def test_an_example_is_the_picture_of_that_number() -> None:
    pictures = Pictures(world=WORLD, count=10)
    example = pictures[4]
    assert (example.pixels.shape, example.pixels.dtype) == ((3, 64, 64), torch.uint8)
    np.testing.assert_array_equal(example.pixels.permute(1, 2, 0).numpy(), WORLD[4].pixels)
    assert (example.captions, example.label) == (WORLD[4].captions, WORLD[4].label)
    assert len(pictures) == 10


def test_it_ends_and_may_begin_anywhere() -> None:
    later = Pictures(world=WORLD, count=3, first=7)
    assert [one.captions for one in later] == [WORLD[number].captions for number in (7, 8, 9)]
    assert later[-1].captions == WORLD[9].captions
    with pytest.raises(IndexError, match="there are 3 pictures"):
        later[3]


def test_a_transform_is_given_bytes() -> None:
    example = Pictures(world=WORLD, count=2, transform=halved)[1]
    assert example.pixels.dtype == torch.float32
    assert float(example.pixels.max()) <= 0.5


def test_workers_see_what_the_caller_sees() -> None:
    pictures = Pictures(world=WORLD, count=6)
    assert pickle.loads(pickle.dumps(pictures))[2].captions == pictures[2].captions
    loader = DataLoader(pictures, batch_size=4, num_workers=1, collate_fn=collate, multiprocessing_context="spawn")
    first, second = loader
    assert (first.pixels.shape, second.pixels.shape) == ((4, 3, 64, 64), (2, 3, 64, 64))
    assert first.captions == [WORLD[number].captions for number in range(4)]
    assert second.labels.tolist() == [WORLD[4].label, WORLD[5].label]
    assert torch.equal(first.pixels[3], pictures[3].pixels)


def test_the_usual_collation_works_too() -> None:
    pixels, captions, labels = next(iter(DataLoader(Pictures(world=WORLD, count=4), batch_size=4)))
    assert pixels.shape == (4, 3, 64, 64)
    assert [told[2] for told in captions] == list(WORLD[2].captions)
    assert labels.tolist() == [WORLD[number].label for number in range(4)]


def test_persons_are_pictures_too() -> None:
    people = People(split="train")
    assert Pictures(world=people, count=2)[1].label == people[1].label


def test_a_batch_of_nothing_is_refused() -> None:
    with pytest.raises(BadInput, match="at least one"):
        collate([])
