"""The README and the page about the world say what is so; their snippets are run in `tests/docs`."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import typer

from eyechart import cli_world, plugins
from eyechart.world import COLOURS, FEATURES, MATERIALS, NAMES, PLACES, SCENES, STYLES, TEXTURES
from eyechart.world.concept import STATES
from eyechart.world.language.questions import KINDS as QUESTIONS
from eyechart.world.language.tongues import LANGUAGES
from eyechart.world.scene import RELATIONS
from eyechart.world.sheet import SHEETS
from eyechart.world.twins import EXCHANGES, KINDS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
WORLD = (ROOT / "docs" / "world.md").read_text(encoding="utf-8")


def test_the_words_of_the_world_are_all_there_are() -> None:
    told = dict(re.findall(r"^\| (\w+) \| ([\w, ]+) \|$", WORLD, re.MULTILINE))
    states = dict.fromkeys(state for pair in STATES for state in pair)
    known = {
        "colours": COLOURS,
        "textures": TEXTURES,
        "materials": MATERIALS,
        "styles": STYLES,
        "sizes": ("small", "large"),
        "states": states,
        "places": PLACES,
        "features": FEATURES,
        "relations": RELATIONS,
        "changes": (*KINDS, *EXCHANGES),
        "questions": QUESTIONS,
        "scenes": SCENES,
        "languages": LANGUAGES,
    }
    assert {what: words.split(", ") for what, words in told.items() if what in known} == {
        what: list(words) for what, words in known.items()
    }
    assert f"{len(NAMES)} concepts" in WORLD


def test_every_exam_is_linked() -> None:
    told = re.findall(r"\[(\w+)\]\(docs/exams/(\w+)\.md\)", README)
    assert all(name == page for name, page in told)
    assert sorted(name for name, _ in told) == sorted(plugins.names("exams"))


def test_it_fits_on_a_screen_or_two() -> None:
    assert len(README.splitlines()) <= 70


def test_every_sheet_is_shown_and_light() -> None:
    shown = {Path(target).stem.removeprefix("world-") for target in re.findall(r"\]\((images/[^)]+)\)", WORLD)}
    assert shown == set(SHEETS)
    assert all(path.stat().st_size <= 300_000 for path in (ROOT / "docs" / "images").glob("world-*.png"))


def test_the_commands_about_the_world_can_be_typed() -> None:
    app = typer.main.get_command(cli_world.app)
    for line in re.findall(r"^eyechart world (.+?)(?: +#.*)?$", WORLD, re.MULTILINE):
        name, *arguments = shlex.split(line)
        app.commands[name].make_context(name, arguments)  # type: ignore[attr-defined]  # a group has commands


def test_the_commands_are_targets_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
