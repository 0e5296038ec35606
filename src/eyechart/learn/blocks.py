"""Blocks of patches that are left out together: I-JEPA's targets with their context, and iBOT's."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from eyechart.errors import BadInput
from eyechart.learn.chance import Chance
from eyechart.learn.masking import places, rectangles

TRIES = 20  # places of a context that are drawn before a target is shown after all
ROUNDS = 40  # blocks that are drawn for a picture at most
ATTEMPTS = 10  # of them in a row that may fail
SMALLEST = 4  # patches of a block
NARROWEST = 0.3  # a block's height by its width, or the other way round


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """How I-JEPA draws. Sizes are shared by a batch, places are each picture's own.

    "official" is what the released code does: the last row and the last column are never chosen, one draw decides
    scale and aspect of a block, and all lists are cut to the shortest of the batch, so that what is learnt depends on
    its size and little is seen of the bottom. "corrected" chooses every place equally, draws twice, and cuts nothing.
    In both a block is smaller than the grid in each direction.
    """

    sampler: Literal["official", "corrected"] = "corrected"
    targets: int = 4
    scale: tuple[float, float] = (0.15, 0.2)  # of the grid, that a target has
    aspect: tuple[float, float] = (0.75, 1.5)  # height by width
    context: tuple[float, float] = (0.85, 1.0)  # of the grid, before the targets are taken out
    least: int = 10  # patches; a context has more


class Scene(NamedTuple):
    """What is seen of each picture and what is asked."""

    context: Int[Tensor, "n k"]
    real: Bool[Tensor, "n k"]  # entries of the context that are not just there to fill the row
    targets: Int[Tensor, "j n m"]


def scenes(count: int, how: Blocks, grid: tuple[int, int], chance: Chance) -> Scene:
    """Context and targets of the next `count` pictures.

    A context that keeps too little for `TRIES` places is given its last target back, then the one before, and so on.
    Source: Assran et al. 2023 (I-JEPA), section 3 and its released code. Raises `BadInput` for a grid too small.
    """
    if min(int(grid[0] * grid[1] * how.context[0]), (grid[0] - 1) * (grid[1] - 1)) <= how.least:
        raise BadInput(f"a grid of {grid[0]} x {grid[1]} patches is too small for a context of over {how.least}")
    target = _size(how.scale, how.aspect, how, grid, chance)
    context = _size(how.context, (1.0, 1.0), how, grid, chance)
    u, ours = chance.everyones(count, how.targets + TRIES * (how.targets + 1), 2)
    block = _placed(u[:, : how.targets], target, how, grid)  # n j t
    tries = _placed(u[:, how.targets :], context, how, grid).unflatten(1, (how.targets + 1, TRIES))
    allowed = _first_enough(tries, block, how.least)
    asked = block.flatten(0, 1).nonzero()[:, 1].reshape(len(block), how.targets, -1).transpose(0, 1)
    where, real = places(allowed)
    if how.sampler == "official":
        shortest = int(real.sum(dim=1).min())
        where, real = where[:, :shortest], real[:, :shortest]
        return Scene(where[ours], real[ours], asked[:, ours])
    longest = int(real[ours].sum(dim=1).max())
    return Scene(where[ours, :longest], real[ours, :longest], asked[:, ours])


def _size(
    scale: tuple[float, float], aspect: tuple[float, float], how: Blocks, grid: tuple[int, int], chance: Chance
) -> tuple[int, int]:
    """Rows and columns of a block."""
    u = torch.rand(2, generator=chance.shared).tolist()
    large, long = (u[0], u[0]) if how.sampler == "official" else u
    area = int(grid[0] * grid[1] * (scale[0] + large * (scale[1] - scale[0])))
    ratio = aspect[0] + long * (aspect[1] - aspect[0])
    height, width = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
    return max(1, min(height, grid[0] - 1)), max(1, min(width, grid[1] - 1))


def _placed(u: Float[Tensor, "n j 2"], size: tuple[int, int], how: Blocks, grid: tuple[int, int]) -> Tensor:
    """Blocks of one size at drawn places, ``n j t``."""
    last = 0 if how.sampler == "official" else 1  # randint of the released code leaves out the last place
    top, left = ((u[..., axis] * (grid[axis] - size[axis] + last)).long() for axis in (0, 1))
    return rectangles(top, left, torch.full_like(top, size[0]), torch.full_like(left, size[1]), grid)


def _first_enough(
    tries: Bool[Tensor, "n level try t"], targets: Bool[Tensor, "n j t"], least: int
) -> Bool[Tensor, "n t"]:
    """The first try that keeps more than `least` patches beside as many targets as possible, the first ones."""
    count = targets.shape[1]
    closed = [targets[:, : count - level].any(dim=1) for level in range(count)]
    closed.append(torch.zeros_like(targets[:, 0]))
    kept = tries & ~torch.stack(closed, dim=1)[:, :, None]
    kept = kept.flatten(1, 2)
    enough = kept.sum(dim=2) > least
    return kept[torch.arange(len(kept)), enough.int().argmax(dim=1)]


def portions(count: int, views: int, range_: tuple[float, float], often: float, chance: Chance) -> Float[Tensor, "n v"]:
    """The share of patches to hide in each view of the next `count` pictures; 0 in those that are left whole.

    Of all views of the whole batch, the share `often` (rounded down) is chosen, and each of these draws from an
    interval of its own, so that every batch has few and many. Source: Oquab et al. 2023 (DINOv2), released code.
    """
    u, ours = chance.everyones(count, views, 2)
    place = u[..., 0].flatten().argsort().argsort().reshape(len(u), views)
    hidden = int(u.shape[0] * views * often)
    share = (place + u[..., 1]) / max(hidden, 1)
    return torch.where(place < hidden, range_[0] + (range_[1] - range_[0]) * share, 0.0)[ours]


def hide(wanted: Int[Tensor, " n"], grid: tuple[int, int], u: Float[Tensor, "n r 4"]) -> Bool[Tensor, "n t"]:
    """Blocks until `wanted` patches are hidden in each picture, never more; `u` has the draws of each round.

    A block is taken when it hides something new and not too much. Source: Bao et al. 2022 (BEiT), algorithm 1, as in
    DINOv2's released code.
    """
    hidden = torch.zeros(len(wanted), grid[0] * grid[1], dtype=torch.bool)
    failures = torch.zeros_like(wanted)
    for draw in u.unbind(dim=1):
        left = wanted - hidden.sum(dim=1)
        if bool(((left == 0) | (failures >= ATTEMPTS)).all()):
            break
        block = _free(left, grid, draw)
        new = (block & ~hidden).sum(dim=1)
        good = (new > 0) & (new <= left) & (failures < ATTEMPTS)
        hidden |= block & good[:, None]
        failures = torch.where(good, 0, failures + 1)
    return hidden


def _free(left: Int[Tensor, " n"], grid: tuple[int, int], draw: Float[Tensor, "n 4"]) -> Bool[Tensor, "n t"]:
    """A block of drawn area, aspect and place per picture; none where it does not fit."""
    area = SMALLEST + (left - SMALLEST) * draw[:, 0]
    ratio = torch.exp(math.log(NARROWEST) * (1 - 2 * draw[:, 1]))
    height, width = (area.clamp(min=0) * ratio).sqrt().round().long(), (area.clamp(min=0) / ratio).sqrt().round().long()
    fits = (height < grid[0]) & (width < grid[1])
    top = (draw[:, 2] * (grid[0] - height + 1)).long()
    across = (draw[:, 3] * (grid[1] - width + 1)).long()
    return rectangles(top, across, height, width, grid) & fits[:, None]
