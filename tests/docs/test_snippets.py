"""What the README and the pages show is run, page by page, as a reader would: from the top, in one empty folder."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from snippets import NEEDS, PAGES, ROOT, SHELLS, follow, snippets

SAID = {"README.md": r"^knn 0\.\d\d \[", "world.md": r"^there is a cat but no car in a park$"}
WITH_SNIPPETS = [page for page in PAGES if any(snippets(page))]


@pytest.mark.parametrize("page", WITH_SNIPPETS, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_snippets_of_a_page_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    names = {"__name__": "__main__"}
    try:
        for snippet in snippets(page):
            follow(snippet, names)
    finally:
        for name in {path.stem for path in tmp_path.glob("*.py")} - before:
            sys.modules.pop(name, None)
    assert re.search(SAID.get(page.name, ""), capsys.readouterr().out, re.MULTILINE)


def test_every_block_is_of_a_known_kind() -> None:
    for page in PAGES:
        for snippet in snippets(page):
            assert snippet.needs in ("", *NEEDS), page
            assert snippet.title or snippet.language in ("python", *SHELLS, "toml", "text", "json", "sql"), page


def test_no_block_escapes_the_tests() -> None:
    for page in PAGES:
        fences = page.read_text(encoding="utf-8").count("\n```")
        assert fences == 2 * len(list(snippets(page))), page
