"""Square: random squares of full strength, kept when the true class loses ground; needs no gradient.

Source: Andriushchenko, Croce, Flammarion & Hein 2020, "Square Attack", algorithms 1 to 3, section 3 and supplement.
"""

from __future__ import annotations

import math
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from eyechart.attack.apgd import Goal
from eyechart.attack.ball import Ball
from eyechart.attack.chance import below, signs, uniform
from eyechart.attack.losses import Logits, answers, margin

SHARE = 0.8  # of the image that the first squares cover
_HALVINGS = (10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000)  # of 10 000 queries
_TINY = 1e-12
AHEAD = 64  # queries


def square(logits: Logits, goal: Goal, ball: Ball, queries: int = 5000) -> Float[Tensor, "n c h w"]:
    """Per image an adversarial one within the ball, or the image itself."""
    found = goal.images.clone()
    propose = _Squares if ball.metric == "linf" else _Bumps
    rows = torch.arange(len(goal), device=found.device)
    best = _stripes(goal, ball) if ball.metric == "linf" else _bumps(goal, ball)
    lead = _lead(logits, goal, best)
    proposals = propose(goal, ball, 1)
    for query in range(1, queries + 1):
        fallen = lead <= 0
        if fallen.any():
            found[rows[fallen]] = best[fallen]
            left = (~fallen).nonzero()[:, 0]
            rows, goal, best, lead = rows[left], goal.take(left), best[left], lead[left]
        if not len(rows) or query == queries:
            break
        if fallen.any() or query % AHEAD == 0:
            proposals = propose(goal, ball, query)
        there = proposals.after(best, query, _side(query, queries, goal.images))
        now = _lead(logits, goal, there)
        better = now < lead
        best = torch.where(better.view(-1, 1, 1, 1), there, best)
        lead = torch.where(better, now, lead)
    return found


@final
class _Squares:
    """Squares of one colour of the ball's corners; what is random of the next `AHEAD` queries is drawn at once."""

    def __init__(self, goal: Goal, ball: Ball, query: int) -> None:
        """From `query` on."""
        count, bands = goal.images.shape[:2]
        steps = torch.arange(query, query + AHEAD, device=goal.seeds.device).repeat(count)
        seeds = goal.seeds.repeat_interleave(AHEAD)
        self._first = query
        self._most = (goal.images + ball.radius).clamp_max(1)
        self._least = (goal.images - ball.radius).clamp_min(0)
        self._corners = uniform(seeds, 2 * steps, 2).view(count, AHEAD, 2)
        self._up = (uniform(seeds, 2 * steps + 1, bands) >= 0.5).view(count, AHEAD, bands, 1, 1)

    def after(self, best: Tensor, query: int, side: int) -> Tensor:
        """What is asked next."""
        _, _, height, width = best.shape
        limits = torch.tensor([height - side + 1, width - side + 1], device=best.device)
        top, left = (self._corners[:, query - self._first] * limits).long().unbind(1)
        colour = torch.where(self._up[:, query - self._first], self._most, self._least)
        return torch.where(_window(best, top, left, side), colour, best)


@final
class _Bumps:
    """Length is taken from one square and spent on a bump in another."""

    def __init__(self, goal: Goal, ball: Ball, query: int) -> None:  # noqa: ARG002  # each query draws for itself
        self._goal, self._ball = goal, ball

    def after(self, best: Tensor, query: int, side: int) -> Tensor:
        """What is asked next."""
        return _bump(self._goal, self._ball, best, query, side)


def _lead(logits: Logits, goal: Goal, images: Tensor) -> Float[Tensor, " n"]:
    return margin(answers(logits, images), goal.truth)


