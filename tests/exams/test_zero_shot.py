from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eyechart.bench import Bench
from eyechart.core import Classifier, Dataset, Sheet, Statistics
from eyechart.errors import Refused
from eyechart.exams.zero_shot import ZeroShot
from eyechart.testing import Constant, Oracle, Random, toy


def hand_written(**more: object) -> Sheet:
    columns = {
        "id": np.array(["a", "b", "c", "d"]),
        "group": np.array(["a", "b", "c", "d"]),
        "score": np.array([1.0, 1.0, 0.5, 0.0]),
        "truth": np.array(["cat", "cat", "cat", "dog"]),
        **more,
    }
    return Sheet(columns=columns, facts={"classes": ["cat", "dog"]})


def test_grades_are_those_computed_by_hand() -> None:
    found = ZeroShot().grade(hand_written(), Statistics())
    assert found["top1"].value == 2.5 / 4
    assert found["balanced"].value == pytest.approx((2.5 / 3 + 0) / 2)
    assert found["top1"].chance == found["balanced"].chance == 0.5
    assert set(found) == {"top1", "balanced"}


def test_the_spread_is_the_deviation_over_halves_of_the_templates() -> None:
    halves = np.array([[1, 1], [1, 0], [1, 0], [1, 0]], dtype=np.float32)  # top-1: 1 and 1/4
    each = np.array([[1, 0, 1], [1, 0, 1], [1, 0, 0], [0, 0, 0]], dtype=np.float32)
    found = ZeroShot().grade(hand_written(by_subset=halves, by_template=each), Statistics())
    assert found["prompt_spread"].value == pytest.approx(0.375)
    assert (found["worst_prompt"].value, found["best_prompt"].value) == (0, 0.75)


@pytest.mark.parametrize(("classes", "shown"), [(3, False), (5, False), (6, True)])
def test_top5_of_five_classes_is_not_100_percent_but_absent(bench: Bench, classes: int, shown: bool) -> None:
    data = toy(24, classes)
    found = ZeroShot().grade(ZeroShot().measure(Random(), data, bench), Statistics(resamples=10))
    assert ("top5" in found) == shown
    if shown:
        assert found["top5"].chance == pytest.approx(5 / classes)


def test_a_constant_model_gets_one_in_c_on_any_data(bench: Bench) -> None:
    data = toy(24, 4)
    lopsided = data.keep([item for item in data.items if item.label in (0, 1)])
    found = ZeroShot().grade(ZeroShot().measure(Constant(), lopsided, bench), Statistics(resamples=10))
    assert found["top1"].value == pytest.approx(0.25)
    assert found["prompt_spread"].value == 0


def test_one_template_has_no_spread(bench: Bench) -> None:
    data = replace(toy(12, 3), templates=("a {} patch.",))
    sheet = ZeroShot().measure(Oracle(data), data, bench)
    assert not {"by_template", "by_subset"} & set(sheet.columns)
    assert sheet["score"].mean() == 1


def test_a_classifier_is_matched_by_class_name(bench: Bench, judge: Classifier) -> None:
    data = rgb(toy(18, 6))
    sheet = ZeroShot().measure(judge, data, bench)
    assert sheet["score"].tolist() == [1.0] * 9
    assert sheet["answer"].tolist() == sheet["truth"].tolist()
    assert sheet.facts["templates"] == []


def test_a_classifier_of_other_classes_is_refused_with_both_lists(bench: Bench, judge: Classifier) -> None:
    with pytest.raises(Refused, match=r"Blue, red, green.*red, yellow, green"):
        ZeroShot().measure(judge, toy(6, 3), bench)


def test_prompts_may_hold_names_with_braces(bench: Bench) -> None:
    data = replace(toy(6, 2), classes=("{0}", "{name}"))
    assert len(ZeroShot().measure(Random(), data, bench)) == 6


def test_one_class_is_no_choice(bench: Bench) -> None:
    with pytest.raises(Refused, match="two classes"):
        ZeroShot().measure(Random(), toy(4, 1), bench)


def rgb(data: Dataset) -> Dataset:
    """Only the patches of pure red, green and blue."""
    kept = {0: 0, 2: 1, 4: 2}
    items = [replace(item, label=kept[item.label]) for item in data.items if item.label in kept]
    return replace(data.keep(items), classes=("red", "green", "blue"))
