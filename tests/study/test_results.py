"""What a study found: tables under one norm, who is surely better, and the chapter of the report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from scipy.stats import ttest_rel

from eyechart import stats
from eyechart.errors import BadInput
from eyechart.reporting.page import html
from eyechart.store.shelf import Shelf
from eyechart.study.chapter import chapter
from eyechart.study.page import markdown
from eyechart.study.results import Finding, tables
from eyechart.study.study import Study, study

FACTS: dict[str, Any] = {
    "name": "tiny",
    "data": ["world?train=120"],
    "samples": [64],
    "batch": 32,
    "towers": {"vit": {"family": "vit", "patch": 8, "widths": [16], "depths": [1]}},
    "objectives": {"clip": {}, "mae": {}, "dino": {}},
    "seeds": [0, 1, 2],
}
EQUAL: Study = study(FACTS)


def finding(
    objective: str, values: Sequence[float], *, norm: str = "a", better: Literal["higher", "lower"] = "higher"
) -> Finding:
    return Finding(
        norm=norm,
        exam="knn",
        data="world",
        objective=objective,
        tower="vit",
        budget="64 pictures seen",
        by_seed=dict(enumerate(values)),
        chance=0.1,
        better=better,
        found=stats.of_seeds(list(values), 0.95, chance=0.1, better=better),
    )


CLEAR = finding("clip", (0.70, 0.71, 0.72)), finding("mae", (0.30, 0.31, 0.32)), finding("dino", (0.50, 0.52, 0.51))


def test_the_best_stands_first_and_whoever_is_surely_behind_is_told_of_whom() -> None:
    (table,) = tables(CLEAR)
    assert [one.objective for one in table.rows] == ["clip", "dino", "mae"]
    assert table.ahead_of(table.rows[0]) == []
    assert sorted(table.ahead_of(table.rows[2])) == ["clip", "dino"]


def test_where_less_is_better_the_least_stands_first() -> None:
    (table,) = tables([finding(one.objective, list(one.by_seed.values()), better="lower") for one in CLEAR])
    assert [one.objective for one in table.rows] == ["mae", "dino", "clip"]
    assert sorted(table.ahead_of(table.rows[2])) == ["dino", "mae"]


def test_unequal_norms_never_share_a_table() -> None:
    apart = tables([finding("clip", (0.7, 0.71, 0.72)), finding("mae", (0.3, 0.31, 0.32), norm="b")])
    assert [[one.objective for one in table.rows] for table in apart] == [["clip"], ["mae"]]
    assert not any(table.tested for table in apart)


def test_seeds_that_scatter_leave_nobody_surely_behind() -> None:
    (table,) = tables([finding("clip", (0.5, 0.7, 0.3)), finding("mae", (0.4, 0.3, 0.6))])
    assert [table.ahead_of(one) for one in table.rows] == [[], []]


def test_the_report_has_a_chapter_of_what_was_taught(tmp_path: Path) -> None:
    told = chapter(EQUAL, CLEAR)
    assert told is not None
    (table,) = told.tables
    assert table.title == "knn on world: vit, 64 pictures seen"
    best = table.ways[0]
    assert (best.name, best.mean, best.seeds) == ("clip", ".710", ".700, .710, .720")
    page = html([], [], Shelf(str(tmp_path)), told)
    assert '<section id="taught"' not in page  # it belongs to results, and there are none
    assert "<svg" in table.figure.still


def test_with_two_seeds_there_is_no_interval_and_both_page_and_chapter_say_so() -> None:
    few = [finding("clip", (0.7, 0.9)), finding("mae", (0.3, 0.1))]
    two = study(FACTS | {"seeds": [0, 1]})
    told = chapter(two, few)
    assert told is not None
    assert [way.interval for way in told.tables[0].ways] == ["", ""]
    assert "no intervals" in told.said
    assert "no intervals" in markdown(two, few, [])


def test_nothing_found_is_no_chapter() -> None:
    assert chapter(EQUAL, []) is None


def test_exams_during_a_course_need_whole_numbers() -> None:
    with pytest.raises(BadInput, match="exams during a course"):
        study(FACTS | {"during": {"every": -1}})


def test_the_test_between_seeds_is_students_paired_one() -> None:
    one, other = (0.71, 0.69, 0.74, 0.70), (0.66, 0.68, 0.69, 0.69)
    found, known = stats.between_seeds(one, other), ttest_rel(one, other)
    assert found is not None
    assert found.p == pytest.approx(known.pvalue)
    assert (found.low, found.high) == pytest.approx(tuple(known.confidence_interval(0.95)))


def test_equal_results_of_all_seeds_are_no_difference() -> None:
    found = stats.between_seeds((0.25, 0.5, 0.75), (0.25, 0.5, 0.75))
    assert found is not None
    assert (found.value, found.low, found.high, found.p) == (0, 0, 0, 1)
    assert stats.between_seeds((0.25, 0.5), (0.0, 0.0)) is None
