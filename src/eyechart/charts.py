"""Named batteries of exams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eyechart.errors import UnknownName


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What it is for, in one sentence, and the exams in the order in which they are taken."""

    purpose: str
    exams: tuple[str, ...]


CHARTS: Mapping[str, Chart] = {
    "recognition": Chart(
        purpose="Can it name, find and tell apart what it sees, and what do its scores mean?",
        exams=("zero_shot", "retrieval", "knn", "linear", "attentive", "scores"),
    ),
    "frozen": Chart(
        purpose="What do frozen features hold? For encoders without a text side.",
        exams=("knn", "linear", "attentive"),
    ),
}


def chart(name: str) -> Chart:
    """The chart of that name. Raises `UnknownName`."""
    if name not in CHARTS:
        raise UnknownName("chart", name, CHARTS)
    return CHARTS[name]
