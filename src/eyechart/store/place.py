"""A folder anywhere: local or behind fsspec, with writes that are there whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import weakref
from pathlib import Path
from typing import Any

import fsspec

from eyechart.errors import BadInput


class Place:
    """A folder named by a path or an fsspec URL. Names inside it use forward slashes."""

    def __init__(self, url: str | Path) -> None:
        """Open a folder; it need not exist.

        Raises:
            BadInput: no file system answers to the URL, or it lacks its driver.
        """
        self.url = str(url)
        try:
            self.files, root = fsspec.core.url_to_fs(self.url)
        except (ValueError, ImportError) as error:
            raise BadInput(f"{self.url!r} cannot be opened: {error}") from error
        self.root = str(root).rstrip("/")
        self.local = "file" in _protocols(self.files)

    def __repr__(self) -> str:
        return f"Place({self.url!r})"

    def path(self, name: str) -> str:
        """The whole path of `name`, as its file system spells it."""
        return f"{self.root}/{name}"

    def write(self, name: str, content: bytes) -> None:
        """Put `content` under `name`: all of it or nothing, whatever kills the writer, however many write."""
        target = self.path(name)
        if not self.local:
            self.files.pipe_file(target, content)  # object stores show an object only when it is whole
            return
        try:
            self._write_here(Path(target), content)
        except OSError as error:
            raise BadInput(f"cannot write {target}: {error.strerror or error}") from error

    @staticmethod
    def _write_here(target: Path, content: bytes) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
        with scratch.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(target)

    def read(self, name: str) -> bytes:
        """The content of `name`. Raises `FileNotFoundError`."""
        return bytes(self.files.cat_file(self.path(name)))

    def exists(self, name: str) -> bool:
        """Whether `name` is there."""
        return bool(self.files.exists(self.path(name)))

    def names(self, folder: str, suffix: str) -> list[str]:
        """Names of the files right below `folder` that end with `suffix`, sorted; unfinished writes are not listed."""
        self.files.invalidate_cache()
        try:
            found = self.files.ls(self.path(folder), detail=False)
        except (FileNotFoundError, NotADirectoryError):
            return []
        bare = (str(path).rstrip("/").rsplit("/", 1)[-1] for path in found)
        return sorted(name for name in bare if name.endswith(suffix) and not name.startswith("."))

    def size(self, name: str) -> int:
        """Bytes of `name`."""
        return int(self.files.size(self.path(name)) or 0)

    def rename(self, old: str, new: str) -> None:
        """Move a file within the place."""
        self.files.mv(self.path(old), self.path(new))

    def remove(self, folder: str) -> None:
        """Remove a folder and all below it, if it is there."""
        if self.files.exists(self.path(folder)):
            self.files.rm(self.path(folder), recursive=True)

    def fetch(self, name: str, scratch: Path) -> Path:
        """A local path with the content of `name`: the file itself, or a copy made once."""
        if self.local:
            return Path(self.path(name))
        copy = scratch / name.replace("/", "_")
        if not copy.exists():
            with tempfile.NamedTemporaryFile(dir=scratch, delete=False) as file:
                file.write(self.read(name))
            Path(file.name).replace(copy)
        return copy


def scratch(owner: object) -> Path:
    """A folder of its own for `owner`, gone when the owner is."""
    folder = tempfile.mkdtemp(prefix="eyechart-")
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _protocols(files: Any) -> tuple[str, ...]:
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)
