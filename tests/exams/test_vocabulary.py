from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from eyechart.bench import Bench
from eyechart.core import Dataset, Item, Statistics
from eyechart.data.staged import Stage
from eyechart.data.staged.vocabulary import FEELINGS, frequencies, judged, persons, stage, words
from eyechart.errors import BadInput, Refused
from eyechart.exams.vocabulary import Vocabulary
from eyechart.marking.lexicon import agreement, lexicon, others
from eyechart.testing import Blind, Constant, Oracle, Random, check_exam, toy
from eyechart.world import World
from eyechart.world.persons.names import NAMES_OF_PEOPLE
from eyechart.world.persons.portraits import EXPRESSIONS

FAST = Statistics(level=0.999, resamples=40)
EXAM = Vocabulary()


@pytest.fixture(scope="module")
def data() -> Dataset:
    return stage(Stage(test=100))


def test_it_holds_to_the_rules() -> None:
    check_exam(EXAM, toy(96, 3))


def test_who_knows_every_word_has_learnt_them_all(data: Dataset, bench: Bench) -> None:
    found = EXAM.grade(EXAM.measure(Oracle(data), data, bench), Statistics(resamples=40))
    assert found["auroc"].value > 0.98
    assert found["noticed"].value > found["noticed"].chance + 0.2  # few pictures show each of so many words
    assert found["learnt"].value > found["learnt"].chance + 0.3
    assert found["learnt"].value <= found["noticed"].value
    assert found["auroc_proper_name"].value > 0.98


@pytest.mark.parametrize("of", [Constant, Blind])
def test_who_sees_nothing_has_learnt_nothing(of, data: Dataset, bench: Bench) -> None:
    found = EXAM.grade(EXAM.measure(Constant() if of is Constant else Blind(data), data, bench), FAST)
    assert found["auroc"].value == 0.5
    assert found["learnt"].value == found["noticed"].value == found["with_frequency"].value == 0


class Sorts(Oracle):
    """Knows what sort of word is meant and what sort of picture is shown, and nothing else."""

    def __init__(self, data: Dataset) -> None:
        super().__init__(data.keep([replace(item, captions=(self.sort(item),)) for item in data.items]))
        self.sorts = data.taxonomy

    @staticmethod
    def sort(item: Item) -> str:
        return "proper name" if item.id.startswith("people") else "thing"

    def read(self, texts) -> torch.Tensor:
        return super().read([self.sorts.get(text, text) for text in texts])


def test_knowing_that_a_name_means_a_person_is_not_knowing_the_person(data: Dataset, bench: Bench) -> None:
    found = EXAM.grade(EXAM.measure(Sorts(data), data, bench), FAST)
    assert found["auroc_proper_name"].value == 0.5
    assert found["learnt_proper_name"].value == 0


class Faces(Oracle):
    """Tells persons apart, and has their names all wrong."""

    def read(self, texts) -> torch.Tensor:
        place = {name: NAMES_OF_PEOPLE[at - 1] for at, name in enumerate(NAMES_OF_PEOPLE)}
        return super().read([place.get(text, text) for text in texts])


def test_whom_luck_helps_is_not_above_chance(data: Dataset, bench: Bench) -> None:
    """The pictures of one person are alike, so some wrong names fit them: chance tells how many."""
    sheet = EXAM.measure(Random(), data, bench)
    alike = {item.id: item.captions for item in data.items}
    assert set(sheet["id"]) <= set(alike)
    found = EXAM.grade(EXAM.measure(Faces(data), data, bench), FAST)["learnt_proper_name"]
    assert found.low <= (found.chance or 0.0) + 0.1


def test_words_are_true_or_false_by_what_is_there() -> None:
    scene = World(split="test")[0].scene
    true, false = judged(scene)
    assert not true & false
    assert true <= set(words())
    assert false <= set(words())
    assert f"a {scene.main.colour} thing" in true or f"an {scene.main.colour} thing" in true
    assert sum(word.kind == "place" and phrase in true for phrase, word in words().items()) >= 1


def test_frequencies_fall_as_ranks_rise() -> None:
    said = frequencies(0)
    rates = [said[name] for name in NAMES_OF_PEOPLE]
    assert rates == sorted(rates, reverse=True)
    assert said["in a room"] > said["something inside something"] > 0
    assert said["a smiling person"] > 0.01
    assert set(FEELINGS) == set(EXPRESSIONS)
    chosen = [NAMES_OF_PEOPLE.index(name) for name in persons(40)]
    assert len(chosen) == 40
    assert chosen[0] == 0
    assert chosen[-1] == 511


def test_the_same_stage_gives_the_same_items(data: Dataset) -> None:
    again = stage(Stage(test=100))
    assert [item.picture.digest() for item in data.items] == [item.picture.digest() for item in again.items]
    assert data.items[0] == again.items[0]


def captioned(said: list[str]) -> Dataset:
    data = toy(len(said), 3)
    return replace(
        data,
        items=[replace(item, captions=(text,), label=None) for item, text in zip(data.items, said, strict=True)],
        classes=(),
        templates=("a photo of a {}.",),
    )


def test_words_of_captions_are_counted_where_they_are_mentioned() -> None:
    data = captioned(["A dog sees Anna"] * 6 + ["the cat, the CAT"] * 8 + ["Dog and cat"] * 6)
    found = lexicon(data, "x", 100, least=5, most=10)
    assert found.words == ("cat", "dog", "anna", "sees")[:4] or set(found.words) == {"cat", "dog", "anna", "sees"}
    rates = dict(zip(found.words, found.frequency, strict=True))
    assert rates["cat"] == 14 / 20
    assert rates["dog"] == 12 / 20
    assert dict(zip(found.words, found.kinds, strict=True))["anna"] == "proper name"
    assert dict(zip(found.words, found.kinds, strict=True))["dog"] == "word"
    assert found.mentioned


def test_rare_words_are_left_out_and_none_at_all_is_refused(bench: Bench) -> None:
    with pytest.raises(Refused, match="words that 5 pictures show"):
        EXAM.measure(Random(), captioned([f"thing number{n}" for n in range(12)]), bench)
    with pytest.raises(BadInput, match="level"):
        Vocabulary(level=1.5).measure(Random(), toy(30), bench)


def test_rank_correlation_is_within_kinds() -> None:
    kinds = np.array(["a"] * 4 + ["b"] * 4)
    rising = np.array([1, 2, 3, 4, 10, 20, 30, 40], dtype=float)
    within = np.array([0.1, 0.2, 0.3, 0.4, 0.01, 0.02, 0.03, 0.04])
    assert agreement(rising, within, kinds)(np.ones(8)) == pytest.approx(1)
    assert agreement(rising, -within, kinds)(np.ones(8)) == pytest.approx(-1)
    assert agreement(rising, np.full(8, 0.5), kinds)(np.ones(8)) == 0


def test_words_stand_in_for_others_of_their_kind() -> None:
    kinds = np.array(["a", "a", "a", "b", "b", "c"])
    for permuted in others(kinds, 3):
        assert sorted(permuted) == list(range(6))
        assert (kinds[permuted] == kinds).all()
        assert (permuted[:5] != np.arange(5)).all()


def test_there_is_something_to_see(data: Dataset, bench: Bench) -> None:
    sheet = EXAM.measure(Random(), data, bench)
    assert len(set(sheet["id"])) > 0.9 * len(sheet) or len(sheet) > len(data)
    best, worst = EXAM.exhibits(sheet, Random(), data, bench)
    assert len(best.pictures) == len(worst.pictures) == 12
    assert best.pictures[0].caption.endswith(" of 1000")
