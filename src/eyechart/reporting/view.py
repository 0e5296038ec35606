"""From results to what stands on the page: plain values, in the order in which they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from eyechart.core import Record, Refusal, Result
from eyechart.reporting import words
from eyechart.reporting.apart import Matched, apart, pairs_data
from eyechart.reporting.carried import Carried, carried
from eyechart.reporting.comparison import Ranking, by_norm, compare, identity, labels
from eyechart.reporting.ledger import Row, commands, ledger, machines
from eyechart.reporting.pictures import Album, Embedded, embedded
from eyechart.reporting.section import Section, section
from eyechart.reporting.sheet import Question, anchor, questions
from eyechart.reporting.summary import Finding, Portrait, portraits
from eyechart.reporting.taught import Chapter

SIDE_BY_SIDE = 5  # models up to which they stand side by side on the sheet; of more each gets a row
OPEN = 12  # sections up to which all are unfolded


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All that the template shows."""

    models: tuple[str, ...]
    examined: str
    made: str
    level: str
    scale: str  # what the levels of the portraits mean
    portraits: tuple[Portrait, ...]
    questions: tuple[Question, ...]
    sections: tuple[Section, ...]
    apart: tuple[str, ...]  # what keeps rankings apart
    pairs: Mapping[str, Any]  # of any two models, as JSON values; empty where there are not two
    carried: tuple[Carried, ...]  # thresholds away from home
    refusals: tuple[Refusal, ...]
    ledger: tuple[Row, ...]
    commands: tuple[str, ...]
    machines: tuple[str, ...]
    pictures: Embedded
    taught: Chapter | None

    @property
    def side_by_side(self) -> bool:
        """Models are the columns of the sheet, and not its rows."""
        return len(self.models) <= SIDE_BY_SIDE

    @property
    def unfolded(self) -> bool:
        """Sections are few enough to be open from the start."""
        return len(self.sections) <= OPEN


def page(results: Sequence[Result], refusals: Sequence[Refusal], album: Album, taught: Chapter | None = None) -> Page:
    """Everything on the page. Without results only the refusals are told."""
    groups = by_norm(results)
    kept = [result for group in groups.values() for result in group]
    records = [record for record, _ in kept]
    names = labels([record.card for record in records])
    models = tuple(names.values())
    comparison = compare(results) if results else None
    rankings = comparison.rankings if comparison else ()
    named = {
        ranking.digest: {names[identity(result.record.card)]: result for result in groups[ranking.digest]}
        for ranking in rankings
    }
    sections = tuple(section(ranking, named[ranking.digest], models) for ranking in rankings)
    declined = {names[key]: [refusal for refusal in refusals if refusal.model in {key[0], names[key]}] for key in names}
    taken = {name: [own[name] for own in named.values() if name in own] for name in models}
    matched = _matched(rankings, named)
    pictures = embedded(_wishes(sections, matched), album)
    return Page(
        models=models,
        examined=_examined(records, refusals, models),
        made=max((record.made for record in records), default=""),
        level=", ".join(sorted({f"{ranking.level:.0%}" for ranking in rankings})),
        scale=words.scale(),
        portraits=portraits(models, _findings(rankings, sections), declined),
        questions=questions(rankings, models, declined),
        sections=sections,
        apart=comparison.differences if comparison else (),
        pairs=pairs_data(matched, models, pictures) if matched else {},
        carried=carried(taken),
        refusals=tuple(refusals),
        ledger=tuple(ledger({name: [record for record, _ in own] for name, own in taken.items()})) if models else (),
        commands=tuple(commands(records)),
        machines=tuple(machines(records)),
        pictures=pictures,
        taught=taught,
    )


def _findings(rankings: Sequence[Ranking], sections: Sequence[Section]) -> list[Finding]:
    return [
        Finding(shown.anchor, f"{shown.exam} on {shown.data}", ranking, dict(shown.says))
        for ranking, shown in zip(rankings, sections, strict=True)
    ]


def _matched(rankings: Sequence[Ranking], named: Mapping[str, Mapping[str, Result]]) -> list[Matched]:
    """Every ranking of two models or more, with the items on which they part."""
    pictures: dict[str, dict[str, str]] = {}
    for ranking in rankings:
        kept = pictures.setdefault(ranking.norm.items, {})
        for record, _ in named[ranking.digest].values():
            kept |= {mistake.id: mistake.picture for mistake in record.mistakes}
    return [
        Matched(
            anchor=anchor(ranking),
            question=ranking.question,
            exam=ranking.norm.exam.replace("_", " "),
            data=ranking.norm.data,
            ranking=ranking,
            apart=apart(ranking, named[ranking.digest], pictures[ranking.norm.items]),
        )
        for ranking in rankings
        if len(ranking.standings) > 1
    ]


def _wishes(sections: Sequence[Section], matched: Sequence[Matched]) -> Iterator[tuple[str, ...]]:
    """Pictures in the order in which they get room: in turns by exam and model; whole displays, single mistakes."""
    displays = [
        [tuple(one.picture for one in shown.pictures) for shown in found]
        for each in sections
        for _, found in each.displays
    ]
    mistakes = [[(wrong.mistake.picture,) for wrong in found] for each in sections for _, found in each.mistakes]
    odd = [
        [(one.picture,) for way in found.odd for one in way if one.picture] for each in matched for found in each.apart
    ]
    for galleries in (mistakes + displays, odd):
        yield from (wish for wish in chain.from_iterable(zip_longest(*galleries)) if wish)


def _examined(records: Sequence[Record], refusals: Sequence[Refusal], models: Sequence[str]) -> str:
    if not records:
        return f"Nothing could be examined; {words.count(len(refusals), 'refusal')} below say why."
    data = {record.norm.data: record.norm.count for record in records}
    exams = {record.norm.exam for record in records}
    on = words.listed([f"{name} ({words.count(count, 'item')})" for name, count in data.items()])
    said = f"{words.count(len(models), 'model')}, {words.count(len(exams), 'exam')}, on {on}."
    return f"{said} {words.count(len(refusals), 'refusal')}." if refusals else said
