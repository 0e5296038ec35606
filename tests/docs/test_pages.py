"""The site: a page for every exam, nothing stale, nothing missing, nothing from elsewhere."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any

import command_line
import exam_pages
import pytest
import typer
import yaml
from snippets import FENCE, PAGES, ROOT, lines, typed

from eyechart import __version__, plugins
from eyechart.cli import app
from eyechart.settings import defaults

DOCS = ROOT / "docs"
NAV = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]


def written(page: str) -> str:
    """A page as the hooks leave it."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return exam_pages.on_page_markdown(text, SimpleNamespace(file=SimpleNamespace(src_uri=page)))


def leaves(tree: Any) -> list[str]:
    """All pages of a navigation."""
    if isinstance(tree, str):
        return [tree]
    below = tree.values() if isinstance(tree, dict) else tree
    return [leaf for branch in below for leaf in leaves(branch)]


@pytest.mark.parametrize("name", plugins.names("exams"))
def test_every_exam_has_a_page_that_says_how_to_be_fooled(name: str) -> None:
    page = (DOCS / "exams" / f"{name}.md").read_text(encoding="utf-8")
    for must in ("## What is measured", "## Source", "## How to be fooled by it", "## Cost", "<!-- figure -->"):
        assert must in page, must
    assert 150 <= len(page.split()) <= 400


@pytest.mark.parametrize("name", plugins.names("exams"))
def test_what_a_page_says_of_an_exam_comes_from_the_exam(name: str) -> None:
    exam, page = plugins.find("exams", name), written(f"exams/{name}.md")
    assert exam.question in page
    assert all(f"| `{field}` | `" in page for field in defaults(exam))
    (command,) = [text for _, _, _, text in FENCE.findall(page) if "MODEL" in text]
    for words in lines(command):
        typed(words[1:])


@pytest.mark.parametrize("name", plugins.names("exams"))
def test_every_exam_has_a_figure_with_its_numbers(name: str) -> None:
    told = json.loads((exam_pages.FIGURES / "figures.json").read_text(encoding="utf-8")).get(name)
    if told is None:
        pytest.skip(f"the figure of {name} is not drawn yet: docs/draw_figures.py draws it from records")
    drawing = DOCS / "images" / "exams" / f"{name}.svg"
    assert drawing.stat().st_size <= 100_000
    assert "currentColor" in drawing.read_text(encoding="utf-8")  # it is read on a light page and on a dark one
    assert told["headline"] == plugins.find("exams", name).headline
    shown = exam_pages.figure(name)
    assert all(f"{one['model']}</code> {one['value']:.3f}" in shown for one in told["models"])


def test_the_index_holds_every_exam() -> None:
    page = written("exams/index.md")
    assert {name for name in plugins.names("exams") if f"({name}.md)" not in page} == set()


def test_comments_behind_settings_are_found() -> None:
    told = exam_pages.comments(plugins.find("exams", "attack"))
    assert told["images"] == "drawn at random"
    assert set(told) <= set(defaults(plugins.find("exams", "attack")))


def test_every_command_and_option_is_told() -> None:
    page = command_line.on_page_markdown(command_line.MARK)
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for name, command in commands.items():
        assert f"## `eyechart {name}`" in page
        for parameter in command.params:
            assert parameter.param_type_name != "option" or f"`{parameter.opts[0]}`" in page
    assert "## `eyechart world export`" in page


def test_every_page_is_in_the_navigation() -> None:
    known = {str(page.relative_to(DOCS)) for page in PAGES if page.is_relative_to(DOCS)}
    assert set(leaves(NAV)) == known


def test_every_file_that_is_linked_is_there() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} → {target}"


def test_the_citation_is_whole_and_of_this_version() -> None:
    told = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors", "version", "license", "type"} <= set(told)
    assert told["cff-version"] == "1.2.0"
    assert told["version"] == __version__
    assert all(author.get("name") or author.get("family-names") for author in told["authors"])


def test_the_forms_for_issues_are_forms() -> None:
    for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"):
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        if path.stem != "config":
            assert {"name", "description", "body"} <= set(told), path
            assert all(part["type"] in ("input", "textarea") for part in told["body"])
