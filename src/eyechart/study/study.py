"""What is to be compared, as a value that a TOML file holds."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

from eyechart import plugins
from eyechart.errors import BadInput, UnknownName
from eyechart.models.towers import ImagePlan, TimmPlan
from eyechart.settings import exams
from eyechart.store.codec import coerce, plain
from eyechart.store.digest import of_json

FRAMES, REGIONS = ("siammae",), ("region",)  # objectives that need more of the data than pictures and words
LISTS = ("data", "towers", "objectives", "seeds", "exams", "examined_on")
Prices = Mapping[tuple[str, str], int]  # operations that one picture costs, by objective and tower


@dataclass(frozen=True, slots=True, kw_only=True)
class TextShape:
    """The text tower and its tokenizer, which is learnt from the captions."""

    width: int = 128
    depth: int = 3
    heads: int = 4
    entries: int = 1024
    context: int = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class During:
    """What is seen and written while a course is taught; nothing of it changes what is learnt."""

    every: int = 0  # steps between the study's exams of what has been learnt so far; 0: none before the end
    limit: int = 200  # pictures of those exams
    save_every: int = 500  # steps
    writers: tuple[str, ...] = ()  # besides log.jsonl: "tensorboard", "wandb", "mlflow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """All that is equal, and the lists of what is not.

    Every objective sees the same pictures in the same order with the same trunk, as often as the budget says; only what
    `objectives` and `own` say of it is its own. A budget counts pictures, or operations: then an objective that spends
    more on a picture sees fewer.
    """

    name: str
    data: tuple[str, ...]  # whose train splits are learnt from, one after the other
    towers: Mapping[str, ImagePlan | TimmPlan]
    objectives: Mapping[str, Mapping[str, Any]]  # name → settings of its constructor
    samples: tuple[int, ...] = ()  # budgets: pictures seen, each with repetition
    flops: tuple[float, ...] = ()  # or: operations spent, forward and backward (multiply-adds × 2)
    batch: int = 128
    size: int = 64  # pixels, both sides
    mean: tuple[float, ...] = (0.5, 0.5, 0.5)
    std: tuple[float, ...] = (0.25, 0.25, 0.25)
    seeds: tuple[int, ...] = (0, 1, 2)
    lessons: float = 0.0  # share of the steps that shows easy pictures first, where the data say which are
    smaller_first: tuple[tuple[int, float], ...] = ()  # sizes below `size`, and the share of the steps of each
    text: TextShape = field(default_factory=TextShape)
    space: int = 128  # width that image and text share
    recipe: Mapping[str, Any] = field(default_factory=dict)  # of every run, see eyechart.learn.recipe.Recipe
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # objective → what its recipe has instead
    exams: tuple[str, ...] = ("knn", "linear")
    examined_on: tuple[str, ...] = ("world",)
    during: During = During()


class Course(NamedTuple):
    """One training: what is learnt, by what, how long, and from which start."""

    objective: str
    tower: str
    samples: int
    seed: int
    flops: float = 0.0  # the budget, where it is one of operations

    @property
    def folder(self) -> str:
        """Where it is kept, within the folder of the study."""
        budget = f"{self.flops:g}flop".replace("+", "") if self.flops else self.samples
        return f"{self.objective}-{self.tower}-{budget}-{self.seed}"

    @property
    def budget(self) -> str:
        """In words."""
        pictures = f"{self.samples:,} pictures seen".replace(",", "\u202f")
        return f"{self.flops:g} operations" if self.flops else pictures


def read(path: Path) -> Study:
    """The study of a TOML file.

    Raises:
        BadInput: the file is not there or no TOML; a value is of another type, or missing.
        UnknownName: a field that studies have not; an objective or an exam that there is not.
    """
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}; give the TOML file of a study") from error
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path} is no TOML: {error}") from error
    return study(facts, str(path))


def study(facts: Mapping[str, Any], where: str = "the study") -> Study:
    """The same from plain values."""
    types = get_type_hints(Study)
    for name in facts:
        if name not in types:
            raise UnknownName("field of a study", name, types)
    for name in ("name", "data", "towers", "objectives"):
        if name not in facts:
            raise BadInput(f"{where} does not say its {name!r}")
    found = Study(**{name: coerce(types[name], value, f"{where}: {name}") for name, value in facts.items()})
    _check(found, where)
    return found


def courses(study: Study, prices: Prices | None = None) -> Iterator[Course]:
    """Every combination, those of the first seed first: after a third of the time there is one of each.

    Only budgets of operations need `prices`. A pair without one cannot be taught; its course is there to say why.

    Raises:
        BadInput: a budget of operations does not pay for one batch.
    """
    for seed in study.seeds:
        for budget in study.samples or study.flops:
            for tower in study.towers:
                for objective in ordered(study):
                    if study.samples:
                        yield Course(objective, tower, int(budget), seed)
                    else:
                        price = (prices or {}).get((objective, tower))
                        samples = _paid(study, f"{objective} on {tower}", budget, price) if price else study.batch
                        yield Course(objective, tower, samples, seed, budget)


def _paid(study: Study, pair: str, flops: float, price: int) -> int:
    """How many pictures a budget of operations pays for, in whole batches."""
    steps = int(flops // (price * study.batch))
    if not steps:
        raise BadInput(
            f"flops: {flops:g} do not pay for one batch of {study.batch} pictures of {pair} at {price:.3g} each; "
            f"give {price * study.batch:.3g} at least"
        )
    return steps * study.batch


def ordered(study: Study) -> list[str]:
    """The objectives, each after the one whose tower it locks."""
    names = list(study.objectives)
    return sorted(names, key=lambda name: (_locks(study, name) in names, names.index(name)))


def locked(study: Study, course: Course) -> Course | None:
    """The course whose product this one starts from and does not change; None for most."""
    source = _locks(study, course.objective)
    return course._replace(objective=source) if source else None


def settings(study: Study, objective: str) -> dict[str, Any]:
    """What the constructor of an objective is given."""
    return {name: value for name, value in study.objectives[objective].items() if name != "locks"}


def digest(study: Study, lessons: str, course: Course) -> str:
    """Of the norm of learning: what must be equal for two results to be ranked together.

    The data, the trunk and the budget, how the pictures come, and the exams. Objective, seed and the optimiser's
    settings may differ: they are what is compared, or belong to it.
    """
    norm = {
        "lessons": lessons,
        "size": study.size,
        "batch": study.batch,
        "easy first": study.lessons,
        "trunk": plain(study.towers[course.tower]),
        **({"operations": course.flops} if course.flops else {"samples": course.samples}),
        "exams": study.exams,
        "examined on": study.examined_on,
        **({"smaller first": study.smaller_first} if study.smaller_first else {}),
    }
    return of_json(plain(norm))[:16]


def _locks(study: Study, objective: str) -> str:
    return str(study.objectives[objective].get("locks", ""))


def _check(study: Study, where: str) -> None:
    known = plugins.names("objectives")
    for name in study.objectives:
        if name not in known:
            raise UnknownName("objective", name, known)
        _check_lock(study, name, where)
    exams(study.exams)
    for name in study.own:
        if name not in study.objectives:
            raise UnknownName("objective of the study", name, study.objectives)
    empty = [name for name in LISTS if not getattr(study, name)]
    if empty:
        raise BadInput(f"{where}: {empty[0]} is empty; a study needs one at least")
    if bool(study.samples) == bool(study.flops):
        raise BadInput(f"{where}: a budget is one of pictures (samples) or of operations (flops); give one of the two")
    if study.batch < 2 or (study.samples and min(study.samples) < study.batch):
        raise BadInput(f"{where}: a budget is one batch of two pictures at least; got {study.samples}, {study.batch}")
    if study.during.every < 0 or study.during.limit < 1 or study.during.save_every < 1:
        raise BadInput(f"{where}: exams during a course need whole numbers of steps and pictures; got {study.during}")
    if not 0 <= study.lessons < 0.5:
        raise BadInput(f"{where}: lessons is a share of the steps below one half; got {study.lessons}")
    _check_sizes(study, where)


def _check_sizes(study: Study, where: str) -> None:
    sizes, shares = [size for size, _ in study.smaller_first], [share for _, share in study.smaller_first]
    if sizes != sorted({size for size in sizes if 0 < size < study.size}) or not all(share > 0 for share in shares):
        raise BadInput(
            f"{where}: smaller_first names ascending sizes below {study.size} pixels, each with a share of the steps "
            f"above 0; got {study.smaller_first}"
        )
    if sum(shares) >= 1:
        raise BadInput(f"{where}: the shares of smaller_first leave no step for pictures of {study.size} pixels")
    for name, tower in study.towers.items():
        patch = tower.patch if isinstance(tower, ImagePlan) else 1
        odd = [size for size in sizes if size % patch]
        if odd:
            raise BadInput(f"{where}: {name} has patches of {patch} pixels, which do not divide {odd[0]}")


def _check_lock(study: Study, name: str, where: str) -> None:
    source = _locks(study, name)
    if source and source not in study.objectives:
        raise BadInput(f"{where}: {name} locks the tower of {source!r}, which is not among its objectives")
    if source and _locks(study, source):
        raise BadInput(f"{where}: {name} locks the tower of {source}, which is locked itself")
