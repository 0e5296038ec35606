"""Parquet as Hugging Face's datasets writes it: ``data/test-00000-of-00001.parquet``, features noted in the schema.

The columns are ``id``, ``image`` (bytes and path), ``label``, ``captions``, ``distractors``, ``questions`` (JSON),
``objects`` (``bbox`` as COCO has it, ``category``, and ``mask``, the counts of COCO's run lengths), then every fact
under its own name. Read by datasets, pandas, polars, DuckDB, and here by ``parquet:``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from eyechart.data.export.sample import Part, Sample, Words, text

ROWS = 500  # of a row group, which is what a reader decodes at once
FILE = 100  # row groups of a file
_KINDS = {str: ("string", pa.string()), bool: ("bool", pa.bool_()), int: ("int64", pa.int64())}
_FLOAT = ("float64", pa.float64())


def write(root: Path, split: str, samples: Iterator[Sample], words: Words) -> None:
    """One split, in as many files as it fills."""
    folder = root / "data"
    folder.mkdir(parents=True, exist_ok=True)
    unnamed: list[Path] = []
    while first := list(islice(samples, ROWS)):
        path = folder / f"{split}-{len(unnamed):05d}.parquet"
        _file(path, chain([first], _groups(samples)), words)
        unnamed.append(path)
    for number, path in enumerate(unnamed):
        path.rename(folder / f"{split}-{number:05d}-of-{len(unnamed):05d}.parquet")


def _groups(samples: Iterator[Sample]) -> Iterator[list[Sample]]:
    """The other row groups of a file that has one already."""
    for _ in range(FILE - 1):
        group = list(islice(samples, ROWS))
        if not group:
            return
        yield group


def _file(path: Path, groups: Iterator[list[Sample]], words: Words) -> None:
    first = next(groups)
    schema = _schema(first[0].facts, words)
    numbers = {name: number for number, name in enumerate(words.parts)}
    with pq.ParquetWriter(path, schema, compression="zstd") as file:
        for group in chain([first], groups):
            file.write_table(pa.Table.from_pylist([_row(sample, numbers) for sample in group], schema=schema))


def _row(sample: Sample, numbers: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": sample.id,
        "image": {"bytes": sample.png, "path": f"{sample.key}.png"},
        "label": sample.label,
        "captions": list(sample.captions),
        "distractors": [one["text"] for one in sample.falsehoods],
        "questions": text(sample.questions),
        "objects": [_thing(part, numbers) for part in sample.parts],
        **sample.facts,
    }


def _thing(part: Part, numbers: Mapping[str, int]) -> dict[str, Any]:
    left, top, right, bottom = part.box
    return {
        "bbox": [left, top, right - left, bottom - top],
        "category": numbers[part.name],
        "mask": part.runs or None,
    }


def _schema(facts: Mapping[str, Any], words: Words) -> pa.Schema:
    """The columns, with the note by which datasets knows images and class names."""
    thing = pa.struct([("bbox", pa.list_(pa.float32(), 4)), ("category", pa.int64()), ("mask", pa.string())])
    kinds = {name: _KINDS.get(type(value), _FLOAT) for name, value in facts.items()}
    columns = [
        ("id", pa.string()),
        ("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
        ("label", pa.int64()),
        ("captions", pa.list_(pa.string())),
        ("distractors", pa.list_(pa.string())),
        ("questions", pa.string()),
        ("objects", pa.list_(thing)),
        *((name, kind) for name, (_, kind) in kinds.items()),
    ]
    note = json.dumps({"info": {"features": _features({name: word for name, (word, _) in kinds.items()}, words)}})
    return pa.schema(columns, metadata={"huggingface": note})


def _features(facts: Mapping[str, str], words: Words) -> dict[str, Any]:
    string = {"dtype": "string", "_type": "Value"}
    texts = {"feature": string, "_type": "List"}
    box = {"feature": {"dtype": "float32", "_type": "Value"}, "length": 4, "_type": "List"}
    thing = {"bbox": box, "category": {"names": list(words.parts), "_type": "ClassLabel"}, "mask": string}
    return {
        "id": string,
        "image": {"_type": "Image"},
        "label": {"names": list(words.classes), "_type": "ClassLabel"},
        "captions": texts,
        "distractors": texts,
        "questions": string,
        "objects": {"feature": thing, "_type": "List"},
        **{name: {"dtype": kind, "_type": "Value"} for name, kind in facts.items()},
    }


def names(root: Path, split: str) -> tuple[str, ...]:
    """What to type to read it, with the false captions."""
    shown = f"parquet:{root}?distractors=distractors"
    return (shown if split == "test" else f"{shown}&split={split}",)
