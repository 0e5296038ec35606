"""The results table: a line per norm, a column per model; the headline, its interval, and a rank where it is real."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from eyechart.core import Result
from eyechart.reporting import words
from eyechart.reporting.comparison import Ranking, Standing, compare

Across = Literal["models", "exams"]
HEADINGS = ("exam", "data", "norm", "measure", "chance")


class Cell(NamedTuple):
    """A heading, or what one model got under one norm."""

    text: str
    interval: str = ""
    rank: str = ""  # empty where the tests part nobody
    first: bool = False  # beyond doubt


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Cells by line; the first `above` lines and the first `beside` columns are headings."""

    lines: tuple[tuple[Cell, ...], ...]
    above: int
    beside: int
    caption: str


def grid(results: Sequence[Result], across: Across) -> Grid:
    """All norms and models, with models or exams side by side."""
    rankings = compare(results).rankings
    models = list(dict.fromkeys(standing.model for ranking in rankings for standing in ranking.standings))
    head = tuple(Cell(text) for text in (*HEADINGS, *sorted(models)))
    lines = (head, *(_line(ranking, sorted(models)) for ranking in rankings))
    if across == "models":
        return Grid(lines=lines, above=1, beside=len(HEADINGS), caption=_caption(rankings))
    turned = tuple(zip(*lines, strict=True))
    return Grid(lines=turned, above=len(HEADINGS), beside=1, caption=_caption(rankings))


def ranked(standing: Standing, ranking: Ranking) -> bool:
    """Whether the rank is real: of this measure more or less is better, and the tests part this model from another."""
    everywhere = (standing.ranks.best, standing.ranks.worst) == (1, len(ranking.standings))
    return standing.estimate.better != "neither" and not everywhere


def _line(ranking: Ranking, models: Sequence[str]) -> tuple[Cell, ...]:
    found = {standing.model: standing for standing in ranking.standings}
    example = ranking.standings[0].estimate
    sign = {"higher": "", "lower": " ↓", "neither": ""}[example.better]
    return (
        Cell(ranking.norm.exam),
        Cell(ranking.norm.data),
        Cell(ranking.digest[:8]),
        Cell(ranking.headline + sign),
        Cell("–" if example.chance is None else words.number(example.chance)),
        *(_cell(found[model], ranking) if model in found else Cell("–") for model in models),
    )


def _cell(standing: Standing, ranking: Ranking) -> Cell:
    estimate = standing.estimate
    real = ranked(standing, ranking)
    return Cell(
        text=words.number(estimate.value),
        interval=f"[{words.number(estimate.low)},\u00a0{words.number(estimate.high)}]",
        rank=words.ranks(standing.ranks) if real else "",
        first=real and standing.ranks.worst == 1,
    )


def _caption(rankings: Sequence[Ranking]) -> str:
    standings = [(standing, ranking) for ranking in rankings for standing in ranking.standings]
    real = [standing.ranks for standing, ranking in standings if ranked(standing, ranking)]
    levels = ", ".join(sorted({f"{ranking.level:.0%}" for ranking in rankings}))
    said = [
        f"In brackets: {levels} intervals.",
        "Chance: what a model gets that sees nothing.",
        "↓: less is better." * any(standing.estimate.better == "lower" for standing, _ in standings),
        "#: rank, where paired tests (Holm over all pairs of one norm) part a model from another." * bool(real),
        "Bold: first beyond doubt." * any(ranks.worst == 1 for ranks in real),
    ]
    return " ".join(filter(None, said))
