"""Square: random squares of full strength, kept when the true class loses ground; needs no gradient.

Source: Andriushchenko, Croce, Flammarion & Hein 2020, "Square Attack", algorithms 1 to 3, section 3 and supplement.
"""

from __future__ import annotations

import math
from typing import NamedTuple, final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from eyechart.attack.apgd import Goal
from eyechart.attack.ball import Ball
from eyechart.attack.chance import below, signs, uniform
from eyechart.attack.losses import Logits, answers, margin
from eyechart.attack.maps import Squares, cut
from eyechart.attack.nearby import Nearby

SHARE = 0.8  # of the image that the first squares cover
_HALVINGS = (10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000)  # of 10 000 queries
_TINY = 1e-12
AHEAD = 64  # queries


def square(logits: Logits, goal: Goal, ball: Ball, queries: int = 5000) -> Float[Tensor, "n c h w"]:
    """Per image an adversarial one within the ball, or the image itself."""
    found = goal.images.clone()
    rows = torch.arange(len(goal), device=found.device)
    ask = (_Squares if ball.metric == "linf" else _Bumps)(logits, goal, ball, queries)
    lead = margin(answers(logits, ask.best), ask.goal.truth)
    for query in range(1, queries + 1):
        fallen = lead <= 0
        if fallen.any():
            found[rows[fallen]] = ask.best[fallen]
            left = (~fallen).nonzero()[:, 0]
            rows, lead = rows[left], lead[left]
            ask.take(left)
        if not len(rows) or query == queries:
            break
        now = margin(ask.about(query), ask.goal.truth)
        better = now < lead
        lead = torch.where(better, now, lead)
        ask.keep(better)
    return found


@final
class _Squares:
    """Squares of one colour of the ball's corners; what is random of the next `AHEAD` queries is drawn at once."""

    def __init__(self, logits: Logits, goal: Goal, ball: Ball, queries: int) -> None:
        self.goal = goal
        self._logits, self._ball, self._queries = logits, ball, queries
        self._near = Nearby(logits, _stripes(goal, ball), _side(1, queries, goal.images))
        self._drawn: _Drawn | None = None

    @property
    def best(self) -> Float[Tensor, "n c h w"]:
        """The images so far."""
        return self._near.images

    def about(self, query: int) -> Float[Tensor, "n k"]:
        """What the model says of images with one square more."""
        side = _side(query, self._queries, self.goal.images)
        if self._near.side != side:
            self._near, self._drawn = Nearby(self._logits, self.best, side), None
        if self._drawn is None or query == self._drawn.first + AHEAD:
            self._drawn = _draw(self.goal, query, side)
        drawn, turn = self._drawn, query - self._drawn.first
        colours = cut(self.goal.images, drawn.squares, turn) + self._ball.radius * drawn.signs[:, turn]
        return self._near.ask(colours.clamp_(0, 1), turn, drawn.squares)

    def keep(self, better: Bool[Tensor, " n"]) -> None:
        """Of what was last asked about."""
        self._near.keep(better.nonzero()[:, 0])

    def take(self, rows: Int[Tensor, " k"]) -> None:
        """Forget all images but some."""
        self.goal, self._drawn = self.goal.take(rows), None
        self._near.take(rows)


class _Drawn(NamedTuple):
    """What is random of the queries from `first` on."""

    first: int
    squares: Squares
    signs: Float[Tensor, "n q c 1 1"]


def _draw(goal: Goal, query: int, side: int) -> _Drawn:
    count, bands, height, width = goal.images.shape
    steps = torch.arange(query, query + AHEAD, device=goal.seeds.device).repeat(count)
    seeds = goal.seeds.repeat_interleave(AHEAD)
    limits = torch.tensor([height - side + 1, width - side + 1], device=goal.seeds.device)
    top, left = (uniform(seeds, 2 * steps, 2).view(count, AHEAD, 2) * limits).long().unbind(2)
    return _Drawn(query, Squares(top, left, side), signs(seeds, 2 * steps + 1, bands).view(count, AHEAD, bands, 1, 1))


@final
class _Bumps:
    """Length is taken from one square and spent on a bump in another; the stretch to the radius moves all else."""

    def __init__(self, logits: Logits, goal: Goal, ball: Ball, queries: int) -> None:
        self.goal = goal
        self._logits, self._ball, self._queries = logits, ball, queries
        self.best = _bumps(goal, ball)
        self._there = self.best

    def about(self, query: int) -> Float[Tensor, "n k"]:
        """What the model says of images with one bump more."""
        side = _side(query, self._queries, self.goal.images)
        self._there = _bump(self.goal, self._ball, self.best, query, side)
        return answers(self._logits, self._there)

    def keep(self, better: Bool[Tensor, " n"]) -> None:
        """Of what was last asked about."""
        self.best = torch.where(better.view(-1, 1, 1, 1), self._there, self.best)

    def take(self, rows: Int[Tensor, " k"]) -> None:
        """Forget all images but some."""
        self.goal, self.best = self.goal.take(rows), self.best[rows]


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
