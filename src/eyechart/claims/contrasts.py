"""Models that were taught alike but for one thing, side by side: seed by seed, and under one norm of each exam."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean

from eyechart.claims.claim import Finding, Part, concluded
from eyechart.claims.evidence import Evidence, Schooling, Witness, one_norm
from eyechart.claims.weigh import above, over_seeds
from eyechart.core import Estimate
from eyechart.reporting.words import signed
from eyechart.stats import of_seeds
from eyechart.stats.seeds import FEWEST

TOO_FEW = f"fewer than {FEWEST} seeds, so another start might say otherwise"
Reading = Callable[[Witness], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupils:
    """One way of teaching: the witnesses of one exam under one norm, by seed."""

    objective: str
    tower: str
    samples: int
    by_seed: Mapping[int, Witness]

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        return tuple(self.by_seed[seed] for seed in sorted(self.by_seed))

    @property
    def params(self) -> int:
        return self.witnesses[0].record.card.params

    def read(self, reading: Reading) -> dict[int, float]:
        """One number per seed."""
        return {seed: reading(witness) for seed, witness in self.by_seed.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """Two ways of teaching that differ in one thing, before one exam."""

    first: Pupils
    second: Pupils

    @property
    def seeds(self) -> tuple[int, ...]:
        """That both have."""
        return tuple(sorted(self.first.by_seed.keys() & self.second.by_seed.keys()))

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        return tuple(pupils.by_seed[seed] for seed in self.seeds for pupils in (self.first, self.second))

    @property
    def study(self) -> str:
        """In which the first was taught, its tower and its budget."""
        school = _school(self.first)
        return f"{school.tower}, {school.samples} pictures ({school.study})"

    @property
    def norm(self) -> str:
        """Of the exam. Raises `NormMismatch` where the two were examined under different norms."""
        return one_norm((*self.first.witnesses, *self.second.witnesses))

    def gap(self, reading: Reading) -> Estimate | None:
        """First − second over the seeds that both have; None for fewer than three."""
        _ = self.norm
        return over_seeds(self.first.read(reading), self.second.read(reading))

    def parts(self, reading: Reading, what: str = "") -> tuple[Part, ...]:
        """Either side over seeds and the difference, as far as there are enough seeds; nothing without a shared one."""
        if not self.seeds:
            return ()
        start, told = f"{what}: " if what else "", []
        for side, pupils in (("first", self.first), ("second", self.second)):
            values = [pupils.read(reading)[seed] for seed in self.seeds]
            told.append(Part(what=f"{start}{side}", found=of_seeds(values) or _bare(values), norm=self.norm))
        gap = self.gap(reading)
        if gap is not None:
            told.append(Part(what=f"{start}first − second", found=gap, norm=self.norm))
        return tuple(told)


def headline(witness: Witness) -> float:
    """The value by which models are ranked."""
    return witness[witness.record.headline].value


def value_of(estimate: str) -> Reading:
    """One estimate's value."""
    return lambda witness: witness[estimate].value


def pupils(evidence: Evidence, exam: str, *estimates: str) -> dict[tuple[str, ...], list[Pupils]]:
    """By norm of the exam and study, all ways of teaching that were examined under it."""
    gathered: dict[tuple[str, ...], dict[tuple[str, str, int], dict[int, Witness]]] = defaultdict(dict)
    for witness, taught in evidence.taught(exam, *estimates):
        key = (witness.norm, taught.study, str(taught.pictures))
        course = (taught.objective, taught.tower, taught.samples)
        gathered[key].setdefault(course, {})[taught.seed] = witness
    return {
        key: [
            Pupils(objective=course[0], tower=course[1], samples=course[2], by_seed=by_seed)
            for course, by_seed in sorted(courses.items())
        ]
        for key, courses in sorted(gathered.items())
    }


def objectives(
    evidence: Evidence, exam: str, pairs: Sequence[tuple[str, str]], *estimates: str
) -> Iterator[tuple[tuple[str, str], Contrast]]:
    """Each of these pairs of objectives wherever both were taught on one tower under one norm of learning."""
    for group in pupils(evidence, exam, *estimates).values():
        for one in group:
            for other in group:
                alike = (one.tower, one.samples) == (other.tower, other.samples) and _learnt(one) == _learnt(other)
                if alike and (one.objective, other.objective) in pairs:
                    yield (one.objective, other.objective), Contrast(first=one, second=other)


def towers(
    evidence: Evidence, exam: str, wanted: Callable[[Schooling, Schooling], bool], *estimates: str
) -> Iterator[Contrast]:
    """Each two towers that were taught alike in one study, as `wanted` of their schooling."""
    for group in pupils(evidence, exam, *estimates).values():
        for one in group:
            for other in group:
                alike = (one.objective, one.samples) == (other.objective, other.samples)
                if alike and wanted(_school(one), _school(other)):
                    yield Contrast(first=one, second=other)


def judged(of: str, contrast: Contrast, reading: Reading, limit: float = 0.0) -> Finding:
    """Supported where first − second is surely above the limit, contradicted where it is surely below."""
    gap = contrast.gap(reading)
    said = f"{TOO_FEW.capitalize()}: {len(contrast.seeds)} of each." if gap is None else difference(gap)
    return Finding(
        of=of,
        verdict="undecided" if gap is None else concluded(above(gap, limit)),
        sentence=said,
        parts=contrast.parts(reading),
        witnesses=contrast.witnesses,
        seeds=contrast.seeds,
    )


def unasked(found: Finding, reason: str) -> Finding:
    """The same where something that the claim takes for granted is not so."""
    return replace(found, verdict="undecided", sentence=f"{reason} {found.sentence}", asked=False)


def difference(gap: Estimate) -> str:
    """A gap in one sentence."""
    return f"A difference of {signed(gap.value)} [{signed(gap.low)}, {signed(gap.high)}]."


def _school(pupils: Pupils) -> Schooling:
    found = pupils.witnesses[0].schooling
    if found is None:
        raise TypeError("pupils are gathered from witnesses whose schooling is known")
    return found


def _learnt(pupils: Pupils) -> str:
    return _school(pupils).norm


def _bare(values: Sequence[float]) -> Estimate:
    """A mean without an interval: it reaches to both ends of what was seen."""
    return Estimate(
        value=mean(values), low=min(values), high=max(values), units=len(values), method="least and most over seeds"
    )
