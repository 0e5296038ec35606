"""The models of a study before the exams that its norm names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from eyechart.core import Record
from eyechart.run import Desk, Outcome, Plan, examine
from eyechart.settings import exams
from eyechart.study.study import Course, Study
from eyechart.study.teach import Taught, described


def examined(study: Study, taught: Sequence[Taught], desk: Desk) -> Iterator[tuple[Taught, Outcome]]:
    """Every model in every exam on every dataset of the study, as `eyechart examine` does it."""
    for one in taught:
        if one.model is None:
            continue
        plan = Plan(models=(f"checkpoint:{one.model}",), data=study.examined_on, exams=exams(study.exams, ()))
        for outcome in examine(plan, desk):
            yield one, outcome


def records(outcomes: Sequence[tuple[Taught, Outcome]]) -> list[tuple[Course, str, Record]]:
    """Those that are no refusals, with course and norm of learning."""
    return [
        (taught.course, str(described(taught)["norm_of_learning"]), outcome)
        for taught, outcome in outcomes
        if isinstance(outcome, Record)
    ]


def folder_of(study: Study, runs: Path) -> Path:
    """Where everything of a study lies."""
    return runs / study.name
