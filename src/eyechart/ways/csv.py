"""Every estimate in a row of its own, as CSV with full precision."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from eyechart.core import Record, Result
from eyechart.reporting.comparison import compare, norm_digest
from eyechart.ways.files import write
from eyechart.ways.grid import ranked
from eyechart.ways.models import named
from eyechart.ways.way import Published

HEADINGS = (
    *("exam", "data", "split", "items", "norm", "model", "weights", "precision", "estimate", "headline"),
    *("value", "low", "high", "level", "units", "chance", "better", "method", "rank_best", "rank_worst"),
    *("sheet", "made"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Csv:
    """A line per norm, model and estimate, in the form that data frames read; ranks stand beside the headlines."""

    where: ClassVar[str] = "results.csv"

    def publish(self, results: Sequence[Result], where: str) -> Published:
        return Published(written=(write(Path(where), text(results)),))


def text(results: Sequence[Result]) -> str:
    """The lines as text, as RFC 4180 has them."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(HEADINGS)
    lines.writerows(_rows(results))
    return out.getvalue()


def _rows(results: Sequence[Result]) -> Iterator[tuple[object, ...]]:
    ranks = {
        (ranking.digest, standing.model): (standing.ranks.best, standing.ranks.worst)
        for ranking in compare(results).rankings
        for standing in ranking.standings
        if ranked(standing, ranking)
    }
    for record, _ in named(results):
        yield from _of(record, ranks.get((norm_digest(record.norm), record.card.name), ("", "")))


def _of(record: Record, ranks: tuple[object, object]) -> Iterator[tuple[object, ...]]:
    norm, card = record.norm, record.card
    for name, found in record.estimates.items():
        headline = name == record.headline
        yield (
            *(norm.exam, norm.data, norm.split, norm.count, norm_digest(norm), card.name, card.digest, card.precision),
            *(name, headline, found.value, found.low, found.high, norm.statistics.level, found.units),
            *(found.chance, found.better, found.method, *(ranks if headline else ("", "")), record.sheet, record.made),
        )


PUBLIC = Csv
