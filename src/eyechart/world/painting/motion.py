"""Pairs of pictures in which things have moved, and the exact displacement of every pixel."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from eyechart.errors import BadInput
from eyechart.world.painting.render import Mask, owners
from eyechart.world.scene import Scene, Thing
from eyechart.world.shapes import Points


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """What happens to a thing between two pictures."""

    dx: float = 0.0  # of the image side, to the right
    dy: float = 0.0  # downwards
    turn: float = 0.0  # degrees, clockwise
    scale: float = 1.0  # of its side

    def of(self, thing: Thing) -> Thing:
        """The thing afterwards."""
        placed = replace(thing, x=thing.x + self.dx, y=thing.y + self.dy)
        return replace(placed, turn=thing.turn + self.turn, side=thing.side * self.scale)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Flow:
    """Where each pixel of the first picture went, and whether it can still be seen there."""

    displacement: NDArray[np.float32]  # h w 2: to the right and downwards, in pixels
    visible: Mask  # h w


def moved(scene: Scene, motions: tuple[Motion, ...]) -> Scene:
    """The scene afterwards: one motion for each thing, in the same order.

    Raises:
        BadInput: not as many motions as things.
    """
    if len(motions) != len(scene.things):
        raise BadInput(f"a motion for each of the {len(scene.things)} things is needed; given {len(motions)}.")
    things = tuple(motion.of(thing) for motion, thing in zip(motions, scene.things, strict=True))
    return replace(scene, things=things)


def flow(before: Scene, after: Scene, size: int) -> Flow:
    """The exact flow from one picture of `size` pixels to the other.

    A pixel moves as its owner does (`owners`); the place stands still. It is visible in both pictures when the pixel
    in which its middle arrives has the same owner there.

    Raises:
        BadInput: the scenes differ in more than where things are, how they are turned, how large and how near.
    """
    _check(before, after)
    here, there = owners(before, size), owners(after, size)
    rows, columns = np.mgrid[0:size, 0:size] + 0.5
    displacement = np.zeros((size, size, 2))
    for k, (one, other) in enumerate(zip(before.things, after.things, strict=True)):
        own = here == k
        turn, shift = _map(one, other, size)
        displacement[own] = np.stack([columns[own], rows[own]], axis=1) @ (turn - np.eye(2)).T + shift
    x = np.floor(columns + displacement[..., 0]).astype(np.int64)
    y = np.floor(rows + displacement[..., 1]).astype(np.int64)
    within = (x >= 0) & (y >= 0) & (x < size) & (y < size)
    arrived = there[np.clip(y, 0, size - 1), np.clip(x, 0, size - 1)]
    return Flow(displacement=displacement.astype(np.float32), visible=within & (arrived == here))


def _map(one: Thing, other: Thing, size: int) -> tuple[Points, Points]:
    """The matrix and the shift that take a spot of the first picture to its place in the second, in pixels."""
    turn = other.matrix @ np.linalg.inv(one.matrix)
    return turn, (np.array([other.x, other.y]) - turn @ (one.x, one.y)) * size


def _check(before: Scene, after: Scene) -> None:
    if replace(before, things=()) != replace(after, things=()) or len(before.things) != len(after.things):
        raise BadInput("flow is known between two pictures of the same place with the same things; these differ.")
    for k, (one, other) in enumerate(zip(before.things, after.things, strict=True)):
        if replace(other, side=one.side, x=one.x, y=one.y, turn=one.turn, depth=one.depth) != one:
            raise BadInput(f"flow is known for things that only move, turn and grow; thing {k} has changed otherwise.")
