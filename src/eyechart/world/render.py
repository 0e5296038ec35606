"""From a scene to pixels: each thing is stamped as a map of roles, then coloured, rimmed and laid over the place.

Everything is drawn on a larger canvas and averaged down, which anti-aliases shapes and textures alike.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from eyechart.core import Box
from eyechart.world import palette
from eyechart.world.concepts import CONCEPTS
from eyechart.world.places import PLACES, backdrop
from eyechart.world.scene import Scene, Thing
from eyechart.world.shapes import ROLES

Pixels = NDArray[np.uint8]  # h w 3
Mask = NDArray[np.bool_]

SMALLEST, LARGEST = 32, 512
_RIM = 0.011  # of the image side
_BODY = ROLES.index("body")


class Stamp(NamedTuple):
    """A thing on the canvas: which role (0: none) each pixel has, and where its upper left corner lies."""

    roles: Pixels  # h w
    left: int
    top: int


def fineness(size: int) -> int:
    """How many canvas pixels are averaged, per axis."""
    return 4 if size <= 96 else 3 if size <= 192 else 2


def render(scene: Scene, size: int) -> Pixels:
    """The picture, ``uint8[size, size, 3]``."""
    fine = fineness(size)
    canvas = backdrop(scene.place, scene.variant, size * fine).copy()
    dark = PLACES[scene.place].dark
    for k in scene.far_to_near():
        thing = scene.things[k]
        stamp = _stamp(thing, size * fine)
        _texture(stamp, thing, size * fine)
        area, part = _window(canvas, stamp)
        paint = palette.table(thing.colour, dark_ground=dark)[part]
        np.copyto(area, paint, where=(part > 0)[..., None])
    return np.asarray(Image.fromarray(canvas).reduce(fine))


def coverage(scene: Scene, size: int) -> NDArray[np.float32]:
    """Which share of each pixel shows each thing: ``float32[things, size, size]``; what hides it is taken off."""
    fine = fineness(size)
    owner = np.zeros((size * fine, size * fine), dtype=np.uint8)
    for k in scene.far_to_near():
        area, part = _window(owner, _stamp(scene.things[k], size * fine))
        area[part > 0] = k + 1
    if not scene.things:
        return np.zeros((0, size, size), dtype=np.float32)
    shares = [
        np.asarray(Image.fromarray(np.uint8(255) * (owner == k + 1)).reduce(fine)) for k in range(len(scene.things))
    ]
    return np.stack(shares).astype(np.float32) / np.float32(255)


def masks(scene: Scene, size: int) -> Mask:
    """Which pixels belong to each thing, ``bool[things, size, size]``: those of which it has more than half."""
    shares = coverage(scene, size)
    return shares > np.float32(129 / 255)  # one half is rounded up to 128


def box_of(mask: Mask) -> Box:
    """The smallest box around a mask, in pixels."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return Box(0, 0, 0, 0)
    return Box(float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))


def silhouette(thing: Thing, side: int) -> Mask:
    """Where the thing would be seen if nothing hid it: ``bool[side, side]``, aliased, with its rim."""
    canvas = np.zeros((side, side), dtype=bool)
    area, part = _window(canvas, _stamp(thing, side))
    area[...] = part > 0
    return canvas


def hidden(scene: Scene, number: int = 0, side: int = 64) -> float:
    """Which share of a thing is hidden by nearer ones."""
    thing = scene.things[number]
    nearer = [other for other in scene.things if other.depth < thing.depth and _meet(thing, other)]
    if not nearer:
        return 0.0
    own = silhouette(thing, side)
    over = np.logical_or.reduce([silhouette(other, side) for other in nearer])
    return float((own & over).sum() / own.sum())


def _meet(one: Thing, other: Thing) -> bool:
    a, b = one.bounds, other.bounds
    gap = 2 * _RIM
    return a[0] < b[2] + gap and b[0] < a[2] + gap and a[1] < b[3] + gap and b[1] < a[3] + gap


def _stamp(thing: Thing, canvas: int) -> Stamp:
    rim = max(1, round(_RIM * canvas))
    left, top, right, bottom = (round(edge * canvas) for edge in thing.bounds)
    left, top, right, bottom = left - rim - 1, top - rim - 1, right + rim + 2, bottom + rim + 2
    image = Image.new("L", (right - left, bottom - top))
    draw = ImageDraw.Draw(image)
    # Sixteenths of a pixel, so that the last bit of a sine decides nothing.
    points = np.round((thing.points * canvas - (left, top)) * 16) / 16
    flat = points.ravel().tolist()
    for role, first, last in CONCEPTS[thing.concept].drawing.fills:
        draw.polygon(flat[2 * first : 2 * last], fill=role)
    roles = np.array(image)
    grown = _grow(roles > 0, rim)
    roles[grown & (roles == 0)] = palette.RIM
    return Stamp(roles, left, top)


def _texture(stamp: Stamp, thing: Thing, canvas: int) -> None:
    if thing.texture == "plain":
        return
    period = max(2, round(thing.side * canvas / palette.REPEATS[thing.texture]))
    height, width = stamp.roles.shape
    side = canvas * -(-max(height, width) // canvas)
    on = palette.pattern(thing.texture, period, side)
    y, x = side // 2 - height // 2, side // 2 - width // 2
    stamp.roles[on[y : y + height, x : x + width] & (stamp.roles == _BODY)] = palette.SECOND


def _window(canvas: NDArray[np.generic], stamp: Stamp) -> tuple[NDArray[np.generic], Pixels]:
    """The part of the canvas that the stamp falls on, and the part of the stamp that falls on the canvas."""
    height, width = stamp.roles.shape
    side = canvas.shape[0]
    y0, x0, y1, x1 = max(0, stamp.top), max(0, stamp.left), min(side, stamp.top + height), min(side, stamp.left + width)
    return canvas[y0:y1, x0:x1], stamp.roles[y0 - stamp.top : y1 - stamp.top, x0 - stamp.left : x1 - stamp.left]


def _grow(mask: Mask, radius: int) -> Mask:
    """The mask widened by about `radius` pixels on every side."""
    while radius > 0:
        step = min(2, radius)
        wide = mask.copy()
        for dy, dx in _around(step):
            _or_shifted(wide, mask, dy, dx)
        mask, radius = wide, radius - step
    return mask


@lru_cache(maxsize=4)
def _around(step: int) -> tuple[tuple[int, int], ...]:
    return tuple((y, x) for y in range(-step, step + 1) for x in range(-step, step + 1) if 0 < abs(x) + abs(y) == step)


def _or_shifted(target: Mask, mask: Mask, dy: int, dx: int) -> None:
    height, width = mask.shape
    to = target[max(0, dy) : height + min(0, dy), max(0, dx) : width + min(0, dx)]
    np.logical_or(to, mask[max(0, -dy) : height + min(0, -dy), max(0, -dx) : width + min(0, -dx)], out=to)
