"""What another parameter buys: S1, S2, V2. Read off ladders: one objective, one budget, several sizes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log2

from eyechart.claims.claim import Claim, Finding, Part, concluded
from eyechart.claims.contrasts import TOO_FEW, Contrast, Pupils, difference, headline, judged, pupils, unasked, value_of
from eyechart.claims.evidence import Evidence, Witness, one_norm
from eyechart.claims.weigh import above, beats_chance, below, over_seeds
from eyechart.reporting.words import large, number, signed
from eyechart.stats import of_seeds

SCORES = ("returns", "linear", "zero_shot")
STEP = 1.5  # times as many parameters, from which on a tower is another size
RUNGS = 3  # without which there is no "ever less"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Towers of one kind that were taught alike, the smallest first, before one exam."""

    exam: str
    rungs: tuple[Pupils, ...]

    @property
    def of(self) -> str:
        first, last = self.rungs[0], self.rungs[-1]
        taught = f"{first.objective}, {first.samples} pictures, {first.tower} to {last.tower}"
        return f"{self.exam}: {taught}"

    @property
    def seeds(self) -> tuple[int, ...]:
        """That all have."""
        return tuple(sorted(set.intersection(*(set(rung.by_seed) for rung in self.rungs))))

    @property
    def witnesses(self) -> tuple[Witness, ...]:
        return tuple(rung.by_seed[seed] for rung in self.rungs for seed in self.seeds)

    @property
    def norm(self) -> str:
        """Of the exam. Raises `NormMismatch` where there are two."""
        return one_norm([witness for rung in self.rungs for witness in rung.witnesses])

    def gains(self, lower: Pupils, upper: Pupils) -> dict[int, float]:
        """What each doubling of the parameters between two rungs adds to the headline, by seed."""
        doublings = log2(upper.params / lower.params)
        few, many = lower.read(headline), upper.read(headline)
        return {seed: (many[seed] - few[seed]) / doublings for seed in self.seeds}

    def steps(self) -> list[tuple[str, dict[int, float]]]:
        """Each step in words with its gains per doubling."""
        return [
            (f"per doubling, {large(lower.params)} to {large(upper.params)}", self.gains(lower, upper))
            for lower, upper in pairwise(self.rungs)
        ]


def ladders(evidence: Evidence, exam: str, *estimates: str) -> Iterator[Ladder]:
    """Wherever one objective was taught to two sizes of one family or more, with one budget."""
    for group in pupils(evidence, exam, *estimates).values():
        alike: dict[tuple[str, int, str], list[Pupils]] = defaultdict(list)
        for one in group:
            family = one.witnesses[0].schooling
            alike[one.objective, one.samples, family.family if family else ""].append(one)
        for _, rungs in sorted(alike.items()):
            sizes = _sizes(sorted(rungs, key=lambda one: (one.params, one.tower)))
            if len(sizes) > 1:
                yield Ladder(exam=exam, rungs=tuple(sizes))


def _sizes(rungs: Sequence[Pupils]) -> list[Pupils]:
    """Without towers that are hardly larger than the one before."""
    kept: list[Pupils] = []
    for rung in rungs:
        if not kept or rung.params >= STEP * kept[-1].params:
            kept.append(rung)
    return kept


def returns(evidence: Evidence) -> Sequence[Finding]:
    """The last doubling buys less than the first."""
    return [_diminished(ladder) for exam in SCORES for ladder in ladders(evidence, exam) if len(ladder.rungs) >= RUNGS]


def _diminished(ladder: Ladder) -> Finding:
    steps = ladder.steps()
    fall = over_seeds(steps[-1][1], steps[0][1])
    if fall is None:
        return _open(ladder)
    parts = [*_rungs(ladder), *_gains(ladder, steps), Part(what="last − first", found=fall, norm=ladder.norm)]
    first, last = (sum(gains.values()) / len(gains) for gains in (steps[0][1], steps[-1][1]))
    return Finding(
        of=ladder.of,
        verdict=concluded(below(fall, 0)),
        sentence=f"A doubling of the parameters adds {signed(first)} at the small end and {signed(last)} at the large "
        f"one. {difference(fall)}",
        parts=tuple(parts),
        witnesses=ladder.witnesses,
        seeds=ladder.seeds,
    )


def helps(evidence: Evidence) -> Sequence[Finding]:
    """Every step up the ladder, and every larger budget, adds something."""
    every = [ladder for exam in SCORES for ladder in ladders(evidence, exam)]
    return [*(_rising(ladder) for ladder in every), *(found for exam in SCORES for found in _longer(evidence, exam))]


