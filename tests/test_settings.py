from __future__ import annotations

import pytest

from eyechart.charts import CHARTS, chart
from eyechart.errors import BadInput, UnknownName
from eyechart.settings import defaults, exams, parse_settings, with_settings


def test_a_setting_reaches_its_exam() -> None:
    (exam,) = exams(["knn"], ["knn.k=7"])
    assert exam.k == 7


def test_settings_of_a_record_build_the_same_exam() -> None:
    (exam,) = exams(["knn"], ["knn.k=7"])
    assert with_settings("knn", {"k": 7}) == exam


def test_an_exam_named_twice_is_taken_once() -> None:
    assert len(exams(["knn", "knn"])) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("knn.k", "exam.field=value"),
        ("k=3", "exam.field=value"),
        ("linear.penalties=3", "not among those taken"),
    ],
)
def test_a_malformed_setting_is_one_sentence(text: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        exams(["knn"], [text])


def test_a_wrong_value_says_what_was_expected() -> None:
    with pytest.raises(BadInput, match=r"knn\.k.*'many'"):
        exams(["knn"], ["knn.k=many"])


def test_unknown_names_are_suggested() -> None:
    with pytest.raises(UnknownName, match="did you mean 'tap'"):
        exams(["knn"], ["knn.tapp=image"])
    with pytest.raises(UnknownName, match="did you mean 'knn'"):
        exams(["knnn"])
    with pytest.raises(UnknownName, match="did you mean 'recognition'"):
        chart("recognitoin")


def test_every_exam_of_every_chart_exists_and_has_defaults() -> None:
    for name, battery in CHARTS.items():
        assert battery.purpose, name
        for exam in exams(battery.exams, battery.settings):
            assert isinstance(defaults(type(exam)), dict)


def test_several_settings_of_one_exam_are_kept_together() -> None:
    assert parse_settings(["knn.k=3", "knn.tap=image"]) == {"knn": {"k": "3", "tap": "image"}}
