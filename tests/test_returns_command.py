from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eyechart.api import examine
from eyechart.cli import app
from eyechart.core import Record
from eyechart.errors import BadInput
from eyechart.exams.knn import KNN
from eyechart.exams.returns import Returns
from eyechart.testing import Oracle, Random, toy


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf")
    data = toy(24, 3)
    found = examine([Oracle(data), Random()], [data], [Returns(looks=1), KNN()], shelf=folder)
    assert all(isinstance(one, Record) for one in found)
    return folder


def told(shelf: Path, *options: str) -> str:
    done = CliRunner().invoke(app, ["returns", "--shelf", str(shelf), *options])
    assert done.exit_code == 0, done.output
    return done.output


def test_models_that_tell_nothing_of_their_learning_are_named_and_those_within_a_budget_ranked(shelf: Path) -> None:
    said = told(shelf, "--latency", "60")
    assert "oracle is in no law: nothing tells what it learnt from" in said
    assert "not beaten at seconds per picture:" in said
    assert "best with seconds per picture ≤ 60: oracle" in said
    assert "none of 2 models is known to be within the budget parameters ≤ 1000" in told(shelf, "--params", "1000")


def test_scores_of_another_exam_are_held_against_the_same_costs(shelf: Path) -> None:
    (norm,) = json.loads(told(shelf, "--json", "--exam", "knn", "--latency", "60"))
    assert norm["norm"]["exam"] == "knn"
    assert norm["best"]["best"] == "oracle"
    assert norm["laws"] == {"parameters": [], "flops": []}


def test_an_exam_that_nobody_took_is_bad_input(shelf: Path) -> None:
    done = CliRunner().invoke(app, ["returns", "--shelf", str(shelf), "--exam", "linear"])
    assert isinstance(done.exception, BadInput)
    assert "eyechart examine MODEL… --exam returns --exam linear" in str(done.exception)
