"""Pictures in rows on paper, with names: how contact sheets are set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from eyechart.world.painting.render import Pixels
from eyechart.world.text.fonts import advance, written

Rgb = tuple[int, int, int]
_PAPER, _INK, _FAINT, _EDGE = (250, 250, 247), (38, 40, 48), (104, 108, 120), (206, 206, 200)
_LINES = 2  # that a name may take
_LEADING = 1.25  # from one baseline to the next, in sizes of type


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A picture, drawn when its size is known (``uint8[size, any, 3]``), and what is written under it."""

    draw: Callable[[int], Pixels]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Tiles side by side, and what they have in common."""

    tiles: tuple[Tile, ...]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A whole sheet."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Lengths of a page, in pixels."""

    tile: tuple[int, int]  # width, height
    gap: int
    margin: int
    title: float  # sizes of type; 0: nothing is written
    name: float
    left: int  # width of the column of row names
    lines: tuple[int, ...]  # of text under each row

    def corner(self, row: int, column: int) -> tuple[int, int]:
        """The upper left one of a tile; that of the row after the last tells where the page ends."""
        under = sum(round(self.name * (_LEADING * lines + 0.45)) for lines in self.lines[:row] if lines)
        top = self.margin + round(self.title * 1.9) + row * (self.tile[1] + self.gap) + under
        return self.margin + self.left + column * (self.tile[0] + self.gap), top


def grid(tiles: Sequence[Tile], columns: int) -> tuple[Row, ...]:
    """Tiles in reading order, so many to a row."""
    return tuple(Row(tiles=tuple(tiles[start : start + columns])) for start in range(0, len(tiles), columns))


def lay(page: Page, size: int, *, labels: bool) -> Image.Image:
    """The page with tiles `size` pixels high; without labels there are pictures and nothing else."""
    drawn = [[Image.fromarray(np.ascontiguousarray(tile.draw(size))) for tile in row.tiles] for row in page.rows]
    plan = _plan(page, max(picture.width for row in drawn for picture in row), size, labels=labels)
    right, _ = plan.corner(0, max(map(len, drawn)))
    _, bottom = plan.corner(len(drawn), 0)
    paper = Image.new("RGB", (right - plan.gap + plan.margin, bottom - plan.gap + plan.margin), _PAPER)
    if labels:
        _write(paper, page.title, (plan.margin, plan.margin + plan.title * 0.8), plan.title, "bold", _INK)
    for number, (row, pictures) in enumerate(zip(page.rows, drawn, strict=True)):
        if labels and row.name:
            _beside(paper, row.name, plan, number)
        for column, (tile, picture) in enumerate(zip(row.tiles, pictures, strict=True)):
            x, y = plan.corner(number, column)
            paper.paste(_EDGE, (x - 1, y - 1, x + picture.width + 1, y + picture.height + 1))
            paper.paste(picture, (x, y))
            if labels and tile.name:
                _under(paper, tile.name, plan, (x + picture.width / 2, y + picture.height))
    return paper


def _plan(page: Page, width: int, size: int, *, labels: bool) -> _Plan:
    gap, margin = max(4, size // 14), max(6, size // 8)
    if not labels:
        nothing = (0,) * len(page.rows)
        return _Plan(tile=(width, size), gap=gap, margin=margin, title=0, name=0, left=0, lines=nothing)
    name = min(max(9.0, size * 0.125), 16.0)
    heads = [line for row in page.rows if row.name for line in _broken(row.name, 14 * name, name)]
    left = round(max((advance(line) for line in heads), default=0) * name) + (gap * 2 if heads else 0)
    lines = tuple(max((len(_broken(tile.name, width, name)) for tile in row.tiles), default=0) for row in page.rows)
    return _Plan(tile=(width, size), gap=gap, margin=margin, title=name * 1.6, name=name, left=left, lines=lines)


def _beside(paper: Image.Image, text: str, plan: _Plan, row: int) -> None:
    """The name of a row, in the middle of its height, up against the tiles."""
    lines = _broken(text, 14 * plan.name, plan.name)
    x, y = plan.corner(row, 0)
    y += round(plan.tile[1] / 2 + plan.name * (0.35 - _LEADING * (len(lines) - 1) / 2))
    for k, line in enumerate(lines):
        start = x - 2 * plan.gap - advance(line) * plan.name
        _write(paper, line, (start, y + k * _LEADING * plan.name), plan.name, "sans", _INK)


def _under(paper: Image.Image, text: str, plan: _Plan, at: tuple[float, float]) -> None:
    """A name below a tile, whose lower edge has its middle there."""
    for k, line in enumerate(_broken(text, plan.tile[0], plan.name)):
        start = at[0] - advance(line) * plan.name / 2
        _write(paper, line, (start, at[1] + plan.name * (1.1 + _LEADING * k)), plan.name, "sans", _FAINT)


def _write(paper: Image.Image, text: str, at: tuple[float, float], size: float, font: str, ink: Rgb) -> None:
    """A line whose pen starts there."""
    if not text.strip():
        return
    mask, x, y = written(text, size, font)
    paper.paste(ink, (round(at[0]) + x, round(at[1]) + y), Image.fromarray(mask))


def _broken(text: str, width: float, size: float) -> list[str]:
    """Into lines of that width, or where the text says so; what does not fit into `_LINES` ends with dots."""
    lines = text.split("\n") if "\n" in text else _filled(text, width / size)
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], " ".join(lines[_LINES - 1 :])]
    return [_shortened(line, width / size) for line in lines]


def _filled(text: str, width: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and advance(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _shortened(line: str, width: float) -> str:
    if advance(line) <= width:
        return line
    while line and advance(f"{line}…") > width:
        line = line[:-1].rstrip()
    return f"{line}…"
