"""Pictures of which a part is covered, cell by cell, with the mean colour of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from eyechart.data.spoil.chance import order


@dataclass(frozen=True, slots=True, kw_only=True)
class Occluded:
    """A `Change`: these cells of a grid are covered, counted along the rows from the upper left corner."""

    cells: tuple[int, ...]
    grid: int = 8

    @property
    def key(self) -> str:
        """Name, version and settings."""
        return f"occluded 1 {self.grid} {','.join(map(str, self.cells))}"

    def __call__(self, image: Image.Image) -> Image.Image:
        """RGB in, RGB out."""
        pixels = np.array(image)
        height, width, bands = pixels.shape
        covered = np.isin(cell_of(height, width, self.grid), self.cells)
        pixels[covered] = pixels.reshape(-1, bands).mean(axis=0).round()
        return Image.fromarray(pixels)


def cell_of(height: int, width: int, grid: int) -> NDArray[np.int64]:
    """The cell of each pixel, ``[h, w]``."""
    rows, columns = np.arange(height) * grid // height, np.arange(width) * grid // width
    return rows[:, None] * grid + columns


def anywhere(seed: str, share: float, grid: int = 8) -> tuple[int, ...]:
    """A share of all cells, drawn at random; those of a smaller share are among those of a larger one."""
    return tuple(sorted(order(seed, grid * grid)[: round(share * grid * grid)]))


def over(mask: NDArray[np.bool_], shares: Sequence[float], grid: int = 8) -> list[tuple[int, ...]]:
    """For each share the fewest cells that cover as much of what the mask shows: the fullest first."""
    height, width = mask.shape
    held = np.bincount(cell_of(height, width, grid).ravel(), mask.ravel(), minlength=grid * grid)
    fullest = np.argsort(-held, kind="stable")
    covered = np.cumsum(held[fullest]) / max(1.0, held.sum())
    return [tuple(sorted(fullest[: int(np.searchsorted(covered, share - 1e-9)) + 1].tolist())) for share in shares]
