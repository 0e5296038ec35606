"""The results table as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from eyechart.core import Result
from eyechart.reporting.tables import escaped
from eyechart.ways.files import write
from eyechart.ways.grid import Across, Cell, Grid, grid
from eyechart.ways.way import Published


@dataclass(frozen=True, slots=True, kw_only=True)
class Markdown:
    """One pipe table and what its signs mean."""

    where: ClassVar[str] = "results.md"

    across: Across = "models"

    def publish(self, results: Sequence[Result], where: str) -> Published:
        return Published(written=(write(Path(where), text(grid(results, self.across))),))


def text(table: Grid) -> str:
    """The table as text."""
    return "\n".join([*_lines(table), "", escaped(table.caption), ""])


def _lines(table: Grid) -> Iterator[str]:
    first, *others = table.lines
    yield _row(first)
    yield "|" + "|".join(":--" if column < table.beside else "--:" for column in range(len(first))) + "|"
    yield from map(_row, others)


def _row(line: Sequence[Cell]) -> str:
    return f"| {' | '.join(map(_cell, line))} |"


def _cell(cell: Cell) -> str:
    value = f"**{escaped(cell.text)}**" if cell.first else escaped(cell.text)
    return " ".join(part for part in (value, escaped(cell.interval), cell.rank and f"\\#{cell.rank}") if part)


PUBLIC = Markdown