def _rising(ladder: Ladder) -> Finding:
    steps = ladder.steps()
    found = [of_seeds(list(gains.values())) for _, gains in steps]
    told = [one for one in found if one is not None]
    if len(told) < len(steps):
        return _open(ladder)
    rises = sum(above(one, 0) is True for one in told)
    return Finding(
        of=f"larger · {ladder.of}",
        verdict=concluded(*(above(one, 0) for one in told)),
        sentence=f"{rises} of {len(told)} steps to a larger tower surely add something.",
        parts=(*_rungs(ladder), *_gains(ladder, steps)),
        witnesses=ladder.witnesses,
        seeds=ladder.seeds,
    )


def _longer(evidence: Evidence, exam: str) -> Iterator[Finding]:
    """The largest budget of one tower and objective against the smallest."""
    for group in pupils(evidence, exam).values():
        for key in sorted({(one.objective, one.tower) for one in group}):
            budgets = sorted((one for one in group if (one.objective, one.tower) == key), key=lambda one: one.samples)
            if len(budgets) > 1:
                contrast = Contrast(first=budgets[-1], second=budgets[0])
                of = f"longer · {exam}: {' on '.join(key)}, {budgets[-1].samples} − {budgets[0].samples} pictures"
                yield judged(of, contrast, headline)


def shape(evidence: Evidence) -> Sequence[Finding]:
    """The largest tower leans to the shape more than the smallest."""
    found = []
    for ladder in ladders(evidence, "cue_conflict", "shape_over_texture", "coverage"):
        contrast = Contrast(first=ladder.rungs[-1], second=ladder.rungs[0])
        means = {witness.record.facts.get("means") for witness in contrast.witnesses}
        if len(means) == 1:
            found.append(_leaning(ladder.of, contrast))
    return found


def _leaning(of: str, contrast: Contrast) -> Finding:
    """With how well either cue is read by itself, where that was asked."""
    found = judged(of, contrast, value_of("shape_over_texture"))
    cues = [cue for cue in ("silhouette", "patch") if all(one.has(cue) for one in contrast.witnesses)]
    beside = [part for cue in cues for part in contrast.parts(value_of(cue), cue)[:2]]
    found = replace(found, parts=(*found.parts, *beside))
    if all(beats_chance(witness["coverage"]) for witness in contrast.witnesses):
        return found
    return unasked(found, "Not all of them surely name the shape or the texture more often than by guessing.")


def _rungs(ladder: Ladder) -> Iterator[Part]:
    for rung in ladder.rungs:
        scores = rung.read(headline)
        found = of_seeds([scores[seed] for seed in ladder.seeds])
        if found is not None:
            yield Part(what=f"{large(rung.params)} parameters", found=found, norm=ladder.norm)


def _gains(ladder: Ladder, steps: Sequence[tuple[str, dict[int, float]]]) -> Iterator[Part]:
    for what, gains in steps:
        found = of_seeds(list(gains.values()))
        if found is not None:
            yield Part(what=what, found=found, norm=ladder.norm)


def _open(ladder: Ladder) -> Finding:
    said = ", ".join(
        f"{large(rung.params)}: {number(sum(values) / len(values))}"
        for rung in ladder.rungs
        for values in (list(rung.read(headline).values()),)
    )
    return Finding(
        of=ladder.of,
        verdict="undecided",
        sentence=f"{TOO_FEW.capitalize()}. So far: {said}.",
        witnesses=tuple(witness for rung in ladder.rungs for witness in rung.witnesses),
        seeds=ladder.seeds,
    )


CLAIMS = (
    Claim(
        id="S1",
        text="More parameters buy a vision model ever less.",
        source="the sceptic's essay",
        test=f"Over {RUNGS} sizes or more of one ladder, seed by seed: what the last doubling of the parameters "
        "adds to the score is surely less (or surely more) than what the first adds.",
        asks=("returns",),
        also=("linear", "zero_shot"),
        judge=returns,
        study="ladder",
        silent="What holds for 0.2 to 5 million parameters on the world need not hold for 22 billion on the web.",
    ),
    Claim(
        id="S2",
        text="Larger vision models lean to the shape of a thing rather than to its texture.",
        source="the sceptic's essay",
        test="Within one ladder, seed by seed: the largest tower is surely more (or surely less) often for the "
        "shape than the smallest.",
        asks=("cue_conflict",),
        judge=shape,
        study="ladder",
        silent="A tower that reads outlines better goes by them more often; how well each cue is read by itself "
        "stands beside it.",
    ),
    Claim(
        id="V2",
        text="More data and larger models help consistently.",
        source="the survey chapter",
        test="Every step of a ladder surely adds something (one that surely costs something contradicts it), and "
        "so does the largest budget over the smallest.",
        asks=("returns",),
        also=("linear", "zero_shot"),
        judge=helps,
        study="ladder",
        silent="The budget counts pictures seen, with repetition, of one collection: more data in the sense of "
        "more collections is not asked.",
    ),
)
