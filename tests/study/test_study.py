"""What a study is, and which are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eyechart.errors import BadInput, UnknownName
from eyechart.study.study import Course, Study, courses, digest, locked, read, study

FACTS: dict[str, Any] = {
    "name": "tiny",
    "data": ["world?train=120"],
    "samples": [64],
    "batch": 32,
    "towers": {"vit": {"family": "vit", "patch": 8, "widths": [16], "depths": [1]}},
    "objectives": {"lit": {"locks": "supervised"}, "supervised": {}},
    "seeds": [0, 1],
}
RECIPES = Path(__file__).parents[2] / "recipes"


def made(**changes: Any) -> Study:
    return study(FACTS | changes)


def test_the_courses_of_the_first_seed_come_first_and_what_is_locked_before_what_locks_it() -> None:
    assert [course.folder for course in courses(made())] == [
        "supervised-vit-64-0",
        "lit-vit-64-0",
        "supervised-vit-64-1",
        "lit-vit-64-1",
    ]


def test_a_locked_tower_comes_from_the_course_of_the_same_seed_and_budget() -> None:
    assert locked(made(), Course("lit", "vit", 64, 1)) == Course("supervised", "vit", 64, 1)
    assert locked(made(), Course("supervised", "vit", 64, 1)) is None


def test_what_must_be_equal_decides_the_norm_and_nothing_else_does() -> None:
    here = digest(made(), "pictures", Course("supervised", "vit", 64, 0))
    for other in (
        {"batch": 16},
        {"size": 32},
        {"lessons": 0.2},
        {"exams": ["knn"]},
        {"examined_on": ["digits"]},
        {"smaller_first": [[32, 0.5]]},
    ):
        assert digest(made(**other), "pictures", Course("supervised", "vit", 64, 0)) != here
    for other in ({"seeds": [5]}, {"recipe": {"rate": 1e-2}}, {"objectives": {"clip": {}}}, {"name": "another"}):
        assert digest(made(**other), "pictures", Course("supervised", "vit", 64, 0)) == here
    assert digest(made(), "other pictures", Course("supervised", "vit", 64, 0)) != here
    assert digest(made(), "pictures", Course("supervised", "vit", 128, 0)) != here


def test_a_budget_of_operations_buys_as_many_whole_batches_as_it_pays_for() -> None:
    equal = made(samples=[], flops=[1e6], objectives={"supervised": {}, "mae": {}}, seeds=[0])
    bought = list(courses(equal, {("supervised", "vit"): 1000, ("mae", "vit"): 10_000}))
    assert [(course.objective, course.samples) for course in bought] == [("supervised", 31 * 32), ("mae", 3 * 32)]
    assert len({digest(equal, "pictures", course) for course in bought}) == 1
    assert bought[0].folder == "supervised-vit-1e06flop-0"
    assert digest(equal, "pictures", bought[0]) != digest(made(), "pictures", Course("supervised", "vit", 992, 0))


def test_a_budget_of_operations_below_one_batch_is_refused_with_the_price() -> None:
    poor = made(samples=[], flops=[1e4], objectives={"supervised": {}})
    with pytest.raises(BadInput, match=r"10000 do not pay for one batch of 32 .* give 3.2e\+04 at least"):
        list(courses(poor, {("supervised", "vit"): 1000}))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"objectives": {"clp": {}}}, "did you mean 'clip'"),
        ({"exams": ["knnn"]}, "did you mean 'knn'"),
        ({"flops": [1e9]}, "give one of the two"),
        ({"samples": []}, "give one of the two"),
        ({"objektives": {}}, "no field of a study is called 'objektives'"),
        ({"objectives": {"lit": {"locks": "clip"}}}, "locks the tower of 'clip', which is not among"),
        ({"objectives": {"lit": {"locks": "lit"}}}, "is locked itself"),
        ({"own": {"mae": {}}}, "objective of the study"),
        ({"seeds": []}, "seeds is empty"),
        ({"samples": [8]}, "a budget is one batch"),
        ({"lessons": 0.5}, "below one half"),
        ({"batch": "many"}, "batch"),
        ({"smaller_first": [[64, 0.5]]}, "ascending sizes below 64 pixels"),
        ({"smaller_first": [[48, 0.2], [32, 0.2]]}, "ascending sizes"),
        ({"smaller_first": [[32, 0.0]]}, "a share of the steps above 0"),
        ({"smaller_first": [[32, 0.6], [48, 0.4]]}, "leave no step for pictures of 64 pixels"),
        ({"smaller_first": [[36, 0.5]]}, "vit has patches of 8 pixels, which do not divide 36"),
        ({"smaller_first": [[32]]}, "smaller_first"),
    ],
)
def test_what_cannot_be_studied_is_refused_in_one_sentence(changes: dict[str, Any], said: str) -> None:
    with pytest.raises((BadInput, UnknownName), match=said) as caught:
        made(**changes)
    assert "\n" not in str(caught.value)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(BadInput, match="does not say its 'objectives'"):
        study({name: value for name, value in FACTS.items() if name != "objectives"})


def test_a_file_that_is_no_study_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("name = ")
    with pytest.raises(BadInput, match="is no TOML"):
        read(tmp_path / "bad.toml")


@pytest.mark.parametrize("path", sorted(RECIPES.rglob("*.toml")), ids=lambda path: path.stem)
def test_every_recipe_can_be_read(path: Path) -> None:
    assert list(courses(read(path)))
