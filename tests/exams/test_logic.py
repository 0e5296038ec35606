"""And, or, not: who hears the names and nothing else scores chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from eyechart.bench import Bench
from eyechart.core import Box, Dataset, Item, Region, Statistics
from eyechart.data.staged import Stage
from eyechart.data.staged.connectives import CORNERS, phrases
from eyechart.data.staged.logic import stage
from eyechart.errors import BadInput, Refused
from eyechart.exams.logic import Logic
from eyechart.marking import truth_tables
from eyechart.marking.truth_tables import TRUTH, tables
from eyechart.marking.wordings import words
from eyechart.testing import Constant, Oracle, check_exam
from eyechart.testing.datasets import Patch
from eyechart.testing.twins import direction

SMALL = Stage(test=240, train=0)
DEAF_TO = {"a", "an", "and", "or", "but", "no", "neither", "nor", "pair", "bunch", "of"}


@pytest.fixture(scope="module")
def data() -> Dataset:
    return stage(SMALL)


class BagOfWords(Oracle):
    """Sees which things are there, hears which are named, and is deaf to what joins the names."""

    def _embed(self, item: Item, classes: Sequence[str]) -> Tensor:
        there = [item.facts[name] for name in ("first", "second") if item.facts[f"has_{name}"]]
        return self._direction(" ".join(map(str, there))) + 0.01 * direction(item.id.encode(), self.width)

    def _direction(self, text: str) -> Tensor:
        heard = sorted(set(words(text)) - DEAF_TO)
        return torch.stack([torch.zeros(self.width), *(direction(word.encode(), self.width) for word in heard)]).sum(0)


class Counter(Oracle):
    """Knows how many things there are, and takes "and" for many, "neither" for few, "but no" for what lies between."""

    def _embed(self, item: Item, classes: Sequence[str]) -> Tensor:
        return self._direction(("", "neither", "but no", "and")[len(item.picture.scene.things)])

    def _direction(self, text: str) -> Tensor:
        meant = next(word for word in ("neither", "but no", "and", "") if word in text)
        return direction(meant.encode(), self.width)


def of_labels(*shown: str) -> Dataset:
    """Pictures with regions of these labels."""
    items = [
        Item(
            id=f"{number}",
            picture=Patch(hue=0.1, seed=number),
            regions=[Region(label=label, box=Box(0, 0, 1, 1)) for label in labels.split()],
        )
        for number, labels in enumerate(shown)
    ]
    return Dataset(name="own", split="test", revision="1", items=items)


def test_it_holds_to_the_rules(data: Dataset) -> None:
    check_exam(Logic(), data.keep(data.items[:64]))


def test_who_knows_which_sentences_are_true_passes(data: Dataset, bench: Bench) -> None:
    found = Logic().grade(Logic().measure(Oracle(data), data, bench), Statistics())
    for name, estimate in found.items():
        assert estimate.value > 0.97, name


def test_who_hears_only_the_names_scores_exactly_chance(data: Dataset, bench: Bench) -> None:
    found = Logic().grade(Logic().measure(BagOfWords(data), data, bench), Statistics())
    assert found["choice"].value == 0.25
    assert found["scope"].value == 0.5
    assert found["ordered_and"].value == found["ordered_or"].value == 1  # which it gets by counting the names
    assert found["auroc_first_only"].value == pytest.approx(0.5, abs=0.01)
    assert found["ordered_first_only"].value < 0.01
    assert found["auroc_neither"].value == 0
    assert found["choice"].chance == found["ordered"].chance == 0.25


def test_who_counts_things_and_hears_what_joins_the_names_scores_exactly_chance(data: Dataset, bench: Bench) -> None:
    assert Logic().measure(Counter(data), data, bench)["score"].mean() == 0.25


def test_the_pictures_of_a_table_differ_in_these_two_things_and_what_stands_in_for_them(data: Dataset) -> None:
    for start in range(0, 80, 4):
        shown = [data.items[start + corner].picture.scene for corner in range(4)]
        both, first, second, neither = ([*scene.things] for scene in shown)
        assert both == [first[0], second[1]]
        assert neither == [second[0], first[1]]
        for one, other in zip(both, neither, strict=True):
            assert one.concept != other.concept
            assert one.colour == other.colour
            assert (one.style, one.side) == (other.style, other.side)
        assert len({(scene.place, scene.variant, scene.features) for scene in shown}) == 1
        facts = [data.items[start + corner].facts for corner in range(4)]
        for scene, known in zip(shown, facts, strict=True):
            names = {thing.concept for thing in scene.things}
            assert (known["first"] in names, known["second"] in names) == (known["has_first"], known["has_second"])


def test_each_of_four_sentences_is_true_of_one_picture_each() -> None:
    assert TRUTH[:, :4].sum(0).tolist() == TRUTH[:, :4].sum(1).tolist() == [1, 1, 1, 1]
    assert list(phrases("cat", "apple").values()) == [
        "a cat and an apple",
        "a cat but no apple",
        "an apple but no cat",
        "neither a cat nor an apple",
        "a cat or an apple",
    ]


def test_marks_of_a_table_by_hand() -> None:
    scores = np.zeros((1, 4, 5))
    scores[0, :, 0] = [4, 3, 2, 1]  # "and": in order
    scores[0, :, 4] = [4, 3, 2, 3]  # "or": the picture with neither above one of the others, level with another
    assert truth_tables.ordered(scores)["and"].tolist() == [1.0]
    assert truth_tables.ordered(scores)["or"].tolist() == [0.0]
    assert truth_tables.ordered(scores)["neither"].tolist() == [0.25]  # all level
    assert truth_tables.placed(scores)["or"].tolist() == [0.5]
    assert truth_tables.chosen(scores).tolist() == [[1.0, 0.0, 0.0, 0.0]]
    assert truth_tables.told_apart(scores).tolist() == [0.5]
    assert truth_tables.accepted(TRUTH[None].astype(float), 0.5).tolist() == [1.0]
    assert truth_tables.accepted(np.ones((1, 4, 5)), 0.5).tolist() == [0.5]


def test_tables_are_found_among_labels() -> None:
    found = tables(of_labels("dog cat", "dog", "cat", "", "dog cat", "cat cat", "dog bus", "bus"), 9)
    assert {(table.first, table.second) for table in found} == {("cat", "dog"), ("bus", "dog")} or len(found) == 1
    used = [at for table in found for at in table.corners]
    assert len(used) == len(set(used))


def test_the_corners_are_what_the_labels_say() -> None:
    (table,) = tables(of_labels("dog", "cat dog", "", "cat"), 9)
    assert (table.first, table.second, table.corners) == ("cat", "dog", (1, 3, 0, 2))
    assert table.phrases["first_only"] == "a cat but no dog"


def test_labels_of_regions_can_be_examined(bench: Bench) -> None:
    shown = of_labels(*["cat dog", "cat", "dog", "bus"] * 6)
    sheet = Logic().measure(Constant(), shown, bench)
    found = Logic().grade(sheet, Statistics())
    assert found["choice"].value == found["ordered"].value == 0.25
    assert sheet.facts["tables"] == 6


def test_without_four_corners_it_is_refused(bench: Bench) -> None:
    with pytest.raises(Refused, match="each alone and neither"):
        Logic().measure(Constant(), of_labels("dog", "cat", "dog cat"), bench)
    with pytest.raises(Refused, match="each alone and neither"):
        Logic().measure(Constant(), replace(of_labels("dog"), items=[replace(of_labels("").items[0])]), bench)


def test_facts_that_are_no_table_are_bad_input(data: Dataset, bench: Bench) -> None:
    with pytest.raises(BadInput, match="no truth table"):
        Logic().measure(Constant(), data.keep(data.items[1:8]), bench)


def test_a_frame_without_a_gap_is_bad_input(data: Dataset, bench: Bench) -> None:
    with pytest.raises(BadInput, match="frame"):
        Logic(frame="a picture").measure(Constant(), data, bench)


def test_three_tables_are_shown(data: Dataset, bench: Bench) -> None:
    model = Oracle(data)
    (shown,) = Logic().exhibits(Logic().measure(model, data, bench), model, data, bench)
    assert len(shown.pictures) == 3 * len(CORNERS)
    assert all(pictured.caption.startswith("right: ") for pictured in shown.pictures)


def test_it_speaks_chinese_too(bench: Bench) -> None:
    data = stage(replace(SMALL, language="zh", test=40))
    assert Logic().measure(Oracle(data), data, bench)["score"].mean() == 1
