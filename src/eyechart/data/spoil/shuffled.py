"""Pictures cut into pieces that are put back in other places: what is left is what the pieces hold by themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from eyechart.data.spoil.chance import order
from eyechart.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Shuffled:
    """A `Change`: `grid` by `grid` pieces, each of which moves to the place of another.

    The pieces are equal: what is left over at the right and the lower edge is cut off.
    """

    grid: int
    seed: str = ""

    @property
    def key(self) -> str:
        """Name, version and settings."""
        return f"shuffled 1 {self.grid} {self.seed}"

    def __call__(self, image: Image.Image) -> Image.Image:
        """RGB in, RGB out. Raises `BadInput` for a picture with fewer pixels than pieces along a side."""
        grid, pixels = self.grid, np.asarray(image)
        height, width = pixels.shape[0] // grid, pixels.shape[1] // grid
        if not height or not width:
            raise BadInput(f"a picture of {image.width} × {image.height} cannot be cut into {grid} × {grid} pieces")
        cut = pixels[: height * grid, : width * grid].reshape(grid, height, grid, width, -1).swapaxes(1, 2)
        pieces = cut.reshape(grid * grid, height, width, -1)
        places = np.array(order(self.key, grid * grid))
        moved = np.empty_like(pieces)
        moved[np.roll(places, 1)] = pieces[places]  # one ring through all places, so that none stays where it was
        whole = moved.reshape(cut.shape).swapaxes(1, 2).reshape(height * grid, width * grid, -1)
        return Image.fromarray(whole)
