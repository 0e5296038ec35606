"""Hugging Face `datasets`: ``hf:org/name?split=test``, a folder that ``save_to_disk`` wrote, or any that it can read.

From the hub the revision is pinned to the commit that was read; nothing of a repository is executed. Class names and
which column holds images come from the dataset's features.

Options: ``config`` and ``revision``; ``split`` (test, else validation); ``train``, the split to learn from, "no" for
none; ``carve``, the share that is learnt from where there is one split only; the columns (``image``, ``label``, …),
``names`` and ``templates`` as in `eyechart.data.table` and `eyechart.data.labels`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import datasets
import pyarrow as pa
from datasets.exceptions import DatasetsError
from huggingface_hub import constants, dataset_info
from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled
from huggingface_hub.utils import httpx  # type: ignore[attr-defined]  # exported, but not to type checkers

from eyechart.core import Dataset
from eyechart.data import splits, table
from eyechart.data.column import encoded
from eyechart.data.name import accept, spell
from eyechart.data.parquet import class_names
from eyechart.data.pictures import Stored
from eyechart.errors import BadInput
from eyechart.store import digest

OPTIONS = (*table.OPTIONS, "split", "config", "revision")
Given = TypeVar("Given")


def load(location: str, options: Mapping[str, str]) -> Dataset:
    """The examined split, with what is learnt from beside it.

    Raises:
        UnknownName: there is no such option.
        BadInput: there is no such dataset, config, split or column; the hub cannot be reached.
    """
    accept(options, OPTIONS, "hf")
    if not location:
        raise BadInput("hf needs to know which dataset; write hf:org/name or hf:/folder")
    path = Path(location).expanduser().absolute()
    found = _saved(path, location) if path.is_dir() else _hub(location, options)
    split = splits.examined(found.splits, options.get("split"), location)
    beside = splits.learnt(found.splits, split, options.get("train"))
    if "train" in options and not beside and options["train"] not in ("no", split):
        raise BadInput(f"{location} has no split {options['train']!r} to learn from; it has {', '.join(found.splits)}")
    name = spell("hf", path if path.is_dir() else location, options)
    return _dataset(name, found, split, beside, options)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What there is: names of splits, how one is opened, where pictures kept as files must lie, and the revision."""

    splits: tuple[str, ...]
    open: Callable[[str], datasets.Dataset]
    root: Path
    revision: str


def _saved(path: Path, location: str) -> _Found:
    """A local folder: what was saved to it, or files that the library knows to read."""
    if any((path / name).exists() for name in ("dataset_dict.json", "state.json")):
        opened = _asked(location, lambda: datasets.load_from_disk(str(path)))
    else:
        opened = _asked(location, lambda: datasets.load_dataset(str(path)))
    parts = dict(opened) if isinstance(opened, dict) else {str(opened.split or "all"): opened}
    # The fingerprint is what the library itself tells states of a dataset apart by; there is no public name for it.
    revision = digest.of_json({split: part._fingerprint for split, part in parts.items()})[:16]
    return _Found(splits=tuple(parts), open=parts.__getitem__, root=path.resolve(), revision=revision)


def _hub(location: str, options: Mapping[str, str]) -> _Found:
    revision, config = _commit(location, options.get("revision")), options.get("config")
    known = _asked(location, lambda: datasets.get_dataset_split_names(location, config, revision=revision))
    return _Found(
        splits=tuple(map(str, known)),
        open=lambda split: _asked(
            location, lambda: datasets.load_dataset(location, config, split=split, revision=revision)
        ),
        root=Path(constants.HF_HOME).resolve(),
        revision=revision or "unknown (offline)",
    )


def _commit(location: str, wanted: str | None) -> str | None:
    """The commit behind a branch or a tag; offline, what was asked for."""
    try:
        return str(dataset_info(location, revision=wanted).sha)
    except OfflineModeIsEnabled:
        return wanted
    except (HfHubHTTPError, ValueError) as error:
        told = str(error).strip().replace("\n", " ")
        raise BadInput(f"{location} is neither a folder here nor a dataset that the hub gives: {told}") from error
    except (httpx.HTTPError, OSError) as error:
        raise BadInput(
            f"the hub cannot be asked for {location} ({error}); HF_HUB_OFFLINE=1 reads what was fetched before"
        ) from error


def _asked(location: str, question: Callable[[], Given]) -> Given:
    try:
        return question()
    except (DatasetsError, OSError, ValueError, pa.ArrowException) as error:
        told = str(error).strip().replace("\n", " ")
        raise BadInput(f"{location} cannot be read by Hugging Face datasets: {told}") from error


def _dataset(name: str, found: _Found, split: str, beside: str | None, options: Mapping[str, str]) -> Dataset:
    test = found.open(split)
    train = found.open(beside) if beside else None
    schema = test.features.arrow_schema
    columns = table.columns_of(schema, options, name)
    count = len(test) + (len(train) if train else 0)
    sheet = table.Sheet(
        name=name,
        revision=found.revision,
        columns=columns,
        classes=class_names(schema, columns.label),
        licence=test.info.license or "unknown",
        by_picture=count <= splits.CHEAP,
    )
    learnt = _part(train, "train", columns, found.root) if train else None
    return table.dataset(_part(test, split, columns, found.root), learnt, sheet, options)


def _part(rows: datasets.Dataset, split: str, columns: table.Columns, root: Path) -> table.Part:
    wanted = columns.beside_the_image()
    beside = rows.select_columns(wanted).with_format("arrow")[:] if wanted else pa.table({"": pa.nulls(len(rows))})
    images = rows.select_columns([columns.image])
    if isinstance(rows.features[columns.image], datasets.Image):
        images = images.cast_column(columns.image, datasets.Image(decode=False))
    return table.Part(split=split, table=beside, picture=lambda row: Row(images, columns.image, row, root))


@dataclass(slots=True, eq=False)
class Row(Stored):
    """The picture in one row of a dataset of the library, whose tables are mapped into memory."""

    rows: Any
    column: str
    row: int
    root: Path

    def read(self) -> bytes:
        return encoded(self.rows[self.row][self.column], self.root)


PUBLIC = load
