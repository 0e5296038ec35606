"""Pictures moved within their frame by a few pixels; what comes in from outside is the mirror image of the edge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from eyechart.data.spoil.chance import order

_WAYS = ((0, 1), (0, -1), (1, 0), (-1, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifted:
    """A `Change`: moved by `share` of the side, to the left or right, up or down as the seed has it."""

    share: float
    seed: str = ""

    @property
    def key(self) -> str:
        """Name, version and settings."""
        return f"shifted 1 {self.share:g} {self.seed}"

    def __call__(self, image: Image.Image) -> Image.Image:
        """RGB in, RGB out, of the same size; by a pixel at least."""
        pixels = np.asarray(image)
        way = _WAYS[order(self.seed, len(_WAYS))[0]]  # the same for every share
        down, across = (
            direction * max(1, round(self.share * side)) for direction, side in zip(way, pixels.shape, strict=False)
        )
        reach = max(abs(down), abs(across))
        wide = np.pad(pixels, ((reach, reach), (reach, reach), (0, 0)), mode="symmetric")
        top, left = reach - down, reach - across
        return Image.fromarray(wide[top : top + pixels.shape[0], left : left + pixels.shape[1]].copy())
