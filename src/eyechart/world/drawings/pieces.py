"""How drawn things come apart: the two halves of an outline along a crack, and pieces that were moved."""

from __future__ import annotations

import numpy as np

from eyechart.world.shapes import Part, Point, rotation


def halves(outline: Part, first: int, last: int, *crack: Point) -> tuple[Part, Part]:
    """An outline cut along the crack that runs from its corner `first` to its later corner `last`."""
    points, seam = outline.points, np.array(crack, dtype=np.float64)
    one = np.concatenate([points[first : last + 1], seam[::-1]])
    other = np.concatenate([points[last:], points[: first + 1], seam])
    return Part(outline.role, one), Part(outline.role, other)


def moved(*strokes: Part | list[Part], turn: float = 0.0, about: Point = (50, 50), by: Point = (0, 0)) -> list[Part]:
    """The strokes turned clockwise by degrees about a point, then shifted."""
    flat = [part for stroke in strokes for part in (stroke if isinstance(stroke, list) else [stroke])]
    middle = np.array(about, dtype=np.float64)
    return [Part(part.role, (part.points - middle) @ rotation(turn).T + middle + by) for part in flat]
