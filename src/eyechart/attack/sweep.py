"""One fight per radius, from the smallest to the largest: what fell in a small ball has fallen in every larger one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from eyechart.attack.apgd import Goal
from eyechart.attack.auto import Stage, begin, go_on
from eyechart.attack.ball import Ball
from eyechart.attack.heads import signs
from eyechart.attack.losses import Logits, answers


def goal(names: Sequence[str], pixels: Tensor, told: Mapping[str, int]) -> Goal:
    """The seed of an image comes from its own digest, so that it is attacked the same way in every run."""
    truth = torch.tensor([told[name] for name in names], device=pixels.device)
    seeds = torch.tensor([int(name[:15], 16) for name in names], device=pixels.device)
    return Goal(images=pixels, truth=truth, target=truth, seeds=seeds)


def fought(logits: Logits, aim: Goal, balls: Sequence[Ball], stages: Sequence[Stage]) -> Float[Tensor, "n k"]:
    """Per image its signs, then for each ball the stage that felled it, then for each ball the answer it gets there.

    Between signs and stages stands how often the unmoved image is answered rightly: a tie counts at expectation.
    """
    fight, felled, taken = begin(logits, aim.images, aim.truth), [], []
    flags = torch.cat([signs(logits, aim.images, aim.truth), _hits(logits, aim)[:, None]], dim=1)
    for ball in balls:
        fight = replace(fight, done=0)
        for _ in stages:
            fight = go_on(logits, fight, aim, ball, stages)
        taken.append(answers(logits, fight.images).argmax(dim=1))
        felled.append(fight.felled)
    return torch.cat([flags, torch.stack(felled, dim=1).float(), torch.stack(taken, dim=1).float()], dim=1)


def _hits(logits: Logits, aim: Goal) -> Float[Tensor, " n"]:
    given = answers(logits, aim.images)
    first = given == given.amax(dim=1, keepdim=True)
    return first.gather(1, aim.truth[:, None])[:, 0].float() / first.sum(dim=1)
