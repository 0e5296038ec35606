"""What teeth leave: an outline with a piece gone, and the flesh along the edge."""

from __future__ import annotations

import numpy as np

from eyechart.world.shapes import Part

_TEETH = 3


def bitten(
    outline: Part, first: int, last: int, *, depth: float, flesh: str = "light", rind: float = 5.0
) -> list[Part]:
    """An outline, drawn clockwise, that is bitten between two of its corners; `rind` is how wide the flesh shows."""
    within = _cut(outline, first, last, depth)
    return [Part(flesh, within.points), _cut(outline, first - 1, last + 1, depth + rind)]


def _cut(outline: Part, first: int, last: int, depth: float) -> Part:
    """Without the corners from `first` to `last`: three scallops instead, `depth` deep in the middle."""
    start, end = outline.points[first], outline.points[last]
    t = np.linspace(0, 1, 8 * _TEETH + 1)[:, None]
    inward = np.array([start[1] - end[1], end[0] - start[0]]) / np.hypot(*(end - start))
    deep = depth * (np.sin(np.pi * t) ** 0.75 * 0.8 + np.abs(np.sin(_TEETH * np.pi * t)) * 0.2)
    edge = start + (end - start) * t + inward * deep
    return Part(outline.role, np.concatenate([outline.points[last:], outline.points[: first + 1], edge]))
