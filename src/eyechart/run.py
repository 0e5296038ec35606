"""Examine: check, prepare, measure, grade, record. A refusal is a result too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Protocol, runtime_checkable

from eyechart import __version__, gallery
from eyechart import data as sources
from eyechart import models as towers
from eyechart.bench import Bench, known_taps
from eyechart.core import (
    Classifier,
    Dataset,
    Display,
    DualEncoder,
    Estimate,
    Exam,
    Hung,
    Item,
    Mistake,
    Model,
    ModelCard,
    Norm,
    Record,
    Refusal,
    Request,
    Sheet,
    Statistics,
    Unread,
)
from eyechart.data.survey import expand
from eyechart.errors import BadInput, EyechartError, Refused, UnknownName
from eyechart.machine import machine
from eyechart.progress import Progress, quiet
from eyechart.settings import with_settings
from eyechart.store.cache import FeatureStore
from eyechart.store.codec import plain
from eyechart.store.digest import of_items, of_json
from eyechart.store.shelf import Shelf

Outcome = Record | Refusal
PICTURED = 24  # mistakes that go on the shelf as thumbnails, per record


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who is examined on what, and how."""

    models: tuple[str | Model, ...]
    data: tuple[str | Dataset, ...]
    exams: tuple[Exam, ...]
    preprocessing: str = "own"
    precision: str = "auto"
    statistics: Statistics = field(default_factory=Statistics)
    limit: int | None = None
    redo: bool = False  # also what the shelf already holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where it happens: the shelf for results, the store for features, what shows progress, and the batch size."""

    shelf: Shelf
    store: FeatureStore | None = None
    progress: Progress = quiet
    batch: int | None = None
    device: str = "auto"


def examine(plan: Plan, desk: Desk) -> Iterator[Outcome]:
    """Yield one record or refusal per model, dataset and exam, each on the shelf before it is yielded.

    All datasets are opened before the first forward pass, so that a misspelt name costs nothing. A model that cannot
    be loaded, or a set of a suite that is not there, is a refusal of the exam ``"*"``; the others go on.
    """
    opened, absent = _open(plan)
    yield from (_refuse(desk.shelf, refusal) for refusal in absent)
    rooms = [room for data in opened for room in _rooms(data, plan.exams)]
    bench = Bench(desk.store, precision=plan.precision, batch=desk.batch, progress=desk.progress)
    for name in plan.models:
        try:
            model = _load(name, plan, desk.device)
        except EyechartError as error:
            refusal = Refusal(exam="*", model=str(name), data="*", reason=str(error), made=_now())
            # A misspelt name is no finding about a model: it is told, and not kept.
            yield refusal if isinstance(error, UnknownName) else _refuse(desk.shelf, refusal)
            continue
        for data, exams in rooms:
            yield from _sitting(model, data, replace(plan, exams=exams), bench, desk.shelf)


def objection(exam: Exam, model: Model, data: Dataset) -> str | None:
    """Why this model cannot take this exam on these data, or None."""
    if not isinstance(model, exam.needs):
        wanted = " or ".join(need.__name__ for need in exam.needs)
        return f"{exam.name} needs a {wanted}; {model.card.name} is none"
    for wanted in asked(exam, model):
        if not _HAS[wanted](data):
            return f"{exam.name} asks for {ASKS[wanted]}; {data.name} has none"
    return None


@runtime_checkable
class Particular(Protocol):
    """An exam whose settings decide what it asks of the data, too."""

    def asks_of(self, model: Model) -> tuple[str, ...]: ...


def asked(exam: Exam, model: Model) -> tuple[str, ...]:
    """What the exam asks of the data for this model: one that names nothing by itself learns a probe from train."""
    if isinstance(exam, Particular):
        return exam.asks_of(model)
    if "probe" not in exam.asks:
        return exam.asks
    learnt = () if isinstance(model, DualEncoder | Classifier) else ("train",)
    return (*(word for word in exam.asks if word != "probe"), *learnt)


