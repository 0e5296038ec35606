"""One column of Parquet files, row by row, without holding more of it than a few batches."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from eyechart.data.pictures import Stored, Within
from eyechart.errors import Unreadable

KEPT = 2**27  # bytes of the batches that are kept
BATCH = 2**22  # bytes that a batch is to have, about
ROWS = 1024  # rows that a batch has at most


@dataclass(frozen=True, slots=True)
class _Group:
    """A row group: its file and that file's folder, its number there, and how it is cut into batches."""

    path: Path
    folder: Path  # links resolved
    number: int
    rows: int
    batch: int


@dataclass(slots=True)
class _Reading:
    """Where reading stands: the group, the number of the next batch, and the batches still to come."""

    group: int = -1
    number: int = 0
    batches: Iterator[pa.RecordBatch] = field(default_factory=lambda: iter(()))


class Column:
    """The values of a column over several files; rows are numbered through. Threads may share it.

    Batches are kept within `KEPT` bytes, the latest longest. Rows asked for in order are decoded once; a row far behind
    the last one costs decoding its row group from its beginning.
    """

    def __init__(self, paths: Sequence[Path], name: str) -> None:
        self._name = name
        self._groups = [group for path in paths for group in _groups(path, name)]
        self._ends = list(accumulate(group.rows for group in self._groups))
        self._kept: OrderedDict[tuple[int, int], pa.Array] = OrderedDict()
        self._bytes = 0
        self._reading = _Reading()
        self._lock = Lock()

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, row: int) -> Any:
        """The value, as Python has it. Raises `Unreadable` where the file is broken."""
        group = bisect_right(self._ends, row)
        place = row - self._ends[group] + self._groups[group].rows
        number, offset = divmod(place, self._groups[group].batch)
        with self._lock:
            batch = self._batch(group, number)
        return batch[offset].as_py()

    def folder(self, row: int) -> Path:
        """The folder of the file that holds the row, links resolved."""
        return self._groups[bisect_right(self._ends, row)].folder

    def _batch(self, group: int, number: int) -> pa.Array:
        if (group, number) in self._kept:
            self._kept.move_to_end((group, number))
            return self._kept[group, number]
        if self._reading.group != group or self._reading.number > number:
            self._reading = _Reading(group, 0, self._open(self._groups[group]))
        try:
            for batch in islice(self._reading.batches, number - self._reading.number + 1):
                self._keep((group, self._reading.number), batch.column(0))
                self._reading.number += 1
        except (pa.ArrowException, OSError) as error:
            self._reading = _Reading()
            raise Unreadable(f"its row group in {self._groups[group].path} is broken: {error}") from error
        return self._kept[group, number]

    def _open(self, group: _Group) -> Iterator[pa.RecordBatch]:
        # Mapped and not buffered ahead, so that a row group of 100 GB is read batch by batch.
        file = pq.ParquetFile(group.path, memory_map=True, pre_buffer=False)
        batches: Iterator[pa.RecordBatch] = file.iter_batches(
            group.batch, row_groups=[group.number], columns=[self._name], use_threads=False
        )
        return batches

    def _keep(self, key: tuple[int, int], batch: pa.Array) -> None:
        self._kept[key] = batch
        self._bytes += batch.nbytes
        while self._bytes > KEPT and len(self._kept) > 1:
            _, gone = self._kept.popitem(last=False)
            self._bytes -= gone.nbytes


@dataclass(slots=True, eq=False)
class Cell(Stored):
    """The picture in one row of a column."""

    column: Column
    row: int

    def read(self) -> bytes:
        return encoded(self.column[self.row], self.column.folder(self.row))


def encoded(cell: Any, folder: Path) -> bytes:
    """What a cell holds of a picture: bytes, ``{bytes, path}``, or a path below `folder`. Raises `Unreadable`."""
    if isinstance(cell, Mapping):
        cell = cell.get("bytes") or cell.get("path")
    if not cell:
        raise Unreadable("its cell in the table is empty")
    return Within(folder, cell).read() if isinstance(cell, str) else bytes(cell)


def _groups(path: Path, name: str) -> Iterator[_Group]:
    facts, folder = pq.ParquetFile(path).metadata, path.parent.resolve()
    for number in range(facts.num_row_groups):
        group = facts.row_group(number)
        parts = (group.column(index) for index in range(group.num_columns))
        size = sum(part.total_uncompressed_size for part in parts if part.path_in_schema.split(".")[0] == name)
        if group.num_rows:
            batch = max(1, min(ROWS, BATCH * group.num_rows // max(size, 1)))
            yield _Group(path, folder, number, group.num_rows, batch)
