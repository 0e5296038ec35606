from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eyechart import stats
from eyechart.bench import Bench
from eyechart.core import ModelCard, Sheet, Statistics
from eyechart.errors import Refused
from eyechart.exams.scores import Scores
from eyechart.testing import Constant, Oracle, Random, toy

FAST = Statistics(resamples=40)


def test_grades_are_those_computed_by_hand() -> None:
    matched, others = np.array([0.9, 0.6, 0.3, 0.8]), np.array([[0.1, 0.2], [0.3, 0.1], [0.4, 0.7], [0.1, 0.1]])
    sheet = Sheet(
        columns={
            "id": np.array(list("abcd")),
            "group": np.array(list("abcd")),
            "score": np.array([1.0, 7 / 8, 5.5 / 8, 1.0]),
            "matched": matched,
            "unmatched": others,
            "graded": np.array([False, True, True, True]),
        },
        facts={"threshold": 0.5},
    )
    found = Scores().grade(sheet, FAST)
    assert found["auroc"].value == pytest.approx(sheet["score"].mean())
    assert found["recall"].value == pytest.approx(2 / 3)
    assert found["false_accepts"].value == pytest.approx(1 / 6)
    assert found["precision"].value == pytest.approx((2 / 3) / (2 / 3 + 1 / 6))
    assert "ece_as_is" not in found


def test_the_mean_score_is_the_area(bench: Bench) -> None:
    sheet = Scores().measure(Random(), toy(40, 4), bench)
    assert sheet["score"].mean() == pytest.approx(stats.auroc(sheet["matched"], sheet["unmatched"].ravel()))


@pytest.mark.parametrize("captions", [0, 2])
def test_the_oracle_parts_what_belongs_together_from_what_does_not(bench: Bench, captions: int) -> None:
    data = toy(60, 4, captions=captions)
    sheet = Scores().measure(Oracle(data), data, bench)
    found = Scores().grade(sheet, FAST)
    assert sheet.facts["pairs"] == ("captions" if captions else "classes")
    assert found["auroc"].value == found["recall"].value == 1
    assert found["overlap"].value == found["false_accepts"].value == 0
    assert found["nll_fitted"].value <= found["nll_as_is"].value


def test_nothing_is_known_of_a_score_that_never_changes(bench: Bench) -> None:
    found = Scores().grade(Scores().measure(Constant(), toy(40, 4), bench), FAST)
    assert found["auroc"].value == 0.5
    assert found["overlap"].value == found["overlap"].chance == 1
    assert found["precision"].value == 0.5
    assert found["brier_as_is"].value == pytest.approx(0.75)
    assert found["nll_as_is"].value == pytest.approx(np.log(4))


def test_without_labels_there_is_no_calibration(bench: Bench) -> None:
    data = toy(30, 3)
    bare = data.keep([replace(item, label=None) for item in data.items])
    found = Scores().grade(Scores().measure(Random(), bare, bench), FAST)
    assert set(found) == {"auroc", "overlap", "precision", "recall", "false_accepts"}


@pytest.mark.parametrize("link", ["sigmoid", "none"])
def test_the_models_own_link_turns_logits_into_confidence(bench: Bench, link: str) -> None:
    class Linked(Random):
        @property
        def card(self) -> ModelCard:
            return replace(super().card, link=link)

    sheet = Scores().measure(Linked(), toy(40, 4), bench)
    assert ("right" in sheet.columns) == (link == "sigmoid")
    if link == "sigmoid":
        assert sheet.facts["scale"]["offset"] != 0
        found = Scores().grade(sheet, FAST)
        assert found["nll_fitted"].value < found["nll_as_is"].value


def test_one_picture_has_no_other_half(bench: Bench) -> None:
    with pytest.raises(Refused):
        Scores().measure(Random(), toy(1, 2), bench)