ASKS = {
    "labels": "a class label per picture, of two classes at least",
    "captions": "captions",
    "distractors": "captions that are false of the picture",
    "regions": "boxes or masks",
    "masks": "masks of the things in the pictures",
    "taxonomy": "a taxonomy of its classes",
    "facts": "facts about each picture",
    "train": "a train split to learn from",
    "probe": "a train split to learn from, for a model that names nothing by itself",
    "texts": "captions or named classes",
}
_HAS = {
    "labels": lambda data: len(data.classes) > 1 and any(item.label is not None for item in data.items),
    "captions": lambda data: any(item.captions for item in data.items),
    "distractors": lambda data: any(item.distractors for item in data.items),
    "regions": lambda data: any(len(item.regions) for item in data.items),
    "masks": lambda data: any(_is_masked(item) for item in data.items),
    "taxonomy": lambda data: bool(data.taxonomy),
    "facts": lambda data: any(item.facts for item in data.items),
    "train": lambda data: data.train is not None and len(data.train) > 0,
    "texts": lambda data: any(item.captions or (item.label is not None and data.classes) for item in data.items),
}


def _is_masked(item: Item) -> bool:
    return len(item.regions) > 0 and item.regions[0].mask is not None


def _open(plan: Plan) -> tuple[list[Dataset], list[Refusal]]:
    """All datasets; those of a suite that are absent are refusals, any other that is absent is bad input."""
    opened: list[Dataset] = []
    absent: list[Refusal] = []
    for asked in plan.data:
        if not isinstance(asked, str):
            opened.append(asked)
            continue
        members = expand(asked)
        for name in members:
            try:
                opened.append(sources.load(name, limit=plan.limit))
            except BadInput as error:
                if len(members) == 1:
                    raise
                absent.append(Refusal(exam="*", model="*", data=name, reason=str(error), made=_now()))
    return opened, absent


def _rooms(data: Dataset, exams: tuple[Exam, ...]) -> list[tuple[Dataset, tuple[Exam, ...]]]:
    """Which exams are taken on the dataset itself, and which on what it has staged for them."""
    own = tuple(exam for exam in exams if exam.name not in data.staged)
    apart = [(data.staged[exam.name](), (exam,)) for exam in exams if exam.name in data.staged]
    return [*([(data, own)] if own else []), *apart]


def _load(name: str | Model, plan: Plan, device: str) -> Model:
    return towers.load(name, device=device, preprocessing=plan.preprocessing)


