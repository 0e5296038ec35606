"""Named batteries of exams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eyechart.errors import UnknownName


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What it is for, in one sentence, the exams in the order in which they are taken, and how where not as usual."""

    purpose: str
    exams: tuple[str, ...]
    settings: tuple[str, ...] = ()  # as typed: attack.images=20


RECOGNITION = ("zero_shot", "retrieval", "knn", "linear", "attentive", "scores")
CLOUDS = ("attack", "elephant", "order")
CONCEPTS = ("logic", "rules", "wording", "compounds", "gzsl", "vocabulary", "lookalikes")
LEANINGS = ("cue_conflict", "locality", "depths", "corruption", "typographic", "reading")
BRIEFLY = ("attack.images=20", "attack.steps=20", "attack.queries=500")

CHARTS: Mapping[str, Chart] = {
    "quick": Chart(
        purpose="A first look in two minutes: names, scores, features, order, sentences, shape or texture.",
        exams=("zero_shot", "knn", "linear", "scores", "order", "wording", "lookalikes", "cue_conflict", "typographic"),
    ),
    "full": Chart(
        purpose="Everything that can be asked of one model; the attack is a short one.",
        exams=(*RECOGNITION, *CLOUDS, *CONCEPTS, *LEANINGS),
        settings=BRIEFLY,
    ),
    "recognition": Chart(
        purpose="Can it name, find and tell apart what it sees, and what do its scores mean?",
        exams=RECOGNITION,
    ),
    "clouds": Chart(
        purpose="The three dark clouds: what nobody sees, what does not belong, what lies close together.",
        exams=CLOUDS,
    ),
    "concepts": Chart(
        purpose="Does it know concepts and how they are put together, or only words?",
        exams=CONCEPTS,
    ),
    "leanings": Chart(
        purpose="What does it go by: shape, texture, the parts, the whole, written words?",
        exams=LEANINGS,
    ),
    "frozen": Chart(
        purpose="What do frozen features hold? For encoders without a text side.",
        exams=("knn", "linear", "attentive"),
    ),
    "survey11": Chart(
        purpose="Zero-shot naming as surveys tabulate it, on eleven sets: --data survey11?root=/where/they/are.",
        exams=("zero_shot",),
    ),
}


def chart(name: str) -> Chart:
    """The chart of that name. Raises `UnknownName`."""
    if name not in CHARTS:
        raise UnknownName("chart", name, CHARTS)
    return CHARTS[name]
