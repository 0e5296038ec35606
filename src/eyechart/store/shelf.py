"""The shelf: records, refusals, sheets, splits and thumbnails; readable without eyechart.

Layout::

    <shelf>/records/<time>-<exam>-<model>-<data>-<digest>.json     a record; 8 digits for norm and model, 8 for the file
    <shelf>/refusals/<exam>-<model>-<data>-<digest>.json           why there is none
    <shelf>/sheets/<digest>.parquet                                rows; what holds for all of them in the metadata
    <shelf>/splits/<digest>.parquet                                ids, labels and groups of a split, in order; the
                                                                   name stands in the norm (`items`, `learnt_from`)
    <shelf>/pictures/<digest>.webp                                 thumbnails of mistakes

Everything is written whole or not at all, and named by its content where it has content to be named by.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping
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

DIGEST = re.compile(r"[0-9a-f]{32}")
SEALED = re.compile(r"-[0-9a-f]{8}([0-9a-f]{8})\.json$")
PICTURE = re.compile(r"[0-9a-f]{32}\.webp")


class Shelf:
    """A folder, or an fsspec URL, of results."""

    def __init__(self, url: str | Path) -> None:
        """Open a shelf; it need not exist."""
        self.place = Place(url)

    def put(self, record: Record, sheet: Sheet) -> str:
        """Keep a sheet and then its record; returns the record's name.

        Raises:
            Refused: a score is not finite.
            BadInput: the record names another sheet, a column is missing or short, or the shelf cannot be written to.
        """
        _check(sheet, record.norm.exam)
        if record.sheet != self.digest(sheet):
            raise BadInput("the record names another sheet than the one that it is kept with")
        content = _bytes(to_json(record))
        self.place.write(f"sheets/{record.sheet}.parquet", _to_parquet(sheet))  # over one that may be broken
        words = [record.made, record.norm.exam, record.card.name, record.norm.data]
        key, seal = _key(record.norm, record.card), digest.of_bytes(content)[:8]
        name = f"records/{_file_name(words)}-{key}{seal}.json"
        self.place.write(name, content)
        return name

    def put_refusal(self, refusal: Refusal) -> None:
        """Keep a refusal; the same one again replaces it."""
        key = digest.of_json([refusal.exam, refusal.model, refusal.data])
        name = _file_name([refusal.exam.replace("*", "all"), refusal.model, refusal.data])
        self.place.write(f"refusals/{name}-{key[:8]}.json", _bytes(to_json(refusal)))

    @staticmethod
    def digest(sheet: Sheet) -> str:
        """The name of a sheet: digest of its columns and facts. Raises `BadInput` for facts that are not finite."""
        columns = {name: _native(column) for name, column in sheet.columns.items()}
        return digest.of_bytes(_bytes(digest.of_arrays(columns) + to_json(dict(sheet.facts))))

    def sheet(self, name: str) -> Sheet:
        """The sheet of that digest. Raises `Corrupt` when it is missing or not what its name says."""
        path = f"sheets/{_admitted(DIGEST, name)}.parquet"
        try:
            sheet = _from_parquet(self.place.read(path))
        except FileNotFoundError as error:
            raise Corrupt(f"the sheet {name} is not on the shelf {self.place.url}") from error
        except (pa.ArrowException, OSError, ValueError) as error:
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
        """The newest whole record of this norm by these weights in this precision, under the name of this card.

        None for a model without a digest; a record that is broken, or whose sheet is, counts as not there.
        """
        if not card.digest:
            return None
        key = f"-{_key(norm, card)}"
        for name in reversed(self.place.names("records", ".json")):
            if name[:-13].endswith(key):
                try:
                    record, _ = self._result(f"records/{name}")
                except (Corrupt, BadInput):
                    continue
                mine = record.card.name, record.card.digest, record.card.precision
                if mine == (card.name, card.digest, card.precision) and plain(record.norm) == plain(norm):
                    return record
        return None

    def read(self, name: str | Path) -> Result:
        """A record with its sheet: by file (its sheet lies beside it, or here), or by the digest in its name here.

        Raises:
            BadInput: nothing, or more than one record, answers to `name`, or it is a refusal.
            Corrupt: the record or its sheet is not what was written.
        """
        path = Path(name)
        if path.suffix == ".json" and path.is_file():
            found = _parsed(path.read_bytes(), str(path))
            beside = Shelf(path.resolve().parents[1])
            return _with_sheet(found, beside if beside._holds(found) else self, str(path))
        fits = [file for file in self.place.names("records", ".json") if _answers(file, str(name))]
        if len(fits) != 1:
            count = "no record" if not fits else f"{len(fits)} records"
            raise BadInput(
                f"{count} on the shelf {self.place.url} answer to {str(name)!r}; give the file of one record"
            )
        return self._result(f"records/{fits[0]}")

    def put_split(self, data: Dataset) -> str:
        """Keep ids, labels and groups of a split as Parquet; returns the digest that names the file."""
        name = digest.of_items(data.items)
        if not self.place.exists(f"splits/{name}.parquet"):
            table = pa.table(
                {
                    "id": pa.array(_clean(item.id for item in data.items), pa.string()),
                    "label": pa.array([item.label for item in data.items], pa.int64()),
                    "group": pa.array(_clean(item.group for item in data.items), pa.string()),
                }
            )
            told = {"data": data.name, "split": data.split, "revision": data.revision, "classes": list(data.classes)}
            self.place.write(f"splits/{name}.parquet", _table_bytes(table, told))
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
        """The WebP file of that name. Raises `Corrupt` when it is missing or not what its name says."""
        try:
            content = self.place.read(f"pictures/{_admitted(PICTURE, name)}")
        except FileNotFoundError as error:
            raise Corrupt(f"the picture {name} is not on the shelf {self.place.url}") from error
        if digest.of_bytes(content) != Path(name).stem:
            raise Corrupt(f"{self.place.path(f'pictures/{name}')} does not hold what was written into it")
        return content

    def _holds(self, found: Record | Refusal) -> bool:
        return isinstance(found, Record) and self.place.exists(f"sheets/{_admitted(DIGEST, found.sheet)}.parquet")

    def _json(self, name: str) -> Record | Refusal:
        return _parsed(self.place.read(name), self.place.path(name))

    def _result(self, name: str) -> Result:
        return _with_sheet(self._json(name), self, name)


def _parsed(content: bytes, path: str) -> Record | Refusal:
    """A record or refusal; the name of a record tells whether its content was changed."""
    found = record_from_json(content, path)
    sealed = SEALED.search(path)
    if isinstance(found, Record) and sealed and digest.of_bytes(content)[:8] != sealed[1]:
        raise Corrupt(f"{path} does not hold what was written into it; examine again, or remove it")
    return found


def _with_sheet(found: Record | Refusal, shelf: Shelf, where: str) -> Result:
    if not isinstance(found, Record):
        raise BadInput(f"{where} is a refusal, not a record: {found.reason}")
    return Result(found, shelf.sheet(found.sheet))


def _admitted(pattern: re.Pattern[str], name: str) -> str:
    """A name that a record told, which may come from a stranger, is used only if it is one of ours."""
    if not pattern.fullmatch(name):
        raise Corrupt(f"{name!r} is not the name of anything on a shelf")
    return name


def _check(sheet: Sheet, exam: str) -> None:
    lengths = {name: len(column) for name, column in sheet.columns.items()}
    lacking = {"id", "group", "score"} - set(lengths)
    if lacking:
        raise BadInput(f"the sheet of {exam} lacks the column {', '.join(sorted(lacking))}")
    if len(set(lengths.values())) > 1:
        raise BadInput(f"the sheet of {exam} has columns of different lengths: {lengths}")
    if not np.isfinite(np.asarray(sheet["score"], dtype=np.float64)).all():
        raise Refused(f"the sheet of {exam} holds a score that is not finite")


def _key(norm: Norm, card: ModelCard) -> str:
    """What makes two records answers to the same question by the same model."""
    return digest.of_json([plain(norm), card.name, card.digest, card.precision])[:8]


def _answers(file: str, name: str) -> bool:
    """Whether `name` is the file's, with or without its ending, or the beginning of the digest in it."""
    stem = Path(file).stem
    return Path(name).name in {file, stem} or (len(name) >= 6 and stem.rpartition("-")[2].startswith(name))


