"""Parquet files with a column of pictures: ``parquet:/x/test.parquet?train=/x/train.parquet``, a folder, or a pattern.

Pictures are bytes, the ``{bytes, path}`` of Hugging Face, or paths below the folder of the file. In a folder the splits
are told by file names (``test-00000-of-00001.parquet``). Class names come from Hugging Face's note in the schema.

Options: ``split`` (test, else validation, else what there is); ``train``, the split or the files to learn from, "no"
for none; ``carve``, the share that is learnt from where there is one split only; the columns (``image``, ``label``,
…), ``names`` and ``templates`` as in `eyechart.data.table` and `eyechart.data.labels`.

Pictures are read row by row as they are asked for (`eyechart.data.column`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from glob import has_magic
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from eyechart.core import Dataset
from eyechart.data import splits, table
from eyechart.data.column import Cell, Column
from eyechart.data.name import accept, existing, spell
from eyechart.errors import BadInput
from eyechart.store import digest

OPTIONS = (*table.OPTIONS, "split")
CHEAP = 2**28  # bytes: so much is read to find pictures that are both examined and learnt from


def load(location: str, options: Mapping[str, str]) -> Dataset:
    """The examined split, with what is learnt from beside it.

    Raises:
        UnknownName: there is no such option.
        BadInput: nothing lies there; a file is no Parquet; there is no such split or column; labels have no names.
    """
    accept(options, OPTIONS, "parquet")
    found = _found(location)
    split = splits.examined(tuple(found), options.get("split"), location)
    train = _learnt(found, split, options)
    if train and options.get("train", split) not in (*found, split):
        options = {**options, "train": str(Path(options["train"]).expanduser().absolute())}
    name = spell("parquet", Path(location).expanduser().absolute(), options)
    return dataset(name, _Files.of(split, found[split]), _Files.of("train", train) if train else None, options)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """The files of one split, opened as far as their footers."""

    split: str
    paths: Sequence[Path]
    schema: pa.Schema
    size: int

    @classmethod
    def of(cls, split: str, paths: Sequence[Path]) -> _Files:
        schemas = [_opened(path).schema_arrow for path in paths]
        return cls(split=split, paths=paths, schema=schemas[0], size=sum(path.stat().st_size for path in paths))

    def part(self, columns: table.Columns) -> table.Part:
        wanted = columns.beside_the_image()
        for path in self.paths:
            absent = {columns.image, *wanted} - set(_opened(path).schema_arrow.names)
            if absent:
                raise BadInput(f"{path} lacks the column {min(absent)!r}, which {self.paths[0]} has")
        column = Column(self.paths, columns.image)
        return table.Part(split=self.split, table=self._beside(wanted), picture=lambda row: Cell(column, row))

    def _beside(self, wanted: Sequence[str]) -> pa.Table:
        """These columns. Where there is none, one of nothing, so that the number of rows is known."""
        files = [_opened(path) for path in self.paths]
        if not wanted:
            return pa.table({"": pa.nulls(sum(file.metadata.num_rows for file in files))})
        return pa.concat_tables([file.read(columns=list(wanted)) for file in files], promote_options="permissive")


def dataset(name: str, test: _Files, train: _Files | None, options: Mapping[str, str]) -> Dataset:
    """The dataset of these files. Raises `BadInput` where they disagree with each other or with the options."""
    columns = table.columns_of(test.schema, options, str(test.paths[0]))
    classes = class_names(test.schema, columns.label)
    if train and class_names(train.schema, columns.label) not in (classes, ()):
        raise BadInput(
            f"{train.paths[0]} and {test.paths[0]} name their classes differently; their labels cannot be joined"
        )
    sheet = table.Sheet(
        name=name,
        revision=digest.of_json([_footer(path) for path in test.paths])[:16],
        columns=columns,
        classes=classes,
        by_picture=test.size + (train.size if train else 0) <= CHEAP,
    )
    try:
        return table.dataset(test.part(columns), train.part(columns) if train else None, sheet, options)
    except pa.ArrowException as error:
        raise BadInput(f"the files of {name} do not fit together: {error}") from error


def class_names(schema: pa.Schema, label: str) -> tuple[str, ...]:
    """The names that Hugging Face notes in the schema for a column of numbered labels; () where it does not."""
    note = (schema.metadata or {}).get(b"huggingface", b"{}")
    try:
        feature = json.loads(note)["info"]["features"][label]
        return tuple(map(str, feature.get("names", ())))
    except (ValueError, LookupError, TypeError, AttributeError):
        return ()


# --------------------------------------------------------------------------------------------------------------------
# Which files


def _found(location: str) -> dict[str, tuple[Path, ...]]:
    """Files by split; a file or a pattern is one split, named by what the first file is called."""
    if not has_magic(location):
        path = existing(location, "parquet")
        if path.is_dir():
            return _by_name(path)
    paths = _matching(location)
    return {splits.told_by(paths[0].name): paths}


def _matching(location: str) -> tuple[Path, ...]:
    if not has_magic(location):
        return (existing(location, "parquet"),)
    pattern = Path(location).expanduser().absolute()
    paths = tuple(sorted(Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor)))))
    if not paths:
        raise BadInput(f"no file fits the pattern {location}")
    return paths


def _by_name(folder: Path) -> dict[str, tuple[Path, ...]]:
    found: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(folder.rglob("*.parquet")):
        found[splits.told_by(path.relative_to(folder).as_posix())].append(path)
    if not found:
        raise BadInput(f"the folder {folder} has no .parquet file")
    return {split: tuple(paths) for split, paths in found.items()}


def _learnt(found: Mapping[str, tuple[Path, ...]], split: str, options: Mapping[str, str]) -> tuple[Path, ...] | None:
    beside = splits.learnt(tuple(found), split, options.get("train"))
    if beside:
        return found[beside]
    wanted = options.get("train", "no")
    if wanted in ("no", split):
        return None
    paths = _matching(wanted)
    if set(paths) & set(found[split]):
        raise BadInput(f"{wanted} is to be examined and learnt from; give train= another file, or carve= a share")
    return paths


def _opened(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path, memory_map=True)
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"{path} cannot be read as Parquet: {error}") from error


def _footer(path: Path) -> str:
    """Digest of the part that describes all others: sizes, offsets, least and largest values, checksums if any."""
    with path.open("rb") as file:
        file.seek(-8, 2)
        length = int.from_bytes(file.read(4), "little")
        file.seek(-8 - length, 2)
        return digest.of_bytes(file.read(length))


PUBLIC = load
