"""From results to what stands on the page: plain values, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from eyechart import draw, plugins
from eyechart.core import Display, Estimate, Exam, Mistake, Record, Refusal, Result, Unread
from eyechart.errors import UnknownName
from eyechart.report import words
from eyechart.report.carried import Carried, carried
from eyechart.report.comparison import Ranking, by_norm, compare, identity, labels
from eyechart.report.ledger import Row, commands, facts, ledger, machines, norm_rows
from eyechart.report.pictures import Album, Bar, Embedded, bar, embedded, track
from eyechart.settings import with_settings

SHOWN = 12  # mistakes per model and exam


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
    figure: str  # SVG, or empty
    no_figure: str  # why there is none
    headline: str
    detectable: str
    direct: bool
    models: tuple[str, ...]
    numbers: tuple[Numbers, ...]
    pairs: tuple[Versus, ...]
    facts: tuple[Row, ...]
    norm: tuple[tuple[str, str], ...]
    norm_digest: str
    displays: tuple[tuple[str, tuple[Display, ...]], ...]  # by model
    mistakes: tuple[tuple[str, tuple[Mistake, ...]], ...]
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All that the template shows."""

    models: tuple[str, ...]
    examined: str
    made: str
    level: str
    questions: tuple[Question, ...]
    sections: tuple[Section, ...]
    apart: tuple[str, ...]  # what keeps rankings apart
    carried: tuple[Carried, ...]  # thresholds away from home
    refusals: tuple[Refusal, ...]
    ledger: tuple[Row, ...]
    commands: tuple[str, ...]
    machines: tuple[str, ...]
    pictures: Embedded  # of mistakes; shared, for one picture is often mistaken by several models
    hung: Embedded  # of displays


def page(results: Sequence[Result], refusals: Sequence[Refusal], album: Album) -> Page:
    """Everything on the page. Without results only the refusals are told."""
    groups = by_norm(results)
    kept = [result for group in groups.values() for result in group]
    records = [record for record, _ in kept]
    names = labels([record.card for record in records])
    comparison = compare(results) if results else None
    rankings = comparison.rankings if comparison else ()
    models = tuple(names.values())
    taken = {name: [result for result in kept if names[identity(result.record.card)] == name] for name in models}
    sections = tuple(
        _section(ranking, {names[identity(result.record.card)]: result for result in groups[ranking.digest]}, models)
        for ranking in rankings
    )
    return Page(
        models=models,
        examined=_examined(records, refusals, models),
        made=max((record.made for record in records), default=""),
        level=", ".join(sorted({f"{ranking.level:.0%}" for ranking in rankings})),
        questions=_questions(rankings, sections, models, refusals),
        sections=sections,
        apart=comparison.differences if comparison else (),
        carried=carried(taken),
        refusals=tuple(refusals),
        ledger=tuple(ledger({name: [record for record, _ in own] for name, own in taken.items()})) if models else (),
        commands=tuple(commands(records)),
        machines=tuple(machines(records)),
        pictures=embedded((mistake.picture for record in records for mistake in record.mistakes[:SHOWN]), album),
        hung=embedded(
            (one.picture for record in records for shown in record.displays for one in shown.pictures), album
        ),
    )


def _examined(records: Sequence[Record], refusals: Sequence[Refusal], models: Sequence[str]) -> str:
    if not records:
        return f"Nothing could be examined; {_count(len(refusals), 'refusal')} below say why."
    data = {record.norm.data: record.norm.count for record in records}
    exams = {record.norm.exam for record in records}
    on = words.listed([f"{name} ({_count(count, 'item')})" for name, count in data.items()])
    said = f"{_count(len(models), 'model')}, {_count(len(exams), 'exam')}, on {on}."
    return f"{said} {_count(len(refusals), 'refusal')}." if refusals else said


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s".replace(",", "\u202f")


def _questions(
    rankings: Sequence[Ranking], sections: Sequence[Section], models: Sequence[str], refusals: Sequence[Refusal]
) -> tuple[Question, ...]:
    asked: dict[str, list[Line]] = {}
    for ranking, section in zip(rankings, sections, strict=True):
        found = {standing.model: standing for standing in ranking.standings}
        ends = track([standing.estimate for standing in ranking.standings])
        declined = {
            refusal.model
            for refusal in refusals
            if refusal.exam in {ranking.norm.exam, "*"} and refusal.data in {ranking.norm.data, "*"}
        }
        cells = tuple(
            Cell(
                model=model,
                value=words.amount(found[model].estimate.value, found[model].estimate),
                interval=words.ends(found[model].estimate),
                bar=bar(found[model].estimate, ends),
                rank=words.ranks(found[model].ranks) if _ranked(ranking) else "",
                level=words.level(found[model].estimate),
            )
            if model in found
            else "refused"
            if model in declined
            else "not taken"
            for model in models
        )
        line = Line(
            section.anchor,
            section.exam,
            section.data,
            section.headline,
            section.numbers[0].chance,
            section.verdict,
            cells,
        )
        asked.setdefault(ranking.question, []).append(line)
    return tuple(Question(text, tuple(lines)) for text, lines in asked.items())


