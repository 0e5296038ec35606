"""A thing as a map of roles on a fine grid: its parts filled back to front, and its rim."""

from __future__ import annotations

from functools import lru_cache
from math import isqrt
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from eyechart.world.painting.palette import RIM
from eyechart.world.scene import Thing

Kind = TypeVar("Kind", bound=np.generic)
Roles = NDArray[np.uint8]  # h w
Corners = NDArray[np.complex128]  # k, x being the real part and y the imaginary one

LINE = RIM + 1  # in a map of roles: between the parts of a sketch
_RIM = 0.011  # of the image side
_LINE = 0.008
_RIMLESS = ("flat", "silhouette")
_SIXTEENTHS = 16  # in which corners are counted, so that the last bit of a sine decides nothing


class Stamp(NamedTuple):
    """Which role (0: none) each point has, and where the upper left corner lies; all three divide by `fine`."""

    roles: Roles
    left: int
    top: int


class Grid(NamedTuple):
    """The fine grid of a picture: its side in points, and how many of them make a pixel, per axis."""

    side: int
    fine: int


def stamp(thing: Thing, grid: Grid) -> Stamp:
    """The thing without its texture; what lies beyond the frame is left off but for a margin."""
    scale = grid.side * _SIXTEENTHS
    corners = _moved(thing, scale)
    rim = rim_of(thing, grid.side)
    window = _window(corners, rim, grid)
    if window is None:
        return Stamp(np.zeros((0, 0), dtype=np.uint8), 0, 0)
    left, top, right, bottom = window
    corners -= complex(left * _SIXTEENTHS, top * _SIXTEENTHS)
    corners /= _SIXTEENTHS
    roles = _filled(thing, corners.astype(np.complex64), (right - left, bottom - top))
    _finish(roles, thing, rim, grid.side)
    return Stamp(roles, left, top)


def _moved(thing: Thing, scale: int) -> Corners:
    """The corners of the thing's parts in whole numbers, `scale` of which make the side of the image."""
    points = thing.drawing.points.view(np.complex128).ravel()
    turn = complex(*thing.matrix[:, 0]) * scale  # a flipped thing's matrix is that of its mirror image, turned back
    corners = (points.conj() if thing.flipped else points) * turn
    corners += complex(thing.x * scale, thing.y * scale)
    flat = corners.view(np.float64)
    np.rint(flat, out=flat)
    return corners


def rim_of(thing: Thing, side: int) -> int:
    """How wide the rim of the thing is, in points of a grid of that side."""
    return 0 if thing.style in _RIMLESS else max(1, round(_RIM * side))


def sampled(tile: NDArray[Kind], thing: Thing, on: Stamp, side: int, repeats: float = 1.0) -> NDArray[Kind]:
    """What the tile has at each point of the stamp: it lies on the thing, centred, `repeats` times along its side.

    It is turned, scaled and mirrored with the thing, and goes on beyond its edges from the start. Its side is a power
    of two, at least 256; positions are counted in 2^-16 of it.
    """
    height, width = on.roles.shape
    back = thing.matrix.T * (repeats / (thing.side * thing.side * side))  # the inverse, as it only turns and scales
    x = np.arange(width) + (on.left + 0.5 - thing.x * side)
    y = np.arange(height) + (on.top + 0.5 - thing.y * side)
    across, down = _wrapped(np.multiply.outer(back[:, 0], x)), _wrapped(np.multiply.outer(back[:, 1], y) + 0.5)
    u, v = across[0] + down[0][:, None], across[1] + down[1][:, None]
    bits = len(tile).bit_length() - 1
    u >>= 16 - bits
    v &= 0x10000 - (1 << 16 - bits)
    at = u | v if bits == 8 else v.astype(np.uint32) << 2 * bits - 16 | u
    return tile.ravel().take(at)


def _wrapped(turns: NDArray[np.float64]) -> NDArray[np.uint16]:
    return np.rint(turns * 65536).astype(np.int64).astype(np.uint16)


def _window(corners: Corners, rim: int, grid: Grid) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of what has to be drawn; None when nothing of it can be seen."""
    fine = grid.fine
    margin = -(-(2 * rim + 1) // fine) * fine  # wide enough for the rim of what is just outside
    x, y = corners.real, corners.imag
    left, top = (max(int(at) // _SIXTEENTHS - rim - 1, -margin) // fine * fine for at in (x.min(), y.min()))
    right, bottom = (
        -(-min(int(at) // _SIXTEENTHS + rim + 2, grid.side + margin) // fine) * fine for at in (x.max(), y.max())
    )
    return (left, top, right, bottom) if left < right and top < bottom else None


def _filled(thing: Thing, corners: NDArray[np.complex64], size: tuple[int, int]) -> Roles:
    image = Image.new("L", size)
    fill = ImageDraw.Draw(image).draw.draw_polygon  # what `polygon` calls once it has looked up a colour
    flat = corners.view(np.float32)
    for role, first, last in thing.drawing.fills:
        fill(flat[2 * first : 2 * last], role, 1)
    return np.frombuffer(bytearray(image.tobytes()), dtype=np.uint8).reshape(size[1], size[0])


def _finish(roles: Roles, thing: Thing, rim: int, side: int) -> None:
    """The lines between areas of a sketch, and the rim."""
    if thing.style == "sketch" and not thing.skin:
        roles[_edges(roles, max(1, round(_LINE * side)))] = LINE
    if rim:
        roles[:, :rim] = roles[:, -rim:] = 0  # beyond the frame, or empty: so rows do not run into each other
        ring = grown(roles, rim)
        ring *= RIM
        roles |= ring


def grown(roles: Roles, reach: int) -> Roles:
    """1 where there is nothing, but something at most `reach` points away; else 0.

    The columns of width `reach` at both sides must be empty: the rows are handled as one long binary number, which a
    shift moves as a whole.
    """
    height, width = roles.shape
    packed = np.packbits(roles)
    shape = int.from_bytes(packed.tobytes(), "big")
    wider, total = [shape], 0
    for _ in range(reach):
        wider.append(wider[-1] | wider[-1] << 1 | wider[-1] >> 1)
    for row, half in enumerate(_halves(reach)):
        total |= wider[half] << row * width | wider[half] >> row * width
    total &= (1 << 8 * len(packed)) - 1
    ring = (total ^ shape).to_bytes(len(packed), "big")
    return np.unpackbits(np.frombuffer(ring, dtype=np.uint8), count=height * width).reshape(height, width)


@lru_cache(maxsize=32)
def _halves(reach: int) -> tuple[int, ...]:
    """Half the width of a disc in its middle row and in each row below."""
    return tuple(isqrt(reach * reach + reach // 2 - row * row) for row in range(reach + 1))


def _edges(roles: Roles, width: int) -> NDArray[np.bool_]:
    """Where areas of different roles meet."""
    edge = np.zeros(roles.shape, dtype=bool)
    for step in range(1, width + 1):
        edge[step:] |= (roles[step:] != roles[:-step]) & (roles[:-step] > 0)
        edge[:, step:] |= (roles[:, step:] != roles[:, :-step]) & (roles[:, :-step] > 0)
    return edge & (roles > 0)
