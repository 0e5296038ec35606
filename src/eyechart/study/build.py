"""From names to networks: an objective with the towers that it teaches."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any, get_type_hints

import torch

from eyechart import plugins
from eyechart.core import Preprocessing
from eyechart.errors import BadInput, UnknownName
from eyechart.learn.lessons import Lessons
from eyechart.learn.objective import Objective
from eyechart.models.tokens import Words
from eyechart.models.towers import EyePlan, OneTower, Plan, TextPlan, TwoTowers
from eyechart.store.codec import coerce
from eyechart.study.study import Study, settings

VIEWS = {"view", "views"}  # parameters of objectives that draw what they see
TEXTS = 20_000  # pictures whose captions the tokenizer is learnt from


def built(study: Study, objective: str, tower: str, seed: int, lessons: Lessons, words: Words) -> Objective:
    """The objective with new networks; the same call gives the same weights.

    Raises:
        UnknownName: a setting that the objective has not.
        BadInput: a setting of another type; the tower does not fit (the objective says why).
    """
    made = plugins.find("objectives", objective)
    hints, parameters = get_type_hints(made.__init__), inspect.signature(made).parameters
    given = settings(study, objective)
    if study.smaller_first and VIEWS & parameters.keys():
        raise BadInput(
            f"{objective} draws views of its own size of any picture; smaller_first cannot make them smaller"
        )
    for name in given:
        if name not in parameters:
            raise UnknownName(f"setting of {objective}", name, [*_open(parameters)])
    chosen = {name: coerce(hints[name], value, f"{objective}.{name}") for name, value in given.items()}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        parts = _parts(study, tower, hints, lessons, words, sigmoid=objective in ("siglip", "lit"))
        wanted = {name: parts[name] for name in parameters if name in parts}
        return made(**wanted, **chosen)  # what the registry holds


def vocabulary(study: Study, lessons: Lessons) -> Words:
    """A tokenizer learnt from the captions and the names of the classes."""
    shape = study.text
    return Words.learn(_texts(lessons), entries=shape.entries - 1, context=shape.context)


def _texts(lessons: Lessons) -> Iterator[str]:
    for told in lessons.captions[:: max(1, len(lessons) // TEXTS)]:
        yield from told
    for _ in range(50):
        for template in lessons.templates:
            yield from (template.format(name) for name in lessons.classes)


def _parts(
    study: Study, tower: str, hints: Mapping[str, Any], lessons: Lessons, words: Words, *, sigmoid: bool
) -> dict[str, Any]:
    """What a constructor may ask for by name."""
    preprocessing = Preprocessing(size=(study.size, study.size), resize="crop", mean=study.mean, std=study.std)
    image, shape = study.towers[tower], study.text
    text = TextPlan(
        entries=words.entries, context=words.context, width=shape.width, depth=shape.depth, heads=shape.heads
    )
    if hints.get("towers") is TwoTowers:
        plan = Plan(
            image=image,
            text=text,
            space=study.space,
            preprocessing=preprocessing,
            link="sigmoid" if sigmoid else "softmax",
        )
        return {"towers": TwoTowers(plan), "words": words}
    if hints.get("tower") is OneTower:
        classes = lessons.classes if hints.get("smoothing") is not None else ()
        eyes = OneTower(EyePlan(image=image, preprocessing=preprocessing, classes=classes))
        return {"tower": eyes, "words": words, "text": text}
    raise BadInput("an objective takes `tower: OneTower` or `towers: TwoTowers`; this one takes neither")


def _open(parameters: Mapping[str, inspect.Parameter]) -> Iterator[str]:
    for name in parameters:
        if name not in ("tower", "towers", "words", "text"):
            yield name
