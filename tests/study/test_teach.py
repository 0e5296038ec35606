"""A study from its file to its page: planned, taught, examined, written down, and gone on with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from typer.testing import CliRunner

from eyechart.cli import app
from eyechart.core import Classifier, DualEncoder
from eyechart.errors import BadInput, EyechartError, UnknownName
from eyechart.models import load
from eyechart.study.study import Course, Study, courses, study
from eyechart.study.teach import described, planned, recipe, teach

FACTS: dict[str, Any] = {
    "name": "tiny",
    "data": ["world?train=96"],
    "samples": [48],
    "batch": 16,
    "size": 32,
    "space": 16,
    "towers": {
        "vit": {"family": "vit", "patch": 8, "widths": [16], "depths": [1], "heads": 2},
        "cnn": {"family": "convnext", "patch": 2, "widths": [8, 8, 16, 16], "depths": [1, 1, 1, 1]},
    },
    "text": {"width": 16, "depth": 1, "heads": 2, "entries": 300, "context": 24},
    "objectives": {"supervised": {}, "lit": {"locks": "supervised"}, "mae": {}},
    "recipe": {"warmup": 1},
    "seeds": [0],
    "exams": ["knn"],
    "examined_on": ["world?test=40&train=60"],
}
TOML = """
name = "tiny"
data = ["world?train=96"]
samples = [48]
batch = 16
size = 32
seeds = [0]
exams = ["knn"]
examined_on = ["world?test=40&train=60"]
[towers.vit]
family = "vit"
patch = 8
widths = [16]
depths = [1]
heads = 2
[objectives]
supervised = {}
dino = { views = { count = 1, width = 0.5 } }
[recipe]
warmup = 1
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("study")


@pytest.fixture(scope="module")
def small() -> Study:
    facts = dict(FACTS, objectives={"supervised": {}, "lit": {"locks": "supervised"}, "mae": {}})
    return study(facts)


@pytest.fixture(scope="module")
def taught(small: Study, folder: Path) -> dict[str, Any]:
    return {one.course.folder: one for one in teach(small, folder)}


def test_every_course_ends_in_a_model_or_a_reason(taught: dict[str, Any], small: Study) -> None:
    assert set(taught) == {course.folder for course in courses(small)}
    assert "leaves out tokens" in taught["mae-cnn-48-0"].reason
    models = {name: load(f"checkpoint:{one.model}") for name, one in taught.items() if one.model}
    assert len(models) == 5
    assert isinstance(models["supervised-vit-48-0"], Classifier)
    assert isinstance(models["lit-cnn-48-0"], DualEncoder)


def test_a_budget_of_operations_is_spent_by_each_objective_to_its_last_whole_batch(tmp_path: Path) -> None:
    one_tower = {"vit": FACTS["towers"]["vit"]}
    equal = study(dict(FACTS, samples=[], flops=[2e9], towers=one_tower, objectives={"supervised": {}, "mae": {}}))
    facts = {one.course.objective: described(one) for one in teach(equal, tmp_path)}
    assert facts["supervised"]["norm_of_learning"] == facts["mae"]["norm_of_learning"]
    for told in facts.values():
        batch = float(told["flops_in_all"]) / int(told["samples_seen"]) * equal.batch
        assert 2e9 - batch < float(told["flops_in_all"]) <= 2e9
    assert facts["supervised"]["samples_seen"] != facts["mae"]["samples_seen"]


def test_small_pictures_first_cost_what_the_plan_and_the_card_say(taught: dict[str, Any], tmp_path: Path) -> None:
    objectives = {"supervised": {}, "mae": {}}
    growing = study(dict(FACTS, objectives=objectives, smaller_first=[[16, 1 / 3], [24, 1 / 3]]))
    plan = {(course.objective, course.tower): cost for course, cost in planned(growing, tmp_path)}
    assert "smaller_first cannot" in str(plan["mae", "vit"])
    told = {
        one.course.tower: described(one) for one in teach(growing, tmp_path) if one.course.objective == "supervised"
    }
    for tower, facts in told.items():
        cost, before = plan["supervised", tower], described(taught[f"supervised-{tower}-48-0"])
        assert not isinstance(cost, str)
        assert facts["flops_in_all"] == cost.flops * 48
        share = float(facts["flops_in_all"]) / float(before["flops_in_all"])
        assert share == pytest.approx((16**2 + 24**2 + 32**2) / (3 * 32**2), rel=0.05)
        assert facts["norm_of_learning"] != before["norm_of_learning"]


def test_a_network_for_one_size_is_refused_small_pictures_before_the_first_step(tmp_path: Path) -> None:
    mixer = {"family": "timm", "name": "mixer_s32_224"}
    changes = {"size": 64, "towers": {"mixer": mixer}, "objectives": {"supervised": {}}, "smaller_first": [[32, 0.5]]}
    one_size = study(FACTS | changes)
    (told,) = teach(one_size, tmp_path)
    assert told.model is None
    assert "mixer does not read the pictures of 32 pixels that come first" in told.reason
    assert not list(tmp_path.glob("*/log.jsonl"))


