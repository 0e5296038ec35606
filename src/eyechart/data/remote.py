"""Files on any fsspec URL: small ones read at once, shards fetched to a local folder once and read from there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from eyechart.errors import BadInput

HUB_PAGE = "https://huggingface.co/datasets/"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder or a pattern of files, here or elsewhere; `shown` is how a user would write it."""

    shown: str
    files: Any  # an fsspec file system
    path: str
    cache: Path

    def at(self, relative: str) -> str:
        """The path of something inside this folder."""
        return f"{self.path}/{relative}"

    def is_folder(self, path: str) -> bool:
        """Whether there is such a folder. Raises `BadInput` when the place cannot be reached."""
        return bool(self._try(self.files.isdir, path))

    def text(self, path: str) -> str | None:
        """The UTF-8 text of a small file; None if there is none."""
        if not self._try(self.files.isfile, path):
            return None
        try:
            return str(self._try(self.files.cat_file, path).decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise BadInput(f"the file {path} should be UTF-8 text: {error}") from error

    def tars(self, folder: str) -> tuple[str, ...]:
        """Paths of the ``.tar`` files right inside a folder, sorted."""
        return self.matching(f"{folder}/*.tar")

    def matching(self, pattern: str) -> tuple[str, ...]:
        """Paths that fit a pattern with ``*``, ``?`` or ``[…]``, sorted; a plain path is itself."""
        if not set("*?[") & set(PurePosixPath(pattern).name):
            return (pattern,)
        return tuple(sorted(self._try(self.files.glob, pattern)))

    def local(self, path: str) -> Path:
        """The file on this machine; a remote one is fetched whole, once for every version of it."""
        if isinstance(self.files, LocalFileSystem):
            return Path(path)
        version = f"{self.files.unstrip_protocol(path)} {self._try(self.files.ukey, path)}"
        kept = self.cache / (blake2b(version.encode(), digest_size=16).hexdigest() + PurePosixPath(path).suffix)
        if not kept.exists():
            self.cache.mkdir(parents=True, exist_ok=True)
            part = kept.with_suffix(f".{os.getpid()}.part")
            self._try(self.files.get_file, path, str(part))
            part.replace(kept)  # atomic: a killed fetch leaves no half shard under the final name
        return kept

    def _try(self, call: Any, *arguments: str) -> Any:
        try:
            return call(*arguments)
        except OSError as error:
            raise BadInput(f"{self.shown} cannot be reached: {error}") from error


def place(location: str, cache: str = "") -> Place:
    """The place behind a path or an fsspec URL (``s3://…``, ``https://…``, ``hf://datasets/user/set``).

    Args:
        location: a folder, a file or a pattern. The address of a dataset's page on the Hugging Face hub works too.
        cache: where remote files are kept; by default under ``$XDG_CACHE_HOME`` or ``~/.cache``.

    Raises:
        BadInput: no such protocol, or the package that speaks it is not installed.
    """
    url = _hub(location) if location.startswith(HUB_PAGE) else location
    home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "eyechart" / "fetched"
    try:
        files, path = fsspec.core.url_to_fs(url if "://" in url else str(Path(url).expanduser()))
    except (ValueError, ImportError) as error:
        raise BadInput(f"{location} cannot be opened: {error}") from error
    path = path.rstrip("/")
    shown = path if isinstance(files, LocalFileSystem) else location  # absolute, so that it means the same elsewhere
    return Place(shown, files, path, Path(cache or home).expanduser())


def _hub(page: str) -> str:
    """``https://huggingface.co/datasets/user/set/tree/main/x`` → ``hf://datasets/user/set@main/x``."""
    user, name, *rest = page.removeprefix(HUB_PAGE).strip("/").split("/")
    if rest[:1] == ["tree"]:
        return "/".join([f"hf://datasets/{user}/{name}@{rest[1]}", *rest[2:]])
    return f"hf://datasets/{user}/{name}"
