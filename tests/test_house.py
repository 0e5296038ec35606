"""The house rules that a linter does not know: budgets, names, and what must not be loaded early."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src" / "eyechart"
FILES = sorted(SRC.rglob("*.py"))
BANNED = {"utils", "helpers", "common", "base", "manager", "misc"}


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SRC)))
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    limit = 150 if path.parent.name == "exams" else 400
    assert len(path.read_text(encoding="utf-8").splitlines()) <= limit


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SRC)))
def test_a_function_fits_on_a_screen(path: Path) -> None:
    long = {
        f.name: f.end_lineno - f.lineno + 1 for f in functions(path) if f.end_lineno and f.end_lineno - f.lineno >= 60
    }
    assert not long


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SRC)))
def test_no_file_is_a_drawer_for_everything(path: Path) -> None:
    assert path.stem.strip("_") not in BANNED
    assert not path.stem.startswith("legacy_")
    assert not path.stem.endswith(("_v2", "_utils", "_helpers"))


def test_every_plugin_file_exports_what_its_name_says() -> None:
    for path in (SRC / "exams").glob("*.py"):
        if path.stem != "__init__":
            assert "\nPUBLIC = " in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize(
    "arguments", [["--help"], ["list", "exams"], ["list", "models"], ["list", "data"], ["list", "charts"]]
)
def test_what_only_lists_loads_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom eyechart.cli import app\n"
        f"try:\n    app({arguments!r})\nexcept SystemExit as stop:\n    assert not stop.code\n"
        "heavy = {'torch', 'numpy', 'altair', 'pyarrow', 'rich.progress', 'timm', 'PIL'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_public_names_are_few_and_all_resolve() -> None:
    import eyechart

    assert len(eyechart.__all__) <= 15
    for name in eyechart.__all__:
        assert getattr(eyechart, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        eyechart.nonsense  # noqa: B018
