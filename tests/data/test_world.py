"""The world as a dataset."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from eyechart import data
from eyechart.core import Dataset, Picture
from eyechart.data.reels import KINDS, Order, open_reel
from eyechart.data.world import load
from eyechart.errors import BadInput, UnknownName
from eyechart.world import NAMES, World
from eyechart.world import world as world_module
from eyechart.world.persons.names import NAMES_OF_PEOPLE
from eyechart.world.text.inscription import KINDS as WRITTEN


def small(location: str = "", **options: str) -> Dataset:
    return load(location, {"test": "12", "train": "8", **options})


def test_the_default_is_a_thousand_to_examine_and_four_thousand_to_learn_from() -> None:
    found = load("", {})
    assert found.train is not None
    assert (found.name, found.split, len(found), len(found.train)) == ("world", "test", 1000, 4000)
    assert found.classes == found.train.classes == NAMES
    assert found.licence == "CC0-1.0"
    assert (found.train.split, found.train.train) == ("train", None)
    assert all("{}" in template for template in found.templates)


def test_the_revision_is_the_digest_of_all_that_decides_it() -> None:
    told = World(split="test").digest
    assert told.startswith(small().revision)
    assert len({small(**one).revision for one in ({}, {"seed": "1"}, {"size": "96"}, {"draw": "long-tailed"})}) == 4


def test_an_item_knows_everything() -> None:
    item, view = small().items[3], World(split="test")[3]
    assert isinstance(item.picture, Picture)
    np.testing.assert_array_equal(np.asarray(item.picture.load()), view.pixels)
    assert (item.label, item.captions, dict(item.facts)) == (view.label, view.captions, view.facts)
    assert item.distractors == tuple(false.text for false in view.falsehoods)
    assert [region.label for region in item.regions] == [thing.concept for thing in view.scene.things]


def test_reading_items_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn(*_: object) -> None:
        raise AssertionError("a picture was drawn")

    for name in ("render", "masks", "render_with_masks"):
        monkeypatch.setattr(world_module, name, drawn)
    for item in small().items:
        assert item.captions
        assert item.picture.digest()
        assert len(item.regions) == item.facts["count"]


def test_regions_are_the_things_of_the_picture() -> None:
    for item in small().items[:6]:
        assert item.regions[0].label == item.facts["concept"]
        for region in item.regions:
            assert region.mask is not None
            rows, columns = np.nonzero(region.mask())
            assert region.box == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)


def test_ids_and_digests_name_one_picture_only() -> None:
    found, large = small(), small(size="96")
    assert found.train is not None
    everything = [*found.items, *found.train.items]
    assert len({item.id for item in everything}) == len({item.picture.digest() for item in everything}) == 20
    assert found.items[0].picture.digest() == small().items[0].picture.digest()
    assert found.items[0].picture.digest() != large.items[0].picture.digest()
    assert found.items[0].id != small(seed="1").items[0].id


def test_items_can_be_sliced_and_counted_from_the_end() -> None:
    items = small().items
    assert [item.id for item in items[-2:]] == [items[10].id, items[-1].id]
    assert items[4] is items[4]
    with pytest.raises(IndexError):
        items[12]


def test_learning_items_can_be_left_out_and_another_split_examined() -> None:
    assert load("", {"train": "0", "test": "3"}).train is None
    assert small(split="valid").split == "valid"


def test_it_is_loaded_again_under_the_name_that_it_gives_itself() -> None:
    found = data.load("world:writing?test=3&train=2&seed=5")
    again = data.load(found.name)
    assert [item.captions for item in again.items] == [item.captions for item in found.items]


def test_in_chinese_the_picture_is_the_same_and_every_word_is_chinese() -> None:
    found, english = small(language="zh"), small()
    item, same = found.items[2], english.items[2]
    assert item.picture.digest() == same.picture.digest()
    assert item.label == same.label
    words = [*found.classes, *item.captions, *item.distractors, *(region.label for region in item.regions)]
    words += [template.replace("{}", "一") for template in found.templates]
    words += [*found.taxonomy, *found.taxonomy.values()]
    assert not [word for word in words if any("a" <= letter <= "z" for letter in word)]


def test_what_is_held_out_is_never_learnt_from() -> None:
    apart = small(hold_out="colour,concept", train="60")
    assert apart.train is not None
    assert not any(item.facts["unseen_colour"] or item.facts["unseen_concept"] for item in apart.train.items)
    everything = small(hold_out="no", train="200").train
    assert everything is not None
    assert not any(item.facts["unseen"] for item in everything.items)  # where nothing is held out, nothing is unseen


@pytest.mark.parametrize(
    ("location", "classes", "fact"),
    [("writing", WRITTEN, "kind"), ("people", NAMES_OF_PEOPLE, "name"), ("documents", None, "kind")],
)
def test_the_other_kinds_are_datasets_too(location: str, classes: tuple[str, ...] | None, fact: str) -> None:
    found = small(location)
    assert found.train is not None
    assert classes is None or found.classes == classes
    for item in found.items[:4]:
        image = item.picture.load()
        assert image.size == ((256, 256) if location == "documents" else (64, 64))
        assert item.label is not None
        assert found.classes[item.label] == item.facts[fact]
        assert item.captions
        assert item.distractors
        assert not {*item.captions} & {*item.distractors}
        for region in item.regions:
            assert 0 <= region.box.left < region.box.right <= image.width
            assert region.mask is None
    assert {item.picture.digest() for item in found.items}.isdisjoint(i.picture.digest() for i in found.train.items)


@pytest.mark.parametrize("of", KINDS)
def test_every_picture_of_a_kind_has_the_same_facts(of: str) -> None:
    reel = open_reel(Order(of=of), "test")
    kinds = {name: type(value) for name, value in reel[0].facts.items()}
    for index in range(60):
        assert {name: type(value) for name, value in reel[index].facts.items()} == kinds


@pytest.mark.parametrize("of", KINDS)
def test_a_reel_travels_to_other_processes(of: str) -> None:
    reel = open_reel(Order(of=of, seed=3), "valid")
    there = pickle.loads(pickle.dumps(reel))
    np.testing.assert_array_equal(there[5].drawn().pixels, reel[5].drawn().pixels)
    assert there[5].captions == reel[5].captions


@pytest.mark.parametrize(
    ("location", "options", "kind", "says"),
    [
        ("writting", {}, UnknownName, "did you mean 'writing'"),
        ("", {"sise": "64"}, UnknownName, "did you mean 'size'"),
        ("", {"size": "big"}, BadInput, "whole number"),
        ("", {"size": "7"}, BadInput, "32 to 512"),
        ("", {"test": "0"}, BadInput, "at least one"),
        ("", {"split": "tets"}, UnknownName, "did you mean 'test'"),
        ("", {"split": "train"}, BadInput, "what is learnt from"),
        ("", {"draw": "longtailed"}, UnknownName, "did you mean 'long-tailed'"),
        ("", {"language": "klingon"}, UnknownName, "known: en, zh"),
        ("", {"hold_out": "color"}, UnknownName, "did you mean 'colour'"),
        ("writing", {"draw": "balanced"}, BadInput, "but one way"),
        ("people", {"language": "zh"}, BadInput, "told in en only"),
        ("documents", {"hold_out": "colour"}, BadInput, "nothing is held out"),
    ],
)
def test_bad_requests_are_explained(location: str, options: dict[str, str], kind: type, says: str) -> None:
    with pytest.raises(kind, match=says):
        load(location, options)
