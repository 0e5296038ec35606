"""The figure of one norm, drawn by its own exam."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import altair as alt

from eyechart import plugins
from eyechart.core import Exam, Norm, Result
from eyechart.errors import UnknownName
from eyechart.reporting import words
from eyechart.settings import with_settings


class Drawn(NamedTuple):
    """A figure, what it shows for those who cannot see it, and the exam that drew it."""

    chart: alt.TopLevelMixin
    title: str
    exam: Exam


def drawn(norm: Norm, question: str, results: Mapping[str, Result]) -> Drawn | str:
    """The figure of results under one norm, by the names under which models are shown; or why there is none."""
    try:
        exam: Exam = with_settings(norm.exam, norm.settings)
    except UnknownName:
        known = norm.exam.replace("-", "_") in plugins.names("exams")
        what = "is installed in another version" if known else "is not installed here"
        return f"The exam {norm.exam!r} {what}, so its figure cannot be drawn. Its numbers stand."
    named = [
        Result(replace(record, card=replace(record.card, name=name)), sheet)
        for name, (record, sheet) in results.items()
    ]
    title = f"{question} {norm.exam} on {norm.data}: {words.few(list(results))}"
    return Drawn(exam.figure(named), title, exam)
