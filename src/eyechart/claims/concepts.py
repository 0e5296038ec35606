"""What a model knows of concepts and of how they are put together: S7, S8, S9, S11, S12, S13."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from eyechart.claims.claim import Claim, Finding, concluded
from eyechart.claims.evidence import Evidence, Witness
from eyechart.claims.kept import HALF, Trial, lacking, parts_of, tried, weighed
from eyechart.claims.weigh import beats_chance, below, way
from eyechart.reporting.words import number

SOURCE = "the sceptic's essay"
SHARE = "Of what it does better than guessing"
LEFT = "surely less than half (or more than half) is left"

SENTENCES = Trial(
    exam="logic",
    hard="choice",
    easy="auroc_and",
    hard_words="when it must choose between both, one, the other and neither",
    easy_words="at telling pictures of both things from the rest",
    beside={
        "auroc_or": "“or” above the rest",
        "auroc_neither": "“neither” above the rest",
        "scope": "which of two is missing",
    },
)
RULES = Trial(
    exam="rules",
    hard="new",
    easy="seen",
    hard_words="on corners of the rule that it was not shown",
    easy_words="on the same corners when it was shown them",
    beside={"near": "one part missing, never shown"},
)
ALIKE = {
    "characters_alone": "characters",
    "things_far_in_meaning": "things of one outline, far apart in meaning",
    "accuracy": "whatever the data hold",
}
OTHER_WORDS = ("concept_replaced", "attribute_replaced", "reworded", "concept_added", "attribute_added")
COMPOUNDS = Trial(
    exam="compounds",
    hard="unseen",
    easy="seen",
    hard_words="in combinations that training withheld",
    easy_words="in combinations that it showed",
    beside={"unseen_state": "withheld, states", "seen_state": "shown, states", "gap": "shown − withheld"},
)
PROBED = Trial(
    exam="compounds",
    hard="probe_0",
    easy="probe_0_seen",
    hard_words="by probes that were not shown the combination",
    easy_words="by the same probes in combinations that they were shown",
    beside={"probe_1": "after one picture", "probe_4": "after four", "probe_16": "after sixteen"},
)


def logic(evidence: Evidence) -> Sequence[Finding]:
    """In sentences, and in rules that a probe learns."""
    return [*tried(evidence, SENTENCES), *tried(evidence, RULES)]


def gzsl(evidence: Evidence) -> Sequence[Finding]:
    """With a text side: the same features without it. Without: classes that have no examples against those that do."""
    spoken = [_spoken(witness) for witness in evidence.of("gzsl", "tree_harmonic", "harmonic")]
    mute = [_mute(witness) for witness in evidence.of("gzsl", "seen", "unseen") if not witness.has("text_harmonic")]
    return [*spoken, *mute]


def _spoken(witness: Witness) -> Finding:
    ceiling = float(witness.record.facts["tree_unseen_at_best"])
    trial = Trial(
        exam="gzsl",
        hard="tree_harmonic",
        easy="harmonic",
        hard_words="when the taxonomy takes the place of language",
        easy_words="with its text side",
        beside={"text_harmonic": "by names alone", "tree_unseen": "taxonomy, classes without examples"},
    )
    return weighed(witness, trial, best=2 * ceiling / (1 + ceiling))


def _mute(witness: Witness) -> Finding:
    trial = Trial(
        exam="gzsl",
        hard="unseen",
        easy="seen",
        hard_words="of classes without examples",
        easy_words="of classes with examples",
        beside={"harmonic": "harmonic mean of the two"},
    )
    return weighed(witness, trial, best=float(witness.record.facts["tree_unseen_at_best"]))


def lookalikes(evidence: Evidence) -> Sequence[Finding]:
    """Against a look-alike and against something else: characters and things apart where the data tell them apart."""
    return [found for witness in evidence.of("lookalikes", "accuracy", "easy") for found in _alike(witness)]


def _alike(witness: Witness) -> Iterator[Finding]:
    parts = [part for part in ALIKE if part != "accuracy" and witness.has(part, f"{part}_easy")]
    for part in parts or ["accuracy"]:
        trial = Trial(
            exam="lookalikes",
            hard=part,
            easy=f"{part}_easy" if parts else "easy",
            hard_words="against a look-alike",
            easy_words="against something that looks different",
            beside={} if parts else {"probe": "look-alike, by a probe"},
        )
        found = weighed(witness, trial)
        yield replace(found, of=f"{witness.name}: {ALIKE[part]}")


def wording(evidence: Evidence) -> Sequence[Finding]:
    """False sentences of the same words against false sentences that say something else."""
    found = []
    for witness in evidence.of("wording", "same_words"):
        easy = next((name for name in OTHER_WORDS if witness.has(name)), None)
        if easy is not None:
            found.append(weighed(witness, _order_lost(easy)))
    return found


def _order_lost(easy: str) -> Trial:
    return Trial(
        exam="wording",
        hard="same_words",
        easy=easy,
        hard_words="when the false sentence has the same words in another order",
        easy_words=f"when another word is false ({easy.replace('_', ' ')})",
        beside={"salad": "the sentence above its words shuffled", "by_words": "same words, heard without a picture"},
    )


def vocabulary(evidence: Evidence) -> Sequence[Finding]:
    """Less than half of the words are learnt."""
    return [_learnt(witness) for witness in evidence.of("vocabulary", "auroc", "learnt")]


def _learnt(witness: Witness) -> Finding:
    kinds = sorted(name for name in witness.record.estimates if name.startswith("learnt_"))
    words = {
        "auroc": "mean AUROC of a word",
        "learnt": "words learnt",
        "with_frequency": "rank correlation with frequency",
    }
    words |= {name: f"of the kind “{name.removeprefix('learnt_').replace('_', ' ')}”" for name in kinds}
    parts = tuple(parts_of(witness, words))
    if not beats_chance(witness["auroc"]):
        return lacking(witness, "It does not surely know any word better than guessing.", parts)
    share = way(witness["learnt"])
    return Finding(
        of=witness.name,
        verdict=concluded(below(share, HALF)),
        sentence=f"Of the words asked for it has learnt {number(share.value)} beyond luck{_most(witness, kinds)}.",
        parts=parts,
        witnesses=(witness,),
    )


def _most(witness: Witness, kinds: Sequence[str]) -> str:
    """Which kind it knows best, where kinds are told apart."""
    if not kinds:
        return ""
    best = max(kinds, key=lambda name: (witness[name].value, name))
    return f"; best of all {best.removeprefix('learnt_').replace('_', ' ')}s ({number(witness[best].value)})"


def compounds(evidence: Evidence) -> Sequence[Finding]:
    """By its own words where the data were withheld from it, else by probes."""
    found = []
    for witness in evidence.of("compounds", "unseen", "seen"):
        if _withheld(witness):
            found.append(weighed(witness, COMPOUNDS))
        elif witness.has("probe_0", "probe_0_seen"):
            found.append(weighed(witness, PROBED))
    return found


def _withheld(witness: Witness) -> bool:
    """Whether it was taught by the training split whose other split it is examined on."""
    source = witness.record.norm.data.partition(":")[0].partition("?")[0]
    return witness.record.card.trained_on.startswith(source)


CLAIMS = (
    Claim(
        id="S7",
        text="More parameters do not give a model the logic between concepts: and, or, not, and what follows from "
        "rules.",
        source=SOURCE,
        test=f"{SHARE} in the easy version, {LEFT} in the hard one. By words: which of four sentences with “and” "
        "and “but no” is true, against telling pictures of both things from the rest. By rules: corners of a rule "
        "that a probe was not shown, against the same when shown.",
        asks=("logic", "rules"),
        judge=logic,
        silent="That nothing is gained by more parameters is for a ladder of sizes to say; here each model is "
        "judged by itself.",
    ),
    Claim(
        id="S8",
        text="Without an alignment of pictures and language there is hardly any generalised zero-shot learning.",
        source=SOURCE,
        test=f"{SHARE} in the easy version, {LEFT} in the hard one. Models with a text side: the taxonomy in the "
        "place of language, by the harmonic mean. Models without: classes that have no examples against classes "
        "that do. Perfection is what the taxonomy can tell.",
        asks=("gzsl",),
        judge=gzsl,
        silent="The features of a model with a text side were shaped by language before the text side was taken away.",
    ),
    Claim(
        id="S9",
        text="What looks alike may be two concepts, such as the letter l and the digit 1, and a vision model "
        "takes them for one.",
        source=SOURCE,
        test=f"{SHARE} where nobody would be mistaken, {LEFT} against look-alikes.",
        asks=("lookalikes",),
        judge=lookalikes,
        silent="Characters in words are read as words, and are left out where characters alone are asked for.",
    ),
    Claim(
        id="S11",
        text="A prompt works as an incantation of single words; the sentence that they make is not followed.",
        source=SOURCE,
        test=f"{SHARE} where a false sentence names other things, {LEFT} where it has the same words in another order.",
        asks=("wording",),
        judge=wording,
    ),
    Claim(
        id="S12",
        text="The vision side learns few of the concepts that are said to it.",
        source=SOURCE,
        test="Of the words asked for, surely less than half (or more than half) are learnt beyond what luck gives.",
        asks=("vocabulary",),
        judge=vocabulary,
        silent="That most of what is learnt are names of persons depends on how many of the words asked for are "
        "such names; the world sets that by hand, so the kinds are shown and not judged.",
    ),
    Claim(
        id="S13",
        text="A combination that was never seen, such as a destroyed tank, is not recognised, though its parts "
        "are known.",
        source=SOURCE,
        test=f"{SHARE} in combinations that it saw, {LEFT} in those that were withheld. By its own words where it "
        "was taught by the split that withholds them, otherwise by probes.",
        asks=("compounds",),
        judge=compounds,
    ),
)
