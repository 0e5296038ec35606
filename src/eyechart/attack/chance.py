"""Random numbers that belong to an image: whatever else is in the batch, image `i` gets the same at step `k`.

A counter-based generator needs no state, so an attack that was stopped goes on with the numbers it would have had.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import torch
from jaxtyping import Float, Int
from torch import Tensor

# SplitMix64 (Steele, Lea & Flood 2014, figure 17), as signed integers that wrap around.
_GAMMA, _FIRST, _SECOND = -7046029254386353131, -4658895280553007687, -7723592293110705685


Step: TypeAlias = int | Tensor  # one for all images, or ``n``: one for each


def uniform(seeds: Int[Tensor, " n"], step: Step, count: int) -> Float[Tensor, "n k"]:
    """`count` numbers in [0, 1) per image; other steps give others."""
    places = torch.arange(1, count + 1, device=seeds.device)
    at = _mixed(seeds + (torch.as_tensor(step, device=seeds.device) + 1) * _GAMMA)
    bits = _mixed(at[:, None] + places * _GAMMA)
    return _shifted(bits, 40).float() * 2.0**-24


def signs(seeds: Int[Tensor, " n"], step: Step, count: int) -> Float[Tensor, "n k"]:
    """`count` times -1 or 1 per image."""
    return (uniform(seeds, step, count) >= 0.5).float() * 2 - 1


def normal(seeds: Int[Tensor, " n"], step: int, count: int) -> Float[Tensor, "n k"]:
    """`count` standard normal numbers per image (Box & Muller 1958)."""
    first, second = uniform(seeds, step, 2 * count).chunk(2, dim=1)
    return (-2 * (1 - first).log()).sqrt() * (2 * math.pi * second).cos()


def below(seeds: Int[Tensor, " n"], step: int, limits: Int[Tensor, " k"]) -> Int[Tensor, "n k"]:
    """Per image one whole number in [0, limit) for each limit."""
    return (uniform(seeds, step, len(limits)) * limits).long()


def _mixed(bits: Int[Tensor, ...]) -> Int[Tensor, ...]:
    bits = (bits ^ _shifted(bits, 30)) * _FIRST
    bits = (bits ^ _shifted(bits, 27)) * _SECOND
    return bits ^ _shifted(bits, 31)


def _shifted(bits: Int[Tensor, ...], by: int) -> Int[Tensor, ...]:
    """To the right, zeros coming in from the left."""
    return (bits >> by) & ((1 << (64 - by)) - 1)
