"""Find things by name: the file name is the registry, entry points are the second shelf.

``exams/zero_shot.py`` *is* the exam ``zero_shot`` because it ends with ``PUBLIC = ZeroShot``. Strangers register
through the entry-point groups ``eyechart.exams``, ``eyechart.models``, ``eyechart.data``, ``eyechart.objectives``,
``eyechart.transfer`` and ``eyechart.ways``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eyechart.errors import BadInput, UnknownName

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

KINDS = {
    "exams": "exam",
    "models": "model source",
    "data": "dataset",
    "staged": "staged exam",
    "objectives": "objective",
    "transfer": "transfer",
    "ways": "way out",
}
FOLDERS = {"objectives": "learn/objectives", "staged": "data/staged"}


def names(kind: str) -> tuple[str, ...]:
    """All names of one kind, sorted; imports nothing."""
    return tuple(sorted({*_files(kind), *(point.name for point in _strangers(kind))}))


def find(kind: str, name: str) -> Any:
    """What the file (or the entry point) `name` exports as ``PUBLIC``.

    Raises:
        UnknownName: nothing answers to `name`.
        BadInput: a stranger's entry point cannot be imported.
    """
    module = name.replace("-", "_")
    if module in _files(kind):
        folder = FOLDERS.get(kind, kind).replace("/", ".")
        return import_module(f"eyechart.{folder}.{module}").PUBLIC
    for point in _strangers(kind):
        if point.name == name:
            return _load(point, KINDS[kind])
    raise UnknownName(KINDS[kind], name, names(kind))


def summary(kind: str, name: str) -> str:
    """The first line of what the file `name` says of itself; for a stranger, where it comes from. Imports nothing."""
    module = name.replace("-", "_")
    if module in _files(kind):
        text = (_folder(kind) / f"{module}.py").read_text(encoding="utf-8")
        return (ast.get_docstring(ast.parse(text)) or "").split("\n", 1)[0]
    return next((f"from {point.value}" for point in _strangers(kind) if point.name == name), "")


def shipped() -> dict[str, Path]:
    """The models that come with the package, by name: folders which hold a ``config.json``."""
    zoo = Path(__file__).parent / "zoo"
    return {path.parent.relative_to(zoo).as_posix(): path.parent for path in sorted(zoo.rglob("config.json"))}


def _folder(kind: str) -> Path:
    return Path(__file__).parent / FOLDERS.get(kind, kind)


def _files(kind: str) -> tuple[str, ...]:
    return tuple(path.stem for path in _folder(kind).glob("*.py") if _is_public(path))


def _is_public(path: Path) -> bool:
    return not path.stem.startswith("_") and "\nPUBLIC = " in path.read_text(encoding="utf-8")


def _strangers(kind: str) -> Iterator[EntryPoint]:
    from importlib.metadata import entry_points  # noqa: PLC0415  # a tenth of the time that `--help` may take

    yield from entry_points(group=f"eyechart.{kind}")


def _load(point: EntryPoint, kind: str) -> Any:
    try:
        return point.load()
    except ImportError as error:
        raise BadInput(
            f"the {kind} {point.name!r} comes from {point.value!r}, which cannot be imported: {error}"
        ) from error
