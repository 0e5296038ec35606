"""AutoAttack: four attacks in a fixed order, each only on the images that withstood the ones before.

Source: Croce & Hein 2020, "Reliable evaluation of adversarial robustness …", section 6 ("standard").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from jaxtyping import Float, Int
from torch import Tensor

from eyechart.attack.apgd import Goal, apgd
from eyechart.attack.ball import Ball
from eyechart.attack.boundary import fab
from eyechart.attack.losses import Logits, answers, cross_entropy, lead, margin, targeted_dlr
from eyechart.attack.square import square

TARGETS = 9
STANDS, WRONG = -1, -2  # in place of the number of the stage that felled an image
Attack = Callable[[Logits, Goal, Ball], Tensor]


@dataclass(frozen=True, slots=True)
class Stage:
    """One attack, perhaps towards as many wrong classes as there are `targets`, the most likely ones first."""

    name: str
    attack: Attack
    targets: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fight:
    """Images after the stages so far: where each was moved to, and the number of the stage that felled it.

    `felled` is `STANDS` for an image that nothing felled, `WRONG` for one that was wrong, or tied, without any attack.
    """

    images: Float[Tensor, "n c h w"]
    felled: Int[Tensor, " n"]
    done: int = 0  # stages


def standard(classes: int, *, steps: int = 100, queries: int = 5000) -> tuple[Stage, ...]:
    """APGD-CE, APGD-T, FAB-T, Square. With fewer than ten classes every wrong one is a target.

    The ratio of APGD-T takes four classes; with fewer, the plain difference of logits stands in for it.
    """
    targets = min(TARGETS, classes - 1)
    loss, told = (targeted_dlr, "apgd-t") if classes >= 4 else (lead, "apgd-t (difference of logits)")
    return (
        Stage("apgd-ce", partial(apgd, loss=cross_entropy, steps=steps)),
        Stage(told, partial(apgd, loss=loss, steps=steps), targets),
        Stage("fab-t", partial(fab, steps=steps), targets),
        Stage("square", partial(square, queries=queries)),
    )


def begin(logits: Logits, images: Float[Tensor, "n c h w"], truth: Int[Tensor, " n"]) -> Fight:
    """Before the first stage."""
    right = margin(answers(logits, images), truth) > 0
    return Fight(images=images, felled=torch.where(right, STANDS, WRONG))


def go_on(logits: Logits, fight: Fight, goal: Goal, ball: Ball, stages: Sequence[Stage]) -> Fight:
    """The next stage on the images that still stand; `goal` holds the images as they were, its targets are not read."""
    stage = stages[fight.done]
    standing = (fight.felled == STANDS).nonzero()[:, 0]
    after = replace(fight, done=fight.done + 1)
    if not len(standing):
        return after
    aim = goal.take(standing)
    moved = _moved(logits, aim, ball, stage, len(fight.images))
    wrong = margin(answers(logits, moved), aim.truth) <= 0  # nothing falls on an attack's word alone
    images, felled = fight.images.clone(), fight.felled.clone()
    images[standing[wrong]] = moved[wrong]
    felled[standing[wrong]] = fight.done
    return replace(after, images=images, felled=felled)


def _moved(logits: Logits, goal: Goal, ball: Ball, stage: Stage, room: int) -> Float[Tensor, "n c h w"]:
    """Where an attack takes the images; towards several targets at once, as far as `room` images go into a batch.

    An image that falls towards one target is searched no further, and the steps that several targets share cost the
    time of one. What each finds does not depend on the others.
    """
    if not stage.targets:
        return stage.attack(logits, goal, ball)
    found, targets = goal.images.clone(), _likely(logits, goal, stage.targets)
    stands = torch.arange(len(goal), device=found.device)
    start = 0
    while start < stage.targets and len(stands):
        width = min(max(room // len(stands), 1), stage.targets - start)
        aim = goal.take(stands)
        several = aim.towards(targets[stands, start : start + width])
        moved = stage.attack(logits, several, ball)
        wrong = (margin(answers(logits, moved), several.truth) <= 0).view(len(stands), width)
        first = wrong.int().argmax(dim=1)
        found[stands] = moved.view(len(stands), width, *found.shape[1:])[range(len(stands)), first]
        stands = stands[~wrong.any(dim=1)]
        start += width
    return found


def _likely(logits: Logits, goal: Goal, count: int) -> Int[Tensor, "n k"]:
    """The wrong classes that are most likely on the unmoved image."""
    others = answers(logits, goal.images).scatter(1, goal.truth[:, None], -torch.inf)
    return others.topk(count, dim=1).indices
