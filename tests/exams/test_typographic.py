from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eyechart.bench import Bench
from eyechart.core import Dataset, Result, Statistics
from eyechart.errors import BadInput, Refused
from eyechart.exams.typographic import Typographic
from eyechart.marking.cards import VERSIONS
from eyechart.testing import Constant, NaN, Oracle, Random, toy
from eyechart.testing.conformance import _record

FAST = Statistics(level=0.999, resamples=40)
EXAM = Typographic()


@pytest.fixture(scope="module")
def data() -> Dataset:
    return toy(48, 4)


def versions(data: Dataset, label: dict[str, str]) -> Dataset:
    """All versions of all pictures, each labelled by what it shows or by what is written on it."""
    items = []
    for trial in EXAM._trials(data):
        for name in VERSIONS:
            answer = trial.item.label if label.get(name, "thing") == "thing" else trial.written
            item = trial.version(name)
            items.append(replace(item, id=f"{item.id} {name}", label=answer, captions=()))
    return data.keep(items)


def graded(model, data: Dataset, bench: Bench):
    return EXAM.grade(EXAM.measure(model, data, bench), FAST)


def test_who_names_the_thing_is_not_misled(data: Dataset, bench: Bench) -> None:
    found = graded(Oracle(versions(data, {})), data, bench)
    assert found["attack_success"].value == found["drop"].value == found["beyond_nonsense"].value == 0
    assert all(found[name].value == 1 for name in ("accuracy", "accuracy_wrong", "accuracy_right"))


def test_who_reads_the_card_is_always_misled_and_nonsense_does_not_explain_it(data: Dataset, bench: Bench) -> None:
    found = graded(Oracle(versions(data, {"wrong": "word"})), data, bench)
    assert found["attack_success"].value == found["beyond_nonsense"].value == found["drop"].value == 1
    assert found["attack_success"].chance == 0
    assert found["accuracy"].value == found["accuracy_nonsense"].value == 1
    assert found["beyond_nonsense"].low > 0.5


def test_who_is_put_out_by_any_card_is_no_victim_of_words(data: Dataset, bench: Bench) -> None:
    found = graded(Oracle(versions(data, {"wrong": "word", "nonsense": "word"})), data, bench)
    assert found["attack_success"].value == found["attack_success"].chance == 1
    assert found["beyond_nonsense"].value == found["drop"].value == 0


@pytest.mark.parametrize("model", [Constant(), Random()], ids=["constant", "random"])
def test_dead_models_score_chance(model, data: Dataset, bench: Bench) -> None:
    found = graded(model, data, bench)
    for estimate in found.values():
        if estimate.chance is not None:
            assert estimate.low - 1e-5 <= estimate.chance <= estimate.high + 1e-5


def test_neither_order_nor_batches_matter(data: Dataset) -> None:
    first = EXAM.measure(Random(), data, Bench(batch=32))
    other = EXAM.measure(Random(), data.keep(data.items[::-1]), Bench(batch=7))
    assert first["id"].tolist() == other["id"].tolist()
    assert np.array_equal(first["score"], other["score"])


def test_cards_of_one_picture_hide_the_same_pixels(data: Dataset) -> None:
    trial = EXAM._trials(data)[0]
    shown = {name: np.asarray(trial.version(name).picture.load(), dtype=int) for name in VERSIONS}
    assert len({trial.version(name).picture.digest() for name in VERSIONS}) == 4
    assert len(trial.wrong) == len(trial.nonsense)
    hidden = {name: (shown[name] != shown["clean"]).any(-1) for name in VERSIONS[1:]}
    frames = {
        tuple(edge for axis in (0, 1) for edge in np.flatnonzero(h.any(1 - axis))[[0, -1]]) for h in hidden.values()
    }
    assert len(frames) == 1


def test_nan_is_refused_and_bad_input_is_told(data: Dataset, bench: Bench) -> None:
    with pytest.raises(Refused, match="NaN"):
        EXAM.measure(NaN(), data, bench)
    with pytest.raises(Refused, match="different names"):
        EXAM.measure(Random(), replace(data, classes=("Red",) * 4), bench)
    with pytest.raises(Refused, match="English letters"):
        EXAM.measure(Random(), replace(data, classes=("猫", "a", "b", "c")), bench)
    with pytest.raises(BadInput, match="at least"):
        Typographic(places=()).measure(Random(), data, bench)


def test_single_characters_have_nonsense_too(data: Dataset) -> None:
    digits = replace(toy(30, 10), classes=tuple("0123456789"))
    assert all(len(trial.nonsense) == 1 and not trial.nonsense.isdigit() for trial in EXAM._trials(digits))


def test_there_is_something_to_see(data: Dataset, bench: Bench) -> None:
    sheet = EXAM.measure(Random(), data, bench)
    first, four = EXAM.exhibits(sheet, Random(), data, bench)
    assert len(first.pictures) == 16
    assert len(four.pictures) == 16
    record = _record(EXAM, Random().card, data, sheet, EXAM.grade(sheet, FAST))
    assert EXAM.figure([Result(record, sheet)]).to_dict()
