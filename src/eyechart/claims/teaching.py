"""Ways of teaching against each other, at equal pictures, trunk and budget: S14, S17, L2, L3, L4."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from eyechart.claims.claim import Claim, Finding, Part, answered, concluded
from eyechart.claims.contrasts import (
    TOO_FEW,
    Contrast,
    Reading,
    headline,
    judged,
    objectives,
    towers,
    unasked,
    value_of,
)
from eyechart.claims.evidence import CONVOLUTIONS, PATCHES, Evidence, Schooling, Witness
from eyechart.claims.weigh import above, beats_chance, below, over_seeds
from eyechart.stats import of_seeds
from eyechart.stats.seeds import FEWEST

LEARNER = "the learner's essay"
LOCKED = (("lit", "clip"), ("lit", "siglip"))
WITH_TEXT = ("zero_shot", "retrieval", "gzsl")
RELATED = tuple((one, "supervised") for one in ("ijepa", "siammae", "mae"))
SELF = ("mae", "dino", "dinov2", "ijepa", "siammae")
UNLABELLED = tuple((one, "supervised") for one in SELF)
LIFTED = tuple((one, "supervised") for one in ("clip", "siglip", *SELF))
COSTS = ("finetune", "linear")  # the first that was taken; one tunes the tower, the other only reads it
NEARLY = 0.9  # of what labels teach beyond guessing: who keeps more has lost nothing worth telling
SHIFT = "same_answer_shift_4"
KINDS = {"detail alone": "retained_detail", "form alone": "retained_form"}
LAG, LAGGING = "form_deeper", "how much deeper form lies"
TENTH = 0.1  # of what is told above chance, or of the depth: less is next to nothing


class Asked(NamedTuple):
    """One thing that a claim says of two ways of teaching, before one exam."""

    what: str
    exam: str
    estimate: str
    better: bool  # the claim says more, otherwise less


TRADE = (
    Asked("order of the space", "order", "order", better=True),
    Asked("notices the intruder", "elephant", "notices", better=True),
)


def lit(evidence: Evidence) -> Sequence[Finding]:
    """Locked against unlocked, seed by seed, in what needs both sides."""
    return [
        judged(f"{exam}: {' − '.join(pair)} on {contrast.study}", contrast, headline)
        for exam in WITH_TEXT
        for pair, contrast in objectives(evidence, exam, LOCKED)
    ]


def trade(evidence: Evidence) -> Sequence[Finding]:
    """Gains in order and with intruders, at a cost in accuracy."""
    found: dict[str, dict[Asked, Contrast]] = defaultdict(dict)
    for asked in (*TRADE, *_costs(evidence)):
        for pair, contrast in objectives(evidence, asked.exam, RELATED, asked.estimate):
            mine = found[f"{' − '.join(pair)} on {contrast.study}"]
            if _looked_alike(contrast) and (asked not in mine or len(mine[asked].seeds) < len(contrast.seeds)):
                mine[asked] = contrast
    return [
        _traded(of, table) for of, table in sorted(found.items()) if {asked.better for asked in table} == {True, False}
    ]


def _costs(evidence: Evidence) -> tuple[Asked, ...]:
    exam = next((exam for exam in COSTS if evidence.taught(exam, "top1")), COSTS[-1])
    words = {"finetune": "accuracy when fine-tuned", "linear": "accuracy of a linear probe"}
    return (Asked(words[exam], exam, "top1", better=False),)


def _looked_alike(contrast: Contrast) -> bool:
    """Whether an intruder was looked for in the same way; of other exams always."""
    return len({witness.record.facts.get("look") for witness in contrast.witnesses}) == 1


def _traded(of: str, table: dict[Asked, Contrast]) -> Finding:
    holds: dict[str, bool | None] = {}
    parts: list[Part] = []
    for asked, contrast in table.items():
        gap = contrast.gap(value_of(asked.estimate))
        side = f"{'more' if asked.better else 'less'}: {asked.what}"
        holds[side] = None if gap is None else (above if asked.better else below)(gap, 0)
        parts += contrast.parts(value_of(asked.estimate), asked.what)
    few = any(contrast.gap(headline) is None for contrast in table.values())
    return Finding(
        of=of,
        verdict=concluded(*holds.values()),
        sentence=answered(holds) + (f" {TOO_FEW.capitalize()}." if few else ""),
        parts=tuple(parts),
        witnesses=tuple(witness for contrast in table.values() for witness in contrast.witnesses),
        seeds=next(iter(table.values())).seeds,
    )


def inborn(evidence: Evidence) -> Sequence[Finding]:
    """A network of convolutions against one of patches, objective by objective."""
    found = []
    for what, exam, *needed in (
        ("lives on detail rather than on form", "locality", "detail_over_form", "clean"),
        ("gives the same answer after a shift of 4/64", "locality", SHIFT, "clean"),
        ("accuracy from the same few pictures, linear probe", "linear", "top1"),
    ):
        for contrast in towers(evidence, exam, _of_two_kinds, *needed):
            if len({one.record.facts.get("means") for one in contrast.witnesses}) > 1:
                continue  # one was asked by its words and the other by a probe
            names = f"{contrast.first.tower} − {contrast.second.tower}"
            of = f"{what}: {names}, {contrast.first.objective}, {contrast.first.samples} pictures"
            told = judged(of, contrast, value_of(needed[0]))
            sees = all(beats_chance(one[needed[-1]]) for one in contrast.witnesses)
            found.append(
                told if sees else unasked(told, "Not all of them surely name anything better than by guessing.")
            )
    return found


def _of_two_kinds(first: Schooling, second: Schooling) -> bool:
    return first.family in CONVOLUTIONS and second.family in PATCHES


def without_labels(evidence: Evidence) -> Sequence[Finding]:
    """On a network of patches: no label, and surely hardly a loss."""
    found = []
    for exam in ("linear", "knn", "finetune"):
        for pair, contrast in objectives(evidence, exam, LIFTED, "top1"):
            school = contrast.first.witnesses[0].schooling
            if school is not None and school.family in PATCHES:
                of = f"{exam}: {' − '.join(pair)} on {contrast.study}"
                found.append(_as_good(of, contrast))
    return found


def _as_good(of: str, contrast: Contrast) -> Finding:
    """Whether nearly all is kept of what the second does better than guessing."""
    top, chance = value_of("top1"), contrast.second.witnesses[0]["top1"].chance or 0.0
    found = judged(of, contrast, top)
    labelled = {seed: value - chance for seed, value in contrast.second.read(top).items()}
    free = {seed: value - chance for seed, value in contrast.first.read(top).items()}
    beyond = over_seeds(free, {seed: NEARLY * value for seed, value in labelled.items()})
    taught = of_seeds([labelled[seed] for seed in contrast.seeds])
    if beyond is None or taught is None:
        return found
    if above(taught, 0) is not True:
        return unasked(found, "The labels did not surely teach it anything.")
    return replace(found, verdict=concluded(above(beyond, 0)))


def both_kinds(evidence: Evidence) -> Sequence[Finding]:
    """On a network of patches: both are held, apart from each other along the depth, and further than by labels."""
    return [
        _complement(f"{' − '.join(pair)} on {contrast.study}", contrast)
        for pair, contrast in objectives(evidence, "depths", UNLABELLED, *KINDS.values())
        if (school := contrast.first.witnesses[0].schooling) is not None and school.family in PATCHES
    ]


def _complement(of: str, contrast: Contrast) -> Finding:
    left = {f"more than a tenth is left with {what}": _beyond(contrast, value_of(name)) for what, name in KINDS.items()}
    placed = all(one.has(LAG) for one in (*contrast.first.witnesses, *contrast.second.witnesses))
    gap = contrast.gap(_apart) if placed else None
    holds = left | {
        "the two lie more than a tenth of the depth apart": _beyond(contrast, _apart) if placed else None,
        "further than by labels": None if gap is None else above(gap, 0),
    }
    told = {**{name: f"left with {what}" for what, name in KINDS.items()}, **({LAG: LAGGING} if placed else {})}
    few = len(contrast.seeds) < FEWEST
    return Finding(
        of=of,
        verdict=concluded(*holds.values()),
        sentence=answered(holds) + (f" {TOO_FEW.capitalize()}." if few else ""),
        parts=tuple(part for name, what in told.items() for part in contrast.parts(value_of(name), what)),
        witnesses=contrast.witnesses,
        seeds=contrast.seeds,
    )


def _apart(witness: Witness) -> float:
    """How far detail and form lie from each other, whichever comes first."""
    return abs(witness[LAG].value)


def _beyond(contrast: Contrast, reading: Reading) -> bool | None:
    """Whether the first is surely beyond a tenth."""
    found = of_seeds(list(contrast.first.read(reading).values()))
    return None if found is None else above(found, TENTH)


CLAIMS = (
    Claim(
        id="S14",
        text="To lock a vision tower and let only the language learn is the sensible way to train a CLIP.",
        source="the sceptic's essay",
        test="On one tower and budget, seed by seed: `lit` surely scores above (or below) `clip` and `siglip` in "
        "what needs both sides.",
        asks=("zero_shot",),
        also=("retrieval", "gzsl"),
        judge=lit,
        study="objectives",
        silent="The tower that is locked was taught by labels before, with a budget of its own that the others "
        "did not have.",
    ),
    Claim(
        id="S17",
        text="A model that learns to relate representations has a more orderly space and a better sense of what "
        "does not belong, and pays with accuracy when it is fine-tuned.",
        source="the sceptic's essay",
        test="Against `supervised` on one tower and budget, seed by seed, all of: surely more order; surely more "
        "often surer of a thing at home; surely less accuracy (fine-tuned, or by a linear probe where that was "
        "not taken).",
        asks=("order", "linear"),
        also=("elephant", "finetune"),
        judge=trade,
        study="objectives",
        silent="A linear probe does not tune anything; where it stands in for fine-tuning, the cost is that of "
        "frozen features.",
    ),
    Claim(
        id="L2",
        text="A network of convolutions brings locality and equivariance to shifts with it and needs fewer "
        "pictures than one of patches.",
        source=LEARNER,
        test="One objective and budget, two towers, seed by seed: the convolutions surely live more on detail; "
        "surely keep more answers when the picture is shifted; surely score higher from the same few pictures.",
        asks=("locality", "linear"),
        judge=inborn,
        study="objectives",
        silent="That patches have the higher ceiling takes more pictures than any study here has; the towers are "
        "of about, not exactly, one size.",
    ),
    Claim(
        id="L3",
        text="Supervised training of a network of patches leans on labels; to contrast or to fill in masks lifts that.",
        source=LEARNER,
        test="Against `supervised` on one tower and budget, seed by seed: of what it does better than guessing, "
        "surely more than nine tenths (or less than nine tenths) is reached without labels.",
        asks=("linear",),
        also=("knn", "finetune"),
        judge=without_labels,
        study="objectives",
        silent="`clip` and `siglip` have no labels, but captions that name what is labelled.",
    ),
    Claim(
        id="L4",
        text="Networks of patches that taught themselves hold global form and local detail, in ways that "
        "complement each other.",
        source=LEARNER,
        test="Against `supervised` on one tower and budget, seed by seed, all of: of what all depths tell above "
        "chance, surely more than a tenth is left with detail alone, and with form alone; the depths at which the two "
        "are told lie surely more than a tenth of the network apart; and surely further apart than by labels.",
        asks=("depths",),
        judge=both_kinds,
        study="objectives",
        silent="A line that reads the mean over all tokens misses what lies in their arrangement; that the two "
        "complement each other in one layer, in different tokens or heads, is not asked.",
    ),
)
