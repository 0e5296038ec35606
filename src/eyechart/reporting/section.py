"""One norm: its question, figure, numbers, pairs, pictures and agreement, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eyechart import gallery, plugins
from eyechart.core import Display, Exam, Mistake, Record, Result, Unread
from eyechart.reporting import words
from eyechart.reporting.apart import close
from eyechart.reporting.comparison import Pair, Ranking
from eyechart.reporting.drawing import drawn
from eyechart.reporting.figures import Figure, figure
from eyechart.reporting.ledger import Row, facts, norm_rows
from eyechart.reporting.pictures import Bar, bar, track
from eyechart.reporting.sheet import anchor

SHOWN, IN_ALL = 12, 96  # mistakes per model, and in one section


class Number(NamedTuple):
    """One estimate of one model."""

    value: str
    interval: str
    bar: Bar
    method: str


class Numbers(NamedTuple):
    """One estimate of all models; None where a model has no such estimate."""

    name: str
    headline: bool
    chance: str
    cells: tuple[Number | None, ...]


class Versus(NamedTuple):
    """Two models on the same rows."""

    first: str
    second: str
    value: str
    interval: str
    p: str
    sure: bool
    method: str


class Wrong(NamedTuple):
    """A mistake with the score of its row; empty where the sheet no longer tells it."""

    mistake: Mistake
    score: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One norm: question, figure, numbers, mistakes."""

    anchor: str
    question: str
    exam: str
    data: str
    items: str
    verdict: str
    says: tuple[tuple[str, str], ...]  # by model, in a person's words
    measured: str
    figure: Figure | None
    no_figure: str  # why there is none
    headline: str
    detectable: str
    direct: bool
    models: tuple[str, ...]
    numbers: tuple[Numbers, ...]
    pairs: tuple[Versus, ...]
    pairs_in_all: int  # of which only neighbours in the ranking stand in `pairs`, where there are many
    facts: tuple[Row, ...]
    norm: tuple[tuple[str, str], ...]
    norm_digest: str
    displays: tuple[tuple[str, tuple[Display, ...]], ...]  # by model
    mistakes: tuple[tuple[str, tuple[Wrong, ...]], ...]
    unread: tuple[Unread, ...]


def section(ranking: Ranking, results: Mapping[str, Result], models: Sequence[str]) -> Section:
    """All that is shown of one ranking.

    Args:
        ranking: of one norm.
        results: by model.
        models: all models of the page in its order, in which figures name them, so that they keep their colours.
    """
    ordered = {standing.model: results[standing.model] for standing in ranking.standings}
    records = [record for record, _ in ordered.values()]
    norm, shown = ranking.norm, close(ranking)
    picture, why_not, measured = _figure(ranking, {name: results[name] for name in models if name in results})
    return Section(
        anchor=anchor(ranking),
        question=ranking.question,
        exam=_plain(norm.exam),
        data=norm.data,
        items=_items(records[0]),
        verdict=words.verdict(ranking),
        says=_says(norm.exam, ordered),
        measured=measured,
        figure=picture,
        no_figure=why_not,
        headline=_plain(ranking.headline),
        detectable=words.step(ranking.detectable, ranking.standings[0].estimate).removeprefix("+"),
        direct=ranking.direct,
        models=tuple(ordered),
        numbers=_numbers(records, ranking.headline),
        pairs=tuple(versus(pair, ranking) for pair in ranking.pairs if (pair.first, pair.second) in shown),
        pairs_in_all=len(ranking.pairs),
        facts=tuple(facts(records)),
        norm=tuple(norm_rows(records[0])),
        norm_digest=ranking.digest,
        displays=tuple((name, record.displays) for name, (record, _) in ordered.items() if record.displays),
        mistakes=_mistakes(ordered),
        unread=tuple({unread.id: unread for record in records for unread in record.unread}.values()),
    )


def _says(exam: str, results: Mapping[str, Result]) -> tuple[tuple[str, str], ...]:
    """What came out for each model, best first; nothing where the exam is not installed here."""
    if exam not in plugins.names("exams"):
        return ()
    text = plugins.find("exams", exam).says
    told = ((model, words.told(text, record.estimates)) for model, (record, _) in results.items())
    return tuple((model, sentence) for model, sentence in told if sentence)


def _mistakes(results: Mapping[str, Result]) -> tuple[tuple[str, tuple[Wrong, ...]], ...]:
    """The worst of each model: fewer of each where there are many models."""
    count = max(1, min(SHOWN, IN_ALL // len(results)))
    return tuple((name, _wrong(result, count)) for name, result in results.items() if result.record.mistakes)


def _wrong(result: Result, count: int) -> tuple[Wrong, ...]:
    record, sheet = result
    rows = gallery.worst(sheet, len(record.mistakes))
    scores = {str(sheet["id"][row]): words.number(float(sheet["score"][row])) for row in rows}
    return tuple(Wrong(mistake, scores.get(mistake.id, "")) for mistake in record.mistakes[:count])


def _items(record: Record) -> str:
    units = record.estimates[record.headline].units
    split = f"{words.count(record.norm.count, 'item')} of the split {record.norm.split}"
    return split if units == record.norm.count else f"{split}, {units} independent units behind the headline"


def _figure(ranking: Ranking, results: Mapping[str, Result]) -> tuple[Figure | None, str, str]:
    """The figure, or why there is none, and what the exam says of itself."""
    found = drawn(ranking.norm, ranking.question, results)
    if isinstance(found, str):
        return None, found, ""
    return figure(found.chart, found.title), "", _said(found.exam)


def _said(exam: Exam) -> str:
    """The first paragraph of what the exam's class says of itself, without its marks."""
    paragraph = (type(exam).__doc__ or "").strip().split("\n\n")[0]
    return " ".join(paragraph.replace("`", "").split())


def _numbers(records: Sequence[Record], headline: str) -> tuple[Numbers, ...]:
    names = dict.fromkeys(name for record in records for name in record.estimates)
    rows = []
    for name in sorted(names, key=lambda name: name != headline):
        found = [record.estimates.get(name) for record in records]
        present = [estimate for estimate in found if estimate is not None]
        chances = dict.fromkeys("" if each.chance is None else words.amount(each.chance, each) for each in present)
        ends = track(present)
        cells = tuple(
            None
            if each is None
            else Number(words.amount(each.value, each), words.ends(each), bar(each, ends), each.method)
            for each in found
        )
        told = f"{_plain(name)} (lower is better)" if present[0].better == "lower" else _plain(name)
        rows.append(Numbers(told, name == headline, " / ".join(chances), cells))
    return tuple(rows)


def versus(pair: Pair, ranking: Ranking) -> Versus:
    """A pair of a ranking in words."""
    unit, found = ranking.standings[0].estimate, pair.difference
    return Versus(
        first=pair.first,
        second=pair.second,
        value=words.step(found.value, unit),
        interval=words.gap(found.low, found.high, unit),
        p=words.p_value(pair.adjusted),
        sure=pair.adjusted <= 1 - ranking.level,
        method=found.method,
    )


def _plain(name: str) -> str:
    return name.replace("_", " ")
