"""The records that were chosen, side by side: one ranking per norm, and in words what keeps rankings apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eyechart import draw
from eyechart.core import Result
from eyechart.reporting import words
from eyechart.reporting.comparison import Comparison, Ranking, by_norm, compare, identity, labels
from eyechart.reporting.drawing import drawn
from eyechart.reporting.pictures import track
from eyechart.reporting.section import Versus, versus
from eyechart.reporting.sheet import Cell, cell
from eyechart.view.pages import rendered

PAIRS = 45  # differences shown per ranking; the report shows all


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One norm in words."""

    question: str
    exam: str
    where: str
    norm: str
    headline: str
    verdict: str
    places: tuple[Cell, ...]
    pairs: tuple[Versus, ...]
    note: str
    figure: str  # SVG, or empty
    no_figure: str  # why there is none


def comparison(results: Sequence[Result]) -> str:
    """HTML of the comparison; a hint where nothing was chosen."""
    if not results:
        return rendered("comparison", {"rankings": (), "apart": (), "alone": ""})
    found = compare(results)
    groups, names = by_norm(results), labels([result.record.card for result in results])
    shown = [
        _shown(ranking, {names[identity(result.record.card)]: result for result in groups[ranking.digest]})
        for ranking in found.rankings
    ]
    return rendered("comparison", {"rankings": shown, "apart": found.differences, "alone": alone(found)})


def alone(found: Comparison) -> str:
    """Says so where no two of the records share a norm."""
    if len(found.rankings) < 2 or any(len(ranking.standings) > 1 for ranking in found.rankings):
        return ""
    return "No two of the chosen records share a norm, so nothing is ranked: each stands for itself below."


def _shown(ranking: Ranking, results: Mapping[str, Result]) -> Shown:
    norm = ranking.norm
    figure, no_figure = _figure(ranking, results)
    ends = track([standing.estimate for standing in ranking.standings])
    return Shown(
        question=ranking.question,
        exam=norm.exam,
        where=f"on {norm.data}, {norm.count} items of the split {norm.split}",
        norm=ranking.digest[:8],
        headline=ranking.headline.replace("_", " "),
        verdict=words.verdict(ranking),
        places=tuple(cell(standing, ends, ranked=ranking.ranked) for standing in ranking.standings),
        pairs=tuple(versus(pair, ranking) for pair in ranking.pairs[:PAIRS]),
        note=_note(ranking),
        figure=figure,
        no_figure=no_figure,
    )


def _note(ranking: Ranking) -> str:
    most, unit = len(ranking.pairs), ranking.standings[0].estimate
    least = words.step(ranking.detectable, unit).removeprefix("+")
    parts = [
        f"{PAIRS} of {most} pairs; the report shows all." * (most > PAIRS),
        "Tested on the mean score per row, which is not the headline itself." * (not ranking.direct),
        f"Differences from {least} on are found four times out of five.",
    ]
    return " ".join(part for part in parts if part)


def _figure(ranking: Ranking, results: Mapping[str, Result]) -> tuple[str, str]:
    """The exam's own figure, or why there is none."""
    found = drawn(ranking.norm, ranking.question, results)
    return ("", found) if isinstance(found, str) else (draw.to_svg(found.chart, found.title), "")
