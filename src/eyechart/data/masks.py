"""Masks of COCO annotations: polygons and run lengths, decoded to the same pixels as the COCO API does; and encoded.

Source: Lin et al. 2014, COCO; the algorithms are those of maskApi.c (``rleFrPoly``, ``rleFrString``), written in numpy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eyechart.errors import BadInput

Mask = NDArray[np.bool_]
_FINE = 5  # the outline is walked on a grid so many times finer than the pixels


def decode(segmentation: Any, height: int, width: int) -> Mask:
    """``bool[h, w]`` of polygons, of run lengths as a list, or of compressed run lengths.

    Raises:
        BadInput: the annotation is none of these, or its runs do not fill the image.
    """
    if isinstance(segmentation, Mapping):
        return from_runs(segmentation.get("counts", ()), height, width)
    mask = np.zeros((height, width), dtype=bool)
    for polygon in segmentation:
        mask |= from_polygon(polygon, height, width)
    return mask


def from_runs(counts: str | bytes | Sequence[int], height: int, width: int) -> Mask:
    """Runs of 0 and 1 by turns, down the columns, from the upper left corner.

    Raises:
        BadInput: the runs do not add up to the number of pixels.
    """
    text = counts.decode("ascii", "replace") if isinstance(counts, bytes) else counts
    runs = np.asarray(_uncompressed(text) if isinstance(text, str) else text, dtype=np.int64)
    if runs.sum() != height * width or (runs < 0).any():
        raise BadInput(f"the runs of a mask fill {runs.sum()} pixels; the image has {height} × {width}")
    values = np.zeros(len(runs), dtype=bool)
    values[1::2] = True
    return np.repeat(values, runs).reshape(width, height).T


def to_runs(mask: Mask) -> str:
    """The compressed run lengths of a mask, as `from_runs` and the COCO API read them (``rleToString``)."""
    flat = np.concatenate([[False], mask.T.ravel()])
    ends = np.flatnonzero(np.concatenate([flat[1:] != flat[:-1], [True]]))
    runs = np.diff(ends, prepend=0)
    runs[3:] = runs[3:] - runs[1:-2]
    return "".join(map(_letters, runs.tolist()))


def from_polygon(points: Sequence[float], height: int, width: int) -> Mask:
    """The pixels inside ``x, y, x, y, …``.

    Raises:
        BadInput: there are fewer than three points, or half a point.
    """
    if len(points) < 6 or len(points) % 2:
        raise BadInput(f"a polygon has three points or more, as x, y, x, y, …; got {len(points)} numbers")
    corners = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    fine = np.trunc(_FINE * corners + 0.5).astype(np.int64)
    edges = zip(fine, np.roll(fine, -1, axis=0), strict=True)
    outline = np.concatenate([_edge(start, end) for start, end in edges])
    # Where the outline passes from one column to the next, all pixels below change from outside to inside or back.
    flips = np.bincount(_crossings(outline, height, width), minlength=height * width + 1)
    return (np.cumsum(flips[: height * width]) % 2).astype(bool).reshape(width, height).T


def _edge(start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """Every point of the fine grid on the way, one per step along the longer axis."""
    (dx, dy) = np.abs(end - start)
    along = 0 if dx >= dy else 1
    across = 1 - along
    low, high = (end, start) if start[along] > end[along] else (start, end)
    steps = np.arange(max(dx, dy) + 1)
    slope = (high[across] - low[across]) / len(steps[1:]) if len(steps) > 1 else 0.0
    points = np.empty((len(steps), 2), dtype=np.int64)
    points[:, along] = low[along] + steps
    points[:, across] = np.trunc(low[across] + slope * steps + 0.5)
    return points[::-1] if start[along] > end[along] else points


def _crossings(outline: NDArray[np.int64], height: int, width: int) -> NDArray[np.int64]:
    """Pixels, counted down the columns, at which the inside begins or ends."""
    before, after = outline[:-1], outline[1:]
    moved = before[:, 0] != after[:, 0]
    before, after = before[moved], after[moved]
    x = np.where(after[:, 0] < before[:, 0], after[:, 0], after[:, 0] - 1)
    x_pixel = (x + 0.5) / _FINE - 0.5
    y_pixel = np.ceil(np.clip((np.minimum(before[:, 1], after[:, 1]) + 0.5) / _FINE - 0.5, 0, height))
    kept = (np.floor(x_pixel) == x_pixel) & (x_pixel >= 0) & (x_pixel <= width - 1)
    crossings: NDArray[np.int64] = (x_pixel[kept] * height + y_pixel[kept]).astype(np.int64)
    return crossings


def _letters(value: int) -> str:
    """One number of a compressed list: five bits a letter, the lowest first, one more bit where others follow."""
    text, more = "", True
    while more:
        bits = value & 0x1F
        value >>= 5
        more = value != (-1 if bits & 0x10 else 0)
        text += chr(48 + bits + (0x20 if more else 0))
    return text


def _uncompressed(text: str) -> list[int]:
    """Numbers of five bits a letter, the lowest first; from the third on, differences to the last but one."""
    counts: list[int] = []
    letters = iter(text)
    for letter in letters:
        value, shift, code = 0, 0, ord(letter) - 48
        while code & 0x20:
            value |= (code & 0x1F) << shift
            shift += 5
            code = ord(next(letters, "0")) - 48
        value |= (code & 0x1F) << shift
        if code & 0x10:
            value -= 1 << (shift + 5)
        counts.append(value + (counts[-2] if len(counts) > 2 else 0))
    return counts
