"""A folder anywhere: local or behind fsspec, with writes that are there whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import uuid
import weakref
from pathlib import Path
from typing import Any

import fsspec

from eyechart.errors import BadInput

WHOLE = {"memory", "s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "r2", "oci"}  # an object is seen when it is whole
STALE = 3600.0  # seconds after which an unfinished write is taken for that of a killed process


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
        spoken = _protocols(self.files)
        self.local = "file" in spoken
        self._whole = bool(spoken & WHOLE)

    def __repr__(self) -> str:
        return f"Place({self.url!r})"

    def path(self, name: str) -> str:
        """The whole path of `name`, as its file system spells it."""
        return f"{self.root}/{name}"

    def write(self, name: str, content: bytes) -> None:
        """Put `content` under `name`: all of it or nothing, whatever kills the writer, however many write.

        Raises:
            BadInput: the place cannot be written to: no permission, no room, a file where a folder should be.
        """
        target = self.path(name)
        try:
            if self.local:
                _write_here(Path(target), content)
            elif self._whole:
                self.files.pipe_file(target, content)
            else:
                folder, _, last = target.rpartition("/")
                unfinished = f"{folder}/{_unfinished(last)}"
                self.files.makedirs(folder, exist_ok=True)
                self.files.pipe_file(unfinished, content)
                self.files.mv(unfinished, target)
        except OSError as error:
            raise BadInput(f"cannot write {target}: {error.strerror or error}") from error

    def read(self, name: str, start: int | None = None, end: int | None = None) -> bytes:
        """The content of `name`, or its bytes from `start` up to `end`. Raises `FileNotFoundError`."""
        return bytes(self.files.cat_file(self.path(name), start=start, end=end))

    def exists(self, name: str) -> bool:
        """Whether `name` is there."""
        return bool(self.files.exists(self.path(name)))

    def names(self, folder: str, suffix: str) -> list[str]:
        """Names of the files right below `folder` that end with `suffix`, sorted; unfinished writes are not listed."""
        return [name for name in self._below(folder) if name.endswith(suffix) and not name.startswith(".")]

    def folders(self) -> list[str]:
        """Names right below the place that could be folders of ours, sorted: those without a dot."""
        return [name for name in self._below("") if "." not in name]

    def sweep(self, folder: str) -> None:
        """Remove what killed processes left unfinished in a local folder."""
        if not self.local:
            return
        for name in self._below(folder):
            if name.startswith(".") and name.endswith(".tmp"):
                left = Path(self.path(f"{folder}/{name}"))
                try:
                    if time.time() - left.stat().st_mtime > STALE:
                        left.unlink()
                except FileNotFoundError:
                    continue  # its writer has just finished, or another process swept it

    def size(self, name: str) -> int:
        """Bytes of `name`."""
        return int(self.files.size(self.path(name)) or 0)

    def rename(self, old: str, new: str) -> bool:
        """Move a file within the place; False if it is not there (any more)."""
        try:
            self.files.mv(self.path(old), self.path(new))
        except FileNotFoundError:
            return False
        return True

    def remove(self, folder: str) -> None:
        """Remove a folder and all below it, if it is there."""
        if self.files.exists(self.path(folder)):
            self.files.rm(self.path(folder), recursive=True)

    def fetch(self, name: str, scratch: Path) -> Path:
        """A local path with the content of `name`: the file itself, or a copy made once.

        Raises:
            FileNotFoundError: it is not there.
        """
        if self.local:
            return Path(self.path(name))
        copy = scratch / name.replace("/", "_")
        if not copy.exists():
            with tempfile.NamedTemporaryFile(dir=scratch, delete=False) as file:
                file.write(self.read(name))
            Path(file.name).replace(copy)
        return copy

    def _below(self, folder: str) -> list[str]:
        self.files.invalidate_cache()  # another process may have written since
        try:
            found = self.files.ls(self.path(folder).rstrip("/"), detail=False)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise BadInput(f"cannot list {self.path(folder)}: {error.strerror or error}") from error
        return sorted(str(path).rstrip("/").rsplit("/", 1)[-1] for path in found)


def scratch(owner: object) -> Path:
    """A folder of its own for `owner`, gone when the owner is."""
    folder = tempfile.mkdtemp(prefix="eyechart-")
    weakref.finalize(owner, shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _unfinished(name: str) -> str:
    return f".{name}.{uuid.uuid4().hex}.tmp"


def _write_here(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(_unfinished(target.name))
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)  # there only if the disk was full


def _protocols(files: Any) -> set[str]:
    return {files.protocol} if isinstance(files.protocol, str) else set(files.protocol)
