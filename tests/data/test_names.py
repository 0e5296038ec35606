from __future__ import annotations

import json

import pytest

from eyechart.data import names, survey
from eyechart.errors import BadInput, UnknownName

COUNTS = {
    "imagenet": 1000,
    "caltech101": 101,
    "pets": 37,
    "cars": 196,
    "flowers102": 102,
    "food101": 101,
    "aircraft": 100,
    "sun397": 397,
    "dtd": 47,
    "eurosat": 10,
    "ucf101": 101,
    "cifar10": 10,
    "cifar100": 100,
    "mnist": 10,
    "svhn": 10,
    "stl10": 10,
    "gtsrb": 43,
    "pcam": 2,
    "renderedsst2": 2,
    "country211": 211,
    "fer2013": 7,
}
# Published with the same word for two classes each; kept, so that numbers compare.
PUBLISHED_TWICE = {"missile", "sunglasses"}


def test_every_vocabulary_that_ships_is_counted_here() -> None:
    assert set(names.known()) == set(COUNTS)


@pytest.mark.parametrize("name", COUNTS)
def test_a_vocabulary_is_whole_and_says_where_it_comes_from(name: str) -> None:
    words = names.vocabulary(name)
    assert len(words.classes) == len(words.keys) == COUNTS[name]
    assert all(word == word.strip() and word for word in words.classes)
    assert all(template.count("{}") == 1 and "{c}" not in template for template in words.templates)
    assert words.source
    assert words.licence == "MIT"
    assert words.order
    twice = {word for word in words.classes if words.classes.count(word) > 1}
    assert twice <= PUBLISHED_TWICE


@pytest.mark.parametrize(
    "name", ["imagenet", "food101", "dtd", "eurosat", "caltech101", "country211", "ucf101", "fer2013"]
)
def test_labels_follow_the_sorted_folders_where_the_dataset_does(name: str) -> None:
    keys = names.vocabulary(name).keys
    assert list(keys) == sorted(keys)


def test_some_names_stand_where_they_must() -> None:
    assert names.classes("food101")[:2] == ("apple pie", "baby back ribs")
    assert names.classes("Food-101")[17] == "cheesecake"
    assert names.classes("imagenet")[0] == "tench"
    assert names.classes("imagenet")[999] == "toilet paper"
    assert names.classes("flowers102")[0] == "pink primrose"
    assert names.classes("StanfordCars")[-1] == "smart fortwo Convertible 2012"
    assert names.classes("aircraft")[99] == "Yak-42"
    assert names.classes("sun397")[4] == "amphitheater"
    assert names.classes("ucf101")[34:36] == ("Hammer Throw", "Hammering")  # capitals go first in sorted folders
    assert names.classes("OxfordIIITPet")[1] == "American Bulldog"
    assert names.templates("food101") == ("a photo of {}, a type of food.",)
    assert len(names.templates("imagenet")) == 80


def test_the_keys_of_imagenet_are_wordnet_ids() -> None:
    words = names.vocabulary("imagenet1k")
    assert dict(zip(words.keys, words.classes, strict=True))["n02123045"] == "tabby cat"
    assert all(key.startswith("n") and len(key) == 9 for key in words.keys)


def test_names_are_aligned_by_what_the_dataset_calls_its_classes() -> None:
    assert names.rename("eurosat", ["SeaLake", "Forest"]) == ("lake or sea", "forest")
    assert names.rename("ucf101", ["Yo_Yo"]) == ("Yo Yo",)
    assert names.rename("imagenet", ["n01440764"]) == ("tench",)
    with pytest.raises(BadInput, match=r"'eurosat' know no class 'Moon' \(1 of 2 unknown.*names=own"):
        names.rename("eurosat", ["Forest", "Moon"])


def test_a_misspelt_vocabulary_gets_a_hint() -> None:
    with pytest.raises(UnknownName, match="did you mean 'food101'"):
        names.classes("food11")


def test_templates_of_clip_benchmark_are_translated() -> None:
    assert names.fill_ins(["a photo of a {c}.", "", "  {} "], "t.txt") == ("a photo of a {}.", "{}")
    with pytest.raises(BadInput, match=r"'a photo' in t.txt needs exactly one \{\}"):
        names.fill_ins(["a photo"], "t.txt")


def test_the_files_are_plain_json_with_classes_in_order() -> None:
    table = json.loads((names.FOLDER / "dtd.json").read_text(encoding="utf-8"))
    assert tuple(table["classes"].values()) == names.classes("dtd")


def test_the_survey_is_eleven_names_and_prefers_what_lies_there(tmp_path) -> None:
    (tmp_path / "wds_food101").mkdir()
    (tmp_path / "imagenet").mkdir()
    eleven = survey.expand(f"survey11?root={tmp_path}")
    assert len(eleven) == len(set(eleven)) == 11
    assert f"wds:{tmp_path}/wds_food101" in eleven
    assert f"torchvision:DTD?root={tmp_path}" in eleven
    assert f"torchvision:ImageNet?root={tmp_path}/imagenet" in eleven
    assert survey.expand("digits") == ("digits",)


def test_the_survey_needs_a_root() -> None:
    with pytest.raises(BadInput, match=r"write survey11\?root=/data"):
        survey.expand("survey11")
    with pytest.raises(UnknownName, match="did you mean 'root'"):
        survey.expand("survey11?rot=/x")
