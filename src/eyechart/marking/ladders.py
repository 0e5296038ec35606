"""Models of several sizes that grew up alike: who may share a law, what is on the front, who is best for a price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from eyechart import stats
from eyechart.core import Result, Statistics
from eyechart.errors import BadInput, NormMismatch, Refused
from eyechart.stats.scaling import FEWEST, Ladder, Scaling, front, scaling

COSTS = {"parameters": "parameters", "flops": "operations per picture", "seconds_one": "seconds per picture"}


class Upbringing(NamedTuple):
    """What must be equal, beside the norm of the exam, for sizes to share one law; the trunk is what differs."""

    study: str
    objective: str
    trained_on: str
    samples: int

    def __str__(self) -> str:
        told = [self.objective, f"{self.samples:,} samples seen".replace(",", "\u202f")]
        return ", ".join(word for word in told if word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """The models of one upbringing with the law through them, or why there is none."""

    upbringing: Upbringing
    names: tuple[str, ...]
    found: Scaling | None
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Under a budget: the best, and those whose rows do not show that they are worse."""

    best: str
    level: tuple[str, ...]
    beyond: int  # models that cost too much
    unknown: int  # models of which a cost is not known


def upbringing(facts: Mapping[str, Any]) -> Upbringing | None:
    """Of a model, from the facts of its record; None where nobody tells what it learnt from, or for how long."""
    learnt, seen = facts.get("trained_on"), facts.get("samples_seen")
    if learnt in (None, "unknown") or not seen:
        return None
    return Upbringing(str(facts.get("study") or ""), str(facts.get("objective") or ""), str(learnt), int(seen))


def rises(results: Sequence[Result], cost: str, statistics: Statistics) -> list[Rise]:
    """One law per upbringing, over `cost`, of results of one norm.

    Raises:
        NormMismatch: the results are not about the same rows.
    """
    _same_rows(results)
    groups: dict[Upbringing, list[Result]] = {}
    for result in results:
        grown = upbringing(result.record.facts)
        if grown is not None and result.record.facts.get(cost):
            groups.setdefault(grown, []).append(result)
    return [_rise(grown, group, cost, statistics) for grown, group in sorted(groups.items())]


def law(results: Sequence[Result], cost: str, statistics: Statistics) -> Scaling:
    """The one law of results that must all have grown up alike.

    Raises:
        NormMismatch: they did not, or are not about the same rows.
        Refused: nobody tells how one of them learnt, or there are fewer than three sizes.
    """
    grown = {upbringing(result.record.facts) for result in results}
    if None in grown:
        lacking = next(result.record.card.name for result in results if upbringing(result.record.facts) is None)
        raise Refused(f"nothing tells what {lacking} learnt from and for how many samples, so it is in no law")
    if len(grown) > 1:
        raise NormMismatch(
            f"{len(grown)} upbringings cannot share one law ({'; '.join(sorted(map(str, grown)))}); fit each apart"
        )
    _same_rows(results)
    sizes = np.array([result.record.facts.get(cost) or 0.0 for result in results], dtype=np.float64)
    if not sizes.all():
        raise Refused(f"the {COSTS.get(cost, cost)} of a model are not known, so there is no law over them")
    order = [np.argsort(result.sheet["id"], kind="stable") for result in results]
    scores = np.stack([result.sheet["score"][rows] for result, rows in zip(results, order, strict=True)])
    ladder = Ladder(sizes=sizes, scores=scores.astype(np.float64), groups=results[0].sheet["group"][order[0]])
    return scaling(ladder, statistics)


def unlearned(results: Sequence[Result]) -> list[str]:
    """Names of the models that stand in no law because nobody tells how they learnt."""
    return [result.record.card.name for result in results if upbringing(result.record.facts) is None]


def on_front(results: Sequence[Result], cost: str) -> list[Result]:
    """The models of known cost that no other beats, from the cheapest to the dearest."""
    priced = [result for result in results if result.record.facts.get(cost)]
    costs = [float(result.record.facts[cost]) for result in priced]
    return [priced[place] for place in front(costs, [_score(result) for result in priced])]


def best_under(results: Sequence[Result], budget: Mapping[str, float], statistics: Statistics) -> Choice:
    """The best of those that cost at most `budget`, and who cannot be told from it (paired by row, Holm).

    Raises:
        BadInput: none is cheap enough.
    """
    known = [one for one in results if all(one.record.facts.get(cost) for cost in budget)]
    fits = [one for one in known if all(one.record.facts[cost] <= most for cost, most in budget.items())]
    if not fits:
        told = ", ".join(f"{COSTS[cost]} ≤ {most:g}" for cost, most in budget.items())
        raise BadInput(f"none of {len(results)} models is known to be within the budget {told}")
    ranked = sorted(fits, key=lambda one: (-_score(one), *(one.record.facts[cost] for cost in budget)))
    first, *others = ranked
    tests = [stats.paired(*_rows(first, other), first.sheet["group"], statistics) for other in others]
    shares = stats.holm([test.p for test in tests])
    level = [other for other, p in zip(others, shares, strict=True) if p > 1 - statistics.level]
    return Choice(
        best=first.record.card.name,
        level=tuple(other.record.card.name for other in level),
        beyond=len(known) - len(fits),
        unknown=len(results) - len(known),
    )


def _rise(grown: Upbringing, group: Sequence[Result], cost: str, statistics: Statistics) -> Rise:
    names = tuple(result.record.card.name for result in group)
    sizes = {result.record.facts[cost] for result in group}
    if len(sizes) < FEWEST:
        refused = f"{len(sizes)} size(s) of {grown}: a law needs {FEWEST} at least"
        return Rise(upbringing=grown, names=names, found=None, refused=refused)
    return Rise(upbringing=grown, names=names, found=law(group, cost, statistics))


def _same_rows(results: Sequence[Result]) -> None:
    known = {tuple(sorted(result.sheet["id"].tolist())) for result in results}
    if len(known) > 1:
        raise NormMismatch("the models were not examined on the same items; examine them under one norm")


def _rows(one: Result, other: Result) -> tuple[Any, Any]:
    place = {name: row for row, name in enumerate(other.sheet["id"].tolist())}
    return one.sheet["score"], other.sheet["score"][[place[name] for name in one.sheet["id"].tolist()]]


def _score(result: Result) -> float:
    return float(np.asarray(result.sheet["score"], dtype=np.float64).mean())
