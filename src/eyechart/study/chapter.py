"""A study as a chapter of the report."""

from __future__ import annotations

from collections.abc import Sequence

from eyechart import draw
from eyechart.reporting import words
from eyechart.reporting.figures import figure
from eyechart.reporting.taught import Chapter, Equals, Way
from eyechart.study.page import said
from eyechart.study.results import Finding, Table, tables
from eyechart.study.study import Study


def chapter(study: Study, found: Sequence[Finding]) -> Chapter | None:
    """None where nothing was found."""
    shown = tuple(_equals(table) for table in tables(found))
    return Chapter(name=study.name, said=said(study).replace("`", ""), tables=shown) if shown else None


def _equals(table: Table) -> Equals:
    title = f"{table.exam.replace('_', ' ')} on {table.data}: {table.tower}, {table.budget}"
    chance = table.rows[0].chance
    spots = [draw.Spot(one.objective, "", *_reach(one)) for one in table.rows]
    return Equals(
        title=title,
        norm=table.norm,
        chance="" if chance is None else words.number(chance),
        ways=tuple(_way(one, table) for one in table.rows),
        figure=figure(draw.intervals(spots, x=f"{table.exam}, mean over seeds", chance=chance, domain=None), title),
    )


def _way(one: Finding, table: Table) -> Way:
    found = one.found
    return Way(
        name=one.objective,
        mean=words.number(one.value),
        interval="" if found is None else f"{words.number(found.low)} to {words.number(found.high)}",
        seeds=", ".join(words.number(value) for _, value in sorted(one.by_seed.items())),
        behind=", ".join(table.ahead_of(one)),
    )


def _reach(one: Finding) -> tuple[float, float, float]:
    """Value and ends; without an interval the seeds that there are."""
    if one.found is not None:
        return one.value, one.found.low, one.found.high
    return one.value, min(one.by_seed.values()), max(one.by_seed.values())
