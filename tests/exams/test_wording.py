"""Sentences against false ones: a bag of words must score chance, and the data leave it no loophole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from eyechart.bench import Bench
from eyechart.core import Dataset, Item, Statistics
from eyechart.data.staged import Stage
from eyechart.data.staged.wording import stage
from eyechart.errors import BadInput, Refused
from eyechart.exams.wording import Wording
from eyechart.marking.wordings import contests, quadruples, salad, words
from eyechart.testing import Blind, Constant, Oracle, check_exam
from eyechart.testing.datasets import Patch
from eyechart.testing.twins import direction

SMALL = Stage(test=120, train=0)


@pytest.fixture(scope="module")
def data() -> Dataset:
    return stage(SMALL)


class BagOfWords(Oracle):
    """Knows which words are true of each picture, and hears no order."""

    def _direction(self, text: str) -> Tensor:
        bag = sorted(words(text).elements())
        return torch.stack([direction(word.encode(), self.width) for word in bag]).sum(0)


class Listener(Blind):
    """Prefers some sentences to others by itself, whatever it is shown."""


def item(name: str, captions: Sequence[str], distractors: Sequence[str], group: str = "", **facts: str) -> Item:
    return Item(
        id=name,
        picture=Patch(hue=0.5, seed=sum(map(ord, name))),
        captions=tuple(captions),
        distractors=tuple(distractors),
        group=group,
        facts=facts,
    )


def of(*items: Item) -> Dataset:
    return Dataset(name="own", split="test", revision="1", items=items)


def test_it_holds_to_the_rules(data: Dataset) -> None:
    check_exam(Wording(), data.keep(data.items[:36]))


def test_who_knows_the_sentences_passes_every_kind(data: Dataset, bench: Bench) -> None:
    found = Wording().grade(Wording().measure(Oracle(data), data, bench), Statistics())
    kinds = {"attributes_swapped", "things_swapped", "negation_moved", "relation_replaced", "concept_replaced"}
    for name in (*kinds, "negation_added", "salad", "winoground_text", "winoground_image", "winoground_group"):
        assert found[name].value == 1, name


def test_a_bag_of_words_scores_exactly_chance_wherever_the_words_are_the_same(data: Dataset, bench: Bench) -> None:
    found = Wording().grade(Wording().measure(BagOfWords(data), data, bench), Statistics())
    for name in ("accuracy", "same_words", "attributes_swapped", "things_swapped", "negation_moved", "salad"):
        assert found[name].value == 0.5, name
    assert found["winoground_group"].value == 0
    assert found["concept_replaced"].value > 0.75  # it does know its words


def test_who_only_listens_scores_exactly_chance_in_every_kind(data: Dataset, bench: Bench) -> None:
    found = Wording().grade(Wording().measure(Listener(data), data, bench), Statistics())
    for name, estimate in found.items():
        if not name.startswith(("winoground", "salad")):
            assert estimate.value == 0.5, name
    assert found["salad"].value == found["salad"].chance == found["salad_by_words"].value != 0.5


def test_the_data_leave_no_loophole(data: Dataset) -> None:
    asked = contests(data.items)
    true = Counter((contest.kind, text) for contest in asked for text in contest.truths)
    false = Counter((contest.kind, contest.falsehood) for contest in asked)
    assert true == false  # every sentence is true as often as it is false
    first = [contest for contest in asked if contest.kind in ("attributes_swapped", "things_swapped", "negation_moved")]
    assert {contest.item for contest in first} == set(range(len(data)))
    assert all(contest.same_words for contest in first)
    assert all(len(contest.truths[0]) == len(contest.falsehood) for contest in first)
    assert len(quadruples(data.items, asked)) == len(data) // 2


def test_sentences_are_true_of_their_own_picture_only(data: Dataset) -> None:
    assert len({each.picture.digest() for each in data.items}) == len(data)
    for one, other in zip(data.items[::2], data.items[1::2], strict=True):
        assert one.captions == other.distractors
        assert one.distractors == other.captions


def test_the_same_stage_gives_the_same_bytes(data: Dataset) -> None:
    again = stage(SMALL)
    for one, other in zip(data.items[:4], again.items[:4], strict=True):
        assert one.picture.digest() == other.picture.digest()
        assert one.picture.load().tobytes() == other.picture.load().tobytes()
    other_seed = stage(replace(SMALL, seed=1))
    assert other_seed.items[0].picture.digest() != data.items[0].picture.digest()


def test_kinds_are_read_off_the_words_where_they_are_not_told() -> None:
    (one, other) = contests([item("a", ["a cat on a mat"], ["a mat on a cat", "a cat on a bed"])])
    assert (one.kind, other.kind) == ("reordered", "reworded")


def test_a_falsehood_faces_the_caption_that_it_is_told_to_face() -> None:
    (one, other) = contests([item("a", ["true", "also true"], ["x", "y"], kinds="odd|odder", truths="1|0")])
    assert (one.truths, one.kind) == (("also true",), "odd")
    assert other.truths == ("true",)


def test_without_such_a_word_it_faces_all_of_them_and_the_mean_counts(bench: Bench) -> None:
    data = of(item("a", ["hue", "spoken of"], ["patch"]), item("b", ["other"], ["none"]))
    oracle = Oracle(data)
    oracle._known[0] = normalize(oracle._direction("hue") + 0.5 * oracle._direction("patch"), dim=0)
    sheet = Wording().measure(oracle, data, bench)
    assert sheet["score"].tolist() == [0.5, 1.0]


def test_a_score_counts_the_same_words_before_others(bench: Bench) -> None:
    data = of(item("a", ["a cat on a mat"], ["a mat on a cat", "a dog"]), item("b", ["hill"], ["sea"]))
    oracle = Oracle(data)
    oracle._known[0] = normalize(oracle._direction("a mat on a cat") - oracle._direction("a dog"), dim=0)
    sheet = Wording().measure(oracle, data, bench)
    assert sheet["score"].tolist() == [0.0, 1.0]
    assert sheet["same_words"].tolist() == [0.0, -1.0]


def test_winoground_scores_are_strict(bench: Bench) -> None:
    pair = (
        item("a", ["some plants"], ["plants some"], group="g"),
        item("b", ["plants some"], ["some plants"], group="g"),
    )
    found = Wording().grade(Wording().measure(Constant(), of(*pair), bench), Statistics())
    assert found["winoground_text"].value == found["winoground_group"].value == 0
    assert found["accuracy"].value == 0.5
    assert found["winoground_group"].chance == 1 / 6


def test_a_salad_has_the_words_and_never_depends_on_anything_else() -> None:
    text = "a red cat left of a blue dog"
    assert salad(text) == salad(text) != text
    assert words(salad(text)) == words(text)
    assert salad("cat") == "".join(sorted(salad("cat"), key=salad("cat").index))


@pytest.mark.parametrize("facts", [{"kinds": "one"}, {"truths": "0|7"}, {"truths": "0|x"}, {"kinds": "one|"}])
def test_facts_that_do_not_fit_are_bad_input(facts: dict[str, str], bench: Bench) -> None:
    with pytest.raises(BadInput, match=r"distractors|captions"):
        Wording().measure(Constant(), of(item("a", ["true"], ["x", "y"], **facts)), bench)


def test_captions_without_distractors_are_refused(bench: Bench) -> None:
    with pytest.raises(Refused, match="true and false captions"):
        Wording().measure(Constant(), of(item("a", ["true"], [])), bench)


def test_what_went_wrong_is_shown(data: Dataset, bench: Bench) -> None:
    model = Blind(data)
    sheet = Wording().measure(model, data, bench)
    (shown,) = Wording().exhibits(sheet, model, data, bench)
    assert 0 < len(shown.pictures) <= 12
    assert all("; preferred: " in pictured.caption for pictured in shown.pictures)
    assert np.isfinite(sheet["margin"]).all()


def test_it_speaks_chinese_too(bench: Bench) -> None:
    data = stage(replace(SMALL, language="zh", test=60))
    found = Wording().grade(Wording().measure(Oracle(data), data, bench), Statistics())
    assert found["accuracy"].value == 1
