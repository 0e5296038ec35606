"""What the guide shows is run, from top to bottom, on a small shelf."""

from __future__ import annotations

import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import pytest

from eyechart import cli, plugins

PAGE = (Path(__file__).parents[2] / "docs" / "publish.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```(bash|python|sql)\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [line for kind, text in SNIPPETS if kind == "bash" for line in text.splitlines()]


def typed(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = shlex.split(line)
    while "=" in words[0]:
        monkeypatch.setenv(*words.pop(0).split("=", 1))
    assert words.pop(0) == "eyechart"
    cli.app(words, standalone_mode=False)


@pytest.fixture
def there(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "shelf").symlink_to(shelf)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_commands_write_what_the_guide_says(there, monkeypatch):
    for line in COMMANDS:
        if "wandb" not in line:
            typed(line, monkeypatch)
    for name in ("results.tex", "results.md", "results.csv", "figures", "cards", "tensorboard", "mlruns", "features"):
        assert (there / name).exists(), name


@pytest.mark.skipif(find_spec("wandb") is None, reason="wandb is not installed")
def test_the_command_for_weights_and_biases(there, monkeypatch):
    (line,) = [line for line in COMMANDS if "wandb" in line]
    typed(line, monkeypatch)


def test_the_python_snippets_run(there, monkeypatch, capsys):
    for line in ("card", "features --tap pooled", "probe"):
        typed(f"eyechart publish --as {line}", monkeypatch)
    for kind, text in SNIPPETS:
        if kind == "python" and "fiftyone" not in text:
            exec(compile(text, "publish.md", "exec"), {"__name__": "__main__"})
    said = capsys.readouterr().out
    assert "('results.tex',) ()" in said
    assert "linear: top1" in said


@pytest.mark.skipif(find_spec("fiftyone") is None, reason="fiftyone is not installed")
def test_the_snippet_for_fiftyone(there, monkeypatch):
    typed(next(line for line in COMMANDS if "fiftyone" in line), monkeypatch)
    (text,) = [text for kind, text in SNIPPETS if kind == "python" and "fiftyone" in text]
    exec(compile(text, "publish.md", "exec"), {"__name__": "__main__"})


def test_the_queries_answer_what_they_ask(there, results):
    duckdb = pytest.importorskip("duckdb")
    asked = [text for kind, text in SNIPPETS if kind == "sql"]
    with duckdb.connect() as base:
        base.execute(asked[0])
        worst, wrong, apart = (base.execute(text).fetchall() for text in asked[1:])
    (one, other) = (sheet for record, sheet in results if record.norm.exam == "linear")
    assert len(worst) == 10
    for name, count, score in worst:
        mine = [float(sheet["score"][sheet["truth"] == name].mean()) for sheet in (one, other)]
        assert (count, score) == (2 * int((one["truth"] == name).sum()), pytest.approx(sum(mine) / 2, abs=1e-3))
    assert worst[0][2] < worst[-1][2]
    none = (one["score"] == 0) & (other["score"] == 0)
    assert {row[1] for row in wrong} == set(one["id"][none].tolist()) != set()
    assert all(row[2] not in row[3] for row in wrong)
    differ = (one["score"] > 0.5) != (other["score"] > 0.5)
    assert [row[0] for row in apart] == sorted(one["id"][differ].tolist())
    assert apart


def test_every_way_is_in_the_table():
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) != []
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == set(plugins.names("ways"))
