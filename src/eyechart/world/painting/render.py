"""From a scene to pixels and masks: every thing becomes a layer, and the layers are laid over the place, far to near.

A layer covers a pixel by the share of its fine points; where edges of several layers cross within one pixel, they count
as independent. So the picture and the share of each thing come from the same layers, and agree.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from eyechart.core import Box
from eyechart.world.painting.finish import Paints, packed, unpacked
from eyechart.world.painting.layers import Layer, framed, layer
from eyechart.world.painting.stamp import Grid, rim_of, stamp
from eyechart.world.places import PLACES, backdrop
from eyechart.world.scene import Scene, Thing

Pixels = NDArray[np.uint8]  # h w 3
Mask = NDArray[np.bool_]
Shares = NDArray[np.float32]  # things h w

SMALLEST, LARGEST = 32, 512


def fineness(size: int) -> int:
    """How many fine points are averaged, per axis."""
    return 4 if size <= 96 else 3 if size <= 192 else 2


def render(scene: Scene, size: int) -> Pixels:
    """The picture, ``uint8[size, size, 3]``."""
    return _picture(scene, size, _layers(scene, size))


def masks(scene: Scene, size: int) -> Mask:
    """Which pixels belong to each thing, ``bool[things, size, size]``: those of which it has more than half."""
    return coverage(scene, size) > np.float32(0.5)


def render_with_masks(scene: Scene, size: int) -> tuple[Pixels, Mask]:
    """What `render` and `masks` give, for little more than the price of the picture."""
    layers = _layers(scene, size)
    return _picture(scene, size, layers), _shares(size, layers) > np.float32(0.5)


def coverage(scene: Scene, size: int) -> Shares:
    """Which share of each pixel shows each thing: ``float32[things, size, size]``; what hides it is taken off."""
    return _shares(size, _layers(scene, size))


def owners(scene: Scene, size: int) -> NDArray[np.int64]:
    """To whom each pixel belongs, ``int64[size, size]``: the number of a thing, -1 for the place.

    It is the place's if that has at least half of it, else the thing's that has the most: also where no mask is.
    """
    shares = coverage(scene, size)
    if not len(shares):
        return np.full((size, size), -1)
    return np.where(shares.sum(axis=0) > np.float32(0.5), shares.argmax(axis=0), -1)


def box_of(mask: Mask) -> Box:
    """The smallest box around a mask, in pixels."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return Box(0, 0, 0, 0)
    return Box(float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))


def silhouette(thing: Thing, side: int) -> Mask:
    """Where the thing would be seen if nothing hid it: ``bool[side, side]``, aliased, with its rim."""
    on = stamp(thing, Grid(side, 1))
    seen, left, top = framed(on.roles, on.left, on.top, side)
    canvas = np.zeros((side, side), dtype=bool)
    canvas[top : top + seen.shape[0], left : left + seen.shape[1]] = seen > 0
    return canvas


def hidden(scene: Scene, number: int = 0, side: int = 64) -> float:
    """Which share of what the frame has of a thing is hidden by nearer ones; 0 when it has none of it."""
    order = scene.far_to_near()
    thing = scene.things[number]
    nearer = [scene.things[k] for k in order[order.index(number) + 1 :] if _meet(thing, scene.things[k], side)]
    if not nearer:
        return 0.0
    own = silhouette(thing, side)
    over = np.logical_or.reduce([silhouette(other, side) for other in nearer])
    return float((own & over).sum() / max(1, own.sum()))


def ground(scene: Scene, size: int) -> Paints:
    """The place without things, packed, ``[size, size]``, read-only."""
    if size <= _SMALL:
        return _small_ground(scene.place, scene.variant, scene.features, size)
    return packed(_large_ground(scene.place, scene.variant, scene.features, size))


def _layers(scene: Scene, size: int) -> dict[int, Layer]:
    """The layer of each thing by its number, far to near."""
    fine = fineness(size)
    grid, dark = Grid(size * fine, fine), PLACES[scene.place].dark
    return {k: layer(scene.things[k], grid, dark_ground=dark) for k in scene.far_to_near()}


def _picture(scene: Scene, size: int, layers: dict[int, Layer]) -> Pixels:
    points = fineness(size) ** 2
    half = np.uint64(points // 2 * 0x1_0001_0001)
    picture = ground(scene, size).copy()
    for one in layers.values():
        under = picture[one.window]
        mixed = under * (np.uint64(points) - one.points)  # all of red, green and blue at once: none overflows
        mixed += one.sums
        mixed += half
        parts = mixed.view(np.uint16)
        parts //= np.uint16(points)
        under[...] = mixed
    return unpacked(picture)


def _shares(size: int, layers: dict[int, Layer]) -> Shares:
    points = np.float32(fineness(size) ** 2)
    shares = np.zeros((len(layers), size, size), dtype=np.float32)  # far to near
    for row, one in enumerate(layers.values()):
        share = one.points.astype(np.float32) / points
        shares[:row, *one.window] *= 1 - share
        shares[row][one.window] = share
    return shares[np.argsort(np.array(list(layers), dtype=np.int64))]


def _meet(one: Thing, other: Thing, side: int) -> bool:
    a, b = one.bounds, other.bounds
    gap = (rim_of(one, side) + rim_of(other, side) + 2) / side
    return a[0] < b[2] + gap and b[0] < a[2] + gap and a[1] < b[3] + gap and b[1] < a[3] + gap


# Grounds of pictures up to this many pixels are kept by the thousand and ready to be painted on, larger ones not.
_SMALL = 128


@lru_cache(maxsize=192)
def _large_ground(place: str, variant: int, features: tuple[str, ...], size: int) -> Pixels:
    fine = fineness(size)
    return np.asarray(Image.fromarray(backdrop(place, variant, size * fine, features)).reduce(fine))


@lru_cache(maxsize=1024)
def _small_ground(place: str, variant: int, features: tuple[str, ...], size: int) -> Paints:
    fine = fineness(size)
    made = packed(np.asarray(Image.fromarray(backdrop(place, variant, size * fine, features)).reduce(fine)))
    made.setflags(write=False)
    return made