def _file_name(words: list[str]) -> str:
    """Words as one file name: what could mean something to a file system is replaced."""
    return "-".join(re.sub(r"[^A-Za-z0-9._]+", "_", word).strip("_.")[-60:] or "x" for word in words)


def _native(column: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Numbers as they are, all text as objects: a sheet digests alike before and after Parquet."""
    array = np.asarray(column)
    if array.dtype.kind not in "UO":
        return array
    texts = np.empty(array.size, dtype=object)
    texts[:] = _clean(array.reshape(-1).tolist())
    return texts.reshape(array.shape)


def _clean(texts: Iterable[Any]) -> list[str]:
    """Text as Parquet can hold it: what is not Unicode, as in some names of files, is written as an escape."""
    return [str(text).encode("utf-8", "backslashreplace").decode() for text in texts]


def _bytes(text: str) -> bytes:
    """JSON as UTF-8; what is not Unicode becomes an escape, which JSON knows too."""
    return text.encode("utf-8", "backslashreplace")


def _to_parquet(sheet: Sheet) -> bytes:
    arrays = {name: _arrow(name, _native(column)) for name, column in sheet.columns.items()}
    return _table_bytes(pa.table(arrays), plain(dict(sheet.facts)))


def _table_bytes(table: pa.Table, facts: Mapping[str, Any]) -> bytes:
    out = io.BytesIO()
    told = {"eyechart": _bytes(json.dumps(facts, ensure_ascii=False, allow_nan=False))}
    pq.write_table(table.replace_schema_metadata(told), out, compression="zstd")
    return out.getvalue()


def _arrow(name: str, column: np.ndarray[Any, Any]) -> pa.Array:
    if column.ndim not in {1, 2} or 0 in column.shape[1:]:
        raise BadInput(f"the column {name!r} has the shape {column.shape}; a sheet keeps numbers, or rows of numbers")
    flat = column.reshape(-1)
    values = pa.array(flat.tolist(), pa.string()) if column.dtype == object else pa.array(flat)
    return values if column.ndim == 1 else pa.FixedSizeListArray.from_arrays(values, column.shape[1])


def _from_parquet(content: bytes) -> Sheet:
    table = pq.read_table(io.BytesIO(content))
    facts = json.loads((table.schema.metadata or {}).get(b"eyechart", b"{}"))
    return Sheet(columns={name: _numpy(table[name]) for name in table.column_names}, facts=facts)


def _numpy(column: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    whole = column.combine_chunks()
    if pa.types.is_fixed_size_list(whole.type):
        return _flat(whole.flatten()).reshape(len(whole), whole.type.list_size)
    return _flat(whole)


def _flat(values: pa.Array) -> np.ndarray[Any, Any]:
    text = pa.types.is_string(values.type)
    return np.array(values.to_pylist(), dtype=np.str_) if text else values.to_numpy(zero_copy_only=False)
