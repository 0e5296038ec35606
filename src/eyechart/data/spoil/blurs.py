"""Blurs as Hendrycks & Dietterich (2019) made them: defocus, glass, motion and zoom.

Pictures are ``float[h, w, 3]`` in [0, 1], and so are the results but for rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import ceil, cos, radians, sin

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate1d, gaussian_filter
from scipy.signal import fftconvolve

Floats = NDArray[np.float64]
_SMALL = 8  # a radius up to which the disc is drawn on a grid of 17 × 17


def smoothed(pixels: Floats, sigma: float) -> Floats:
    """A Gaussian blur; the edge goes on beyond the frame."""
    return np.asarray(gaussian_filter(pixels, (sigma, sigma, 0), mode="nearest"))


def defocused(pixels: Floats, radius: float, soft: float) -> Floats:
    """A disc of so many pixels in place of every point; `soft` is the deviation by which its rim is blurred."""
    kernel = _disc(radius, soft)
    reach = len(kernel) // 2
    wide = np.pad(pixels, ((reach, reach), (reach, reach), (0, 0)), mode="reflect")
    return np.asarray(fftconvolve(wide, kernel[..., None], mode="valid", axes=(0, 1)))


@lru_cache(maxsize=32)
def _disc(radius: float, soft: float) -> Floats:
    grid = np.arange(-max(_SMALL, ceil(radius)), max(_SMALL, ceil(radius)) + 1)
    disc = (grid[:, None] ** 2 + grid**2 <= radius**2).astype(np.float64)
    disc /= disc.sum()
    half = 1 if radius <= _SMALL else 2
    weights = np.exp(-0.5 * (np.arange(-half, half + 1) / soft) ** 2)
    for axis in (0, 1):
        disc = np.asarray(correlate1d(disc, weights / weights.sum(), axis=axis, mode="mirror"))
    return disc


def behind_glass(pixels: Floats, sigma: float, reach: int, rounds: int, rng: np.random.Generator) -> Floats:
    """Blurred, every pixel taken from a neighbour, and blurred again.

    The published program means to swap the two, but overwrites the one before it reads it; so it copies, and so does
    this. It goes from the lower right to the upper left, and what was copied can be copied again.
    """
    blurred = np.floor(smoothed(pixels, sigma) * 255)
    height, width = blurred.shape[:2]
    rows, columns = np.arange(height - reach, reach, -1), np.arange(width - reach, reach, -1)
    here = (rows[:, None] * width + columns).ravel().tolist()
    taken = list(range(height * width))
    for _ in range(rounds):
        across, down = rng.integers(-reach, reach, size=(2, len(rows), len(columns)))
        there = ((rows[:, None] + down) * width + columns + across).ravel().tolist()
        for place, source in zip(here, there, strict=True):
            taken[place] = taken[source]
    moved = blurred.reshape(height * width, -1)[taken].reshape(blurred.shape)
    return smoothed(moved / 255, sigma)


def moved(pixels: Floats, radius: int, sigma: float, degrees: float) -> Floats:
    """Blurred to one side along a line, as ImageMagick's motion blur does: half a Gaussian of ``2 radius + 1`` taps."""
    steps = np.arange(2 * radius + 1)
    weights = np.exp(-0.5 * (steps / sigma) ** 2)
    weights /= weights.sum()
    height, width = pixels.shape[:2]
    blurred = np.zeros_like(pixels)
    for step, weight in zip(steps.tolist(), weights.tolist(), strict=True):
        down, across = (ceil(step * along - 0.5) for along in (sin(radians(degrees)), cos(radians(degrees))))
        rows, columns = (np.arange(height) + down).clip(0, height - 1), (np.arange(width) + across).clip(0, width - 1)
        blurred += weight * pixels[rows][:, columns]
    return blurred


def zoomed_blur(pixels: Floats, factors: Sequence[float]) -> Floats:
    """The mean of the picture and of itself enlarged by each factor."""
    total = pixels + sum(zoomed(pixels, factor) for factor in factors)
    return np.asarray(total / (len(factors) + 1))


def zoomed(pixels: Floats, factor: float) -> Floats:
    """The middle of ``[h, w, …]`` enlarged by `factor`, bilinearly, to the same size."""
    down, across = (_enlarging(side, factor) for side in pixels.shape[:2])
    return np.asarray(np.einsum("ih,hw...,jw->ij...", down, pixels, across, optimize=True))


@lru_cache(maxsize=256)
def _enlarging(side: int, factor: float) -> Floats:
    """The matrix that takes `side` pixels to as many, enlarged; the outer ones stay on the rim of what is cut out."""
    cut = ceil(side / factor)
    first = (side - cut) // 2
    made = round(cut * factor)
    at = np.linspace(0, cut - 1, made)[(made - side) // 2 :][:side]
    low = np.floor(at).astype(np.int64).clip(0, max(cut - 2, 0))
    table = np.zeros((side, side))
    place = np.arange(side)
    table[place, first + low] += 1 - (at - low)
    table[place, first + np.minimum(low + 1, cut - 1)] += at - low
    table.setflags(write=False)
    return table