def _sitting(model: Model, data: Dataset, plan: Plan, bench: Bench, shelf: Shelf) -> Iterator[Outcome]:
    """All exams of one model on one dataset, after one forward pass over its pictures."""
    admitted = []
    for exam in plan.exams:
        reason = objection(exam, model, data)
        if reason is None:
            admitted.append(exam)
        else:
            yield _refuse(shelf, _refusal(exam, model, data, reason))
    if not admitted:
        return
    if not any("train" in asked(exam, model) for exam in admitted):
        data = replace(data, train=None)
    taps = tuple(dict.fromkeys(tap for exam in admitted for tap in exam.taps() if tap in known_taps(model)))
    start = perf_counter()
    try:
        seen, unread = bench.prepare(model, data, taps)
    except EyechartError as error:
        for exam in admitted:
            yield _refuse(shelf, _refusal(exam, model, data, str(error)))
        return
    sitting = Sitting(
        model=model,
        card=replace(model.card, precision=bench.precision_of(model)),
        data=seen,
        unread=unread,
        items=of_items(seen.items),
        learnt_from=of_items(seen.train.items) if seen.train is not None else "",
        forward=perf_counter() - start,
        plan=plan,
        bench=bench,
        shelf=shelf,
    )
    for split in (seen, seen.train):
        if split is not None:
            shelf.put_split(split)
    for exam in admitted:
        yield sitting.take(exam)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """One model before one dataset whose features are ready; digests of the examined and the learnt-from items."""

    model: Model
    card: ModelCard
    data: Dataset
    unread: tuple[Unread, ...]
    items: str
    learnt_from: str
    forward: float  # seconds
    plan: Plan
    bench: Bench
    shelf: Shelf

    def take(self, exam: Exam) -> Outcome:
        """Measure and grade, or fetch what the shelf already holds under this norm."""
        norm = self._norm(exam)
        done = None if self.plan.redo else self.shelf.find(norm, self.card)
        if done is not None:
            return done
        start = perf_counter()
        try:
            sheet = exam.measure(self.model, self.data, self.bench)
            measured = perf_counter()
            estimates = exam.grade(sheet, self.plan.statistics)
            seconds = {"forward": self.forward, "measure": measured - start, "grade": perf_counter() - measured}
            record = self._record(exam, norm, sheet, estimates, seconds)
            self.shelf.put(record, sheet)
        except EyechartError as error:
            return _refuse(self.shelf, _refusal(exam, self.model, self.data, str(error)))
        return record

    def _norm(self, exam: Exam) -> Norm:
        return Norm(
            exam=exam.name,
            version=exam.version,
            settings=plain(exam),
            data=self.data.name,
            split=self.data.split,
            revision=self.data.revision,
            items=self.items,
            count=len(self.data),
            learnt_from=self.learnt_from if "train" in asked(exam, self.model) else "",
            preprocessing=self.plan.preprocessing,
            statistics=self.plan.statistics,
            wording=of_json([self.data.classes, self.data.templates]),
        )

    def _record(
        self, exam: Exam, norm: Norm, sheet: Sheet, estimates: dict[str, Estimate], seconds: dict[str, float]
    ) -> Record:
        return Record(
            norm=norm,
            card=self.card,
            question=exam.question,
            headline=exam.headline,
            estimates=estimates,
            sheet=self.shelf.digest(sheet),
            facts=sheet.facts,
            request=self._request(exam),
            machine=machine(self.model.device),
            made=_now(),
            seconds=seconds,
            unread=self.unread,
            mistakes=self._mistakes(sheet),
            displays=self._displays(exam, sheet),
            eyechart=__version__,
        )

    def _request(self, exam: Exam) -> Request:
        return Request(
            model=self.card.name,
            data=self.data.name,
            exam=exam.name,
            settings=plain(exam),
            preprocessing=self.plan.preprocessing,
            precision=self.plan.precision,
            statistics=self.plan.statistics,
            limit=self.plan.limit,
        )

    def _displays(self, exam: Exam, sheet: Sheet) -> tuple[Display, ...]:
        if not isinstance(exam, gallery.Curator):
            return ()
        return tuple(
            Display(
                title=shown.title,
                note=shown.note,
                pictures=tuple(
                    Hung(self.shelf.put_thumbnail(gallery.thumbnail(picture, shown.side)), caption)
                    for picture, caption in shown.pictures
                ),
                side=shown.side,
                together=shown.together,
            )
            for shown in exam.exhibits(sheet, self.model, self.data, self.bench)
        )

    def _mistakes(self, sheet: Sheet) -> tuple[Mistake, ...]:
        rows = gallery.worst(sheet, PICTURED)
        wanted = {str(sheet["id"][row]) for row in rows}
        pictures = {item.id: item.picture for item in self.data.items if item.id in wanted}
        return tuple(
            Mistake(
                id=(identity := str(sheet["id"][row])),
                picture=self.shelf.put_thumbnail(gallery.thumbnail(pictures[identity])),
                truth=str(sheet["truth"][row]),
                answer=str(sheet["answer"][row]),
                confidence=float(sheet["confidence"][row]),
            )
            for row in rows
            if str(sheet["id"][row]) in pictures
        )


def again(record: Record, desk: Desk) -> Record:
    """Obtain a record once more from its own request.

    Raises:
        Refused: the model, the data or the exam are no longer what they were; the message says which.
    """
    request = record.request
    plan = Plan(
        models=(request.model,),
        data=(request.data,),
        exams=(with_settings(request.exam, request.settings),),
        preprocessing=request.preprocessing,
        precision=request.precision,
        statistics=request.statistics,
        limit=request.limit,
        redo=True,
    )
    (outcome,) = examine(plan, desk)
    if isinstance(outcome, Refusal):
        raise Refused(f"the record cannot be repeated: {outcome.reason}")
    return outcome


def _refusal(exam: Exam, model: Model, data: Dataset, reason: str) -> Refusal:
    return Refusal(exam=exam.name, model=model.card.name, data=data.name, reason=reason, made=_now())


def _refuse(shelf: Shelf, refusal: Refusal) -> Refusal:
    shelf.put_refusal(refusal)
    return refusal


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
