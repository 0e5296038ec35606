"""The command as torchrun starts it, and what is seen while a course is taught."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from eyechart.cli import app
from eyechart.errors import BadInput
from eyechart.learn.gather import alone, one_first, processes, rank
from eyechart.study.study import read
from eyechart.study.teach import teach
from eyechart.testing.circle import together

TOML = """
name = "tiny"
data = ["world?train=200"]
samples = [160]
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
clip = {}
[text]
width = 16
depth = 1
heads = 2
[recipe]
warmup = 1
precision = "fp32"
[during]
every = 4
limit = 20
save_every = 5
writers = ["tensorboard"]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Taught by two processes in ``two`` and by one in ``one``."""
    folder = tmp_path_factory.mktemp("together")
    (folder / "tiny.toml").write_text(TOML, encoding="utf-8")
    command = ["eyechart", "learn", "tiny.toml", "--runs", "two", "--shelf", "shelf"]
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", *command],
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    (folder / "told.txt").write_text(done.stdout, encoding="utf-8")
    assert [one.reason for one in teach(read(folder / "tiny.toml"), folder / "one" / "tiny")] == [""]
    return folder


def log(folder: Path, who: str) -> list[dict[str, float]]:
    path = folder / who / "tiny" / "clip-vit-160-0" / "log.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def card(folder: Path, who: str) -> dict[str, Any]:
    config = folder / who / "tiny" / "clip-vit-160-0" / "model" / "config.json"
    facts: dict[str, Any] = json.loads(config.read_text(encoding="utf-8"))["facts"]
    return facts


def test_two_processes_teach_a_course_as_one_does(folder: Path) -> None:
    (two,) = (line["loss"] for line in log(folder, "two") if "loss" in line)
    (one,) = (line["loss"] for line in log(folder, "one") if "loss" in line)
    assert two == pytest.approx(one, rel=2e-3)
    facts = {who: card(folder, who) for who in ("one", "two")}
    assert "2 threads" in str(facts["two"]["hardware"])
    assert facts["two"]["flops_in_all"] == facts["one"]["flops_in_all"]


def test_of_two_processes_one_speaks_examines_and_writes(folder: Path) -> None:
    assert (folder / "told.txt").read_text(encoding="utf-8").count("clip-vit-160-0: taught") == 1
    assert (folder / "two" / "tiny.md").exists()
    assert len(list((folder / "shelf" / "records").glob("*.json"))) == 1


def test_exams_are_taken_while_a_course_is_taught(folder: Path) -> None:
    for who in ("one", "two"):
        taken = {int(line["step"]): line["knn top1"] for line in log(folder, who) if "knn top1" in line}
        assert list(taken) == [4, 8, 10]
        assert all(0 <= value <= 1 for value in taken.values())


def test_a_study_names_its_writers(folder: Path) -> None:
    assert list((folder / "one" / "tiny" / "clip-vit-160-0" / "tensorboard").iterdir())


def test_a_plan_leaves_nothing_behind(folder: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["learn", str(folder / "tiny.toml"), "--plan", "--runs", str(tmp_path / "runs")])
    assert done.exit_code == 0, done.output
    assert "1 courses of 160 pictures seen" in done.output.replace("\u202f", "")
    assert not (tmp_path / "runs").exists()


def test_several_courses_of_several_processes_are_refused(folder: Path, tmp_path: Path) -> None:
    def begun() -> object:
        return next(teach(read(folder / "tiny.toml"), tmp_path, jobs=2))

    with pytest.raises(BadInput, match="leave out --jobs"):
        together([begun, begun])


def test_who_is_alone_shares_with_nobody() -> None:
    def here() -> tuple[tuple[int, int], tuple[int, int]]:
        with alone():
            inside = processes(), rank()
        return inside, (processes(), rank())

    assert together([here, here]) == [((1, 0), (2, 0)), ((1, 0), (2, 1))]


def test_the_others_wait_for_the_first(tmp_path: Path) -> None:
    def first() -> bool:
        with one_first():
            time.sleep(0.05)
            (tmp_path / "left").touch()
        return True

    def second() -> bool:
        with one_first():
            return (tmp_path / "left").exists()

    assert together([first, second]) == [True, True]
