"""In two minutes: of each model, in plain words, what it can do, where it breaks, and what could not be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from eyechart.core import Refusal
from eyechart.reporting import words
from eyechart.reporting.comparison import Ranking

PARTS = {
    "nearly perfect": "Can",
    "far above guessing": "Can",
    "well above guessing": "Can",
    "better than guessing": "In part",
    "above guessing": "In part",
    "little above guessing": "In part",
    "like guessing": "Breaks",
    "worse than guessing": "Breaks",
    "described, not judged": "Leans",
    words.MORE: "Measured",
    words.NO_MORE: "Measured",
    "no chance level to hold it against": "Measured",
}
ORDER = ("Can", "In part", "Breaks", "Leans", "Measured")


class Remark(NamedTuple):
    """One exam in a sentence."""

    anchor: str
    text: str
    where: str  # exam and data
    level: str


class Portrait(NamedTuple):
    """All that is said of one model."""

    model: str
    parts: tuple[tuple[str, tuple[Remark, ...]], ...]  # "Can", "In part", "Breaks" …, as far as there is any
    refused: tuple[tuple[str, str], ...]  # exam and data, and why


class Finding(NamedTuple):
    """One ranking, with what its exam says of each model."""

    anchor: str
    where: str
    ranking: Ranking
    says: Mapping[str, str]


def portraits(
    models: Sequence[str], findings: Sequence[Finding], refusals: Mapping[str, Sequence[Refusal]]
) -> tuple[Portrait, ...]:
    """One portrait per model, strongest exam first in each part."""
    return tuple(_portrait(model, findings, refusals.get(model, ())) for model in models)


def _portrait(model: str, findings: Sequence[Finding], refusals: Sequence[Refusal]) -> Portrait:
    said: dict[str, list[Remark]] = {}
    levels = list(PARTS)
    for found in findings:
        for standing in found.ranking.standings:
            if standing.model == model:
                level = words.level(standing.estimate)
                value = words.amount(standing.estimate.value, standing.estimate)
                text = found.says.get(model) or f"{found.ranking.question} {value}"
                said.setdefault(PARTS[level], []).append(Remark(found.anchor, text, found.where, level))
    parts = tuple(
        (part, tuple(sorted(said[part], key=lambda remark: levels.index(remark.level))))
        for part in ORDER
        if part in said
    )
    return Portrait(model, parts, tuple((_where(refusal), refusal.reason) for refusal in refusals))


def _where(refusal: Refusal) -> str:
    exam = "all exams" if refusal.exam == "*" else refusal.exam.replace("_", " ")
    return exam if refusal.data == "*" else f"{exam} on {refusal.data}"