def _side(query: int, queries: int, images: Tensor) -> int:
    """Of the next square, in pixels."""
    _, _, height, width = images.shape
    share = SHARE / 2 ** sum(query * 10_000 // queries > mark for mark in _HALVINGS)
    return min(max(round(math.sqrt(share * height * width)), 1), min(height, width) - 1)


def _corners(goal: Goal, query: int, side: int, count: int) -> Int[Tensor, "n k"]:
    """Upper left corners of `count` squares per image: rows and columns in turn."""
    _, _, height, width = goal.images.shape
    limits = torch.tensor([height - side, width - side] * count, device=goal.seeds.device) + 1
    return below(goal.seeds, 2 * query, limits)


def _window(like: Tensor, top: Tensor, left: Tensor, side: int) -> Tensor:
    """Where each square lies, ``n 1 h w``."""
    _, _, height, width = like.shape
    y, x = torch.arange(height, device=like.device), torch.arange(width, device=like.device)
    rows = (y >= top[:, None]) & (y < (top + side)[:, None])
    columns = (x >= left[:, None]) & (x < (left + side)[:, None])
    return (rows[:, :, None] & columns[:, None, :])[:, None]


def _stripes(goal: Goal, ball: Ball) -> Tensor:
    count, bands, _, width = goal.images.shape
    stripes = signs(goal.seeds, 0, bands * width).view(count, bands, 1, width)
    return ball.project(goal.images + ball.radius * stripes, goal.images)


def _bumps(goal: Goal, ball: Ball) -> Tensor:
    """A grid of bumps of random sign, together as long as the radius."""
    count, bands, height, width = goal.images.shape
    side = max(min(height, width) // 5, 2)
    down, across = height // side, width // side
    sign = signs(goal.seeds, 0, bands * down * across).view(count, bands, down, 1, across, 1)
    shape = _bump_shape(side, side).to(goal.images)
    away = torch.zeros_like(goal.images)
    grid = (sign * shape[None, None, None, :, None, :]).reshape(count, bands, down * side, across * side)
    away[:, :, : down * side, : across * side] = grid
    return _full(away, goal.images, ball)


def _bump(goal: Goal, ball: Ball, best: Tensor, query: int, side: int) -> Tensor:
    """Length is taken from one square and spent on a bump in another."""
    side = min(max(side | 1, 3), min(best.shape[2:]) - 1)
    top, left, other_top, other_left = _corners(goal, query, side, 2).unbind(1)
    here, there = _window(best, top, left, side), _window(best, other_top, other_left, side)
    away = best - goal.images
    throws = uniform(goal.seeds, 2 * query + 1, best.shape[1] + 1)
    bump = _placed(_pair_shape(side).to(best), throws[:, :1] >= 0.5, here, top, left)
    bump = bump * torch.where(throws[:, 1:] >= 0.5, 1.0, -1.0)[:, :, None, None]
    old = torch.where(here, away, 0)
    new = bump + old / (_norm(old, (2, 3)) + _TINY)
    spare = (ball.radius**2 - _norm(away, (1, 2, 3)) ** 2).clamp_min(0) / best.shape[1]
    spent = _norm(torch.where(here | there, away, 0), (2, 3)) ** 2
    new = torch.where(here, new, 0)
    new = new / (_norm(new, (2, 3)) + _TINY) * (spare + spent).sqrt()
    return _full(torch.where(here, new, torch.where(there, 0, away)), goal.images, ball)


def _placed(shape: Tensor, turned: Tensor, window: Tensor, top: Tensor, left: Tensor) -> Tensor:
    """The shape, for some images transposed, at each image's square: ``n 1 h w``."""
    count, _, height, width = window.shape
    y = torch.arange(height, device=shape.device) - top[:, None]
    x = torch.arange(width, device=shape.device) - left[:, None]
    last = len(shape) - 1
    rows = y.clamp(0, last)[:, :, None].expand(count, height, width)
    columns = x.clamp(0, last)[:, None, :].expand(count, height, width)
    upright = shape[rows, columns]
    return torch.where(window[:, 0], torch.where(turned[:, :, None], shape[columns, rows], upright), 0)[:, None]


def _pair_shape(side: int) -> Tensor:
    """Two bumps of opposite sign, one above the other, of length 1."""
    half = side // 2
    pair = torch.cat([_bump_shape(half, side), -_bump_shape(side - half, side)])
    return pair / pair.norm()


def _bump_shape(height: int, width: int) -> Tensor:
    """Nested rectangles around the middle, each lower than the one within; of length 1."""
    shape = torch.zeros(height, width)
    middle, centre = height // 2 + 1, width // 2 + 1
    top, left = middle - 1, centre - 1
    for ring in range(max(middle, centre)):
        rows = slice(max(top, 0), min(top + 2 * ring + 1, height))
        columns = slice(max(left, 0), min(left + 2 * ring + 1, width))
        shape[rows, columns] += 1 / (ring + 1) ** 2
        top, left = top - 1, left - 1
    return shape / shape.norm()


def _full(away: Tensor, images: Tensor, ball: Ball) -> Tensor:
    """The change stretched to the radius."""
    return ball.project(images + ball.radius * away / (_norm(away, (1, 2, 3)) + _TINY), images)


def _norm(away: Tensor, axes: tuple[int, ...]) -> Tensor:
    return away.square().sum(dim=axes, keepdim=True).sqrt()
