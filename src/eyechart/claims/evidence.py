"""Records with what is known of how their models were taught; records of different norms are kept apart."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eyechart import plugins
from eyechart.core import Estimate, Norm, Record
from eyechart.errors import NormMismatch
from eyechart.reporting.comparison import differences, norm_digest
from eyechart.store.digest import of_json

CONFIG = "config.json"
CONVOLUTIONS, PATCHES = ("convnext", "resnet"), ("vit",)
_FACTS = {"study": str, "objective": str, "tower": str, "seed": int, "samples_seen": int, "pictures": int}


@dataclass(frozen=True, slots=True, kw_only=True)
class Schooling:
    """How a model was taught, when it was taught in a study."""

    study: str
    objective: str
    tower: str  # as the study names it
    family: str  # "vit", "convnext" …
    seed: int
    samples: int  # pictures seen, each with repetition
    pictures: int  # that there were
    norm: str  # of learning: equal for all objectives that were taught alike

    @property
    def course(self) -> str:
        """The folder that a study keeps it in."""
        return f"{self.objective}-{self.tower}-{self.samples}-{self.seed}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A record, and how its model was taught where that is known."""

    record: Record
    schooling: Schooling | None = None

    @property
    def norm(self) -> str:
        """Digest of the norm."""
        return norm_digest(self.record.norm)

    @property
    def own(self) -> bool:
        """Whether the model lies where a study left it, not in the zoo."""
        return self.record.card.name.startswith("checkpoint:")

    @property
    def name(self) -> str:
        """Of the model, as a person would point at it."""
        taught = self.schooling
        return f"{taught.study}/{taught.course}" if taught and self.own else self.record.card.name

    def __getitem__(self, estimate: str) -> Estimate:
        return self.record.estimates[estimate]

    def has(self, *estimates: str) -> bool:
        """Whether all of these were graded."""
        return all(name in self.record.estimates for name in estimates)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that a claim may be judged by, in an order that does not depend on when it was obtained."""

    witnesses: tuple[Witness, ...]

    def of(self, exam: str, *estimates: str) -> list[Witness]:
        """Of one exam, those that have these estimates."""
        return [one for one in self.witnesses if one.record.norm.exam == exam and one.has(*estimates)]

    def taught(self, exam: str, *estimates: str) -> list[tuple[Witness, Schooling]]:
        """Those of one exam whose teaching is known."""
        return [(one, one.schooling) for one in self.of(exam, *estimates) if one.schooling is not None]


def evidence(records: Iterable[Record], schooling: Callable[[Record], Schooling | None]) -> Evidence:
    """Of every model (by its weights) under one norm the newest record."""
    newest: dict[tuple[str, ...], Record] = {}
    for record in sorted(records, key=lambda one: (one.made, one.card.name)):
        card = record.card
        newest[norm_digest(record.norm), card.digest or card.name, card.precision] = record
    found = [Witness(record=record, schooling=schooling(record)) for record in newest.values()]
    return Evidence(witnesses=tuple(sorted(found, key=lambda one: (one.record.norm.exam, one.name, one.norm))))


def one_norm(witnesses: Sequence[Witness]) -> str:
    """The digest of the norm of all of them.

    Raises:
        NormMismatch: there are two; the message says in what they differ.
    """
    first = witnesses[0]
    for other in witnesses[1:]:
        if other.norm != first.norm:
            said = "; ".join(differences(first.record.norm, other.record.norm))
            raise NormMismatch(f"{first.name} and {other.name} were examined under different norms ({said})")
    return first.norm


def sight(norm: Norm) -> str:
    """What two exams must share to be held beside each other: pictures, names, what was learnt from, statistics."""
    return of_json({**asdict(norm), "data": "", "exam": "", "version": 0, "settings": {}})


def schooling(record: Record) -> Schooling | None:
    """As the description beside the weights tells it; None where there is none, or it tells of another training."""
    facts, plan = _described(_folder(record.card.name))
    same = (facts.get("trained_on"), facts.get("samples_seen")) == (record.card.trained_on, record.card.samples_seen)
    if not same or not all(isinstance(facts.get(name), kind) for name, kind in _FACTS.items()):
        return None
    return Schooling(
        study=facts["study"],
        objective=facts["objective"],
        tower=facts["tower"],
        family=str(_mapping(plan.get("image")).get("family", "")),
        seed=facts["seed"],
        samples=facts["samples_seen"],
        pictures=facts["pictures"],
        norm=str(facts.get("norm_of_learning", "")),
    )


def _described(folder: Path | None) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Facts and plan of a checkpoint; nothing where there is none."""
    path = None if folder is None else folder / CONFIG
    try:
        config = _mapping(json.loads(path.read_text(encoding="utf-8"))) if path is not None else {}
    except (OSError, ValueError):
        return {}, {}
    return _mapping(config.get("facts")), _mapping(config.get("plan"))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _folder(model: str) -> Path | None:
    source, _, location = model.partition(":")
    if source == "zoo":
        return plugins.shipped().get(location)
    return Path(location).expanduser() if source == "checkpoint" else None
