"""Pictures, labels and predictions in FiftyOne's simple JSON format, ``FiftyOneImageClassificationDataset``.

``labels.json`` holds the truth and ``<exam>.json`` what the model answered, how surely and with what score; each names
the pictures in ``data/``, which are numbered in the order of the rows of the features beside the folder.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from eyechart.core import Dataset, Result, Sheet
from eyechart.errors import BadInput
from eyechart.reporting.comparison import norm_digest
from eyechart.ways.files import slug, unicode, write


def to_fiftyone(folder: Path, data: Dataset, results: Sequence[Result]) -> str:
    """Write the folder and return its name. Raises `BadInput` for data without labels."""
    if not data.classes or any(item.label is None for item in data.items):
        raise BadInput(f"FiftyOne is given classes, and {data.name} has items without a label")
    names = {unicode(item.id): f"{number:06d}" for number, item in enumerate(data.items)}
    truth: dict[str, dict[str, Any]] = {}
    for (identity, name), item in zip(names.items(), data.items, strict=True):
        content = BytesIO()
        item.picture.load().save(content, "PNG")
        write(folder / "data" / f"{name}.png", content.getvalue())
        if item.label is not None:
            truth[name] = {"label": data.classes[item.label], "attributes": {"item": identity}}
    _labels(folder / "labels.json", data, truth)
    exams = [record.norm.exam for record, _ in results]
    for record, sheet in results:
        if _named(sheet, data, names):
            exam, norm = slug(record.norm.exam), norm_digest(record.norm)
            file = f"{exam}.json" if exams.count(record.norm.exam) == 1 else f"{exam}-{norm[:8]}.json"
            _labels(folder / file, data, _answers(sheet, names))
    return str(folder)


def _named(sheet: Sheet, data: Dataset, names: Mapping[str, str]) -> bool:
    """Whether the sheet holds one class for each of some of the pictures, and how sure the model was."""
    if not {"answer", "confidence"} <= set(sheet.columns):
        return False
    items = list(map(str, sheet["id"]))
    one_each = len(set(items)) == len(items) and set(items) <= set(names)
    return one_each and set(map(str, sheet["answer"])) <= set(data.classes)


def _answers(sheet: Sheet, names: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    rows = zip(sheet["id"], sheet["answer"], sheet["confidence"], sheet["score"], strict=True)
    return {
        names[str(item)]: {
            "label": str(answer),
            "confidence": float(confidence),
            "attributes": {"score": float(score)},
        }
        for item, answer, confidence, score in rows
    }


def _labels(path: Path, data: Dataset, targets: Mapping[str, dict[str, Any]]) -> None:
    write(path, json.dumps({"classes": list(data.classes), "labels": targets}, ensure_ascii=False, indent=1))
