"""The shelf: records, refusals, sheets, splits and thumbnails; readable without eyechart.

Layout::

    <shelf>/records/<time>-<exam>-<model>-<data>-<digest>.json     a record
    <shelf>/refusals/<exam>-<model>-<data>-<digest>.json           why there is none
    <shelf>/sheets/<digest>.parquet                                rows; what holds for all of them in the metadata
    <shelf>/splits/<digest>.parquet                                ids of the items of a split, in order
    <shelf>/pictures/<digest>.webp                                 thumbnails of mistakes

Everything is written whole or not at all, and named by its content where it has content to be named by.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL.Image import Image

from eyechart.core import Dataset, ModelCard, Norm, Record, Refusal, Result, Sheet
from eyechart.errors import BadInput, Corrupt, Refused
from eyechart.store import digest
from eyechart.store.codec import plain, record_from_json, to_json
from eyechart.store.place import Place


class Shelf:
    """A folder, or an fsspec URL, of results."""

    def __init__(self, url: str | Path) -> None:
        """Open a shelf; it need not exist."""
        self.place = Place(url)

    def put(self, record: Record, sheet: Sheet) -> str:
        """Keep a sheet and then its record; returns the record's name.

        Raises:
            Refused: a score is not finite.
            BadInput: the record names another sheet.
        """
        if not np.isfinite(np.asarray(sheet["score"], dtype=np.float64)).all():
            raise Refused(f"the sheet of {record.norm.exam} holds a score that is not finite")
        if record.sheet != self.digest(sheet):
            raise BadInput("the record names another sheet than the one that it is kept with")
        name = f"sheets/{record.sheet}.parquet"
        if not self.place.exists(name):
            self.place.write(name, _to_parquet(sheet))
        words = [record.made, record.norm.exam, record.card.name, record.norm.data]
        name = f"records/{_file_name(words)}-{_key(record.norm, record.card)}.json"
        self.place.write(name, to_json(record).encode())
        return name

    def put_refusal(self, refusal: Refusal) -> None:
        """Keep a refusal; the same one again replaces it."""
        key = digest.of_json([refusal.exam, refusal.model, refusal.data])
        name = _file_name([refusal.exam.replace("*", "all"), refusal.model, refusal.data])
        self.place.write(f"refusals/{name}-{key[:8]}.json", to_json(refusal).encode())

    def digest(self, sheet: Sheet) -> str:
        """The name of a sheet: digest of its columns and facts."""
        columns = {name: _native(column) for name, column in sheet.columns.items()}
        return digest.of_json([digest.of_arrays(columns), plain(dict(sheet.facts))])

    def sheet(self, name: str) -> Sheet:
        """The sheet of that digest. Raises `Corrupt` when it is missing or not what its name says."""
        path = f"sheets/{name}.parquet"
        try:
            sheet = _from_parquet(self.place.read(path))
        except FileNotFoundError as error:
            raise Corrupt(f"the sheet {name} is not on the shelf {self.place.url}") from error
        except (pa.ArrowException, OSError) as error:
            raise Corrupt(f"{self.place.path(path)} cannot be read: {error}") from error
        if self.digest(sheet) != name:
            raise Corrupt(f"{self.place.path(path)} does not hold what was written into it")
        return sheet

    def records(self) -> list[Record]:
        """All records, oldest first. Raises `Corrupt` naming a file that is none."""
        found = [self._json(f"records/{name}") for name in self.place.names("records", ".json")]
        return sorted((record for record in found if isinstance(record, Record)), key=lambda record: record.made)

    def refusals(self) -> list[Refusal]:
        """All refusals, oldest first."""
        found = [self._json(f"refusals/{name}") for name in self.place.names("refusals", ".json")]
        return sorted((refusal for refusal in found if isinstance(refusal, Refusal)), key=lambda refusal: refusal.made)

    def find(self, norm: Norm, card: ModelCard) -> Record | None:
        """The newest record of this norm by these weights in this precision; None for a model without a digest."""
        if not card.digest:
            return None
        ending = f"-{_key(norm, card)}.json"
        for name in reversed(self.place.names("records", ending)):
            record = self._json(f"records/{name}")
            same = (
                isinstance(record, Record) and record.card.digest == card.digest and plain(record.norm) == plain(norm)
            )
            if isinstance(record, Record) and same and self.place.exists(f"sheets/{record.sheet}.parquet"):
                return record
        return None

    def read(self, name: str | Path) -> Result:
        """A record with its sheet, by file (its sheet lies beside it), or by the end or the start of its name here.

        Raises:
            BadInput: nothing, or more than one record, answers to `name`.
        """
        path = Path(name)
        if path.suffix == ".json" and path.exists():
            record = record_from_json(path.read_bytes(), str(path))
            beside = Shelf(path.parent.parent) if path.parent.name == "records" else self
            return _result(record, beside, str(path))
        fits = [file for file in self.place.names("records", ".json") if _answers(file, str(name))]
        if len(fits) != 1:
            count = "no record" if not fits else f"{len(fits)} records"
            raise BadInput(
                f"{count} on the shelf {self.place.url} answer to {str(name)!r}; give the file of one record"
            )
        return _result(self._json(f"records/{fits[0]}"), self, fits[0])

    def put_split(self, data: Dataset) -> str:
        """Keep the ids of a split as Parquet; returns the digest that names the file."""
        ids = [item.id for item in data.items]
        name = digest.of_json(ids)
        if not self.place.exists(f"splits/{name}.parquet"):
            told = {"data": data.name, "split": data.split, "revision": data.revision}
            self.place.write(f"splits/{name}.parquet", _table_bytes(pa.table({"id": ids}), told))
        return name

    def put_thumbnail(self, image: Image) -> str:
        """Keep a small picture; returns its name."""
        content = io.BytesIO()
        image.convert("RGB").save(content, "WEBP", quality=85, method=4)
        name = f"{digest.of_bytes(content.getvalue())}.webp"
        if not self.place.exists(f"pictures/{name}"):
            self.place.write(f"pictures/{name}", content.getvalue())
        return name

    def thumbnail(self, name: str) -> bytes:
        """The WebP file of that name. Raises `Corrupt` when it is missing."""
        try:
            return self.place.read(f"pictures/{name}")
        except FileNotFoundError as error:
            raise Corrupt(f"the picture {name} is not on the shelf {self.place.url}") from error

    def _json(self, name: str) -> Record | Refusal:
        return record_from_json(self.place.read(name), self.place.path(name))


def _result(found: Record | Refusal, shelf: Shelf, where: str) -> Result:
    if not isinstance(found, Record):
        raise BadInput(f"{where} is a refusal, not a record: {found.reason}")
    return Result(found, shelf.sheet(found.sheet))


def _key(norm: Norm, card: ModelCard) -> str:
    """What makes two records answers to the same question by the same model."""
    return digest.of_json([plain(norm), card.digest or card.name, card.precision])[:8]


def _answers(file: str, name: str) -> bool:
    return Path(file).stem == Path(name).stem or Path(file).stem.endswith(f"-{name}")


def _file_name(words: list[str]) -> str:
    """Words as one file name: what could mean something to a file system is replaced."""
    return "-".join(re.sub(r"[^A-Za-z0-9._]+", "_", word).strip("_.")[-60:] or "x" for word in words)


def _native(column: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Numbers as they are, all text as objects: a sheet digests alike before and after Parquet."""
    array = np.asarray(column)
    return array.astype(object) if array.dtype.kind in "US" else array


