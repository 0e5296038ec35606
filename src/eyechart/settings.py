"""Exams by name, with settings as typed on a command line or kept in a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any, get_type_hints

from eyechart import plugins
from eyechart.core import Exam
from eyechart.errors import BadInput, UnknownName
from eyechart.store.codec import coerce


def exams(names: Sequence[str], settings: Sequence[str] = ()) -> tuple[Exam, ...]:
    """Exams by name, with settings given as ``exam.field=value``.

    Raises:
        UnknownName: no such exam, or the exam has no such setting.
        BadInput: a setting is for an exam that is not taken, lacks its ``=``, or has a value of the wrong type.
    """
    given = parse_settings(settings)
    classes = {name: plugins.find("exams", name) for name in dict.fromkeys(names)}
    for name in given:
        if name not in classes:
            plugins.find("exams", name)  # an unknown name is told first
            taken = ", ".join(classes)
            raise BadInput(f"a setting is given for the exam {name!r}, which is not among those taken: {taken}")
    return tuple(_built(cls, given.get(name, {})) for name, cls in classes.items())


def parse_settings(settings: Sequence[str]) -> dict[str, dict[str, str]]:
    """``["knn.k=10"]`` → ``{"knn": {"k": "10"}}``."""
    parsed: dict[str, dict[str, str]] = {}
    for text in settings:
        target, equals, value = text.partition("=")
        exam, dot, field = target.strip().partition(".")
        if not (equals and dot and exam and field):
            raise BadInput(f"a setting reads exam.field=value, for example knn.k=10; got {text!r}")
        parsed.setdefault(exam.replace("-", "_"), {})[field] = value.strip()
    return parsed


def defaults(exam: type[Exam]) -> dict[str, Any]:
    """The settings of an exam and their values when nothing is said."""
    return {
        field.name: field.default_factory() if field.default_factory is not MISSING else field.default
        for field in fields(exam)  # type: ignore[arg-type]  # every exam is a dataclass; the protocol cannot say so
    }


def with_settings(exam: str, settings: Mapping[str, Any]) -> Exam:
    """An exam with settings as a record keeps them (plain JSON values)."""
    return _built(plugins.find("exams", exam), settings)


def _built(exam: type[Exam], given: Mapping[str, Any]) -> Exam:
    types = get_type_hints(exam)
    known = defaults(exam)
    for field in given:
        if field not in known:
            raise UnknownName(f"setting of the exam {exam.name!r}", field, known)
    values = {field: coerce(types[field], value, f"{exam.name}.{field}") for field, value in given.items()}
    return exam(**values)
