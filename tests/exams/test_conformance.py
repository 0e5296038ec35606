"""Every exam through the public check, at several shapes of data."""

from __future__ import annotations

import pytest

from eyechart import plugins
from eyechart.testing import check_exam

NAMES = ("attentive", "knn", "linear", "retrieval", "scores", "zero_shot")


def test_the_exams_of_recognition_are_found_by_name() -> None:
    assert set(NAMES) <= set(plugins.names("exams"))


@pytest.mark.parametrize("name", NAMES)
def test_an_exam_holds_to_the_rules(name: str) -> None:
    check_exam(plugins.find("exams", name)())
