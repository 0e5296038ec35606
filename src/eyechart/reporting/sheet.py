"""The optometrist's sheet: one line per question and dataset, models side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from eyechart.core import Refusal
from eyechart.reporting import words
from eyechart.reporting.comparison import Ranking, Standing
from eyechart.reporting.pictures import Bar, bar, track


class Cell(NamedTuple):
    """What one model got in one exam."""

    model: str
    value: str
    interval: str
    bar: Bar
    rank: str
    level: str


class Line(NamedTuple):
    """One exam on one dataset: a row of the sheet on top."""

    anchor: str
    exam: str
    data: str
    headline: str
    chance: str
    verdict: str
    cells: tuple[Cell | str, ...]  # a word where there is no number: "refused", "not taken"


class Question(NamedTuple):
    """What is asked, with one line per dataset."""

    text: str
    lines: tuple[Line, ...]


def questions(
    rankings: Sequence[Ranking], models: Sequence[str], refusals: Mapping[str, Sequence[Refusal]]
) -> tuple[Question, ...]:
    """All lines under their questions, in the order in which these were first asked.

    Args:
        rankings: one per line.
        models: the columns.
        refusals: by model.
    """
    asked: dict[str, list[Line]] = {}
    for ranking in rankings:
        asked.setdefault(ranking.question, []).append(_line(ranking, models, refusals))
    return tuple(Question(text, tuple(lines)) for text, lines in asked.items())


def anchor(ranking: Ranking) -> str:
    """Where on the page the ranking's own section is."""
    return f"{ranking.norm.exam}-{ranking.digest[:8]}"


def _line(ranking: Ranking, models: Sequence[str], refusals: Mapping[str, Sequence[Refusal]]) -> Line:
    found = {standing.model: standing for standing in ranking.standings}
    estimates = [standing.estimate for standing in ranking.standings]
    chances = dict.fromkeys(words.amount(each.chance, each) for each in estimates if each.chance is not None)
    return Line(
        anchor=anchor(ranking),
        exam=ranking.norm.exam.replace("_", " "),
        data=ranking.norm.data,
        headline=ranking.headline.replace("_", " "),
        chance=" / ".join(chances),
        verdict=words.verdict(ranking),
        cells=tuple(
            cell(found[model], track(estimates), ranked=ranking.ranked)
            if model in found
            else "refused"
            if any(_declines(refusal, ranking) for refusal in refusals.get(model, ()))
            else "not taken"
            for model in models
        ),
    )


def _declines(refusal: Refusal, ranking: Ranking) -> bool:
    return refusal.exam in {ranking.norm.exam, "*"} and refusal.data in {ranking.norm.data, "*"}


def cell(standing: Standing, ends: tuple[float, float], *, ranked: bool) -> Cell:
    """One model's number in words and as a bar between `ends`."""
    estimate = standing.estimate
    return Cell(
        model=standing.model,
        value=words.amount(estimate.value, estimate),
        interval=words.ends(estimate),
        bar=bar(estimate, ends),
        rank=words.ranks(standing.ranks) if ranked else "",
        level=words.level(estimate),
    )
