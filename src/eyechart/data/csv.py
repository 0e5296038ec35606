"""A table of pictures and what belongs to them: ``csv:/x.csv?image=path&caption=text`` (or ``.tsv``).

The first line names the columns; commas, tabs, semicolons or bars part them, whichever is most frequent there. Several
rows of one picture are one item with several captions. Paths are below the folder of the table, or below ``images``,
and are never followed out of it.

Options: ``images``, the folder of the pictures; ``train``, another table to learn from, "no" for none, and
``train_images``; ``carve``, the share that is learnt from where there is one table only; the columns (``image``,
``label``, ``caption``, …), ``names`` and ``templates`` as in `eyechart.data.table` and `eyechart.data.labels`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from eyechart.core import Dataset
from eyechart.data import splits, table
from eyechart.data.name import accept, existing, spell
from eyechart.data.pictures import Within
from eyechart.errors import BadInput
from eyechart.store import digest

OPTIONS = (*table.OPTIONS, "images", "train_images")
SEPARATORS = ",\t;|"
_KEY, _CAPTIONS, _DISTRACTORS = "\0key", "\0captions", "\0distractors"  # no column of a file is called so


def load(location: str, options: Mapping[str, str]) -> Dataset:
    """The items of a table, with what is learnt from beside them.

    Raises:
        UnknownName: there is no such option.
        BadInput: there is no such file or column; the file is no table; rows of one picture disagree.
    """
    accept(options, OPTIONS, "csv")
    path = existing(location, "csv")
    options = dict(options) | {key: str(existing(options[key], "csv")) for key in _paths(options)}
    test = _Table.read(path, options.get("images"), options)
    beside = options.get("train", "no")
    train = None
    if beside != "no":
        if Path(beside).samefile(path):
            raise BadInput(f"{path} is to be examined and learnt from; give train= another table, or carve= a share")
        train = _Table.read(Path(beside), options.get("train_images", options.get("images")), options)
    count = len(test.rows) + (len(train.rows) if train else 0)
    sheet = table.Sheet(
        name=spell("csv", path, options),
        revision=digest.of_bytes(path.read_bytes())[:16],
        columns=test.columns(),
        by_picture=count <= splits.CHEAP,
    )
    return table.dataset(test.part(splits.told_by(path.stem)), train.part("train") if train else None, sheet, options)


def _paths(options: Mapping[str, str]) -> list[str]:
    return [key for key in ("images", "train_images", "train") if options.get(key, "no") != "no"]


@dataclass(slots=True)
class _Row:
    """What the rows of one picture say together; `single` holds the cells of which there is one."""

    image: str
    single: Mapping[str, str]
    captions: list[str] = field(default_factory=list)
    distractors: list[str] = field(default_factory=list)


class _Table:
    """The rows of a file, joined by picture (or by id, where a column is named for it)."""

    def __init__(self, path: Path, root: Path, columns: table.Columns) -> None:
        self._path = path
        self._root = root
        self._columns = columns
        self.rows: dict[str, _Row] = {}

    @classmethod
    def read(cls, path: Path, images: str | None, options: Mapping[str, str]) -> _Table:
        """All of it: tables of text fit into memory."""
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                header = file.readline()
                separator = max(SEPARATORS, key=header.count)
                names = [name.strip() for name in next(csv.reader([header], delimiter=separator), [])]
                schema = pa.schema([(name, pa.string()) for name in names])
                columns = table.columns_of(schema, {"id": "no", **options}, str(path))
                made = cls(path, Path(images or path.parent).expanduser().resolve(), columns)
                for number, cells in enumerate(csv.reader(file, delimiter=separator), start=2):
                    if cells:
                        made._add(names, cells, f"{path}, row {number}")
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise BadInput(f"{path} cannot be read as a table of UTF-8 text: {error}") from error
        return made

    def _add(self, names: Sequence[str], cells: Sequence[str], where: str) -> None:
        if len(cells) != len(names):
            raise BadInput(f"{where}: {len(cells)} cells, but the header names {len(names)} columns")
        cell = {name: text.strip() for name, text in zip(names, cells, strict=True)}
        columns = self._columns
        image = cell[columns.image]
        if not image:
            raise BadInput(f"{where}: the column {columns.image!r} is empty; it should name a picture")
        key = cell[columns.id] if columns.id else str(PurePosixPath(image))
        row = self.rows.setdefault(key, _Row(image, {name: cell[name] for name in self._single()}))
        for name in filter(None, (columns.label, columns.group)):
            if row.single[name] != cell[name]:
                raise BadInput(
                    f"{where}: {name} of {key!r} is {cell[name]!r} here and {row.single[name]!r} in another row"
                )
        row.captions += [cell[name] for name in columns.caption]
        row.distractors += [cell[name] for name in columns.distractors]

    def _single(self) -> list[str]:
        columns = self._columns
        return list(dict.fromkeys(filter(None, (columns.label, columns.group, *columns.facts))))

    def columns(self) -> table.Columns:
        """How the columns of `part` are called; all captions lie in one."""
        own = self._columns
        return replace(own, id=_KEY, caption=(_CAPTIONS,), distractors=(_DISTRACTORS,))

    def part(self, split: str) -> table.Part:
        """One row for every picture."""
        rows = list(self.rows.values())
        cells: dict[str, Sequence[Any]] = {name: [row.single[name] for row in rows] for name in self._single()}
        for name in self._columns.facts:
            cells[name] = _typed([row.single[name] for row in rows])
        cells[_KEY] = list(self.rows)
        cells[_CAPTIONS] = pa.array([row.captions for row in rows], pa.list_(pa.string()))
        cells[_DISTRACTORS] = pa.array([row.distractors for row in rows], pa.list_(pa.string()))
        return table.Part(split=split, table=pa.table(cells), picture=lambda row: Within(self._root, rows[row].image))


def _typed(cells: Sequence[str]) -> Sequence[Any]:
    """A column of facts as numbers or as yes and no, where all of it reads so; None for empty cells."""
    filled = {cell.lower() for cell in cells if cell}
    if filled <= {"true", "false"}:
        return [cell.lower() == "true" if cell else None for cell in cells]
    for kind in (int, float):
        try:
            return [kind(cell) if cell else None for cell in cells]
        except ValueError:
            continue
    return [cell or None for cell in cells]


PUBLIC = load
