"""Fenced blocks of a page, and what becomes of them: files are written, Python and commands are run.

A block with a title is a file of that name. A block after ``<!-- needs: WORD -->`` cannot be run here (WORD says what
it lacks: network, data, time, install): it is compiled, or its command lines are parsed.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner

from eyechart import plugins
from eyechart.charts import CHARTS
from eyechart.cli import app
from eyechart.models import SHORT
from eyechart.settings import exams

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
FENCE = re.compile(
    r"^(?:<!-- needs: (\w+) -->\n)?```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.DOTALL | re.MULTILINE
)
NEEDS = ("network", "data", "time", "install")
ELSEWHERE = ("publish.md", "view.md")  # run by tests of their own, on records that those make
ASSIGNED = re.compile(r"[A-Z_]+=.*")
SHELLS = ("bash", "console", "sh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """One fenced block."""

    needs: str
    language: str
    title: str
    text: str


def snippets(page: Path) -> Iterator[Snippet]:
    """All fenced blocks of a page, in order."""
    for needs, language, title, text in FENCE.findall(page.read_text(encoding="utf-8")):
        lacks = needs or ("data" if page.name in ELSEWHERE else "")
        yield Snippet(needs=lacks, language=language, title=title, text=text)


def follow(snippet: Snippet, names: dict[str, Any]) -> None:
    """Do what a reader would do with it in the current folder; `names` are those that earlier blocks have left."""
    if snippet.title:
        Path(snippet.title).write_text(snippet.text, encoding="utf-8")
    elif snippet.language == "python":
        code = compile(snippet.text, "snippet", "exec")
        if not snippet.needs:
            exec(code, names)
    elif snippet.language in SHELLS:
        for words in lines(snippet.text):
            obey(words, snippet.needs)


def lines(text: str) -> Iterator[list[str]]:
    """The words of each command, without comments and without what the shell would put in."""
    for line in re.sub(r"\$\([^)]*\)", "", text.replace("\\\n", " ")).splitlines():
        if words := shlex.split(line.removeprefix("$ "), comments=True):
            yield words


def obey(words: list[str], needs: str) -> None:
    """Run a command, or see that it could be typed."""
    program, *arguments = [word for word in words if not ASSIGNED.fullmatch(word)]
    if program == "torchrun":  # starts a module
        program, *arguments = arguments[arguments.index("-m") + 1 :]
    if program == "make":
        assert re.search(rf"^{arguments[0]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE), words
    elif program != "eyechart":
        assert needs == "install", f"{program} is no command of this project; mark the block with needs: install"
    elif needs:
        typed(arguments)
    else:
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, f"{shlex.join(words)}\n{done.output}\n{done.exception!r}"


def typed(arguments: list[str]) -> None:
    """The command exists, and so do its options, the exams, the chart and the sources that it names."""
    command, name, rest = typer.main.get_command(app), "eyechart", arguments
    while hasattr(command, "commands") and rest:
        name, *rest = rest
        command = command.commands[name]
    given = command.make_context(name, list(rest)).params
    if name == "examine":
        examined(given)


def examined(given: dict[str, Any]) -> None:
    """What `examine` is asked for is known by name."""
    assert given["chart_name"] in CHARTS
    exams(given["exam"] or CHARTS[given["chart_name"]].exams, given["settings"] or ())
    sources = {"models": (*plugins.names("models"), *SHORT), "data": (*plugins.names("data"), "survey11")}
    for kind, known in sources.items():
        for one in given[kind] or ():
            source, colon, _ = one.partition("?")[0].partition(":")
            assert not colon or ".py" in source or source.replace("-", "_") in known, one