def _ranked(ranking: Ranking) -> bool:
    return len(ranking.standings) > 1 and ranking.standings[0].estimate.better != "neither"


def _section(ranking: Ranking, results: Mapping[str, Result], models: Sequence[str]) -> Section:
    ordered = {standing.model: results[standing.model] for standing in ranking.standings}
    records = [record for record, _ in ordered.values()]
    norm = ranking.norm
    figure, why_not, measured = _figure(ranking, {name: results[name] for name in models if name in results})
    return Section(
        anchor=f"{norm.exam}-{ranking.digest[:8]}",
        question=ranking.question,
        exam=_plain(norm.exam),
        data=norm.data,
        items=_items(records[0]),
        verdict=words.verdict(ranking),
        says=_says(ordered),
        measured=measured,
        figure=figure,
        no_figure=why_not,
        headline=_plain(ranking.headline),
        detectable=words.step(ranking.detectable, ranking.standings[0].estimate).removeprefix("+"),
        direct=ranking.direct,
        models=tuple(ordered),
        numbers=_numbers(records, ranking.headline),
        pairs=_pairs(ranking),
        facts=tuple(facts(records)),
        norm=tuple(norm_rows(records[0])),
        norm_digest=ranking.digest,
        displays=tuple((name, record.displays) for name, (record, _) in ordered.items() if record.displays),
        mistakes=tuple((name, record.mistakes[:SHOWN]) for name, (record, _) in ordered.items() if record.mistakes),
        unread=tuple({unread.id: unread for record in records for unread in record.unread}.values()),
    )


def _says(results: Mapping[str, Result]) -> tuple[tuple[str, str], ...]:
    """What came out for each model, best first; nothing where the exam is not installed here."""
    found = []
    for model, (record, _) in results.items():
        if record.norm.exam in plugins.names("exams"):
            text = plugins.find("exams", record.norm.exam).says
            found.append((model, words.told(text, record.estimates)))
    return tuple((model, sentence) for model, sentence in found if sentence)


def _items(record: Record) -> str:
    units = record.estimates[record.headline].units
    split = f"{_count(record.norm.count, 'item')} of the split {record.norm.split}"
    return split if units == record.norm.count else f"{split}, {units} independent units behind the headline"


def _figure(ranking: Ranking, results: Mapping[str, Result]) -> tuple[str, str, str]:
    """The figure, or why there is none, and what the exam says of itself.

    Models come in the page's order and not by rank, so that they keep their colours from figure to figure.
    """
    norm = ranking.norm
    try:
        exam: Exam = with_settings(norm.exam, norm.settings)
    except UnknownName:
        known = norm.exam.replace("-", "_") in plugins.names("exams")
        what = "is installed in another version" if known else "is not installed here"
        return "", f"The exam {norm.exam!r} {what}, so its figure cannot be drawn. Its numbers stand.", ""
    named = [
        Result(replace(record, card=replace(record.card, name=name)), sheet)
        for name, (record, sheet) in results.items()
    ]
    title = f"{ranking.question} {norm.exam} on {norm.data}: {words.listed(list(results))}"
    return draw.to_svg(exam.figure(named), title), "", _said(exam)


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
        rows.append(Numbers(_direction(name, present[0]), name == headline, " / ".join(chances), cells))
    return tuple(rows)


def _direction(name: str, estimate: Estimate) -> str:
    return f"{_plain(name)} (lower is better)" if estimate.better == "lower" else _plain(name)


def _pairs(ranking: Ranking) -> tuple[Versus, ...]:
    unit = ranking.standings[0].estimate
    return tuple(
        Versus(
            first=pair.first,
            second=pair.second,
            value=words.step(pair.difference.value, unit),
            interval=words.gap(pair.difference.low, pair.difference.high, unit),
            p=words.p_value(pair.adjusted),
            sure=pair.adjusted <= 1 - ranking.level,
            method=pair.difference.method,
        )
        for pair in ranking.pairs
    )


def _plain(name: str) -> str:
    return name.replace("_", " ")
