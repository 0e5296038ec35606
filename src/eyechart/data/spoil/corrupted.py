"""The fifteen common corruptions at five severities, by the published parameters.

Source: Hendrycks & Dietterich 2019, "Benchmarking neural network robustness to common corruptions and perturbations",
and the three programs that made ImageNet-C (224 pixels), Tiny-ImageNet-C (64) and CIFAR-10-C (32). The table is chosen
by the shorter side of the picture: the nearest of the three by ratio, so that 64 pixels are spoilt as Tiny-ImageNet-C
is. Lengths are in pixels and never scaled. What is larger than 224 pixels is first reduced to 224, because noise that
is finer than the pixels a model sees would average out.

Two things differ from the published sets: frost is drawn (see `weather`), and the result is not saved as JPEG.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import affine_transform, gaussian_filter, map_coordinates

from eyechart.data.spoil.blurs import behind_glass, defocused, moved, zoomed_blur
from eyechart.data.spoil.weather import fogged, frosted, snowed
from eyechart.errors import BadInput, UnknownName

Floats = NDArray[np.float64]
Setting = Any  # of one corruption at one severity: a number, or a tuple of them
SIZES = (32, 64, 224)
SEVERITIES = (1, 2, 3, 4, 5)
VERSION = 1


def _upto(ends: tuple[float, ...], steps: tuple[float, ...]) -> list[tuple[float, ...]]:
    return [tuple(np.arange(1, end, step).tolist()) for end, step in zip(ends, steps, strict=True)]


_FINE = _upto((1.06, 1.11, 1.16, 1.21, 1.26), (0.01,) * 5)
_SNOW = [(0.1, 0.2, 1, 0.6, 8, 3), (0.1, 0.2, 1, 0.5, 10, 4), (0.15, 0.3, 1.75, 0.55, 10, 4)]
_SNOW += [(0.25, 0.3, 2.25, 0.6, 12, 6), (0.3, 0.3, 1.25, 0.65, 14, 12)]

# By corruption and by size of the published set: the settings of the five severities.
PARAMETERS: Mapping[str, Mapping[int, list[Setting]]] = {
    "gaussian_noise": {  # deviation
        32: [0.04, 0.06, 0.08, 0.09, 0.10],
        64: [0.04, 0.08, 0.12, 0.15, 0.18],
        224: [0.08, 0.12, 0.18, 0.26, 0.38],
    },
    "shot_noise": {  # photons
        32: [500, 250, 100, 75, 50],
        64: [250, 100, 50, 30, 15],
        224: [60, 25, 12, 5, 3],
    },
    "impulse_noise": {  # share of the values
        32: [0.01, 0.02, 0.03, 0.05, 0.07],
        64: [0.01, 0.02, 0.05, 0.08, 0.14],
        224: [0.03, 0.06, 0.09, 0.17, 0.27],
    },
    "defocus_blur": {  # radius, softness
        32: [(0.3, 0.4), (0.4, 0.5), (0.5, 0.6), (1, 0.2), (1.5, 0.1)],
        64: [(0.5, 0.6), (1, 0.1), (1.5, 0.1), (2.5, 0.01), (3, 0.1)],
        224: [(3, 0.1), (4, 0.5), (6, 0.5), (8, 0.5), (10, 0.5)],
    },
    "glass_blur": {  # deviation, reach, rounds
        32: [(0.05, 1, 1), (0.25, 1, 1), (0.4, 1, 1), (0.25, 1, 2), (0.4, 1, 2)],
        64: [(0.1, 1, 1), (0.5, 1, 1), (0.6, 1, 2), (0.7, 2, 1), (0.9, 2, 2)],
        224: [(0.7, 1, 2), (0.9, 2, 1), (1, 2, 3), (1.1, 3, 2), (1.5, 4, 2)],
    },
    "motion_blur": {  # radius, deviation
        32: [(6, 1), (6, 1.5), (6, 2), (8, 2), (9, 2.5)],
        64: [(10, 1), (10, 1.5), (10, 2), (10, 2.5), (12, 3)],
        224: [(10, 3), (15, 5), (15, 8), (15, 12), (20, 15)],
    },
    "zoom_blur": {  # factors
        32: _FINE,
        64: _FINE,
        224: _upto((1.11, 1.16, 1.21, 1.26, 1.31), (0.01, 0.01, 0.02, 0.02, 0.03)),
    },
    "snow": {  # see `snowed`
        32: [(*flakes, kept) for flakes, kept in zip(_SNOW, (0.95, 0.9, 0.9, 0.85, 0.8), strict=True)],
        64: [(*flakes, kept) for flakes, kept in zip(_SNOW, (0.8, 0.8, 0.7, 0.65, 0.6), strict=True)],
        224: [
            *((0.1, 0.3, 3, 0.5, 10, 4, 0.8), (0.2, 0.3, 2, 0.5, 12, 4, 0.7), (0.55, 0.3, 4, 0.9, 12, 8, 0.7)),
            *((0.55, 0.3, 4.5, 0.85, 12, 8, 0.65), (0.55, 0.3, 2.5, 0.85, 12, 12, 0.55)),
        ],
    },
    "frost": {  # of the picture, of the crystals
        32: [(1, 0.2), (1, 0.3), (0.9, 0.4), (0.85, 0.4), (0.75, 0.45)],
        64: [(1, 0.3), (0.9, 0.4), (0.8, 0.45), (0.75, 0.5), (0.7, 0.55)],
        224: [(1, 0.4), (0.8, 0.6), (0.7, 0.7), (0.65, 0.7), (0.6, 0.75)],
    },
    "fog": {  # thickness, decay
        32: [(0.2, 3), (0.5, 3), (0.75, 2.5), (1, 2), (1.5, 1.75)],
        64: [(0.4, 3), (0.7, 3), (1, 2.5), (1.5, 2), (2, 1.75)],
        224: [(1.5, 2), (2, 2), (2.5, 1.7), (2.5, 1.5), (3, 1.4)],
    },
    "brightness": {  # added to the value of hue, saturation and value
        32: [0.05, 0.1, 0.15, 0.2, 0.3],
        64: [0.1, 0.2, 0.3, 0.4, 0.5],
        224: [0.1, 0.2, 0.3, 0.4, 0.5],
    },
    "contrast": {  # what is left of it
        32: [0.75, 0.5, 0.4, 0.3, 0.15],
        64: [0.4, 0.3, 0.2, 0.1, 0.05],
        224: [0.4, 0.3, 0.2, 0.1, 0.05],
    },
    "elastic_transform": {  # strength and deviation of the waves, reach of the corners; in pixels
        32: [(0, 0, 2.56), (1.6, 6.4, 2.24), (2.56, 1.92, 1.92), (3.2, 1.28, 1.6), (3.2, 0.96, 0.96)],
        64: [(0, 0, 5.12), (3.2, 19.2, 3.84), (6.4, 5.12, 3.84), (6.4, 1.92, 1.92), (10.24, 1.92, 1.28)],
        224: [
            *((488, 170.8, 24.4), (488, 19.52, 48.8), (12.2, 2.44, 4.88), (17.08, 2.44, 4.88), (29.28, 2.44, 4.88)),
        ],
    },
    "pixelate": {  # of the side
        32: [0.95, 0.9, 0.85, 0.75, 0.65],
        64: [0.9, 0.8, 0.7, 0.6, 0.5],
        224: [0.6, 0.5, 0.4, 0.3, 0.25],
    },
    "jpeg_compression": {  # quality
        32: [80, 65, 58, 50, 40],
        64: [65, 58, 50, 40, 25],
        224: [25, 18, 15, 10, 7],
    },
}
CORRUPTIONS = tuple(PARAMETERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrupted:
    """A `Change`: one corruption at one severity; its chance is drawn from the pixels that it is given.

    Raises:
        UnknownName: there is no such corruption.
        BadInput: the severity is none of 1 to 5.
    """

    corruption: str
    severity: int

    def __post_init__(self) -> None:
        if self.corruption not in PARAMETERS:
            raise UnknownName("corruption", self.corruption, CORRUPTIONS)
        if self.severity not in SEVERITIES:
            raise BadInput(f"severities are 1 to 5; got {self.severity}")

    @property
    def key(self) -> str:
        """Name, version and settings."""
        return f"corrupted {VERSION} {self.corruption} {self.severity}"

    def __call__(self, image: Image.Image) -> Image.Image:
        """RGB in, RGB out; at most 224 pixels along the shorter side."""
        shown = _reduced(image.convert("RGB"))
        table = nearest_size(min(shown.size))
        setting = PARAMETERS[self.corruption][table][self.severity - 1]
        if self.corruption in _ENCODED:
            return _ENCODED[self.corruption](shown, setting)
        seed = blake2b(self.key.encode() + shown.tobytes(), digest_size=8).digest()
        rng = np.random.Generator(np.random.Philox(int.from_bytes(seed, "little")))
        spoilt = _DONE[self.corruption](np.asarray(shown, dtype=np.float64) / 255, setting, rng)
        return Image.fromarray((spoilt.clip(0, 1) * 255).astype(np.uint8))


def nearest_size(side: int) -> int:
    """The published set whose pictures are nearest in size, by ratio."""
    return min(SIZES, key=lambda size: max(size / side, side / size))


def _reduced(image: Image.Image) -> Image.Image:
    scale = SIZES[-1] / min(image.size)
    if scale >= 1:
        return image
    return image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)


def _impulses(pixels: Floats, share: float, rng: np.random.Generator) -> Floats:
    hit, white = rng.random(pixels.shape) < share, rng.random(pixels.shape) < 0.5
    return np.where(hit, white.astype(np.float64), pixels)


def _brighter(pixels: Floats, more: float) -> Floats:
    """The value of hue, saturation and value raised: all three colours grow by one factor, and black becomes grey."""
    value = pixels.max(axis=2, keepdims=True)
    raised = (value + more).clip(0, 1)
    return np.asarray(np.where(value > 0, pixels * raised / np.where(value > 0, value, 1), raised))


def _flatter(pixels: Floats, left: float) -> Floats:
    means = pixels.mean(axis=(0, 1), keepdims=True)
    return np.asarray((pixels - means) * left + means)


def _bent(pixels: Floats, setting: tuple[float, float, float], rng: np.random.Generator) -> Floats:
    """Three corners are moved, and then every point by smooth chance."""
    strength, sigma, reach = setting
    height, width = pixels.shape[:2]
    middle, third = np.array([height // 2, width // 2], dtype=np.float64), min(height, width) // 3
    corners = middle + third * np.array([(1, 1), (-1, 1), (-1, -1)])  # row, column
    shifted = corners + rng.uniform(-reach, reach, corners.shape)
    edges, before = (np.column_stack([points[:2] - points[2]]).T for points in (shifted, corners))
    back = before @ np.linalg.inv(edges)  # from a place in the result to where it comes from
    offset = corners[2] - back @ shifted[2]
    turned = np.stack(
        [affine_transform(band, back, offset, order=1, mode="mirror") for band in np.moveaxis(pixels, 2, 0)], axis=2
    )
    waves = [
        strength * gaussian_filter(rng.uniform(-1, 1, (height, width)), sigma, mode="reflect", truncate=3)
        for _ in range(2)
    ]
    at = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    places = np.stack([axis + wave for axis, wave in zip(at, waves, strict=True)])
    bands = [map_coordinates(band, places, order=1, mode="reflect") for band in np.moveaxis(turned, 2, 0)]
    return np.stack(bands, axis=2)


def _pixelated(image: Image.Image, share: float) -> Image.Image:
    small = max(1, int(image.width * share)), max(1, int(image.height * share))
    return image.resize(small, Image.Resampling.BOX).resize(image.size, Image.Resampling.BOX)


def _compressed(image: Image.Image, quality: int) -> Image.Image:
    file = BytesIO()
    image.save(file, "JPEG", quality=quality)
    with Image.open(file) as opened:
        return opened.convert("RGB")


_ENCODED: Mapping[str, Callable[[Image.Image, Setting], Image.Image]] = {
    "pixelate": _pixelated,
    "jpeg_compression": _compressed,
}
_DONE: Mapping[str, Callable[[Floats, Setting, np.random.Generator], Floats]] = {
    "gaussian_noise": lambda pixels, setting, rng: pixels + rng.normal(0, setting, pixels.shape),
    "shot_noise": lambda pixels, setting, rng: rng.poisson(pixels * setting) / setting,
    "impulse_noise": _impulses,
    "defocus_blur": lambda pixels, setting, _: defocused(pixels, *setting),
    "glass_blur": lambda pixels, setting, rng: behind_glass(pixels, setting[0], setting[1], setting[2], rng),
    "motion_blur": lambda pixels, setting, rng: moved(pixels, setting[0], setting[1], rng.uniform(-45, 45)),
    "zoom_blur": lambda pixels, setting, _: zoomed_blur(pixels, setting),
    "snow": snowed,
    "frost": lambda pixels, setting, rng: frosted(pixels, setting[0], setting[1], rng),
    "fog": lambda pixels, setting, rng: fogged(pixels, setting[0], setting[1], rng),
    "brightness": lambda pixels, setting, _: _brighter(pixels, setting),
    "contrast": lambda pixels, setting, _: _flatter(pixels, setting),
    "elastic_transform": _bent,
}
