"""The verdicts as a page of Markdown, and as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from eyechart.claims.claim import Finding, Part
from eyechart.claims.evidence import Witness
from eyechart.claims.verdicts import Judged
from eyechart.reporting.tables import escaped
from eyechart.reporting.words import interval, number
from eyechart.store.codec import plain

OPENING = """\
# What records say to what is said of vision models

Written by `eyechart claims` from records and from nothing else. A finding is *supported* or *contradicted* when the
whole interval lies on one side of the limit that is named under the claim, and *undecided* otherwise, or when what the
claim takes for granted is not so: then it could not be asked, and does not count. A claim is supported when every
finding that counts supports it, contradicted when every one contradicts it, and undecided otherwise. Intervals have
95 % unless a norm says otherwise; those over seeds hold for other starts, all others for other pictures. What was
obtained under different norms is never compared. A verdict holds for the models and the data that are named, and for
no others.
"""


def markdown(judged: Sequence[Judged]) -> str:
    """The same claims and records give the same bytes."""
    lines = [OPENING, *_summary(judged)]
    for one in judged:
        lines += _section(one)
    return "\n".join(lines) + "\n"


def values(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """Everything on the page, as JSON holds it."""
    return [
        {
            "id": one.claim.id,
            "claim": one.claim.text,
            "source": one.claim.source,
            "test": one.claim.test,
            "silent": one.claim.silent,
            "verdict": one.verdict,
            "count": one.count,
            "findings": [_finding(finding) for finding in one.findings],
            "commands": one.commands,
        }
        for one in judged
    ]


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "of": finding.of,
        "verdict": finding.verdict,
        "sentence": finding.sentence,
        "seeds": list(finding.seeds),
        "parts": [{"what": part.what, "norm": part.norm, **plain(part.found)} for part in finding.parts],
        "records": [{"model": one.name, "norm": one.norm, "sheet": one.record.sheet} for one in finding.witnesses],
    }


def _summary(judged: Sequence[Judged]) -> Iterator[str]:
    yield "| | claim | verdict | |"
    yield "|:--|:--|:--|:--|"
    for one in judged:
        yield f"| [{one.claim.id}](#{one.claim.id.lower()}) | {one.claim.text} | {one.verdict} | {one.count} |"
    yield ""


def _section(one: Judged) -> Iterator[str]:
    claim = one.claim
    yield f"## {claim.id}\n"
    yield f"> {claim.text}\n>\n> — {claim.source}\n"
    yield f"**{one.verdict.capitalize()}**{': ' + one.count if one.count else ''}.\n"
    yield f"*Limit.* {claim.test}\n"
    if claim.silent:
        yield f"*Not told.* {claim.silent}\n"
    if not one.findings:
        yield f"Not examined: {_absent(one)}. Run\n"
    else:
        asked = [finding for finding in one.findings if finding.asked]
        yield from (f"- {escaped(finding.of)}: **{finding.verdict}**. {escaped(finding.sentence)}" for finding in asked)
        yield from _unasked(one.findings)
        yield ""
        yield from _tables(asked or one.findings)
        yield from _norms(one.witnesses)
        yield "Again:\n"
    yield "<!-- needs: time -->"
    yield "```sh"
    yield from one.commands
    yield "```\n"


def _unasked(findings: Sequence[Finding]) -> Iterator[str]:
    """All that could not be asked for one reason stand on one line."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for finding in findings:
        if not finding.asked:
            reasons[finding.sentence].append(finding.of)
    for reason, names in reasons.items():
        told = ", ".join(escaped(name) for name in dict.fromkeys(names))
        yield f"- *Could not be asked*: {told}. {escaped(reason)}"


def _absent(one: Judged) -> str:
    exams = " and ".join(f"`{exam}`" for exam in one.claim.asks)
    if one.present:
        return f"there are records of {exams}, but none of models or of an edition that this can be read off"
    return f"there is no record of {exams}"


def _tables(findings: Sequence[Finding]) -> Iterator[str]:
    """One table for all findings that have the same numbers."""
    alike: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.parts:
            alike[tuple(part.what for part in finding.parts)].append(finding)
    for headings, group in alike.items():
        yield from _table(headings, group)


def _table(headings: Sequence[str], group: Sequence[Finding]) -> Iterator[str]:
    """One row per finding; a chance level that all share stands in the heading."""
    columns = list(zip(*(finding.parts for finding in group), strict=True))
    shared = [len({part.found.chance for part in column}) == 1 for column in columns]
    told = [
        escaped(what) + (_chance(column[0]) if same else "")
        for what, column, same in zip(headings, columns, shared, strict=True)
    ]
    seeds = any(finding.seeds for finding in group)
    rest = ["seeds", "norm"] if seeds else ["norm"]
    yield f"| {' | '.join(['', *told, *rest])} |"
    yield f"|:--|{'--:|' * len(told)}{':--|' * len(rest)}"
    for finding in group:
        cells = [
            _cell(part) + ("" if same else _chance(part)) for part, same in zip(finding.parts, shared, strict=True)
        ]
        cells += [", ".join(map(str, finding.seeds))] * seeds
        norms = dict.fromkeys(part.norm[:8] for part in finding.parts)
        yield f"| {' | '.join([escaped(finding.of), *cells, ', '.join(norms)])} |"
    yield ""


def _cell(part: Part) -> str:
    """A single seed has no interval."""
    return interval(part.found) if part.found.units > 1 else number(part.found.value)


def _chance(part: Part) -> str:
    return "" if part.found.chance is None else f" (chance {number(part.found.chance)})"


def _norms(witnesses: Sequence[Witness]) -> Iterator[str]:
    """What the digests stand for."""
    told = {one.norm: one.record.norm for one in witnesses}
    for digest, norm in sorted(told.items(), key=lambda entry: (entry[1].exam, entry[0])):
        yield (
            f"- norm {digest[:8]}: {norm.exam} {norm.version} on {escaped(norm.data)}/{norm.split}, "
            f"{norm.count} items, {norm.statistics.level:.0%} intervals"
        )
    yield ""
