"""Functions that return a `Dataset`, one file per source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from eyechart import plugins
from eyechart.core import Dataset
from eyechart.data.name import parse
from eyechart.data.splits import draw, sound, whole
from eyechart.errors import BadInput


def load(name: str, *, limit: int | None = None) -> Dataset:
    """A dataset by name, ``source:location?key=value&…`` or a path; nothing is decoded.

    Args:
        name: "world", "digits", "folder:/data/pets", "/data/pets", "parquet:/x/test.parquet?train=/x/train.parquet" …
        limit: at most so many items to examine, and as many to learn from, of every class in proportion.

    Raises:
        UnknownName: no such source, or the source has no such option.
        BadInput: nothing lies there, or it cannot be read as it is.
    """
    if limit is not None and limit < 1:
        raise BadInput(f"a limit is at least 1; got {limit}")
    parsed = parse(name)
    data: Dataset = sound(plugins.find("data", parsed.source)(parsed.location, parsed.options))
    if limit is None:
        return data
    staged = {exam: partial(_first, stage, limit) for exam, stage in data.staged.items()}
    train = None if data.train is None else data.train.keep(draw(data.train.items, limit))
    return replace(data, items=draw(data.items, limit), train=train, staged=staged)


def _first(stage: Callable[[], Dataset], limit: int) -> Dataset:
    """What is staged, as far as `limit` items go; groups stay whole, for they are judged together."""
    data = stage()
    return data.keep(whole(data.items, limit))
