"""Results by model, under names that tell models apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from eyechart.core import Result
from eyechart.reporting.comparison import by_norm, identity, labels


def named(results: Sequence[Result]) -> list[Result]:
    """The newest result of each norm and model, with names that are unique on the cards."""
    kept = [result for group in by_norm(results).values() for result in group]
    names = labels([result.record.card for result in kept])
    return [
        Result(replace(record, card=replace(record.card, name=names[identity(record.card)])), sheet)
        for record, sheet in kept
    ]


def by_model(results: Sequence[Result]) -> dict[str, list[Result]]:
    """The same, by model."""
    found: dict[str, list[Result]] = {}
    for result in named(results):
        found.setdefault(result.record.card.name, []).append(result)
    return found
