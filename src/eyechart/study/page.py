"""What a study found, as a page of Markdown: one table per norm of learning and exam, best first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from eyechart.study.results import Finding, Versus, pairs
from eyechart.study.study import Study
from eyechart.study.teach import Taught, described


def markdown(study: Study, found: Sequence[Finding], taught: Sequence[Taught]) -> str:
    """Tables that may be ranked within, and never across."""
    return "\n".join([*_opening(study), *_tables(found), *_costs(taught), *_refused(taught)]) + "\n"


def _opening(study: Study) -> Iterator[str]:
    yield f"# {study.name}"
    yield ""
    yield (
        f"Pictures of {', '.join(f'`{name}`' for name in study.data)} at {study.size} px in batches of {study.batch}; "
        f"{len(study.seeds)} seed(s). Within a table everything but the objective and its optimiser is equal: data, "
        "their order, trunk, budget, exam. Tables are not ranked against each other."
    )
    if len(study.seeds) < 3:
        yield ""
        yield "With fewer than three seeds there are no intervals, and nothing is said of who is better."
    yield ""


def _tables(found: Sequence[Finding]) -> Iterator[str]:
    groups: dict[tuple[str, str, str, str, str], list[Finding]] = defaultdict(list)
    for one in found:
        groups[(one.exam, one.data, one.budget, one.tower, one.norm)].append(one)
    tested = pairs(found)
    for (exam, data, budget, tower, norm), group in sorted(groups.items(), key=lambda told: _by_size(told[0])):
        yield f"## {exam} on {data}: {tower}, {budget}"
        yield ""
        chance = group[0].chance
        yield f"Norm of learning {norm}." + ("" if chance is None else f" Guessing gets {chance:.3f}.")
        yield ""
        yield "| objective | mean over seeds | 95 % interval | by seed | surely worse than |"
        yield "|---|---|---|---|---|"
        for one in sorted(group, key=lambda finding: -finding.value):
            interval = "" if one.found is None else f"{one.found.low:.3f} to {one.found.high:.3f}"
            seeds = ", ".join(f"{value:.3f}" for _, value in sorted(one.by_seed.items()))
            mine = [versus for versus in tested if (versus.norm, versus.exam) == (norm, exam)]
            yield f"| {one.objective} | {one.value:.3f} | {interval} | {seeds} | {', '.join(_above(one, mine))} |"
        yield ""


def _by_size(key: tuple[str, str, str, str, str]) -> tuple[str, str, int, str, str, str]:
    """The smaller budget first, of those that are written alike."""
    exam, data, budget, tower, norm = key
    return exam, data, len(budget), budget, tower, norm


def _above(one: Finding, tested: Sequence[Versus]) -> Iterator[str]:
    for versus in tested:
        if versus.p <= 0.05 and versus.value < 0 and versus.first == one.objective:
            yield versus.second
        if versus.p <= 0.05 and versus.value > 0 and versus.second == one.objective:
            yield versus.first


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