def test_the_card_says_under_which_norm_it_was_taught(taught: dict[str, Any]) -> None:
    facts = {name: described(one) for name, one in taught.items() if one.model}
    for name, told in facts.items():
        assert told["samples_seen"] == 48
        assert told["flops_in_all"] > 0
        assert f"{told['objective']}-{told['tower']}-48-{told['seed']}" == name
    norms = {name: told["norm_of_learning"] for name, told in facts.items()}
    assert norms["supervised-vit-48-0"] == norms["mae-vit-48-0"] == norms["lit-vit-48-0"]
    assert norms["supervised-vit-48-0"] != norms["supervised-cnn-48-0"]


def test_what_is_locked_is_the_tower_that_was_taught_before(taught: dict[str, Any]) -> None:
    before = load(f"checkpoint:{taught['supervised-vit-48-0'].model}")
    after = load(f"checkpoint:{taught['lit-vit-48-0'].model}")
    seen = torch.rand(2, 3, 32, 32)
    first = before.encode_taps(seen, ("image",))["image"]  # type: ignore[attr-defined]
    trunk = dict(before.tower.image.state_dict())  # type: ignore[attr-defined]
    again = after.towers.image.state_dict()  # type: ignore[attr-defined]
    assert torch.isfinite(first).all()
    assert trunk.keys() == again.keys()
    assert all(torch.equal(trunk[name], again[name]) for name in trunk)


def test_what_was_taught_is_not_taught_again(small: Study, folder: Path, taught: dict[str, Any]) -> None:
    times = {name: (one.model / "config.json").stat().st_mtime_ns for name, one in taught.items() if one.model}
    again = {one.course.folder: one for one in teach(small, folder)}
    assert times == {n: (one.model / "config.json").stat().st_mtime_ns for n, one in again.items() if one.model}


def test_a_plan_says_what_each_pair_costs_and_what_cannot_be(small: Study, folder: Path) -> None:
    told = {(course.objective, course.tower): cost for course, cost in planned(small, folder)}
    assert isinstance(told["mae", "cnn"], str)
    cost = told["supervised", "vit"]
    assert not isinstance(cost, str)
    assert cost.loss == pytest.approx(cost.prior, rel=0.1)
    assert cost.flops > 0 < cost.rate
    assert cost.learning <= cost.params


def test_two_studies_of_one_seed_teach_the_same_weights(tmp_path: Path, taught: dict[str, Any]) -> None:
    alone = study(dict(FACTS, objectives={"supervised": {}}, towers={"vit": FACTS["towers"]["vit"]}))
    (one,) = teach(alone, tmp_path)
    assert one.model is not None
    told = [
        json.loads((path / "config.json").read_text())["digest"]
        for path in (one.model, taught[one.course.folder].model)
    ]
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"recipe": {"rat": 1.0}}, "field of a recipe"),
        ({"recipe": {"steps": 9}}, "follow from the budget"),
        ({"own": {"supervised": {"warmup": "long"}}}, "warmup"),
    ],
)
def test_a_recipe_that_does_not_fit_is_refused_before_the_first_step(facts: dict[str, Any], said: str) -> None:
    with pytest.raises((BadInput, UnknownName), match=said):
        recipe(study(FACTS | {"objectives": {"supervised": {}}} | facts), Course("supervised", "vit", 48, 0))


def test_the_command_teaches_examines_and_writes(tmp_path: Path) -> None:
    path = tmp_path / "tiny.toml"
    path.write_text(TOML)
    places = ["--runs", str(tmp_path / "runs"), "--shelf", str(tmp_path / "shelf")]
    plan = CliRunner().invoke(app, ["learn", str(path), "--plan", *places], catch_exceptions=False)
    assert plan.exit_code == 0, plan.output
    assert "2 courses" in plan.output
    assert "…" not in plan.output
    done = CliRunner().invoke(app, ["learn", str(path), *places], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    page = (tmp_path / "runs" / "tiny.md").read_text(encoding="utf-8")
    assert "| supervised | " in page
    assert "| dino | " in page
    assert "no intervals" in page
    assert len(list((tmp_path / "shelf" / "records").glob("*.json"))) == 2


def test_a_misspelt_objective_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "tiny.toml"
    path.write_text(TOML.replace("dino =", "dinno ="))
    with pytest.raises(UnknownName, match="did you mean 'dino'"):
        CliRunner().invoke(app, ["learn", str(path), "--plan"], catch_exceptions=False)


def test_what_there_is_nothing_to_be_examined_on_is_said_before_anything_is_learnt(tmp_path: Path) -> None:
    astray = study(FACTS | {"examined_on": ["wrold"], "objectives": {"supervised": {}}})
    with pytest.raises(EyechartError, match="wrold"):
        next(teach(astray, tmp_path))
    assert not list(tmp_path.iterdir())
