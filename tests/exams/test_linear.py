from __future__ import annotations

from dataclasses import replace

import pytest

from eyechart.bench import Bench
from eyechart.core import ImageEncoder
from eyechart.errors import Refused
from eyechart.exams.linear import Linear
from eyechart.testing import Oracle, permuted, toy


def test_a_model_without_pooled_features_is_read_at_the_image_and_the_facts_say_so(
    bench: Bench, eye: ImageEncoder
) -> None:
    data = toy(60, 3)
    sheet = Linear().measure(eye, data, bench)
    assert (sheet.facts["tap"], sheet.facts["tap_asked"]) == ("image", "pooled")
    assert Linear().measure(Oracle(data), data, bench).facts["tap"] == "pooled"
    assert sheet["score"].mean() == 1


def test_the_penalty_is_chosen_on_a_part_of_train(bench: Bench) -> None:
    data = toy(60, 3)
    sheet = Linear().measure(Oracle(data), data, bench)
    path = sheet.facts["path"]
    assert (sheet.facts["fitted_on"], sheet.facts["chosen_on"]) == (54, 6)
    assert len(path["penalties"]) == 45
    assert sheet.facts["penalty"] == path["penalties"][path["losses"].index(min(path["losses"]))]


def test_the_examined_pictures_do_not_touch_the_fit(bench: Bench) -> None:
    data, light = toy(60, 3), Linear(penalties=(1e-1, 1e-2))
    oracle = Oracle(data)
    whole, part = light.measure(oracle, data, bench), light.measure(oracle, data.keep(data.items[:7]), bench)
    assert whole.facts["path"] == part.facts["path"]
    assert whole["confidence"][:7] == pytest.approx(part["confidence"], abs=1e-6)


def test_labels_without_meaning_teach_nothing(bench: Bench, eye: ImageEncoder) -> None:
    data = toy(90, 3)
    assert data.train is not None
    misled = replace(data, train=permuted(data.train))
    assert Linear(penalties=(1e-1, 1e-2)).measure(eye, misled, bench)["score"].mean() < 0.7


def test_one_picture_per_class_leaves_nothing_to_choose_on(bench: Bench, eye: ImageEncoder) -> None:
    with pytest.raises(Refused, match="nothing to choose on"):
        Linear().measure(eye, toy(3, 3), bench)
