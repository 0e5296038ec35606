"""A thing cut out of one picture by its mask and pasted into another."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property
from hashlib import blake2b
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from eyechart.errors import BadInput

GREY = 128


@dataclass(frozen=True)
class Cutout:
    """The pixels within the box of a mask, clear outside of it: RGBA, at the size at which they were cut."""

    image: Image.Image = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """Of every pixel."""
        told = f"{self.image.size} ".encode() + self.image.tobytes()
        return blake2b(told, digest_size=16).hexdigest()

    @cached_property
    def area(self) -> float:
        """In pixels, at the size at which it was cut."""
        return float((np.asarray(self.image)[..., 3] / 255).sum())

    def box(self, size: tuple[int, int], scale: float) -> tuple[int, int]:
        """Width and height in a picture of `size` (width, height) of which it takes the share `scale` squared.

        A box that would be larger than the picture is as large as fits.
        """
        grown = scale * sqrt(size[0] * size[1] / self.area)
        grown = min(grown, size[0] / self.image.width, size[1] / self.image.height)
        return max(1, round(self.image.width * grown)), max(1, round(self.image.height * grown))


@dataclass(frozen=True)
class Pasted:
    """The change that puts a cutout into a picture; it covers the share `scale` squared of it, whatever its shape."""

    cutout: Cutout
    x: float  # of its middle, as shares of the picture; it is moved so far that all of it is in the frame
    y: float
    scale: float  # side of a square as large as the thing, as a share of a square as large as the picture
    soft: float = 0.0  # pixels of the picture over which its edge fades, inwards

    def __post_init__(self) -> None:
        """Raises `BadInput` for a place outside of the picture or a size that is none."""
        if not (0 <= self.x <= 1 and 0 <= self.y <= 1 and 0 < self.scale <= 1 and self.soft >= 0):
            raise BadInput(
                "a cutout is pasted at x and y from 0 to 1, with a scale above 0 and at most 1 and a soft edge of 0 "
                f"or more; got {self.x}, {self.y}, {self.scale}, {self.soft}"
            )

    @property
    def key(self) -> str:
        """Name, version, what is pasted, and where."""
        return f"pasted 1 {self.cutout.digest} {self.x} {self.y} {self.scale} {self.soft}"

    def __call__(self, image: Image.Image) -> Image.Image:
        """RGB in, RGB out."""
        changed = image.convert("RGB")  # a copy, also of what is RGB already
        thing, corner = self._placed(image.size)
        changed.paste(thing, corner, thing)
        return changed

    def cover(self, size: tuple[int, int]) -> NDArray[np.float32]:
        """How much of each pixel of a picture of `size` (width, height) it hides, ``h w`` in [0, 1]."""
        thing, (left, top) = self._placed(size)
        hidden = np.zeros((size[1], size[0]), dtype=np.float32)
        hidden[top : top + thing.height, left : left + thing.width] = np.asarray(thing)[..., 3] / np.float32(255)
        return hidden

    def _placed(self, size: tuple[int, int]) -> tuple[Image.Image, tuple[int, int]]:
        """The thing at its size, and where its upper left corner comes."""
        box = self.cutout.box(size, self.scale)
        thing = self.cutout.image.resize(box, Image.Resampling.BICUBIC)  # Pillow weighs colours by their alpha
        left, top = (
            round(min(max(middle * whole - side / 2, 0), whole - side))
            for middle, whole, side in zip((self.x, self.y), size, box, strict=True)
        )
        return (_faded(thing, self.soft) if self.soft else thing), (left, top)


def cut(image: Image.Image, mask: NDArray[np.bool_]) -> Cutout:
    """What the mask ``h w`` shows of an image.

    Raises:
        BadInput: the mask is empty, or of another size than the image.
    """
    if mask.shape != (image.height, image.width):
        raise BadInput(f"a mask of {mask.shape} cannot cut an image of {(image.height, image.width)}")
    if not mask.any():
        raise BadInput("an empty mask cuts nothing out")
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    clear = Image.fromarray((mask * 255).astype(np.uint8))
    whole = image.convert("RGBA")
    whole.putalpha(clear)
    return Cutout(whole.crop((int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)))


@cache
def disc(side: int = 64, grey: int = GREY) -> Cutout:
    """A grey disc: what changes a picture and means nothing."""
    across = (np.arange(side) + 0.5) / side * 2 - 1
    inside = across[:, None] ** 2 + across[None] ** 2 <= 1
    pixels = np.full((side, side, 4), grey, dtype=np.uint8)
    pixels[..., 3] = inside * 255
    return Cutout(Image.fromarray(pixels))


def _faded(thing: Image.Image, soft: float) -> Image.Image:
    """With an edge that fades inwards, so that nothing outside of the mask shows."""
    wide = int(np.ceil(3 * soft))
    sheet = Image.new("L", (thing.width + 2 * wide, thing.height + 2 * wide))
    alpha = thing.getchannel("A")
    sheet.paste(alpha, (wide, wide))
    blurred = sheet.filter(ImageFilter.GaussianBlur(soft)).crop((wide, wide, wide + thing.width, wide + thing.height))
    inner = np.clip(2 * np.asarray(blurred, dtype=np.float32) - 255, 0, 255)
    faded = thing.copy()
    faded.putalpha(Image.fromarray(np.minimum(inner, np.asarray(alpha)).astype(np.uint8)))
    return faded
