from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest

from eyechart.bench import Bench
from eyechart.core import Dataset, Item, Statistics
from eyechart.data.staged import Stage
from eyechart.data.staged.lookalikes import FAR, NEAR, OUTLINE, STRANGE, _overlaps, fours, kin, stage
from eyechart.errors import Refused
from eyechart.exams.lookalikes import LookAlikes
from eyechart.testing import Blind, Constant, Oracle, Random, check_exam, toy

EXAM = LookAlikes()
FAST = Statistics(level=0.999, resamples=40)


@pytest.fixture(scope="module")
def data() -> Dataset:
    return stage(Stage(test=120))


def test_it_holds_to_the_rules(data: Dataset) -> None:
    check_exam(EXAM, data)


def test_who_confuses_look_alikes_alone_is_told_from_who_cannot_read(data: Dataset, bench: Bench) -> None:
    """One takes each picture for either of two look-alikes; the other for anything."""
    both = data.keep(
        [replace(item, label=None, captions=(item.captions[0], item.distractors[0])) for item in data.items]
    )
    found = EXAM.grade(EXAM.measure(Oracle(both), data, bench), FAST)
    assert found["accuracy"].low <= 0.5 <= found["accuracy"].high
    assert found["easy"].value > 0.95
    assert found["confusion"].low > 0.3
    found = EXAM.grade(EXAM.measure(Random(), data, bench), FAST)
    assert found["easy"].low <= 0.5 <= found["easy"].high


@pytest.mark.parametrize("of", [Constant, Blind])
def test_who_does_not_look_gets_exactly_half(of, data: Dataset, bench: Bench) -> None:
    model = Constant() if of is Constant else Blind(data)
    found = EXAM.grade(EXAM.measure(model, data, bench), FAST)
    assert found["accuracy"].value == found["easy"].value == 0.5
    assert found["characters_alone"].value == found["characters_in_a_word"].value == 0.5
    assert found["probe"].value == found["probe_easy"].value == 0.5


def test_an_encoder_without_text_is_asked_by_a_probe(data: Dataset, bench: Bench, eye) -> None:
    sheet = EXAM.measure(eye, data, bench)
    assert sheet.facts["asked"] == "probe"
    found = EXAM.grade(sheet, FAST)
    assert found["accuracy"] == found["probe"]
    assert "characters_in_a_word" not in found


def test_the_probe_finds_what_is_there(bench: Bench) -> None:
    data = stage(Stage(test=300))
    assert EXAM.grade(EXAM.measure(Oracle(data), data, bench), FAST)["probe"].low > 0.6


def test_every_wrong_answer_is_the_right_one_elsewhere_in_its_four(data: Dataset) -> None:
    by_four: dict[str, list[Item]] = defaultdict(list)
    for item in data.items:
        by_four[item.group].append(item)
    for four in by_four.values():
        asked = {(item.captions[0], other) for item in four for other in item.distractors}
        assert len(four) == 4
        assert all((other, own) in asked for own, other in asked)


def test_things_are_of_one_outline_and_as_far_in_meaning_as_is_said() -> None:
    shared = _overlaps()
    for part in (FAR, NEAR):
        assert len(fours(part)) >= 6
        for a, b, c, d in fours(part):
            assert kin(a, b) == kin(c, d) == part
            assert min(shared[a, b], shared[c, d]) >= OUTLINE
            assert max(shared[a, c], shared[b, d]) <= STRANGE
    assert kin("apple", "house") == FAR
    assert kin("apple", "pear") == NEAR


def test_the_same_stage_gives_the_same_bytes(data: Dataset) -> None:
    again = stage(Stage(test=120))
    for one, other in zip(data.items[:16], again.items[:16], strict=True):
        assert one == other
        assert one.picture.load().tobytes() == other.picture.load().tobytes()


def test_other_data_are_refused_in_a_sentence(bench: Bench) -> None:
    with pytest.raises(Refused, match="the fact 'part'"):
        EXAM.measure(Random(), toy(20), bench)


def test_without_labels_an_encoder_without_text_is_refused(data: Dataset, bench: Bench, eye) -> None:
    bare = data.keep([replace(item, label=None) for item in data.items])
    with pytest.raises(Refused, match="labels or a text side"):
        EXAM.measure(eye, bare, bench)


def test_there_is_something_to_see(data: Dataset, bench: Bench) -> None:
    shown = EXAM.exhibits(EXAM.measure(Random(), data, bench), Random(), data, bench)
    assert shown
    assert all(0 < len(exhibit.pictures) <= 16 for exhibit in shown)
