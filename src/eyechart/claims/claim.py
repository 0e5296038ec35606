"""What a claim is, what is found of it, and how findings make a verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from eyechart.claims.evidence import Evidence, Witness
from eyechart.core import Estimate

Verdict = Literal["supported", "contradicted", "undecided"]
Overall = Verdict | Literal["not examined"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One number of a finding."""

    what: str  # in words
    found: Estimate
    norm: str  # digest of the norm under which it was obtained


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one model, or one comparison, says to a claim."""

    of: str  # the model or the comparison, in words
    verdict: Verdict
    sentence: str
    parts: tuple[Part, ...] = ()
    witnesses: tuple[Witness, ...] = ()  # whose numbers were read
    seeds: tuple[int, ...] = ()  # over which the intervals go, where they do
    asked: bool = True  # False: what the claim takes for granted is not so, and nothing can be concluded


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One thing that is said, who says it, and how records are asked."""

    id: str
    text: str  # in one plain sentence
    source: str
    test: str  # what would support and what would contradict it, in words
    asks: tuple[str, ...]  # exams without whose records there is nothing to judge
    judge: Callable[[Evidence], Sequence[Finding]]
    study: str = ""  # the study whose models it compares; empty: any model will do
    also: tuple[str, ...] = ()  # exams that are read where there are records
    silent: str = ""  # what the exams cannot tell, and why


def concluded(*holds: bool | None) -> Verdict:
    """Supported when everything surely holds, contradicted when something surely does not."""
    if any(one is False for one in holds):
        return "contradicted"
    return "supported" if holds and all(holds) else "undecided"


def answered(holds: Mapping[str, bool | None]) -> str:
    """Each thing with how it turned out: ``it finds the thing: surely; others change: open``."""
    words = {True: "surely", False: "surely not", None: "open"}
    said = "; ".join(f"{what}: {words[one]}" for what, one in holds.items())
    return f"{said[:1].upper()}{said[1:]}."


def overall(findings: Sequence[Finding]) -> Overall:
    """Supported, or contradicted, by all that could be asked; otherwise undecided.

    That all hold is only said when each does at its own level, so no level is corrected for their number.
    """
    if not findings:
        return "not examined"
    verdicts = {finding.verdict for finding in findings if finding.asked}
    return verdicts.pop() if len(verdicts) == 1 else "undecided"


def counted(findings: Sequence[Finding]) -> str:
    """``holds for 2 of 5, fails for 1, open for 2; 3 could not be asked``."""
    asked = [finding for finding in findings if finding.asked]
    counts, rest = Counter(finding.verdict for finding in asked), len(findings) - len(asked)
    said = [f"holds for {counts['supported']} of {len(asked)}"] * bool(asked)
    said += [f"fails for {counts['contradicted']}"] * bool(counts["contradicted"])
    said += [f"open for {counts['undecided']}"] * bool(counts["undecided"])
    left = [f"{rest} could not be asked"] * bool(rest)
    return "; ".join([*([", ".join(said)] if said else []), *left])
