"""Teach all that a study compares: one folder per course, in which a stopped training goes on."""

from __future__ import annotations

import json
import multiprocessing
import os
import platform
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import torch

from eyechart import data as sources
from eyechart.allocation import keep_memory
from eyechart.core import Fact
from eyechart.errors import BadInput, EyechartError, Refused, one_line
from eyechart.learn.distribute import here
from eyechart.learn.gather import one_first, processes, rank
from eyechart.learn.lessons import Lessons, Want, are_kept, prepared
from eyechart.learn.loop import train
from eyechart.learn.objective import Objective
from eyechart.learn.recipe import Recipe
from eyechart.learn.recipe import recipe as recipe_of
from eyechart.learn.sampler import Sampler
from eyechart.learn.watch import Watch
from eyechart.machine import gains_from_bf16
from eyechart.models import checkpoint
from eyechart.models.flops import REJECTIONS
from eyechart.models.tokens import Words
from eyechart.models.wish import Wish
from eyechart.progress import Progress, quiet
from eyechart.study.build import built, vocabulary
from eyechart.study.during import exam
from eyechart.study.forecast import Forecast, forecast, mixed
from eyechart.study.study import FRAMES, REGIONS, Course, Prices, Study, courses, digest, locked

MODEL, WORDS, FACTS = "model", "words.json", "course.json"
GLIMPSE = 4  # batches of each dataset tell what learning will cost
LAYOUT = torch.channels_last  # of weights: convolutions of residual networks learn a fifth faster on processors


class Taught(NamedTuple):
    """What became of a course: where its model lies, or why there is none."""

    course: Course
    model: Path | None
    reason: str = ""


def material(study: Study, folder: Path, progress: Progress = quiet, most: int | None = None) -> tuple[Lessons, Words]:
    """Pictures (`most`: of each dataset, where not all) and tokenizer, made once and then read."""
    with one_first():
        lessons = prepared(study.data, _want(study), folder, progress, most)
        place = folder / WORDS
        if not place.exists():
            folder.mkdir(parents=True, exist_ok=True)
            place.write_text(vocabulary(study, lessons).to_json(), encoding="utf-8")
        return lessons, Words.from_json(place.read_text(encoding="utf-8"), study.text.context)


def _want(study: Study) -> Want:
    return Want(
        size=study.size,
        later=any(name in FRAMES for name in study.objectives),
        regions=any(name in REGIONS for name in study.objectives),
    )


