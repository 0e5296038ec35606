"""Weather as Hendrycks & Dietterich (2019) made it: snow, fog, and frost with crystals that are drawn.

Their frost is laid over from photographs that may not be passed on. Here it is drawn anew for every picture: ridges of
fractal noise, as bright, as bluish and as uneven as those photographs are on average (mean .54, .61, .68 of red, green
and blue; deviation of the grey .12).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eyechart.data.spoil.blurs import moved, zoomed

Floats = NDArray[np.float64]
_LUMA = np.array([0.299, 0.587, 0.114])
_ICE = np.array([0.54, 0.61, 0.68])
_UNEVEN = 0.12
_RIDGES = 1.4  # by how much the wobble of the frost shrinks per halving: the less, the finer the crystals


def snowed(pixels: Floats, settings: tuple[float, ...], rng: np.random.Generator) -> Floats:
    """Flakes that fall, and all of the picture paler; settings: mean, deviation, enlargement and threshold of the
    flakes, radius and deviation of their fall, and how much of the picture keeps its colours.
    """
    mean, deviation, enlarged, threshold, radius, sigma, kept = settings
    flakes = zoomed(rng.normal(mean, deviation, pixels.shape[:2]), enlarged)
    flakes = np.where(flakes < threshold, 0.0, flakes).clip(0, 1)
    falling = moved(flakes, int(radius), sigma, rng.uniform(-135, -45))[..., None]
    pale = np.maximum(pixels, (pixels @ _LUMA)[..., None] * 1.5 + 0.5)
    return np.asarray(kept * pixels + (1 - kept) * pale + falling + falling[::-1, ::-1])


def fogged(pixels: Floats, thickness: float, decay: float, rng: np.random.Generator) -> Floats:
    """Plasma of a thickness; the smaller `decay`, the finer its swathes."""
    brightest = float(pixels.max())
    height, width = pixels.shape[:2]
    fog = plasma(max(height, width), decay, rng)[:height, :width, None]
    return np.asarray((pixels + thickness * fog) * brightest / (brightest + thickness))


def frosted(pixels: Floats, kept: float, frost: float, rng: np.random.Generator) -> Floats:
    """The picture times `kept` and crystals times `frost`."""
    height, width = pixels.shape[:2]
    crystals = 1 - np.abs(2 * plasma(max(height, width), _RIDGES, rng)[:height, :width] - 1)
    uneven = (crystals - crystals.mean()) / (crystals.std() or 1.0)
    ice = (_ICE + _UNEVEN * uneven[..., None]).clip(0, 1)
    return np.asarray(kept * pixels + frost * ice)


def plasma(side: int, decay: float, rng: np.random.Generator) -> Floats:
    """A map of heights in [0, 1] by the diamond-square algorithm on a torus, of the next power of two.

    Every point is the mean of four that lie around it, and chance, whose reach shrinks by `decay`² per halving.
    """
    size = 1 << max(1, (side - 1).bit_length())
    heights, step, wobble = np.zeros((size, size)), size, 100.0
    while step >= 2:
        half = step // 2

        def around(total: Floats, reach: float = wobble) -> Floats:
            return total / 4 + reach * rng.uniform(-reach, reach, total.shape)

        corners = heights[::step, ::step]
        pairs = corners + np.roll(corners, -1, axis=0)
        heights[half::step, half::step] = around(pairs + np.roll(pairs, -1, axis=1))
        middles = heights[half::step, half::step]
        heights[::step, half::step] = around(
            middles + np.roll(middles, 1, axis=0) + corners + np.roll(corners, -1, axis=1)
        )
        heights[half::step, ::step] = around(
            middles + np.roll(middles, 1, axis=1) + corners + np.roll(corners, -1, axis=0)
        )
        step, wobble = half, wobble / decay
    heights -= heights.min()
    return np.asarray(heights / (heights.max() or 1.0))
