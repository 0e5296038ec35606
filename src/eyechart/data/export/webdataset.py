"""WebDataset shards in the layout of CLIP_benchmark: ``test/0.tar`` … of ``.cls``, ``.json`` and ``.png`` members.

Read by webdataset, CLIP_benchmark, and here by ``wds:``.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from eyechart.data.export.sample import Sample, Words, text

SHARD = 1000  # samples


def write(root: Path, split: str, samples: Iterator[Sample], words: Words) -> None:
    """One split, and the words that all splits share."""
    _lines(root / "classnames.txt", words.classes)
    _lines(root / "zeroshot_classification_templates.txt", [line.replace("{}", "{c}") for line in words.templates])
    _lines(root / "dataset_type.txt", ["classification"])
    folder = root / split
    folder.mkdir()
    shards = 0
    while part := list(islice(samples, SHARD)):
        _shard(folder / f"{shards}.tar", part)
        shards += 1
    _lines(folder / "nshards.txt", [str(shards)])


def _shard(path: Path, samples: Sequence[Sample]) -> None:
    with closing(tarfile.open(path, "w", format=tarfile.USTAR_FORMAT)) as tar:
        for sample in samples:
            _member(tar, f"{sample.key}.cls", str(sample.label).encode())
            _member(tar, f"{sample.key}.json", text(sample.told()).encode())
            _member(tar, f"{sample.key}.png", sample.png)


def _member(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    """Without owner and time, which `TarInfo` leaves at 0."""
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def _lines(path: Path, lines: Sequence[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def names(root: Path, split: str) -> tuple[str, ...]:
    """What to type to read it: the pictures by class, and with captions."""
    shown = f"wds:{root}" if split == "test" else f"wds:{root}?split={split}"
    return (shown, f"wds:{root}/{split}/*.tar?names={root}/classnames.txt")