def teach(study: Study, folder: Path, *, jobs: int = 1, progress: Progress = quiet) -> Iterator[Taught]:
    """Yield each course as it ends; those that were taught before at once. A course that cannot be is told, not raised.

    Args:
        study: what is compared.
        folder: of the study; pictures, trainings and models lie there.
        jobs: how many courses are taught at the same time, each in a process with its share of the cores.
        progress: of the pictures, and of the training where there is but one at a time.

    Where torchrun started several processes, all of them call this and teach each course together.

    Raises:
        BadInput: there is nothing to learn from, or to be examined on; several courses at the same time were asked for
            of several processes.
    """
    if jobs > 1 and processes() > 1:
        raise BadInput(f"torchrun started {processes()} processes, which teach each course together; leave out --jobs")
    for name in study.examined_on:
        sources.load(name)  # so that a misspelt name costs no training
    material(study, folder, progress)
    every = list(courses(study, prices(study, folder, progress) if study.flops else None))
    first = [course for course in every if locked(study, course) is None]
    then = [course for course in every if locked(study, course) is not None]
    for part in (first, then):  # what is locked has to be there before
        at_once = min(jobs, len(part))
        if at_once < 2:  # then one has all cores
            yield from (_tried(study, course, folder, progress) for course in part)
            continue
        threads = max(1, (os.cpu_count() or 1) // at_once)
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(at_once, spawn, initializer=_settle, initargs=(threads,)) as pool:
            waiting = [pool.submit(_tried, study, course, folder) for course in part]
            for done in as_completed(waiting):
                yield done.result()


def planned(study: Study, folder: Path, progress: Progress = quiet) -> Iterator[tuple[Course, Forecast | str]]:
    """What each pair of objective and tower will cost, or why it cannot be taught; nothing is learnt, or kept.

    It is found on some of the pictures, unless all lie in `folder` already.
    """
    if are_kept(study.data, _want(study), folder):
        yield from _priced(study, *material(study, folder, progress))
        return
    with TemporaryDirectory() as scratch:
        yield from _priced(study, *material(study, Path(scratch), progress, GLIMPSE * study.batch))


def _priced(study: Study, lessons: Lessons, words: Words) -> Iterator[tuple[Course, Forecast | str]]:
    for tower in study.towers:
        for name in study.objectives:
            course = Course(name, tower, study.batch, study.seeds[0])
            try:
                yield course, _cost(_made(study, course, lessons, words), study, course, lessons)
            except EyechartError as error:
                yield course, str(error)


def prices(study: Study, folder: Path, progress: Progress = quiet) -> Prices:
    """What a picture costs each pair of objective and tower that can be taught."""
    told = _priced(study, *material(study, folder, progress))
    return {(course.objective, course.tower): cost.flops for course, cost in told if isinstance(cost, Forecast)}


def recipe(study: Study, course: Course) -> Recipe:
    """How a course is learnt. Raises `BadInput` or `UnknownName` for a field that is wrong."""
    given = {**study.recipe, **study.own.get(course.objective, {})}
    found = recipe_of({"steps": course.samples // study.batch, "batch": study.batch, "seed": course.seed, **given})
    if found.steps != course.samples // study.batch or found.batch != study.batch:
        raise BadInput("steps and batch follow from the budget of a study; leave them out of its recipe")
    return (
        found if "precision" in given else replace(found, precision="bf16" if gains_from_bf16(here().type) else "fp32")
    )


def _settle(threads: int) -> None:
    """In a new process: its share of the cores, and memory as the command line has it."""
    torch.set_num_threads(threads)
    keep_memory()


def _tried(study: Study, course: Course, folder: Path, progress: Progress = quiet) -> Taught:
    place = folder / course.folder
    if (place / MODEL / checkpoint.CONFIG).exists():
        return Taught(course, place / MODEL)
    try:
        return Taught(course, _taught(study, course, folder, progress))
    except (BadInput, Refused) as error:
        return Taught(course, None, str(error))


def _taught(study: Study, course: Course, folder: Path, progress: Progress) -> Path:
    lessons, words = material(study, folder)
    place = folder / course.folder
    # In training mode, which moves centres and averages: so they are made anew.
    cost = _cost(_made(study, course, lessons, words), study, course, lessons)
    objective = _made(study, course, lessons, words)
    start = locked(study, course)
    if start is not None:
        _open(objective, folder / start.folder / MODEL)
    started = time.monotonic()
    steps = course.samples // study.batch
    source = replace(
        _ordinary(study, course, lessons), lessons=int(study.lessons * steps), smaller=_until(study, steps)
    )
    model = train(objective, source, recipe(study, course), place, _watch(study), progress)
    with one_first():
        if rank() == 0:
            facts = _facts(study, course, lessons, cost, place) | {"seconds": round(time.monotonic() - started, 1)}
            checkpoint.save(model, place / MODEL, facts, dtype=torch.float16)  # type: ignore[arg-type]  # all products are our own
            (place / "state.safetensors").unlink()
    return place / MODEL


def _made(study: Study, course: Course, lessons: Lessons, words: Words) -> Objective:
    """With new networks, where they are to learn."""
    objective = built(study, course.objective, course.tower, course.seed, lessons, words)
    return objective.to(here(), memory_format=LAYOUT)


def _ordinary(study: Study, course: Course, lessons: Lessons) -> Sampler:
    """Batches as they are after the easy ones."""
    return Sampler(of=lessons, batch=study.batch, seed=course.seed)


def _until(study: Study, steps: int) -> tuple[tuple[int, int], ...]:
    """The sizes of smaller pictures, and the step before which each holds."""
    ends = accumulate(share for _, share in study.smaller_first)
    return tuple((size, int(end * steps)) for (size, _), end in zip(study.smaller_first, ends, strict=True))


def _cost(objective: Objective, study: Study, course: Course, lessons: Lessons) -> Forecast:
    """Over all sizes that the pictures have. Raises `BadInput` where the tower does not read one of them."""
    ordinary, parts = _ordinary(study, course, lessons), []
    for size, share in study.smaller_first:
        try:
            parts.append((share, forecast(objective, replace(ordinary, smaller=((size, sys.maxsize),)))))
        except REJECTIONS as error:
            raise BadInput(
                f"{course.tower} does not read the pictures of {size} pixels that come first: {one_line(error)}"
            ) from error
    return mixed([*parts, (1 - sum(share for share, _ in parts), forecast(objective, ordinary))])


def _watch(study: Study) -> Watch:
    told = study.during
    shown = exam(study) if told.every else None
    return Watch(log_every=20, save_every=told.save_every, exam_every=told.every or 1, exam=shown, writers=told.writers)


def _open(objective: Objective, folder: Path) -> None:
    """Put the image trunk of a finished course into the towers. Raises `BadInput` where there is none to lock."""
    if not (folder / checkpoint.CONFIG).exists():
        raise BadInput(f"there is no tower to lock at {folder}; the course that teaches it was not finished")
    source = checkpoint.read(folder, folder.parent.name, Wish())
    tower = source.towers if hasattr(source, "towers") else source.tower
    own = objective.towers if hasattr(objective, "towers") else objective.tower
    own.image.load_state_dict(tower.image.state_dict())


def _facts(study: Study, course: Course, lessons: Lessons, cost: Forecast, place: Path) -> dict[str, Fact]:
    seen = course.samples // study.batch * study.batch
    return {
        "study": study.name,
        "objective": course.objective,
        "tower": course.tower,
        "seed": course.seed,
        "samples_seen": seen,
        "pictures": len(lessons),
        "flops_in_all": float(cost.flops) * seen,
        "norm_of_learning": digest(study, lessons.digest, course),
        "trained_on": f"{', '.join(study.data)}; {len(lessons)} pictures",
        "licence": "Apache-2.0",
        "loss": _last_loss(place),
        "hardware": _hardware(),
    }


def _hardware() -> str:
    if torch.cuda.is_available():
        return f"{processes()} x {torch.cuda.get_device_name()}"
    return f"{os.cpu_count()} cores, {processes() * torch.get_num_threads()} threads ({platform.machine()})"


def _last_loss(place: Path) -> float:
    """The mean over the last tenth of what was logged."""
    log = [json.loads(line) for line in (place / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    values = [line["loss"] for line in log if "loss" in line]
    last = values[-max(1, len(values) // 10) :]
    return round(sum(last) / len(last), 4)


def described(taught: Taught) -> Mapping[str, Fact]:
    """The facts on the card of a model that was taught."""
    if taught.model is None:
        return {}
    facts: Mapping[str, Fact] = json.loads((taught.model / checkpoint.CONFIG).read_text(encoding="utf-8"))["facts"]
    return facts
