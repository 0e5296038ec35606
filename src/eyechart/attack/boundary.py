"""FAB: the nearest image on the other side of the boundary, approached by planes that touch it.

Source: Croce & Hein 2020, "Minimally distorted adversarial examples with a fast adaptive boundary attack", section 2.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from eyechart.attack.apgd import Goal, look
from eyechart.attack.ball import Ball, Metric, length
from eyechart.attack.losses import Logits, answers, lead, margin

SHARE, BEYOND, BACK = 0.1, 1.05, 0.9  # at most of the way back to the image; past the plane; back after a success
PIECES = 60  # of the descent at most; a handful is usual
_TINY = 1e-12


def fab(logits: Logits, goal: Goal, ball: Ball, steps: int = 100) -> Float[Tensor, "n c h w"]:
    """Towards the wished class; per image an adversarial one within the ball, or the image itself."""
    found = goal.images.clone()
    rows, here = torch.arange(len(goal), device=found.device), goal.images
    for _ in range(steps):
        if not len(rows):
            break
        height, gradient, _ = look(logits, goal, here, lead)
        there = _towards(ball.metric, goal.images, here, gradient, height)
        wrong = margin(answers(logits, there), goal.truth) <= 0
        near = ball.distance(there, goal.images) <= ball.radius * (1 + 1e-6)
        won = wrong & near
        found[rows[won]] = ball.project(there[won], goal.images[won])
        back = goal.images + BACK * (there - goal.images)
        here = torch.where(wrong.view(-1, 1, 1, 1), back, there)
        if won.any():
            left = goal.spared(~won).nonzero()[:, 0]
            rows, goal, here = rows[left], goal.take(left), here[left]
    return found


def _towards(metric: Metric, images: Tensor, here: Tensor, gradient: Tensor, height: Tensor) -> Tensor:
    """A step from where we are and one from the image, both onto the plane and a little beyond, mixed."""
    level = height - _dot(gradient, here)  # the plane: gradient · x + level = 0
    from_here = to_plane(metric, here, gradient, _dot(gradient, here) + level)
    from_image = to_plane(metric, images, gradient, _dot(gradient, images) + level)
    one, other = length(metric, from_here), length(metric, from_image)
    share = (one / (one + other).clamp_min(_TINY)).clamp(0, SHARE).view(-1, 1, 1, 1)
    mixed = (here + BEYOND * from_here) * (1 - share) + (images + BEYOND * from_image) * share
    return mixed.clamp(0, 1)


def to_plane(
    metric: Metric, images: Float[Tensor, "n c h w"], gradient: Float[Tensor, "n c h w"], height: Float[Tensor, " n"]
) -> Float[Tensor, "n c h w"]:
    """The shortest change within [0, 1] that takes `height` to 0 along `gradient`; the largest where none suffices.

    Every value moves in the same sense, as far as it has room: the total descent grows with the common length (linf)
    or stretch (l2), piecewise linearly and ever more slowly, so that Newton's steps never pass the goal and end on it.
    """
    weight = gradient.abs()
    speed = weight if metric == "l2" else (weight > 0).to(weight)
    sense = -height.sign().view(-1, 1, 1, 1) * gradient.sign()
    room = torch.where(sense > 0, 1 - images, torch.where(sense < 0, images, 0))
    need = height.abs().view(-1, 1, 1, 1)
    stretch, moves = torch.zeros_like(need), torch.zeros_like(images)
    for _ in range(PIECES):
        rest = need - _total(weight * moves)
        gain = _total(weight * speed * (moves < room))
        ahead = (rest > 1e-6 * need) & (gain > 0)
        if not ahead.any():
            break
        stretch = torch.where(ahead, stretch + rest / gain.clamp_min(_TINY), stretch)
        moves = (stretch * speed).minimum(room)
    return sense * moves


def _total(values: Tensor) -> Tensor:
    return values.sum(dim=(1, 2, 3), keepdim=True)


def _dot(one: Tensor, other: Tensor) -> Tensor:
    return (one * other).flatten(1).sum(dim=1)
