"""What the readers of published true and false captions share: files of JSON, fields that must be texts, folders."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eyechart.core import Dataset, Item
from eyechart.data.name import existing, spell
from eyechart.errors import BadInput
from eyechart.store import digest


def read_json(file: Path) -> Any:
    """What a file holds. Raises `BadInput` where it cannot be read as JSON."""
    try:
        return json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise BadInput(f"{file} cannot be read as JSON: {error}") from error


def text_of(entry: Any, field: str, where: str) -> str:
    """A field that must be there. Raises `BadInput` with where it is not."""
    found = entry.get(field) if isinstance(entry, Mapping) else None
    if not isinstance(found, str) or not found.strip():
        raise BadInput(f"{where}: the field {field!r} is {found!r}; expected a text")
    return found.strip()


def folder_of(given: str | None, beside: Path, usual: Sequence[str], source: str) -> Path:
    """Where the pictures lie: as given, or under one of the usual names. Raises `BadInput` where nothing does."""
    if given:
        return existing(given, source).resolve()
    found = next((beside / name for name in usual if (beside / name).is_dir()), None)
    if found is None:
        raise BadInput(f"the pictures of {source} are not beside {beside} ({', '.join(usual)}); give ?images=FOLDER")
    return found.resolve()


def dataset(
    source: str, path: Path, options: Mapping[str, str], content: tuple[Sequence[Path], Sequence[Item]]
) -> Dataset:
    """Of ``(files, items)``; its revision is the digest of the files."""
    files, items = content
    shown = {key: str(existing(value, source)) for key, value in options.items()}
    return Dataset(
        name=spell(source, path, shown),
        split="test",
        revision=digest.of_json([[file.name, digest.of_bytes(file.read_bytes())] for file in files])[:16],
        items=items,
    )
