"""What every exam must hold to, as one public check."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from math import isfinite

import numpy as np

from eyechart.bench import Bench
from eyechart.core import (
    Dataset,
    Estimate,
    Exam,
    Machine,
    Model,
    ModelCard,
    Norm,
    Record,
    Request,
    Result,
    Sheet,
    Statistics,
)
from eyechart.errors import BadInput, Refused
from eyechart.reporting.words import named
from eyechart.run import ASKS
from eyechart.testing.datasets import permuted, toy
from eyechart.testing.oracle import Blind, Oracle
from eyechart.testing.twins import Constant, NaN, Random

STRICT = Statistics(level=0.999, resamples=400)  # so wide that a dead model hardly ever leaves it by luck
ROUNDING = 1e-5
KNOWS = 0.95  # what the oracle reaches at least, where higher is better


class Nonconforming(AssertionError):
    """An exam breaks one of the rules; the message says which and how."""


def check_exam(
    exam: Exam, data: Dataset | None = None, *, statistics: Statistics = STRICT, worst_case: bool = False
) -> None:
    """Put an exam to the test with models whose answers are known.

    It asks that the oracle passes; that constant, random, blind and permuted twins score chance and NaN is refused;
    that measuring twice, listing the items in another order, or another batch size changes nothing; that `grade` is
    pure; that the sheet has its columns and plain facts; that every value lies in its interval; that a figure is drawn.

    Args:
        exam: one that a dual encoder with patches can take.
        data: with all that the exam asks for, balanced in its classes; 96 coloured patches when absent.
        statistics: the intervals within which chance must lie.
        worst_case: the exam searches for what the model gets wrong, so that even a dead model may fall below chance.

    Raises:
        Nonconforming: a rule is broken.
        BadInput: the oracle cannot take this exam.
    """
    data = data or toy(96, 3)
    oracle = Oracle(data)
    if not isinstance(oracle, exam.needs):
        raise BadInput(f"check_exam knows image-text encoders only; {exam.name} needs {_names(exam.needs)}")
    _check_description(exam)
    sheet = exam.measure(oracle, data, Bench())
    _check_sheet(exam, sheet, data)
    estimates = _check_grade(exam, sheet, statistics)
    _check_passed(exam, estimates)
    _check_twins(exam, data, oracle, statistics, worst_case=worst_case)
    _check_repeatable(exam, data, statistics)
    _check_figure(exam, oracle, data, sheet, estimates)


def _check_description(exam: Exam) -> None:
    _hold(exam, isinstance(exam, Exam), "lacks a part of the protocol eyechart.core.Exam")
    _hold(exam, exam.question.endswith("?"), f"its question is no question: {exam.question!r}")
    _hold(exam, set(exam.asks) <= set(ASKS), f"it asks for {exam.asks}; known are {', '.join(ASKS)}")
    _hold(exam, bool(exam.taps()), "it names no tap to read")
    frozen = getattr(type(exam), "__dataclass_params__", None)
    _hold(exam, frozen is not None and frozen.frozen, "it is no frozen dataclass, so its settings could change")


def _check_sheet(exam: Exam, sheet: Sheet, data: Dataset) -> None:
    for must in ("id", "group", "score"):
        _hold(exam, must in sheet.columns, f"its sheet has no column {must!r}")
    lengths = {name: len(column) for name, column in sheet.columns.items()}
    _hold(exam, len(set(lengths.values())) == 1, f"its columns differ in length: {lengths}")
    known = {item.id: item.cluster for item in data.items}
    strangers = set(sheet["id"].tolist()) - set(known)
    _hold(exam, not strangers, f"its sheet names items that the data lack: {sorted(strangers)[:3]}")
    astray = [name for name, group in zip(sheet["id"], sheet["group"], strict=True) if known[name] != group]
    _hold(exam, not astray, f"rows stand in other groups than their items: {astray[:3]}")
    for name, column in sheet.columns.items():
        numbers = column.dtype.kind in "fiub"
        _hold(exam, numbers or column.dtype.kind == "U", f"column {name!r} is neither numbers nor text: {column.dtype}")
        _hold(exam, not numbers or bool(np.isfinite(column).all()), f"column {name!r} holds NaN or infinity")
    _hold(exam, sheet["score"].min() >= 0 and sheet["score"].max() <= 1, "its scores leave [0, 1]")
    try:
        plain = json.loads(json.dumps(sheet.facts, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise Nonconforming(f"{exam.name}: its facts are no plain JSON: {error}") from error
    _hold(exam, plain == sheet.facts, "its facts change when written as JSON and read again (tuples? number keys?)")


def _check_grade(exam: Exam, sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
    frozen = {name: column.copy() for name, column in sheet.columns.items()}
    for column in frozen.values():
        column.setflags(write=False)
    locked = Sheet(columns=frozen, facts=sheet.facts)
    first = exam.grade(locked, statistics)
    _hold(exam, first == exam.grade(locked, statistics), "grading one sheet twice gives two answers")
    _hold(exam, exam.headline in first, f"its headline {exam.headline!r} is not among {sorted(first)}")
    unknown = set(named(exam.says)) - set(first)
    _hold(exam, not unknown, f"its sentence tells of {sorted(unknown)}, which are not among its estimates")
    for name, found in first.items():
        _hold(exam, all(map(isfinite, (found.value, found.low, found.high))), f"{name} is not finite: {found}")
        _hold(exam, found.low <= found.value <= found.high, f"{name} lies outside its interval: {found}")
        _hold(exam, found.units > 0, f"{name} rests on nothing: {found}")
    head = first[exam.headline]
    _hold(exam, head.chance is not None, "its headline does not say what chance is")
    mean = float(sheet["score"].mean())
    _hold(exam, abs(mean - head.value) < ROUNDING, f"the mean score is {mean:.6f}, the headline {head.value:.6f}")
    return first


def _check_passed(exam: Exam, estimates: dict[str, Estimate]) -> None:
    head = estimates[exam.headline]
    passed = head.value >= KNOWS if head.better == "higher" else head.value <= 1 - KNOWS
    _hold(exam, passed or head.better == "neither", f"who knows every answer gets only {head.value:.3f}")


def _check_twins(exam: Exam, data: Dataset, oracle: Oracle, statistics: Statistics, *, worst_case: bool) -> None:
    try:
        exam.measure(NaN(), data, Bench())
    except Refused:
        pass
    else:
        raise Nonconforming(f"{exam.name}: NaN was examined and not refused")
    dead: dict[str, tuple[Model, Dataset]] = {
        "constant": (Constant(), data),
        "random": (Random(), data),
        "blind": (Blind(data), data),
        "permuted": (oracle, permuted(data)),
    }
    for name, (model, shown) in dead.items():
        estimates = exam.grade(exam.measure(model, shown, Bench()), statistics)
        head = estimates[exam.headline]
        level = head.chance is not None and head.low - ROUNDING <= head.chance <= head.high + ROUNDING
        _hold(exam, level or worst_case, f"the {name} twin does not score chance: {head}")
        for what, found in estimates.items():
            _hold(exam, not _above_chance(found), f"the {name} twin beats chance in {what}: {found}")


def _above_chance(found: Estimate) -> bool:
    if found.chance is None or found.better == "neither":
        return False
    if found.better == "higher":
        return found.low > found.chance + ROUNDING
    return found.high < found.chance - ROUNDING


def _check_repeatable(exam: Exam, data: Dataset, statistics: Statistics) -> None:
    model = Random()
    sheet = exam.measure(model, data, Bench(batch=32))
    again = exam.measure(model, data, Bench(batch=32))
    same = all(np.array_equal(column, again[name]) for name, column in sheet.columns.items())
    _hold(exam, same and sheet.facts == again.facts, "measuring twice gives two sheets")
    estimates = exam.grade(sheet, statistics)
    shuffled = replace(data, items=data.items[::-1], train=data.train and data.train.keep(data.train.items[::-1]))
    others: dict[str, Callable[[], Sheet]] = {
        "listing the items in another order": lambda: exam.measure(model, shuffled, Bench(batch=32)),
        "another batch size": lambda: exam.measure(model, data, Bench(batch=7)),
    }
    for change, measured in others.items():
        changed = exam.grade(measured(), Statistics(level=statistics.level, resamples=1))
        for name, found in estimates.items():
            moved = name not in changed or abs(found.value - changed[name].value) > ROUNDING
            _hold(exam, not moved, f"{change} changes {name}: {found} became {changed.get(name)}")


def _check_figure(exam: Exam, model: Model, data: Dataset, sheet: Sheet, estimates: dict[str, Estimate]) -> None:
    record = _record(exam, model.card, data, sheet, estimates)
    _hold(exam, bool(exam.figure([Result(record, sheet)]).to_dict()), "it draws nothing")


def _record(exam: Exam, card: ModelCard, data: Dataset, sheet: Sheet, estimates: dict[str, Estimate]) -> Record:
    """A record with all that a figure may read."""
    norm = Norm(
        exam=exam.name,
        version=exam.version,
        settings={},
        data=data.name,
        split=data.split,
        revision=data.revision,
        items="",
        count=len(data),
        learnt_from="",
        preprocessing="own",
        statistics=STRICT,
    )
    request = Request(
        model=card.name,
        data=data.name,
        exam=exam.name,
        settings={},
        preprocessing="own",
        precision="fp32",
        statistics=STRICT,
    )
    machine = Machine(system="", processor="", device="cpu", cores=1, memory_gib=0.0, python="", packages={})
    return Record(
        norm=norm,
        card=card,
        question=exam.question,
        headline=exam.headline,
        estimates=estimates,
        sheet="",
        facts=sheet.facts,
        request=request,
        machine=machine,
        made="",
        seconds={},
    )


def _hold(exam: Exam, rule: bool, broken: str) -> None:
    if not rule:
        raise Nonconforming(f"{exam.name}: {broken}")


def _names(kinds: tuple[type, ...]) -> str:
    return " or ".join(kind.__name__ for kind in kinds)
