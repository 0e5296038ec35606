"""Compounds by two probes side by side: one for the thing, one for each kind of attribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from eyechart.marking.compounds import Compound, Lesson, first_of
from eyechart.store.rows import Rows
from eyechart.transfer.fixed import log_shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How many examples of each unseen compound are added in turn, how often they are drawn, and the penalty."""

    shots: tuple[int, ...]
    draws: int
    penalty: float


def repaired(
    lesson: Lesson, train: Rows, asked: Sequence[Compound], features: Float[Tensor, "n d"], course: Course
) -> NDArray[np.float64]:
    """For each asked compound and number of shots the chance that it is named right, the mean over draws, ``[n, s]``.

    Rows are as in `choices`.
    """
    marks = np.zeros((len(asked), len(course.shots)))
    for column, count in enumerate(course.shots):
        draws = course.draws if 0 < count < lesson.most else 1  # none, or all: there is but one way
        for draw in range(draws):
            learnt = lesson.with_shots(count, draw)
            marks[:, column] += first_of(choices(learnt, train, asked, features, course.penalty)) / draws
    return marks


def choices(
    learnt: Sequence[Compound], train: Rows, asked: Sequence[Compound], features: Float[Tensor, "n d"], penalty: float
) -> Float[Tensor, "n 4"]:
    """For each asked compound how likely its choices are: the sum of both log-probabilities; -inf for what is unknown.

    Args:
        learnt: what the probes learn from.
        train: features of the train split, in which `learnt` has its places.
        asked: the compounds to be named, one per row of `features`.
        features: theirs.
        penalty: of each probe.
    """
    seen = train.take([each.at for each in learnt]).tensor()
    concepts = log_shares(seen, [each.concept for each in learnt], features, penalty)
    attributes = {}
    for kind in sorted({each.kind for each in learnt}):
        own = [at for at, each in enumerate(learnt) if each.kind == kind]
        attributes[kind] = log_shares(seen[own], [learnt[at].attribute for at in own], features, penalty)
    nothing = torch.full((len(asked),), -torch.inf)
    return torch.tensor(
        [
            [
                float(concepts.get(concept, nothing)[row] + attributes.get(each.kind, {}).get(attribute, nothing)[row])
                for concept, attribute in each.choices
            ]
            for row, each in enumerate(asked)
        ]
    )
