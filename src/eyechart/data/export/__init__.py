"""The world as files that any other tool can read: folders, WebDataset, Parquet, COCO.

All of it is written under another name first and renamed when it is whole, so that what lies under the name that was
asked for is never a part. The same order gives the same bytes.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import psutil

from eyechart.data.export.hands import Source, samples
from eyechart.data.export.sample import Sample, Words
from eyechart.errors import BadInput, UnknownName
from eyechart.progress import Progress

FORMATS = ("folder", "webdataset", "parquet", "coco")


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How a format writes one split below a folder, and what one types to read what it wrote."""

    write: Callable[[Path, str, Iterator[Sample], Words], None]
    names: Callable[[Path, str], tuple[str, ...]]


def find(form: str) -> Format:
    """A format by name. Raises `UnknownName`."""
    if form not in FORMATS:
        raise UnknownName("format", form, FORMATS)
    module = import_module(f"eyechart.data.export.{form}")
    return Format(write=module.write, names=module.names)


def export(
    out: Path, form: str, splits: Mapping[str, Source], words: Words, *, workers: int, progress: Progress
) -> tuple[str, ...]:
    """Write all splits into the folder `out`, which is absent or empty; returns what one types to examine it.

    Args:
        out: the folder to make.
        form: one of `FORMATS`.
        splits: by name, what they hold.
        words: what all samples share.
        workers: processes that draw; more than one are started anew, so a script needs ``if __name__ == "__main__"``.
        progress: follows one split at a time.

    Raises:
        UnknownName: there is no such format.
        BadInput: something lies there already, or nothing can be written there.
    """
    chosen = find(form)
    with _whole(out) as scratch:
        for split, source in splits.items():
            with progress.track(f"{form}, {split}", source.count) as done:
                chosen.write(scratch, split, _told(samples(source, workers), done), words)
    examined = "test" if "test" in splits else next(iter(splits))
    return chosen.names(out.absolute(), examined)


def _told(chunks: Iterator[list[Sample]], done: Callable[[int], None]) -> Iterator[Sample]:
    for chunk in chunks:
        yield from chunk
        done(len(chunk))


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """A folder to write in, which takes the name `out` at the end; nothing is left of it if there is no good end."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInput(f"{out} is there already and not empty; give a folder that is absent or empty")
    unfinished = f".{out.name}.{platform.node()}-{os.getpid()}.unfinished"
    scratch = out.absolute().with_name(unfinished)
    try:
        scratch.parent.mkdir(parents=True, exist_ok=True)
        _sweep(out)
        scratch.mkdir()
        yield scratch
        if out.exists():
            out.rmdir()
        scratch.rename(out)
    except OSError as error:
        raise BadInput(f"cannot write {out}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _sweep(out: Path) -> None:
    """Remove what processes of this machine that are no more left unfinished."""
    own = re.compile(re.escape(f".{out.name}.{platform.node()}-") + r"(\d+)\.unfinished")
    for left in out.absolute().parent.iterdir():
        process = own.fullmatch(left.name)
        if process and not psutil.pid_exists(int(process[1])):
            shutil.rmtree(left, ignore_errors=True)
