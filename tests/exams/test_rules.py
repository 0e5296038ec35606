"""Concepts that are rules over others: learnt from some corners, examined on corners that were not shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from torch import Tensor

from eyechart.bench import Bench
from eyechart.core import Dataset, Fact, Item, Statistics
from eyechart.data.staged import Stage
from eyechart.data.staged.rules import stage
from eyechart.errors import BadInput, Refused
from eyechart.exams.rules import Rules
from eyechart.marking.corners import by_rule
from eyechart.testing import Blind, Constant, Oracle, Random, check_exam
from eyechart.testing.datasets import Patch
from eyechart.world import SCENES

SMALL = Stage(test=300, train=1200)


@pytest.fixture(scope="module")
def data() -> Dataset:
    """Of three of the rules."""
    whole = stage(SMALL)
    assert whole.train is not None
    some = {"park", "harbour", "green mountains"}
    kept, learnt = ([item for item in part.items if item.facts["rule"] in some] for part in (whole, whole.train))
    return replace(whole, items=kept, train=whole.train.keep(learnt))


def of(*told: tuple[str, str]) -> list[Item]:
    """Pictures with these rules and corners."""
    found = []
    for number, (rule, corner) in enumerate(told):
        facts: dict[str, Fact] = {"rule": rule, "corner": corner}
        said = tuple(f"part {place} {truth}" for place, truth in enumerate(corner))
        found.append(Item(id=f"{number}", picture=Patch(hue=0.2, seed=number), captions=said, facts=facts))
    return found


def own(examined: list[Item], learnt: list[Item]) -> Dataset:
    data = Dataset(name="own", split="test", revision="1", items=examined)
    moved = [replace(item, id=f"t{item.id}", picture=Patch(hue=0.3, seed=900 + at)) for at, item in enumerate(learnt)]
    return replace(data, train=replace(data, items=moved))


ALL = [("park", corner) for corner in ("11", "10", "01", "00")]


def test_it_holds_to_the_rules() -> None:
    check_exam(Rules(), own(of(*ALL * 24), of(*ALL * 12)))


def test_who_sees_the_parts_extends_the_rule_but_cannot_know_that_a_part_matters(bench: Bench) -> None:
    data = own(of(*ALL * 12), of(*ALL * 12))
    found = Rules().grade(Rules().measure(Oracle(data), data, bench), Statistics())
    assert found["accuracy"].value == found["shown"].value == found["new"].value == found["seen"].value == 1
    assert found["near"].value < 0.9


def test_who_sees_one_part_alone_gets_what_is_printed_for_it_and_does_not_pass(bench: Bench) -> None:
    class OneEyed(Oracle):
        def _embed(self, item: Item, classes: Sequence[str]) -> Tensor:
            return self._direction(f"part 0 {str(item.facts['corner'])[0]}")

    data = own(of(*ALL * 12), of(*ALL * 12))
    found = Rules().grade(Rules().measure(OneEyed(data), data, bench), Statistics())
    assert found["new"].value == 1  # what lacks both parts lacks the one that it sees
    assert found["shown"].value == 0.75  # and of what lacks one it turns away half
    assert found["accuracy"].value == found["one_part"].value == pytest.approx(5 / 6)


def test_who_sees_nothing_scores_exactly_chance(data: Dataset, bench: Bench) -> None:
    found = Rules().grade(Rules().measure(Blind(data), data, bench), Statistics())
    assert {estimate.value for name, estimate in found.items() if name != "one_part"} == {0.5}


def test_the_corners_are_what_the_scenes_show(data: Dataset) -> None:
    assert data.train is not None
    for item in [*data.items[::2], *data.train.items[::3]]:
        rule = SCENES[str(item.facts["rule"])]
        assert "".join("01"[holds] for holds in rule.corner(item.picture.scene)) == item.facts["corner"]


def test_what_is_examined_is_not_learnt_from(data: Dataset) -> None:
    assert data.train is not None
    examined = {item.picture.digest() for item in data.items}
    assert len(examined) == len(data)
    assert not examined & {item.picture.digest() for item in data.train.items}


def test_a_lesson_shows_as_many_wrong_pictures_as_right_ones_of_all_corners_in_turn() -> None:
    corners = by_rule(of(*[("park", "11")] * 5, *[("park", "10")] * 9, *[("park", "01")] * 9, *[("park", "00")] * 2))[
        "park"
    ]
    right, wrong = corners.lesson(corners.near, 12)
    assert (len(right), len(wrong)) == (5, 5)
    assert [sum(at in corners.of[corner] for at in wrong) for corner in ("01", "10", "00")] == [3, 2, 0]
    assert len(corners.lesson(corners.near, 3)[0]) == 3


def test_without_all_corners_it_is_refused(bench: Bench) -> None:
    some = [("park", "11"), ("park", "10")]
    for examined, learnt in ((ALL, some), (some, ALL)):
        with pytest.raises(Refused, match="no such rule"):
            Rules().measure(Constant(), own(of(*examined), of(*learnt)), bench)


@pytest.mark.parametrize("corner", ["", "1x"])
def test_a_corner_is_a_text_of_ones_and_noughts(corner: str, bench: Bench) -> None:
    with pytest.raises(BadInput, match="0 or 1"):
        Rules().measure(Constant(), own(of(*ALL, ("park", corner)), of(*ALL)), bench)


def test_corners_of_one_rule_have_as_many_parts(bench: Bench) -> None:
    with pytest.raises(BadInput, match="differ in length"):
        Rules().measure(Constant(), own(of(*ALL, ("park", "111")), of(*ALL)), bench)


def test_what_was_let_pass_is_shown(data: Dataset, bench: Bench) -> None:
    model = Random()
    sheet = Rules().measure(model, data, bench)
    (shown,) = Rules().exhibits(sheet, model, data, bench)
    assert len(shown.pictures) == min(12, (sheet["answer"] != sheet["truth"]).sum())
    assert all(pictured.caption.startswith("taken for: ") for pictured in shown.pictures)
