"""Pictures without their fine detail, or without all but their fine detail."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi, sqrt
from typing import Literal

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtered:
    """A `Change`: what has fewer cycles per picture than `cycles` is kept ("low"), or what has more ("high").

    By a Gaussian, which rings at no edge: at `cycles` half of the contrast is left on either side. The mean colour
    stays. Cycles are counted along the shorter side.
    """

    keep: Literal["low", "high"]
    cycles: float

    @property
    def key(self) -> str:
        """Name, version and settings."""
        return f"filtered 1 {self.keep} {self.cycles:g}"

    def __call__(self, image: Image.Image) -> Image.Image:
        """RGB in, RGB out."""
        pixels = np.asarray(image, dtype=np.float64)
        sigma = sqrt(log(2) / 2) * min(image.size) / (pi * self.cycles)
        low = gaussian_filter(pixels, (sigma, sigma, 0), mode="reflect")
        kept = low if self.keep == "low" else pixels - low + pixels.mean(axis=(0, 1))
        return Image.fromarray(kept.round().clip(0, 255).astype(np.uint8))
