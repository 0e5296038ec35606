"""Names and files: what could mean something to a file system is replaced, and a file is there whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from eyechart.errors import BadInput
from eyechart.store.digest import of_bytes


def slug(text: str) -> str:
    """Text as one part of a path: letters, digits, dots, dashes and underscores of ASCII."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.") or "x"


def unicode(text: str) -> str:
    """Text as files hold it: what is not Unicode, as in some names of files, is an escape, as it is in sheets."""
    return text.encode("utf-8", "backslashreplace").decode()


def slugs(texts: Iterable[str]) -> dict[str, str]:
    """A different slug for each text: those that would be alike get a digest."""
    names = list(dict.fromkeys(texts))
    plain = [slug(name) for name in names]
    return {
        name: short if plain.count(short) == 1 else f"{short}-{of_bytes(unicode(name).encode())[:8]}"
        for name, short in zip(names, plain, strict=True)
    }


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A file to write, which takes the name `path` at a good end; folders are made. Raises `BadInput`."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield part
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise BadInput(f"cannot write {path}: {error.strerror or error}") from error


def write(path: Path, content: str | bytes) -> str:
    """Write a file whole and return its name. Raises `BadInput`."""
    with whole(path) as part:
        part.write_bytes(unicode(content).encode() if isinstance(content, str) else content)
    return str(path)
