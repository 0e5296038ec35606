"""Exams in the middle of a course, so that a user sees what has been learnt so far and need not wait for the end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from eyechart.core import Model, Record
from eyechart.learn.watch import Exam
from eyechart.run import Desk, Plan, examine
from eyechart.settings import exams
from eyechart.store.shelf import Shelf
from eyechart.study.study import Study


def exam(study: Study) -> Exam:
    """The exams of the study on a few pictures of what it is examined on; they see the product and nothing else.

    Each tells its headline. An exam that the product cannot take says nothing here; the end tells why.
    """

    def taken(_: int, product: Model) -> Mapping[str, float]:
        plan = Plan(
            models=(product,), data=study.examined_on, exams=exams(study.exams), limit=study.during.limit, redo=True
        )
        with TemporaryDirectory() as scratch:
            found = list(examine(plan, Desk(shelf=Shelf(str(Path(scratch))))))
        return {
            f"{one.norm.exam} {one.headline}": one.estimates[one.headline].value
            for one in found
            if isinstance(one, Record)
        }

    return taken