def _to_parquet(sheet: Sheet) -> bytes:
    arrays = {name: _arrow(name, _native(column)) for name, column in sheet.columns.items()}
    return _table_bytes(pa.table(arrays), plain(dict(sheet.facts)))


def _table_bytes(table: pa.Table, facts: Mapping[str, Any]) -> bytes:
    out = io.BytesIO()
    told = {"eyechart": json.dumps(facts, ensure_ascii=False, allow_nan=False)}
    pq.write_table(table.replace_schema_metadata(told), out, compression="zstd")
    return out.getvalue()


def _arrow(name: str, column: np.ndarray[Any, Any]) -> pa.Array:
    if column.ndim == 1:
        return pa.array(column.tolist(), pa.string()) if column.dtype == object else pa.array(column)
    if column.ndim == 2:  # rows of fixed width
        return pa.FixedSizeListArray.from_arrays(pa.array(column.reshape(-1)), column.shape[1])
    raise BadInput(f"the column {name!r} has {column.ndim} dimensions; a sheet keeps one or two")


def _from_parquet(content: bytes) -> Sheet:
    table = pq.read_table(io.BytesIO(content))
    facts = json.loads((table.schema.metadata or {}).get(b"eyechart", b"{}"))
    return Sheet(columns={name: _numpy(table[name]) for name in table.column_names}, facts=facts)


def _numpy(column: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    whole = column.combine_chunks()
    if pa.types.is_fixed_size_list(whole.type):
        return whole.flatten().to_numpy(zero_copy_only=False).reshape(len(whole), whole.type.list_size)
    if pa.types.is_string(whole.type):
        return np.array(whole.to_pylist(), dtype=object)
    return whole.to_numpy(zero_copy_only=False)
