"""What a study found, as a page of Markdown: one table per norm of learning and exam, best first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eyechart.stats.seeds import FEWEST
from eyechart.study.results import Finding, tables
from eyechart.study.study import Study
from eyechart.study.teach import Taught, described

TOO_FEW = "With fewer than three seeds there are no intervals, and nothing is said of who is better."


def markdown(study: Study, found: Sequence[Finding], taught: Sequence[Taught]) -> str:
    """Tables that may be ranked within, and never across."""
    return "\n".join([*_opening(study), *_tables(found), *_costs(taught), *_refused(taught)]) + "\n"


def said(study: Study) -> str:
    """What is equal, and what the intervals hold for."""
    equal = (
        f"Pictures of {', '.join(f'`{name}`' for name in study.data)} at {study.size} px in batches of {study.batch}; "
        f"{len(study.seeds)} seed(s). Within a table everything but the objective and its optimiser is equal: data, "
        "their order, trunk, budget, exam. Tables are not ranked against each other. Intervals hold for other seeds."
    )
    return equal if len(study.seeds) >= FEWEST else f"{equal} {TOO_FEW}"


def _opening(study: Study) -> Iterator[str]:
    yield from (f"# {study.name}", "", said(study), "")


def _tables(found: Sequence[Finding]) -> Iterator[str]:
    for table in tables(found):
        yield f"## {table.exam} on {table.data}: {table.tower}, {table.budget}"
        yield ""
        chance = table.rows[0].chance
        yield f"Norm of learning {table.norm}." + ("" if chance is None else f" Guessing gets {chance:.3f}.")
        yield ""
        yield "| objective | mean over seeds | 95 % interval | by seed | surely worse than |"
        yield "|---|---|---|---|---|"
        for one in table.rows:
            interval = "" if one.found is None else f"{one.found.low:.3f} to {one.found.high:.3f}"
            seeds = ", ".join(f"{value:.3f}" for _, value in sorted(one.by_seed.items()))
            yield f"| {one.objective} | {one.value:.3f} | {interval} | {seeds} | {', '.join(table.ahead_of(one))} |"
        yield ""


def _costs(taught: Sequence[Taught]) -> Iterator[str]:
    yield "## What it cost"
    yield ""
    yield "| objective | tower | pictures seen | seed | operations | loss at the end | minutes |"
    yield "|---|---|---|---|---|---|---|"
    for one in taught:
        facts = described(one)
        if facts:
            yield (
                f"| {one.course.objective} | {one.course.tower} | {_thousands(int(facts['samples_seen']))} "
                f"| {one.course.seed} | {float(facts['flops_in_all']):.2g} | {facts['loss']} "
                f"| {float(facts['seconds']) / 60:.1f} |"
            )
    yield ""


def _refused(taught: Sequence[Taught]) -> Iterator[str]:
    refused = [one for one in taught if one.model is None]
    if refused:
        yield "## Not taught"
        yield ""
        yield from dict.fromkeys(f"- {one.course.objective} on {one.course.tower}: {one.reason}" for one in refused)
        yield ""


def _thousands(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")
