"""Auto-PGD: projected gradient ascent with momentum, whose step halves by itself when progress ends.

Source: Croce & Hein 2020, "Reliable evaluation of adversarial robustness …", section 3 and algorithm 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from eyechart.attack.ball import Ball
from eyechart.attack.losses import Logits, Loss, margin, slope

MOMENTUM, RHO = 0.75, 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What is attacked: images that the model gets right, their classes, and the class wished for instead."""

    images: Float[Tensor, "n c h w"]
    truth: Int[Tensor, " n"]
    target: Int[Tensor, " n"]  # only read by targeted losses
    seeds: Int[Tensor, " n"]
    family: Int[Tensor, " n"] | None = None  # copies of one image, each with a target of its own, are one family

    def __len__(self) -> int:
        return len(self.images)

    def take(self, rows: Tensor) -> Goal:
        """Some of them."""
        parts = {part.name: getattr(self, part.name) for part in fields(self)}
        return Goal(**{name: None if value is None else value[rows] for name, value in parts.items()})

    def towards(self, targets: Int[Tensor, "n k"]) -> Goal:
        """Each image once for each of its targets."""
        count, copies = targets.shape
        rows = torch.arange(count, device=targets.device).repeat_interleave(copies)
        return replace(self.take(rows), target=targets.flatten(), family=rows)

    def spared(self, stands: Bool[Tensor, " n"]) -> Bool[Tensor, " n"]:
        """A family falls with the first of its members: what is known of one need not be searched for in the others."""
        if self.family is None or stands.all():
            return stands
        whole = torch.ones(int(self.family.max()) + 1, dtype=torch.bool, device=stands.device)
        whole[self.family[~stands]] = False
        return whole[self.family]


@dataclass(slots=True, kw_only=True)
class _Climb:
    """Where the images that still stand are; row i of everything belongs to image `rows[i]`."""

    rows: Int[Tensor, " n"]
    goal: Goal
    here: Tensor
    before: Tensor
    gradient: Tensor
    best: Tensor
    best_gradient: Tensor
    best_loss: Float[Tensor, " n"]
    step: Float[Tensor, " n"]
    rises: Float[Tensor, " n"]  # steps since the last checkpoint on which the loss rose
    last_loss: Float[Tensor, " n"]
    mark_loss: Float[Tensor, " n"]  # best loss at the last checkpoint
    halved: Bool[Tensor, " n"]  # at the last checkpoint

    def keep(self, stands: Bool[Tensor, " n"]) -> None:
        """Forget the images that have fallen."""
        for part in fields(self):
            value = getattr(self, part.name)
            rows = stands.nonzero()[:, 0]
            setattr(self, part.name, value.take(rows) if isinstance(value, Goal) else value[rows])


def apgd(logits: Logits, goal: Goal, ball: Ball, loss: Loss, steps: int = 100) -> Float[Tensor, "n c h w"]:
    """Per image the first adversarial image met, or the image itself where none was; what has fallen is left alone."""
    found = goal.images.clone()
    climb = _start(logits, goal, ball, loss, found)
    checkpoints = set(_checkpoints(steps))
    since = 0
    for count in range(1, steps + 1):
        if not len(climb.rows):
            break
        there = _next(climb, ball, MOMENTUM if count > 1 else 1.0)
        value, gradient, stands = look(logits, climb.goal, there, loss)
        found[climb.rows[~stands]] = there[~stands]
        _arrive(climb, there, value, gradient)
        since += 1
        if count in checkpoints:
            _judge(climb, since)
            since = 0
        if not stands.all():
            climb.keep(climb.goal.spared(stands))
    return found


def _checkpoints(steps: int) -> Iterator[int]:
    """After how many steps progress is judged: ever shorter intervals."""
    share, width = 0.22, 0.22
    while share < 1:
        yield math.ceil(share * steps)
        width = max(width - 0.03, 0.06)
        share += width


def _start(logits: Logits, goal: Goal, ball: Ball, loss: Loss, found: Tensor) -> _Climb:
    here = ball.project(ball.somewhere(goal.images, goal.seeds, 0), goal.images)
    value, gradient, stands = look(logits, goal, here, loss)
    found[~stands] = here[~stands]
    climb = _Climb(
        rows=torch.arange(len(goal), device=here.device),
        goal=goal,
        here=here,
        before=here,
        gradient=gradient,
        best=here,
        best_gradient=gradient,
        best_loss=value,
        step=torch.full_like(value, 2 * ball.radius),
        rises=torch.zeros_like(value),
        last_loss=value,
        mark_loss=value,
        halved=torch.ones_like(stands),
    )
    climb.keep(goal.spared(stands))
    return climb


def look(
    logits: Logits, goal: Goal, images: Float[Tensor, "n c h w"], loss: Loss
) -> tuple[Float[Tensor, " n"], Float[Tensor, "n c h w"], Bool[Tensor, " n"]]:
    """Loss, its gradient, and which images the model still gets right."""
    images = images.detach().requires_grad_()
    with torch.enable_grad():
        given = logits(images)
        value = loss(given, goal.truth, goal.target)
        gradient = slope(value, images)
    return value.detach(), gradient.detach(), margin(given.detach(), goal.truth) > 0


def _next(climb: _Climb, ball: Ball, momentum: float) -> Tensor:
    stride = climb.step.view(-1, 1, 1, 1) * ball.direction(climb.gradient)
    ahead = ball.project(climb.here + stride, climb.goal.images)
    slide = momentum * (ahead - climb.here) + (1 - momentum) * (climb.here - climb.before)
    return ball.project(climb.here + slide, climb.goal.images)


def _arrive(climb: _Climb, there: Tensor, value: Tensor, gradient: Tensor) -> None:
    climb.rises = climb.rises + (value > climb.last_loss)
    better = value > climb.best_loss
    wide = better.view(-1, 1, 1, 1)
    climb.best = torch.where(wide, there, climb.best)
    climb.best_gradient = torch.where(wide, gradient, climb.best_gradient)
    climb.best_loss = torch.where(better, value, climb.best_loss)
    climb.before, climb.here, climb.gradient, climb.last_loss = climb.here, there, gradient, value


def _judge(climb: _Climb, since: int) -> None:
    """Halve the step and go back to the best image where the loss rose too rarely, or the best one stayed the same."""
    stuck = ~climb.halved & (climb.best_loss <= climb.mark_loss)
    halve = (climb.rises <= RHO * since) | stuck
    wide = halve.view(-1, 1, 1, 1)
    climb.step = torch.where(halve, climb.step / 2, climb.step)
    climb.here = torch.where(wide, climb.best, climb.here)
    climb.gradient = torch.where(wide, climb.best_gradient, climb.gradient)
    climb.rises = torch.zeros_like(climb.rises)
    climb.mark_loss, climb.halved = climb.best_loss, halve
