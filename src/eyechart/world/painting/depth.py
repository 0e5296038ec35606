"""How far away everything is, pixel by pixel: the things at depths of their own, the place as a plane that recedes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eyechart.errors import BadInput
from eyechart.world.painting.render import owners
from eyechart.world.places import PLACES
from eyechart.world.scene import Scene

FARTHEST = 0.9  # depth of a thing; the place is behind all things
_SKY = 1.0
_EYE = 0.02  # how far below the line where the ground begins it already counts as far, of the image side


def depth(scene: Scene, size: int) -> NDArray[np.float32]:
    """The depth of each pixel, ``float32[size, size]``: 0 nearest to the viewer, 1 the sky or the wall behind all.

    The unit is the share of the way to the sky, not a metre. A pixel has the depth of its owner (`owners`), so it is
    never farther than anything that it hides, and nearer than everything of another depth. The ground lies behind
    every thing: from a little over 0.9 at the lower edge, seen at the slant of a plane, to 1 at the horizon.

    Raises:
        BadInput: a thing's depth is not in 0 to 0.9.
    """
    for k, thing in enumerate(scene.things):
        if not 0 <= thing.depth <= FARTHEST:
            raise BadInput(f"things have depths from 0 to {FARTHEST}; thing {k} has {thing.depth}.")
    far, owner = _place(PLACES[scene.place].horizon, size), owners(scene, size)
    for k, thing in enumerate(scene.things):
        far[owner == k] = thing.depth
    return far


def _place(horizon: float, size: int) -> NDArray[np.float32]:
    """The ground's depth goes with one over the distance below the horizon, as that of a plane under the eye."""
    below = (np.arange(size) + 0.5) / size - horizon
    near, far = 1 / max(1 - horizon + _EYE, _EYE), 1 / _EYE
    seen = 1 / (np.maximum(below, 0) + _EYE)
    first = FARTHEST + (_SKY - FARTHEST) / 10
    ground = first + (_SKY - first) * (seen - near) / (far - near) if far > near else np.full(size, _SKY)
    rows = np.where(below > 0, ground, _SKY).astype(np.float32)
    return np.repeat(rows[:, None], size, axis=1)
