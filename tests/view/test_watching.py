"""Reading a run that is still learning."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from eyechart.errors import Corrupt
from eyechart.view.watching import curves, health, left, read, runs, told

Log = Callable[..., None]


def test_runs_are_found_below_a_folder_the_newest_first(tmp_path: Path, logged: Log) -> None:
    for age, name in ((300, "study/old"), (10, "study/new"), (100, "single")):
        logged(tmp_path / name, 20)
        when = 1_700_000_000 - age
        os.utime(tmp_path / name / "log.jsonl", (when, when))
    assert runs(tmp_path) == ("study/new", "single", "study/old")
    assert runs(tmp_path / "nowhere") == ()


def test_a_run_tells_how_far_it_is_how_fast_and_how_long_it_will_take(tmp_path: Path, logged: Log) -> None:
    logged(tmp_path / "run", 200, of=1000)
    found = told(read(tmp_path, "run"), now=1012.0, written=1000.0)
    assert found.where == "step 200 of 1000, written 12 s ago"
    assert found.share == 0.2
    assert found.pace == "64.0 pictures a second"
    assert found.left == "about 6 min 40 s"  # 800 steps of 32 pictures at 64 a second
    assert not found.ill


def test_a_run_that_is_done_says_so(tmp_path: Path, logged: Log) -> None:
    logged(tmp_path / "run", 100, of=100)
    found = told(read(tmp_path, "run"), now=5000.0, written=1000.0)
    assert (found.left, found.where) == ("done", "step 100 of 100")


def test_without_a_recipe_the_time_left_is_not_guessed(tmp_path: Path, logged: Log) -> None:
    logged(tmp_path / "run", 100)
    assert "recipe.json" in left(read(tmp_path, "run"))


def test_a_line_that_is_still_being_written_waits(tmp_path: Path, logged: Log) -> None:
    logged(tmp_path / "run", 100)
    with (tmp_path / "run" / "log.jsonl").open("a") as file:
        file.write('{"step": 110, "lo')
    assert read(tmp_path, "run").step == 100


def test_a_log_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text("epoch 1\n")
    with pytest.raises(Corrupt, match="no log of a run"):
        read(tmp_path, ".")


def test_a_log_without_a_line_says_that_there_is_nothing_yet(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text("")
    found = told(read(tmp_path, "."), now=1.0, written=1.0)
    assert "nothing was logged yet" in found.where
    assert curves(read(tmp_path, ".")) == {}


def test_features_that_collapsed_are_told(tmp_path: Path, logged: Log) -> None:
    logged(tmp_path, 3000, rank=1.01, deviation=0.001)
    found = told(read(tmp_path, "."), now=1.0, written=1.0)
    assert found.ill
    assert "collapsed" in found.health


def test_a_loss_that_never_left_its_prior_is_told(tmp_path: Path, logged: Log) -> None:
    logged(tmp_path, 3000, loss=math.log(32), prior=math.log(32))
    assert "knows nothing" in (health(read(tmp_path, ".")) or "")


def test_a_loss_that_is_not_a_number_is_told(tmp_path: Path) -> None:
    lines = [{"step": 10, "loss": 2.0}, {"step": 20, "loss": math.nan}]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert health(read(tmp_path, ".")) == "at step 20 the loss is not a finite number"


def test_each_number_has_its_curve_and_what_equals_the_loss_has_none(tmp_path: Path, logged: Log) -> None:
    logged(tmp_path, 2000, gradient=1.5)
    drawn = curves(read(tmp_path, "."))
    assert list(drawn) == ["loss", "learning rate", "size of the gradient"]


def test_long_curves_are_thinned_to_means_with_their_extremes(tmp_path: Path, logged: Log) -> None:
    logged(tmp_path, 20_000)
    values = curves(read(tmp_path, "."))["loss"].to_dict()["data"]["values"]
    assert len(values) <= 80
    assert all(row["low"] <= row["value"] <= row["high"] for row in values)
    assert values[0]["high"] == 0.4
