from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eyechart.bench import Bench
from eyechart.core import Sheet, Statistics
from eyechart.errors import Refused
from eyechart.exams.retrieval import Retrieval
from eyechart.testing import Constant, Oracle, toy


def test_grades_are_those_computed_by_hand() -> None:
    # Two images with two captions each; the pool holds 2 images and 4 texts.
    sheet = Sheet(
        columns={
            "id": np.array(["a", "a", "b", "b"]),
            "group": np.array(["a", "a", "b", "b"]),
            "score": np.array([1.0, 0.5, 0.5, 0.0]),
            "first": np.array([True, False, True, False]),
            "image_to_text": np.array([[1.0], [1.0], [0.0], [0.0]]),
            "image_to_text_rank": np.array([1.0, 1.0, 3.0, 3.0]),
            "image_to_text_right": np.array([2, 2, 2, 2]),
            "text_to_image": np.array([[1.0], [0.0], [1.0], [0.0]]),
            "text_to_image_rank": np.array([1.0, 2.0, 1.0, 2.0]),
            "text_to_image_right": np.array([1, 1, 1, 1]),
        },
        facts={"images": 2, "texts": 4, "ks": [1]},
    )
    found = Retrieval().grade(sheet, Statistics(resamples=50))
    assert found["both_r1"].value == 0.5
    assert (found["image_to_text_r1"].value, found["text_to_image_r1"].value) == (0.5, 0.5)
    assert (found["image_to_text_r1"].units, found["text_to_image_r1"].units) == (2, 2)
    assert (found["image_to_text_r1"].chance, found["text_to_image_r1"].chance) == (0.5, 0.5)
    assert found["image_to_text_median_rank"].value == 1


def test_the_oracle_finds_everything_and_the_pool_is_stated(bench: Bench) -> None:
    data = toy(20, 2, captions=3)
    sheet = Retrieval().measure(Oracle(data), data, bench)
    assert len(sheet) == 60
    assert sheet["score"].mean() == 1
    assert {key: sheet.facts[key] for key in ("images", "texts", "captions", "ks")} == {
        "images": 20,
        "texts": 60,
        "captions": 60,
        "ks": [1, 5, 10],
    }


def test_a_caption_that_two_images_share_is_right_for_both(bench: Bench) -> None:
    data = toy(12, 2, captions=1)
    shared = data.keep([replace(item, captions=(f"pair {index // 2}",)) for index, item in enumerate(data.items)])
    sheet = Retrieval().measure(Oracle(shared), shared, bench)
    assert sheet["score"].mean() == 1
    assert sheet.facts["shared_texts"] == 6
    assert set(sheet["text_to_image_right"]) == {2}


def test_a_dead_model_is_worth_its_share_of_the_pool(bench: Bench) -> None:
    data = toy(20, 2, captions=2)
    found = Retrieval().grade(Retrieval().measure(Constant(), data, bench), Statistics(resamples=10))
    assert found["image_to_text_r1"].value == pytest.approx(2 / 40)
    assert found["text_to_image_r5"].value == pytest.approx(5 / 20)
    for estimate in found.values():
        assert estimate.value == pytest.approx(estimate.chance)


def test_recall_at_the_size_of_the_pool_is_not_reported(bench: Bench) -> None:
    sheet = Retrieval().measure(Constant(), toy(6, 2), bench)
    assert sheet.facts["ks"] == [1, 5]


def test_images_without_captions_only_stand_in_the_pool(bench: Bench) -> None:
    data = toy(8, 2)
    partly = data.keep(
        [replace(item, captions=item.captions if index else ()) for index, item in enumerate(data.items)]
    )
    sheet = Retrieval().measure(Oracle(data), partly, bench)
    assert (len(sheet), sheet.facts["images"], sheet.facts["without_captions"]) == (14, 8, 1)


def test_without_captions_it_is_refused(bench: Bench) -> None:
    with pytest.raises(Refused, match="two distinct captions"):
        Retrieval().measure(Constant(), toy(6, 2, captions=0), bench)
