"""Cues of photographs: the outline of one object filled with the inside of another, and each cue by itself.

An outline is that of a mask; the inside of an object is the largest square that lies in its mask, laid side by side and
mirrored at every seam, so that it goes on without a step. All stand on white, as in Geirhos et al. 2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import distance_transform_cdt

from eyechart.core import Picture, Region
from eyechart.errors import BadInput
from eyechart.store import digest

CUES = ("conflict", "silhouette", "patch", "intact")
VERSION = 1
_WHITE = 255


@dataclass(frozen=True, slots=True)
class Part:
    """A picture and the masked region of it that is meant."""

    picture: Picture
    region: Region

    def mask(self) -> NDArray[np.bool_]:
        """``bool[h, w]``. Raises `BadInput` where the region has none."""
        if self.region.mask is None:
            raise BadInput(f"the region {self.region.label!r} has no mask")
        return self.region.mask()

    def digest(self) -> str:
        """Of the picture and the mask."""
        return f"{self.picture.digest()} {digest.of_arrays({'mask': self.mask()})}"


@dataclass(frozen=True, slots=True)
class Filled:
    """One cue of a pair: "conflict", "silhouette" or "intact" in the frame of the shape, or the "patch" of the texture.

    The patch fills the frame of the shape's picture, from edge to edge.
    """

    cue: str
    shape: Part
    texture: Part

    def digest(self) -> str:
        """Of all that the picture is made from."""
        made_from = [self.shape.digest()] if self.cue in ("silhouette", "intact") else [_both(self.shape, self.texture)]
        return digest.of_json(["filled", VERSION, self.cue, *made_from])

    def load(self) -> Image.Image:
        """RGB, 8 bits. Raises `Unreadable` where a picture cannot be shown, `BadInput` where a mask is empty."""
        mask = self.shape.mask()
        if self.cue == "silhouette":
            inside: NDArray[np.uint8] = np.zeros((*mask.shape, 3), dtype=np.uint8)
        elif self.cue == "intact":
            inside = np.asarray(self.shape.picture.load().convert("RGB"))
        else:
            inside = laid(inner_square(self.texture), mask.shape)
        if self.cue == "patch":
            return Image.fromarray(inside)
        return Image.fromarray(np.where(mask[..., None], inside, np.uint8(_WHITE)))


def _both(shape: Part, texture: Part) -> str:
    return f"{shape.digest()} {texture.digest()}"


def inner_side(mask: NDArray[np.bool_]) -> int:
    """The side of the largest square that lies in a mask, as far as odd sides go; 0 where it is empty."""
    return max(0, 2 * int(_depth(mask).max(initial=0)) - 1)


def inner_square(part: Part) -> NDArray[np.uint8]:
    """The pixels of that square. Raises `BadInput` where the mask is empty."""
    depth = _depth(part.mask())
    reach = int(depth.max(initial=0))
    if not reach:
        raise BadInput(f"the mask of {part.region.label!r} is empty, so the object has no inside")
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    pixels = np.asarray(part.picture.load().convert("RGB"))
    return pixels[row - reach + 1 : row + reach, column - reach + 1 : column + reach]


def _depth(mask: NDArray[np.bool_]) -> NDArray[np.int32]:
    """How far each pixel is from the outside, in steps of a king; beyond the frame is outside."""
    found = distance_transform_cdt(np.pad(mask, 1), metric="chessboard")
    return np.asarray(found[1:-1, 1:-1], dtype=np.int32)


def laid(tile: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The tile over ``h w`` pixels, from the upper left corner, mirrored at every seam."""
    rows, columns = (_to_and_fro(side, length) for side, length in zip(shape, tile.shape, strict=False))
    return tile[rows][:, columns]


@lru_cache(maxsize=64)
def _to_and_fro(side: int, length: int) -> NDArray[np.int64]:
    there = np.arange(side) % (2 * length)
    return np.minimum(there, 2 * length - 1 - there)
