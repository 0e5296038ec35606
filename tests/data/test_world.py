"""The world as a dataset."""

import numpy as np
import pytest

from eyechart.core import Picture
from eyechart.data.world import load
from eyechart.errors import BadInput, UnknownName
from eyechart.world import NAMES
from eyechart.world import world as world_module


def small(**options):
    return load("", {"test": "20", "train": "30", **options})


def test_the_default_is_a_thousand_to_examine_and_four_thousand_to_learn_from():
    data = load("", {})
    assert (data.name, data.split, len(data), len(data.train)) == ("world", "test", 1000, 4000)
    assert data.classes == data.train.classes == NAMES
    assert data.licence == "CC0-1.0"
    assert data.train.split == "train"
    assert data.train.train is None
    assert all("{}" in template for template in data.templates)


def test_an_item_knows_everything():
    item = small().items[3]
    assert len(item.captions) == 5
    assert len(item.distractors) >= 3
    assert isinstance(item.picture, Picture)
    assert item.picture.load().size == (64, 64)
    assert NAMES[item.label] == item.facts["concept"]
    assert {"colour", "texture", "place", "size", "count", "x", "y", "occlusion", "unseen"} <= set(item.facts)


def test_reading_items_draws_nothing(monkeypatch):
    def drawn(*_):
        raise AssertionError("a picture was drawn")

    monkeypatch.setattr(world_module, "render", drawn)
    monkeypatch.setattr(world_module, "masks", drawn)
    for item in small().items:
        assert item.captions
        assert item.picture.digest()
        assert len(item.regions) == item.facts["count"]


def test_regions_are_the_things_of_the_picture():
    for item in small().items[:6]:
        assert item.regions[0].label == item.facts["concept"]
        for region in item.regions:
            mask = region.mask()
            rows, columns = np.nonzero(mask)
            assert region.box == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)


def test_ids_and_digests_name_one_picture_only():
    data, large = small(), small(size="96")
    everything = [*data.items, *data.train.items]
    assert len({item.id for item in everything}) == len({item.picture.digest() for item in everything}) == 50
    assert data.items[0].picture.digest() == small().items[0].picture.digest()
    assert data.items[0].picture.digest() != large.items[0].picture.digest()
    assert data.items[0].id != small(seed="1").items[0].id


def test_items_can_be_sliced_and_counted_from_the_end():
    items = small().items
    assert [item.id for item in items[-2:]] == [items[18].id, items[-1].id]
    assert items[4] is items[4]
    with pytest.raises(IndexError):
        items[20]


def test_learning_items_can_be_left_out():
    assert load("", {"train": "0", "test": "3"}).train is None


@pytest.mark.parametrize(
    ("location", "options", "kind", "says"),
    [
        ("mars", {}, BadInput, "no location"),
        ("", {"sise": "64"}, UnknownName, "did you mean 'size'"),
        ("", {"size": "big"}, BadInput, "whole number"),
        ("", {"size": "7"}, BadInput, "32 to 512"),
        ("", {"test": "0"}, BadInput, "at least one"),
    ],
)
def test_bad_requests_are_explained(location, options, kind, says):
    with pytest.raises(kind, match=says):
        load(location, options)
