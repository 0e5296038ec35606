from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from eyechart.bench import Bench
from eyechart.core import Dataset, Statistics
from eyechart.data import load
from eyechart.data.staged import Stage
from eyechart.data.staged.reading import OPTIONS, stage
from eyechart.errors import BadInput, Refused
from eyechart.exams.reading import Reading
from eyechart.marking.transcripts import edits, total, transcripts
from eyechart.testing import Blind, Oracle, Random, check_exam, toy

FAST = Statistics(resamples=40)
BARE = Reading(templates=("{}",), totals=("{}",))  # the oracle knows a text as it stands


@pytest.fixture(scope="module")
def data() -> Dataset:
    return stage(Stage(test=120))


def test_it_holds_to_the_rules(data: Dataset) -> None:
    check_exam(BARE, data)


def test_who_reads_need_not_reckon(data: Dataset, bench: Bench) -> None:
    found = BARE.grade(BARE.measure(Oracle(data), data, bench), FAST)
    assert found["accuracy"].value == found["near"].value == found["far"].value == 1
    assert found["adds_up"].low <= found["adds_up"].chance <= found["adds_up"].high


def test_who_reckons_need_not_read(data: Dataset, bench: Bench) -> None:
    sums = data.keep([replace(one.item, captions=one.totals[:1]) for one in transcripts(data, "x", 8) if one.totals])
    knows = Oracle(sums)
    shown = data.keep([item for item in data.items if item.facts["kind"] == "sum"])
    found = BARE.grade(BARE.measure(knows, shown, bench), FAST)
    assert found["adds_up"].value == 1
    assert found["accuracy"].value < 0.5


def test_who_does_not_look_scores_chance_whatever_it_likes(data: Dataset, bench: Bench) -> None:
    found = Reading().grade(Reading().measure(Blind(data), data, bench), Statistics(level=0.999, resamples=40))
    assert found["accuracy"].chance == pytest.approx(1 / OPTIONS)
    assert found["near"].low <= 0.5 <= found["near"].high


def test_what_is_shown_is_drawn_evenly_from_its_nine() -> None:
    """Made-up words are shown twice as often as real ones, as the nine hold them."""
    words = [item for item in stage(Stage(test=1200)).items if item.facts["kind"] == "word"]
    made_up = np.mean([not item.facts["real"] for item in words])
    assert abs(made_up - 2 / 3) < 0.1
    for item in words[:20]:
        texts = (*item.captions, *item.distractors)
        assert len(set(texts)) == OPTIONS
        assert len({len(text) for text in texts}) == 1


def test_totals_are_as_often_right_as_wrong() -> None:
    asked = [one for one in transcripts(stage(Stage(test=1200)), "x", 8) if one.totals]
    right, offered = Counter(one.totals[0] for one in asked), Counter(text for one in asked for text in one.totals)
    assert all(abs(right[word] / count - 1 / OPTIONS) < 0.25 for word, count in offered.items())


def test_the_same_stage_gives_the_same_bytes(data: Dataset) -> None:
    again = stage(Stage(test=120))
    for one, other in zip(data.items[:6], again.items[:6], strict=True):
        assert one == other
        assert one.picture.load().tobytes() == other.picture.load().tobytes()
    assert stage(Stage(test=120, seed=1)).items[0].picture.digest() != data.items[0].picture.digest()


def test_any_data_that_tell_what_is_written_can_be_read(bench: Bench) -> None:
    written = load("world:writing?test=60&train=0")
    found = Reading().grade(Reading().measure(Random(), written, bench), FAST)
    assert found["accuracy"].chance == pytest.approx(1 / 9)
    assert "word" in found


def test_without_texts_it_is_refused(bench: Bench) -> None:
    with pytest.raises(Refused, match="the fact 'text'"):
        Reading().measure(Random(), toy(20), bench)
    same = toy(6)
    same = same.keep([replace(item, facts={"text": "yes"}) for item in same.items])
    with pytest.raises(Refused, match="all say 'yes'"):
        Reading().measure(Random(), same, bench)
    with pytest.raises(BadInput, match="templates"):
        Reading(templates=("no blank",)).measure(Random(), same, bench)


def test_letters_to_change_are_counted() -> None:
    assert edits("stone", "store") == 1
    assert edits("kitten", "sitting") == 3
    assert (total("3 + 4"), total("9 × 9"), total("stone")) == (7, 81, None)


def test_there_is_something_to_see(data: Dataset, bench: Bench) -> None:
    right, wrong = Reading().exhibits(Reading().measure(Random(), data, bench), Random(), data, bench)
    assert 0 < len(right.pictures) <= 16
    assert len(wrong.pictures) == 16
