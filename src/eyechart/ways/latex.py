"""The results table as LaTeX, with the lines of booktabs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from eyechart.core import Result
from eyechart.ways.files import write
from eyechart.ways.grid import Across, Cell, Grid, grid
from eyechart.ways.way import Published

# What LaTeX would take for its own, and what its usual fonts lack. A bracket or star may follow a line's end, where it
# would be read as an option of the line break.
SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "[": "{[}",
    "*": "{*}",
    "–": "--",
    "−": "$-$",
    "·": r"$\cdot$",
    "×": r"$\times$",
    "↓": r"$\downarrow$",
    "…": r"\dots{}",
    "\u00a0": "~",
    "\u202f": r"\,",
    "\n": " ",
}
SPECIAL = re.compile("|".join(map(re.escape, SIGNS)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Latex:
    """One ``table`` that needs the package booktabs."""

    where: ClassVar[str] = "results.tex"

    across: Across = "models"

    def publish(self, results: Sequence[Result], where: str) -> Published:
        return Published(written=(write(Path(where), text(grid(results, self.across))),))


def text(table: Grid) -> str:
    """The table as text."""
    return "\n".join([*_lines(table), ""])


def escaped(words: str) -> str:
    """Words with nothing in them that LaTeX would take for its own."""
    return SPECIAL.sub(lambda found: SIGNS[found[0]], words)


def _lines(table: Grid) -> Iterator[str]:
    columns = "l" * table.beside + "r" * (len(table.lines[0]) - table.beside)
    yield "% needs \\usepackage{booktabs}"
    yield "\\begin{table}"
    yield "  \\centering"
    yield f"  \\caption{{{escaped(table.caption)}}}"
    yield f"  \\begin{{tabular}}{{{columns}}}"
    yield "    \\toprule"
    yield from map(_row, table.lines[: table.above])
    yield "    \\midrule"
    yield from map(_row, table.lines[table.above :])
    yield "    \\bottomrule"
    yield "  \\end{tabular}"
    yield "\\end{table}"


def _row(line: Sequence[Cell]) -> str:
    return f"    {' & '.join(map(_cell, line))} \\\\"


def _cell(cell: Cell) -> str:
    number = escaped(re.sub(r"^-(?=[.\d])", "−", cell.text))
    interval = escaped(re.sub(r"-(?=[.\d])", "−", cell.interval))
    parts = (
        f"\\textbf{{{number}}}" if cell.first else number,
        interval and f"{{\\footnotesize {interval}}}",
        cell.rank and f"\\#{escaped(cell.rank)}",
    )
    return " ".join(part for part in parts if part)


PUBLIC = Latex
