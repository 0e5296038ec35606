"""What a tracker of experiments is told: one run per model, with its numbers, its parameters and its records."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eyechart.core import Record, Result
from eyechart.reporting.comparison import norm_digest
from eyechart.store.codec import plain, to_json
from eyechart.ways.files import slug, slugs
from eyechart.ways.models import by_model

PROJECT = "eyechart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One model. Names are made of letters, digits, dots, dashes, underscores and slashes, which all trackers take."""

    model: str
    slug: str
    metrics: Mapping[str, float]  # exam/data/estimate, and its ends as exam/data/estimate.low and .high
    headlines: Mapping[str, float]
    parameters: Mapping[str, str | int | float | bool]  # of the card and of each norm
    records: Mapping[str, str]  # file name → JSON


def runs(results: Sequence[Result]) -> list[Run]:
    """One run per model."""
    models = by_model(results)
    names = slugs(models)
    return [_run(model, names[model], [record for record, _ in own]) for model, own in models.items()]


def _run(model: str, short: str, records: Sequence[Record]) -> Run:
    titles = _titles(records)
    metrics: dict[str, float] = {}
    parameters = _flat("card", plain(records[0].card))
    for title, record in zip(titles, records, strict=True):
        for name, found in record.estimates.items():
            where = f"{title}/{slug(name)}"
            metrics |= {where: found.value, f"{where}.low": found.low, f"{where}.high": found.high}
        parameters |= _flat(f"norm/{title}", {"digest": norm_digest(record.norm), **plain(record.norm)})
    return Run(
        model=model,
        slug=short,
        metrics=metrics,
        headlines={
            f"{title}/{slug(record.headline)}": record.estimates[record.headline].value
            for title, record in zip(titles, records, strict=True)
        },
        parameters=parameters,
        records={
            f"{title.replace('/', '-')}.json": to_json(record) for title, record in zip(titles, records, strict=True)
        },
    )


def _titles(records: Sequence[Record]) -> list[str]:
    """``exam/data``, with the norm where two would be alike."""
    plain_titles = [f"{slug(record.norm.exam)}/{slug(record.norm.data)}" for record in records]
    counts = Counter(plain_titles)
    return [
        title if counts[title] == 1 else f"{title}-{norm_digest(record.norm)[:8]}"
        for title, record in zip(plain_titles, records, strict=True)
    ]


def _flat(name: str, value: Any) -> dict[str, str | int | float | bool]:
    """Values of nested fields under one name each; lists as JSON, nothing as the word none."""
    if isinstance(value, dict):
        return {
            key: leaf for part, inner in value.items() for key, leaf in _flat(f"{name}/{slug(part)}", inner).items()
        }
    if isinstance(value, str | int | float):
        return {name: value}
    return {name: "none" if value is None else json.dumps(value, ensure_ascii=False)}
