"""The sceptic's three dark clouds, and the band of scores: S3, S4, S5, S10."""

from __future__ import annotations

from collections.abc import Sequence

from eyechart.claims.claim import Claim, Finding, Part, answered, concluded
from eyechart.claims.evidence import Evidence, Witness
from eyechart.claims.kept import HALF, Trial, doubted, lacking, parts_of, tried
from eyechart.claims.weigh import above, beats_chance, below, difference, left, way, widened

SOURCE = "the sceptic's essay"
ROBUST = Trial(
    exam="attack",
    hard="robust_at_4/255",
    easy="clean",
    hard_words="when each pixel may move by 4 of 255",
    easy_words="on pictures as they are",
    beside={"robust_at_1/255": "when each pixel may move by 1 of 255"},
    raw=True,
)
SIGHTED = ("detections", "patches")  # ways of looking that tell where a thing is
FEW = 0.05  # of the other things: fewer that change are no disturbance
NEAR = "near_10"
INTRUDED = {
    "found_home": "found at home",
    "found_away": "found out of place",
    "notices": "surer of it at home",
    "iou": "overlap of its boxes out of place",
    "others_away": "others renamed: thing out of place",
    "others_home": "others renamed: thing at home",
    "excess": "others renamed: out of place − at home",
}


def attack(evidence: Evidence) -> Sequence[Finding]:
    """Of the right answers, less than half survive."""
    found = []
    for finding in tried(evidence, ROBUST):
        doubts = finding.witnesses[0].record.facts.get("doubts", [])
        hidden = finding.verdict == "contradicted" and doubts
        found.append(doubted(finding, f"But it may only hide: {'; '.join(doubts)}.") if hidden else finding)
    return found


def elephant(evidence: Evidence) -> Sequence[Finding]:
    """It finds the intruder, takes no notice of where it is, and others change."""
    return [
        _intruded(witness)
        for witness in evidence.of("elephant", "notices", "found_home", "found_away", "others_away")
        if witness.record.facts.get("look") in SIGHTED
    ]


def _intruded(witness: Witness) -> Finding:
    parts = list(parts_of(witness, INTRUDED))
    home = witness["found_home"]
    if above(home, HALF) is not True:
        said = "It does not surely find half of the things where they belong, so what it finds elsewhere says nothing."
        return lacking(witness, said, parts)
    share = left(witness["found_away"], home)
    if share is None:
        raise ArithmeticError(f"{witness.name}: found at home is above one half and yet nothing")
    parts.append(Part(what="share of that found out of place", found=share, norm=witness.norm))
    holds = {
        "it finds the thing where it does not belong": above(share, HALF),
        "it takes no notice that it is out of place": below(way(witness["notices"]), HALF),
        "other things change": above(witness["others_away"], FEW),
    }
    return Finding(
        of=witness.name,
        verdict=concluded(*holds.values()),
        sentence=answered(holds),
        parts=tuple(parts),
        witnesses=(witness,),
    )


def order(evidence: Evidence) -> Sequence[Finding]:
    """Separated surely, in order surely not by half."""
    return [_ordered(witness) for witness in evidence.of("order", "order", "linear", "purity")]


def _ordered(witness: Witness) -> Finding:
    near = NEAR if witness.has(NEAR) else "order"
    words = {
        "linear": "separates: by a straight line",
        "purity": "separates: neighbours of its own class",
        NEAR: "order among the ten nearest of other classes",
        "order": "order over all branches",
        "sibling": "the nearest other class is next of kin",
    }
    parts = tuple(parts_of(witness, words))
    apart = [above(widened(way(witness[name]), 2), HALF) for name in ("linear", "purity")]
    if True not in apart:
        return lacking(
            witness, "The classes are not surely separated by half, so that order fails too is no news.", parts
        )
    found = witness[near]
    holds = below(found, HALF)
    least = "some, more than at random" if beats_chance(found) else "none that can be told from chance"
    said = {
        True: f"The classes are apart, and of order there is surely less than half of what could be: {least}.",
        False: "The classes are apart, and their neighbourhoods are surely in order by more than half.",
        None: "The classes are apart; their neighbourhoods may be in order by half.",
    }
    return Finding(of=witness.name, verdict=concluded(holds), sentence=said[holds], parts=parts, witnesses=(witness,))


def scores(evidence: Evidence) -> Sequence[Finding]:
    """The distributions overlap by more than half, and no threshold that was chosen elsewhere parts them."""
    return [_scored(witness) for witness in evidence.of("scores", "auroc", "overlap", "recall", "false_accepts")]


def _scored(witness: Witness) -> Finding:
    words = {
        "auroc": "matched above unmatched",
        "overlap": "overlap of the two distributions",
        "recall": "matched pairs above the threshold",
        "false_accepts": "unmatched pairs above the threshold",
    }
    parts = list(parts_of(witness, words))
    if not beats_chance(witness["auroc"]):
        return lacking(witness, "Its scores do not surely tell matched pairs from others at all.", parts)
    gained = difference(witness["recall"], witness["false_accepts"])
    parts.append(Part(what="threshold: recall − false accepts", found=gained, norm=witness.norm))
    holds = {
        "the scores of matched and unmatched pairs overlap by more than half": above(witness["overlap"], HALF),
        "the best threshold of other pictures wins less than half": below(gained, HALF),
    }
    return Finding(
        of=witness.name,
        verdict=concluded(*holds.values()),
        sentence=answered(holds),
        parts=tuple(parts),
        witnesses=(witness,),
    )


CLAIMS = (
    Claim(
        id="S3",
        text="A change of the picture that nobody sees undoes what a large vision model can do.",
        source=SOURCE,
        test="Of the accuracy on clean pictures surely less than half (or more than half) is left under "
        "AutoAttack within 4/255 of every pixel.",
        asks=("attack",),
        judge=attack,
        silent="Small pictures are attacked at the same radius as large ones; whether nobody sees it was not "
        "asked of people.",
    ),
    Claim(
        id="S4",
        text="A thing pasted where it cannot be is found as if it belonged there, and the other things in the "
        "picture change their names.",
        source=SOURCE,
        test="All of: of the things found at home surely more than half are found out of place; it is surely not "
        "surer of them at home in three cases of four (a coin: in two); surely more than one other thing in "
        "twenty is renamed.",
        asks=("elephant",),
        judge=elephant,
        silent="Only detectors and encoders whose patches can be named are asked: an embedding of the whole "
        "picture cannot find anything.",
    ),
    Claim(
        id="S5",
        text="Classes are kept apart, but the space between them has no order: the neighbours of a thing are any "
        "things.",
        source=SOURCE,
        test="Where classes surely are apart by half of the way from chance to perfection: the nearest pictures "
        "of other classes surely have less than half (or more than half) of the order that the taxonomy would "
        "allow.",
        asks=("order",),
        judge=order,
    ),
    Claim(
        id="S10",
        text="The scores of pairs that match and of pairs that do not lie in one band, and no threshold parts them.",
        source="the sceptic's essay, of CLIP",
        test="Both of: the distributions surely share more than half of their mass; a threshold that was chosen "
        "on other pictures surely wins less than half (recall less false accepts). Either surely otherwise "
        "contradicts it.",
        asks=("scores",),
        judge=scores,
        silent="That the band is narrow in itself is a matter of scale, which the model's temperature undoes.",
    ),
)
