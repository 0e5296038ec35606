"""Whether the probe decides how good a representation looks: S6."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from eyechart.claims.claim import Claim, Finding, Part, concluded
from eyechart.claims.evidence import Evidence, Witness, sight
from eyechart.claims.kept import lacking
from eyechart.claims.weigh import above, difference, widened
from eyechart.core import Estimate
from eyechart.reporting.words import listed, number, signed

PROBES = {
    "knn": "k nearest neighbours",
    "linear": "linear probe",
    "attentive": "attentive probe",
    "finetune": "fine-tuned",
}
POINTS = 0.05  # of accuracy: less is no difference that papers are written about
TOP = "top1"
Probed = Mapping[str, Witness]


def probes(evidence: Evidence) -> Sequence[Finding]:
    """Each model on the same pictures by every probe, and each two models whose order the probe turns round."""
    tables = _tables(evidence)
    single = [_spread(table) for group in tables for table in group if len(table) > 1]
    pairs = [found for group in tables for pair in combinations(group, 2) for found in _turned(*pair)]
    return [*single, *pairs]


def _tables(evidence: Evidence) -> list[list[Probed]]:
    """By what was looked at, one table of probes per model."""
    found: dict[str, dict[str, dict[str, Witness]]] = defaultdict(dict)
    for exam in PROBES:
        for witness in evidence.of(exam, TOP):
            found[sight(witness.record.norm)].setdefault(witness.name, {})[exam] = witness
    return [[tables[name] for name in sorted(tables)] for _, tables in sorted(found.items())]


def _spread(table: Probed) -> Finding:
    """Supported when the best and the worst probe surely differ, contradicted when all are surely close."""
    name = next(iter(table.values())).name
    parts = [Part(what=PROBES[exam], found=one[TOP], norm=one.norm) for exam, one in table.items()]
    if not any(one[TOP].low > (one[TOP].chance or 0.0) + 2 * POINTS for one in table.values()):
        said = (
            f"No probe surely finds {200 * POINTS:.0f} points more in it than guessing does: nothing to differ about."
        )
        return lacking(next(iter(table.values())), said, parts)
    pairs = list(combinations(table, 2))
    gaps = {
        pair: widened(difference(*(table[exam][TOP] for exam in _falling(table, pair))), len(pairs)) for pair in pairs
    }
    widest = max(gaps, key=lambda pair: gaps[pair].value)
    best, worst = _falling(table, widest)
    what = f"{PROBES[best]} − {PROBES[worst]}"
    parts.append(Part(what="widest gap", found=gaps[widest], norm=table[best].norm))
    close = all(gap.low > -POINTS and gap.high < POINTS for gap in gaps.values())
    return Finding(
        of=name,
        verdict=concluded(False if close else any(gap.low > POINTS for gap in gaps.values()) or None),
        sentence=f"{listed([PROBES[exam] for exam in table]).capitalize()} lie up to "
        f"{number(gaps[widest].value)} apart ({what}).",
        parts=tuple(parts),
        witnesses=tuple(table.values()),
    )


def _falling(table: Probed, pair: tuple[str, str]) -> tuple[str, str]:
    """The better of two probes first."""
    one, other = sorted(pair, key=lambda exam: (-table[exam][TOP].value, exam))
    return one, other


def _turned(first: Probed, second: Probed) -> Iterator[Finding]:
    """Two models of which one surely leads by one probe, and the other by another; nothing where that is not so."""
    shared = [exam for exam in first if exam in second and first[exam].norm == second[exam].norm]
    leads = {exam: _lead(first[exam], second[exam], len(shared)) for exam in shared}
    ahead = [exam for exam, lead in leads.items() if above(lead, 0) is True]
    behind = [exam for exam, lead in leads.items() if above(lead, 0) is False]
    if not (ahead and behind):
        return
    one, other = first[shared[0]].name, second[shared[0]].name
    said = [f"by {PROBES[exam]} {signed(leads[exam].value)}" for exam in (*ahead, *behind)]
    yield Finding(
        of=f"{one} against {other}",
        verdict="supported",
        sentence=f"Which of the two is better depends on the probe: {listed(said)}.",
        parts=tuple(
            Part(what=f"{PROBES[exam]}: first − second", found=lead, norm=first[exam].norm)
            for exam, lead in leads.items()
        ),
        witnesses=(*(first[exam] for exam in shared), *(second[exam] for exam in shared)),
    )


def _lead(one: Witness, other: Witness, looks: int) -> Estimate:
    return widened(difference(one[TOP], other[TOP]), looks)


CLAIMS = (
    Claim(
        id="S6",
        text="A vision model holds representations, not concepts; which concepts seem to be in it depends on the "
        "probe that one chooses.",
        source="the sceptic's essay",
        test=f"On the same pictures, two probes of one model surely differ by more than {100 * POINTS:.0f} points "
        "(all surely by less: contradicted); and wherever one model surely leads by one probe and another model "
        "by another.",
        asks=("knn", "linear"),
        also=("attentive",),
        judge=probes,
        silent="A probe may be better because it is larger, not because the concept is there only for it.",
    ),
)
