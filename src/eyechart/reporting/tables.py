"""A comparison as tables: for the terminal, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group
from rich.table import Table
from rich.text import Text

from eyechart.reporting import words
from eyechart.reporting.comparison import Comparison, Ranking

HEADINGS = ("rank", "model", "value", "interval", "to the first", "interval", "p (Holm)")
TEXT = {1}  # columns that are words


def comparison_table(comparison: Comparison) -> Group:
    """One table per norm, best model first, with what the tests leave open as ranks."""
    return Group(*(part for ranking in comparison.rankings for part in _parts(ranking)))


def to_markdown(comparison: Comparison) -> str:
    """The same as Markdown, one heading per norm; what is said of norms that differ comes last."""
    blocks = [block for ranking in comparison.rankings for block in _markdown(ranking)]
    return "\n".join([*blocks, *(f"> {escaped(sentence)}\n" for sentence in comparison.differences)])


def title(ranking: Ranking) -> str:
    """Exam, data, split, how many items, and the norm's digest."""
    norm = ranking.norm
    return f"{norm.exam} · {norm.data}/{norm.split} · {norm.count} items · norm {ranking.digest[:8]}"


def caption(ranking: Ranking) -> str:
    """What is ranked, chance, and what could have been seen."""
    chance = ranking.standings[0].estimate.chance
    parts = [
        f"{ranking.headline}, {ranking.level:.0%} intervals",
        "no chance level" if chance is None else f"chance {words.number(chance)}",
        f"differences from {words.number(ranking.detectable)} on are found four times out of five",
    ]
    if not ranking.direct:
        parts.append("tested on the mean score per row")
    return "; ".join(parts)


def rows(ranking: Ranking) -> Iterator[tuple[str, ...]]:
    """One row of words per model, as in `HEADINGS`."""
    first = ranking.standings[0].model
    for standing in ranking.standings:
        estimate = standing.estimate
        own = (
            "" if estimate.better == "neither" else words.ranks(standing.ranks),
            standing.model,
            words.number(estimate.value),
            f"[{words.number(estimate.low)}, {words.number(estimate.high)}]",
        )
        if standing.model == first:
            yield (*own, "", "", "")
            continue
        pair, value, low, high = words.between(ranking.pairs, standing.model, first)
        yield (
            *own,
            words.signed(value),
            f"[{words.signed(low)}, {words.signed(high)}]",
            words.p_value(pair.adjusted),
        )


def _parts(ranking: Ranking) -> tuple[Table, Text, Text]:
    return _table(ranking), Text(caption(ranking), style="dim"), Text()


def _table(ranking: Ranking) -> Table:
    table = Table(
        title=Text(title(ranking), style="bold"),
        box=None,
        pad_edge=False,
        header_style="bold",
        title_justify="left",
    )
    for place, heading in enumerate(HEADINGS):
        table.add_column(
            heading, justify="left" if place in TEXT else "right", no_wrap=place not in TEXT, overflow="fold"
        )
    for row in rows(ranking):
        table.add_row(*(Text(cell) for cell in row))
    return table


def _markdown(ranking: Ranking) -> Iterator[str]:
    yield f"### {escaped(title(ranking))}\n"
    yield f"{escaped(ranking.question)} {escaped(caption(ranking))}.\n"
    yield f"| {' | '.join(HEADINGS)} |"
    yield "|" + "|".join(":--" if place in TEXT else "--:" for place in range(len(HEADINGS))) + "|"
    for row in rows(ranking):
        yield f"| {' | '.join(escaped(cell) for cell in row)} |"
    yield ""


def escaped(text: str) -> str:
    """Without anything that Markdown or HTML would take for its own."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")
    for sign in "\\`*_|[]":
        plain = plain.replace(sign, f"\\{sign}")
    return plain
