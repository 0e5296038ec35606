"""Receptive fields: which pixels the cells of a map see, and how layers look around.

Source: Araujo, Norris & Sim 2019, "Computing Receptive Fields of Convolutional Neural Networks", Distill.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import torch
from jaxtyping import Int
from torch import Tensor

Size: TypeAlias = tuple[int, int]  # rows and columns

aten = torch.ops.aten


class Axis(NamedTuple):
    """What cells see along one axis: cell o the pixels ``o * jump + first`` to ``o * jump + last``."""

    jump: int = 1
    first: int = 0
    last: int = 0

    def through(self, kernel: int, stride: int, padding: int, dilation: int) -> Axis:
        """What the cells see that a layer makes of these."""
        edge = padding * self.jump
        return Axis(self.jump * stride, self.first - edge, self.last - edge + (kernel - 1) * dilation * self.jump)

    def reached(self, side: int, space: int) -> int:
        """How many of `space` cells see some of `side` pixels at most, wherever those lie."""
        return min((side - 1 - self.first + self.last) // self.jump + 1, space)

    def begin(self, pixels: Int[Tensor, " p"], side: int, space: int) -> Int[Tensor, " p"]:
        """The first of those cells, where the pixels begin; near an edge earlier, so that as many are left."""
        return (-((self.last - pixels) // self.jump)).clamp(0, space - self.reached(side, space))


class Field(NamedTuple):
    """The receptive field of the cells of a map; as it stands, that of pixels."""

    rows: Axis = Axis()
    columns: Axis = Axis()

    def window(self, side: int, size: Size) -> Size:
        """Of a map of `size` the rows and columns that see some of a square of `side` pixels, at most."""
        return self.rows.reached(side, size[0]), self.columns.reached(side, size[1])


def joined(fields: Sequence[Field]) -> Field | None:
    """Of cells that are computed from several; None where their maps have other scales."""
    axes = []
    for parts in zip(*fields, strict=True):
        jumps, firsts, lasts = zip(*parts, strict=True)
        if len(set(jumps)) > 1:
            return None
        axes.append(Axis(jumps[0], min(firsts), max(lasts)))
    return Field(*axes)


class Reach(NamedTuple):
    """How a layer looks around; as it stands, not at all."""

    kernel: Sequence[int] = (1, 1)
    stride: Sequence[int] = (1, 1)
    padding: Sequence[int] = (0, 0)
    dilation: Sequence[int] = (1, 1)
    place: int = 0  # of the padding among the arguments
    beyond: float = 0  # what stands there

    def field(self, seen: Field) -> Field:
        """Of what it makes of cells with a receptive field."""
        return Field(*(axis.through(*parts) for axis, *parts in zip(seen, *self[:4], strict=True)))

    def unpadded(self, args: Sequence[Any]) -> list[Any]:
        """Its arguments for what has its surroundings around it already."""
        return [[0, 0] if place == self.place else value for place, value in enumerate(args)]

    def fits(self, before: Sequence[int], after: Sequence[int]) -> bool:
        """Whether its cells stand where the usual arithmetic puts them."""
        ways = zip(before, after, *self[:4], strict=True)
        return all(
            count == (space + 2 * padding - (kernel - 1) * dilation - 1) // stride + 1
            for space, count, kernel, stride, padding, dilation in ways
        )


def reach_of(function: Any, args: Sequence[Any]) -> Reach | None:
    """Of a convolution or pooling as torch calls it; None for everything else, and for one that is not understood."""
    packet = function.overloadpacket
    if packet is aten.convolution and not args[6]:
        stride, padding, dilation = (_two(part) for part in args[3:6])
        return Reach(tuple(args[1].shape[2:]), stride, padding, dilation, place=4)
    if packet is aten.max_pool2d_with_indices:
        kernel, stride, padding, dilation = _told(args, ((), 0, 1))
        return Reach(_two(kernel), _two(stride or kernel), _two(padding), _two(dilation), place=3, beyond=-math.inf)
    if packet is aten.avg_pool2d:
        kernel, stride, padding = _told(args, ((), 0))
        if len(args) < 7 and not any(_two(padding)):  # none that counts cells in another way
            return Reach(_two(kernel), _two(stride or kernel), place=3)
    return None


def _told(args: Sequence[Any], defaults: Sequence[Any]) -> Sequence[Any]:
    """What a pooling is told first: its kernel, and as many things more as have `defaults`."""
    return [*args[1 : 2 + len(defaults)], *defaults[len(args) - 2 :]]


def _two(value: int | Sequence[int]) -> Sequence[int]:
    return (value, value) if isinstance(value, int) else tuple(value) * (2 // len(value))
