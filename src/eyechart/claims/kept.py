"""The one test of "it cannot do that": of what a model can do where it is easy, less than half is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from eyechart.claims.claim import Finding, Part, concluded
from eyechart.claims.evidence import Evidence, Witness
from eyechart.claims.weigh import beats_chance, below, left, way
from eyechart.core import Estimate
from eyechart.reporting.words import number

HALF = 0.5  # of the way from chance to perfection


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A hard version and an easy one of the same question, in one record."""

    exam: str
    hard: str  # estimates, and what they are in words
    easy: str
    hard_words: str
    easy_words: str
    beside: Mapping[str, str]  # other estimates worth reading → words
    raw: bool = False  # guessing gets nothing in the hard version: shares are of scores, not of what is above chance


def tried(evidence: Evidence, trial: Trial) -> Iterator[Finding]:
    """One finding per model and norm."""
    for witness in evidence.of(trial.exam, trial.hard, trial.easy):
        yield weighed(witness, trial)


def weighed(witness: Witness, trial: Trial, best: float = 1.0) -> Finding:
    """Supported where less than half is surely left; undecided where the easy version is not surely above chance.

    Args:
        witness: has both estimates.
        trial: which they are.
        best: that could be had in the hard version.
    """
    hard, easy = witness[trial.hard], witness[trial.easy]
    if not beats_chance(easy):
        return Finding(
            of=witness.name,
            verdict="undecided",
            sentence=f"Already {trial.easy_words} it is not surely better than guessing: there is nothing to lose.",
            parts=tuple(_parts(witness, trial)),
            witnesses=(witness,),
            asked=False,
        )
    share = left(_scaled(hard, best, raw=trial.raw), _scaled(easy, 1.0, raw=trial.raw))
    if share is None:  # `easy` is above chance, so there is something
        raise ArithmeticError(f"{witness.name}: {trial.easy} is above chance and yet nothing")
    verdict = concluded(below(share, HALF))
    parts = (*_parts(witness, trial), Part(what="share that is left", found=share, norm=witness.norm))
    return Finding(
        of=witness.name,
        verdict=verdict,
        sentence=_said(verdict, share, trial),
        parts=parts,
        witnesses=(witness,),
    )


def doubted(finding: Finding, reason: str) -> Finding:
    """The same, undecided, with what forbids a verdict."""
    return replace(finding, verdict="undecided", sentence=f"{finding.sentence} {reason}")


def parts_of(witness: Witness, words: Mapping[str, str]) -> Iterator[Part]:
    """Those of these estimates that the witness has."""
    for name, what in words.items():
        if witness.has(name):
            yield Part(what=what, found=witness[name], norm=witness.norm)


def lacking(witness: Witness, sentence: str, parts: Iterable[Part] = ()) -> Finding:
    """Undecided, because something that the claim takes for granted is not so."""
    return Finding(
        of=witness.name,
        verdict="undecided",
        sentence=sentence,
        parts=tuple(parts),
        witnesses=(witness,),
        asked=False,
    )


def _scaled(found: Estimate, best: float, *, raw: bool) -> Estimate:
    return found if raw else way(found, best)


def _parts(witness: Witness, trial: Trial) -> Iterator[Part]:
    words = {trial.easy: trial.easy_words, trial.hard: trial.hard_words, **trial.beside}
    yield from parts_of(witness, words)


def _said(verdict: str, share: Estimate, trial: Trial) -> str:
    of = "its score" if trial.raw else "what it does better than guessing"
    judged = {"supported": "surely less than half", "contradicted": "surely more than half"}.get(
        verdict, "which may be half"
    )
    return f"Of {of} {trial.easy_words}, {number(share.value)} is left {trial.hard_words}: {judged}."
