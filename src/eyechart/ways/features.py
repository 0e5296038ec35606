"""Kept features as NumPy, Parquet and FiftyOne read them: one folder per model and dataset."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from eyechart.core import Dataset, Record, Result
from eyechart.errors import BadInput, Refused
from eyechart.store.cache import FeatureStore
from eyechart.store.rows import Rows
from eyechart.ways.fiftyone import to_fiftyone
from eyechart.ways.files import slugs, unicode, whole, write
from eyechart.ways.kept import Kept, described, examined
from eyechart.ways.models import by_model
from eyechart.ways.way import Published

Format = Literal["npy", "parquet", "fiftyone"]
CHUNK = 8192  # rows in memory at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What was kept of each picture, examined or learnt from, at each tap; nothing is forwarded.

    ``test-pooled.npy`` holds one row per line of ``test.json`` (ids, labels, groups); ``test-pooled.parquet`` holds
    both. FiftyOne needs the pictures, too, and they are written when it is asked for.
    """

    where: ClassVar[str] = "features"

    formats: tuple[Format, ...] = ("npy", "parquet")
    tap: str = ""  # all that are kept when empty
    store: str = "shelf/features"

    def publish(self, results: Sequence[Result], where: str) -> Published:
        written: list[str] = []
        left_out: list[str] = []
        store = FeatureStore(self.store)
        models = by_model(results)
        folders = slugs(models)
        for model, own in models.items():
            on = _on_data(own)
            places = slugs(on)
            for data, sittings in on.items():
                try:
                    folder = Path(where) / folders[model] / places[data]
                    written += self._sitting(sittings, store, folder)
                except (BadInput, Refused) as error:
                    left_out.append(f"features on {data}: {error}")
        return Published(written=tuple(written), left_out=tuple(left_out))

    def _sitting(self, results: Sequence[Result], store: FeatureStore, folder: Path) -> Iterator[str]:
        """All that was kept of one model on one dataset. Raises `BadInput` if nothing was, at any tap."""
        record = next((record for record, _ in results if record.norm.learnt_from), results[0].record)
        data = examined(record)
        splits = {"test": data} if data.train is None else {"test": data, "train": data.train}
        found = {name: self._taps(Kept(store=store, card=record.card), split) for name, split in splits.items()}
        for name, split in splits.items():
            yield write(folder / f"{name}.json", json.dumps(_told(split), ensure_ascii=False, indent=1))
            for tap, rows in found[name].items():
                if "npy" in self.formats:
                    yield _npy(folder / f"{name}-{tap}.npy", rows)
                if "parquet" in self.formats:
                    yield _parquet(folder / f"{name}-{tap}.parquet", split, record, tap, rows)
        if "fiftyone" in self.formats:
            yield to_fiftyone(folder / "fiftyone", data, results)

    def _taps(self, kept: Kept, split: Dataset) -> dict[str, Rows]:
        if self.tap:
            return {self.tap: kept.rows(split.items, self.tap)}
        found: dict[str, Rows] = {}
        why: list[BadInput] = []
        for tap in (*kept.card.taps, "logits"):
            try:
                found[tap] = kept.rows(split.items, tap)
            except BadInput as error:
                why.append(error)
        if not found:
            raise why[0]
        return found


def _on_data(results: Sequence[Result]) -> dict[str, list[Result]]:
    """By dataset: exams that were taken on the same items share their features."""
    found: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        norm = result.record.norm
        found.setdefault((norm.data, norm.items), []).append(result)
    names = [data for data, _ in found]
    return {data if names.count(data) == 1 else f"{data} {items[:8]}": own for (data, items), own in found.items()}


def _told(split: Dataset) -> dict[str, object]:
    return {
        "data": split.name,
        "split": split.split,
        "ids": [unicode(item.id) for item in split.items],
        "labels": _labels(split),
        "groups": [unicode(item.cluster) for item in split.items],
        "classes": list(split.classes),
    }


def _labels(split: Dataset) -> list[str | None]:
    """In words, where the items have labels."""
    return [None if item.label is None else split.classes[item.label] for item in split.items]


def _npy(path: Path, rows: Rows) -> str:
    with whole(path) as part:
        array = np.lib.format.open_memmap(part, mode="w+", dtype=np.float32, shape=rows.shape)
        for where, chunk in rows.batches(CHUNK):
            array[where] = chunk.numpy()
        array.flush()
    return str(path)


def _parquet(path: Path, split: Dataset, record: Record, tap: str, rows: Rows) -> str:
    """Columns ``id``, ``label``, ``group``, ``features``; those of more than one axis lie flat, as the schema says."""
    width = int(np.prod(rows.width))
    fields = [("id", pa.string()), ("label", pa.string()), ("group", pa.string())]
    note = {"eyechart": json.dumps(described(record, tap, rows), ensure_ascii=False)}
    schema = pa.schema([*fields, ("features", pa.list_(pa.float32(), width))], metadata=note)
    labels = _labels(split)
    with whole(path) as part, pq.ParquetWriter(part, schema, compression="zstd") as file:
        for where, chunk in rows.batches(CHUNK):
            items = split.items[where]
            columns = [
                pa.array([unicode(item.id) for item in items], pa.string()),
                pa.array(labels[where], pa.string()),
                pa.array([unicode(item.cluster) for item in items], pa.string()),
                pa.FixedSizeListArray.from_arrays(pa.array(chunk.numpy().reshape(-1)), width),
            ]
            file.write_table(pa.table(columns, schema=schema))
    return str(path)


PUBLIC = Features
