"""Does a threshold hold on other pictures? Chosen on one dataset, used on another, beside the one chosen there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from eyechart import stats
from eyechart.core import Estimate, Result

EXAM = "scores"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """One threshold of one model away from home, and what the threshold chosen there gives."""

    model: str
    chosen_on: str
    threshold: float
    used_on: str
    recall: Estimate
    false_accepts: Estimate
    recall_of_its_own: Estimate
    false_accepts_of_its_own: Estimate


def carried(models: Mapping[str, Sequence[Result]]) -> tuple[Carried, ...]:
    """For every model that took `scores` on several datasets: each threshold on the graded half of each other one.

    Recall is the share of matched pairs at or above the threshold, false accepts that of unrelated pairs.
    """
    return tuple(row for name, results in models.items() for row in _of(name, results))


def _of(name: str, results: Sequence[Result]) -> Iterator[Carried]:
    taken = [result for result in results if result.record.norm.exam == EXAM]
    for home, away in permutations(taken, 2):
        if home.record.norm.data == away.record.norm.data:
            continue
        recall, false_accepts = _at(float(home.sheet.facts["threshold"]), away)
        own_recall, own_false_accepts = _at(float(away.sheet.facts["threshold"]), away)
        yield Carried(
            model=name,
            chosen_on=home.record.norm.data,
            threshold=float(home.sheet.facts["threshold"]),
            used_on=away.record.norm.data,
            recall=recall,
            false_accepts=false_accepts,
            recall_of_its_own=own_recall,
            false_accepts_of_its_own=own_false_accepts,
        )


def _at(threshold: float, result: Result) -> tuple[Estimate, Estimate]:
    """Recall and false accepts on the half of the pictures on which no threshold was chosen."""
    record, sheet = result
    graded = np.asarray(sheet["graded"], dtype=bool)
    groups, statistics = sheet["group"][graded], record.norm.statistics
    found = (sheet["matched"][graded] >= threshold).astype(np.float64)
    false = (sheet["unmatched"][graded] >= threshold).mean(1)
    return (
        stats.proportion(found, groups, statistics),
        stats.proportion(false, groups, statistics, better="lower"),
    )
