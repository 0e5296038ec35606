"""What a study found: one number per objective, tower and budget, with what other seeds would give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import mean
from typing import Literal, NamedTuple

from eyechart import stats
from eyechart.core import Estimate, Record
from eyechart.reporting.comparison import SIGNS
from eyechart.study.study import Course


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One objective under one norm of learning in one exam, over seeds."""

    norm: str  # digest of the norm of learning and of the exam's
    exam: str
    data: str
    objective: str
    tower: str
    budget: str
    by_seed: Mapping[int, float]
    chance: float | None
    better: Literal["higher", "lower", "neither"]
    found: Estimate | None  # None: too few seeds for an interval

    @property
    def value(self) -> float:
        """The mean over seeds."""
        return mean(self.by_seed.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Versus:
    """Two objectives of one table, seed by seed."""

    first: str
    second: str
    value: float  # first − second
    low: float
    high: float
    p: float  # of the paired t-test, after Holm over all pairs of the table


def findings(records: Iterable[tuple[Course, str, Record]], level: float = 0.95) -> list[Finding]:
    """Of the headline of every record; each comes with its course and the digest of the norm of learning.

    The interval is Student's over seeds: it holds for other starts and other orders of the same pictures, on the same
    items. Source: Bouthillier et al. 2021, "Accounting for variance in machine learning benchmarks".
    """
    gathered: dict[tuple[str, ...], list[tuple[Course, Record]]] = defaultdict(list)
    for course, norm, record in records:
        key = (norm, record.norm.exam, record.norm.data, course.objective, course.tower, course.budget)
        gathered[key].append((course, record))
    return [_finding(key, found, level) for key, found in gathered.items()]


def _finding(key: tuple[str, ...], found: Sequence[tuple[Course, Record]], level: float) -> Finding:
    norm, exam, data, objective, tower, budget = key
    by_seed = {course.seed: record.estimates[record.headline].value for course, record in found}
    headline = found[0][1].estimates[found[0][1].headline]
    return Finding(
        norm=norm,
        exam=exam,
        data=data,
        objective=objective,
        tower=tower,
        budget=budget,
        by_seed=by_seed,
        chance=headline.chance,
        better=headline.better,
        found=stats.of_seeds(list(by_seed.values()), level, chance=headline.chance, better=headline.better),
    )


class Table(NamedTuple):
    """Findings under one norm in one exam, best first, and how they stand to each other."""

    exam: str
    data: str
    tower: str
    budget: str
    norm: str
    rows: tuple[Finding, ...]
    tested: tuple[Versus, ...]

    def ahead_of(self, one: Finding) -> list[str]:
        """The objectives that are surely better."""
        sign = SIGNS[one.better]
        sure = [versus for versus in self.tested if versus.p <= 0.05]
        return [
            *(versus.second for versus in sure if versus.first == one.objective and sign * versus.value < 0),
            *(versus.first for versus in sure if versus.second == one.objective and sign * versus.value > 0),
        ]


def tables(found: Sequence[Finding]) -> list[Table]:
    """One per norm and exam, smaller budgets first."""
    groups: dict[tuple[str, str, str, str, str], list[Finding]] = defaultdict(list)
    for one in found:
        groups[(one.exam, one.data, one.tower, one.budget, one.norm)].append(one)
    return [
        Table(
            *key,
            rows=tuple(sorted(group, key=lambda one: -SIGNS[one.better] * one.value)),
            tested=tuple(_tested(group)),
        )
        for key, group in sorted(groups.items(), key=lambda told: _by_size(*told[0]))
    ]


def _by_size(exam: str, data: str, tower: str, budget: str, norm: str) -> tuple[str, str, int, str, str, str]:
    """The smaller budget first, of those that are written alike."""
    return exam, data, len(budget), budget, tower, norm


def _tested(group: Sequence[Finding]) -> list[Versus]:
    """Every two, on the seeds that both have."""
    tested = []
    for one, other in combinations(group, 2):
        seeds = sorted(one.by_seed.keys() & other.by_seed.keys())
        gap = stats.between_seeds([one.by_seed[seed] for seed in seeds], [other.by_seed[seed] for seed in seeds])
        if gap is not None:
            tested.append((one.objective, other.objective, gap))
    adjusted: Sequence[float] = stats.holm([gap.p for *_, gap in tested]).tolist() if tested else ()
    return [
        Versus(first=one, second=other, value=gap.value, low=gap.low, high=gap.high, p=float(p))
        for (one, other, gap), p in zip(tested, adjusted, strict=True)
    ]
