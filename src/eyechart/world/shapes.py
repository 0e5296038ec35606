"""The pen: shapes on a sheet of 100 × 100, y downwards, each with the role that its area plays in the drawing.

Everything becomes closed polygons, so that a drawing is plain data: a later style may stroke, fill or omit it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Point = tuple[float, float]
Frame = tuple[float, float, float, float]

# What a polygon's area is. A hole removes what was drawn before it.
ROLES = (
    "hole",
    "body",  # takes the colour and the texture of the thing
    "shade",  # darker than the body
    "tint",  # lighter than the body
    "dark",
    "light",
    "glass",
    "metal",
    "wood",
    "leaf",
    "gold",
    "rose",
    "skin",
    "hair",
    "stone",
    "fluid",
    "glow",  # shines by itself
)
_CORNERS = 40  # of a full ellipse


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One closed polygon ``[k, 2]`` and the role of its area."""

    role: str
    points: Points


@dataclass(frozen=True, eq=False)
class Drawing:
    """Parts from back to front, centred, the longer side of their box being 1.

    Spots are in the same coordinates; None where there is no such spot.
    """

    parts: tuple[Part, ...]
    top: tuple[float, float, float] | None = None  # left, right and height of the edge on which others can stand
    inside: Frame | None = None  # where what is inside is seen: left, top, right, bottom
    hand: Point | None = None  # where what it holds is held
    page: Frame | None = None  # where something can be written: left, top, right, bottom

    @cached_property
    def points(self) -> Points:
        """All corners one after the other, ``[k, 2]``."""
        return np.concatenate([part.points for part in self.parts])

    @cached_property
    def fills(self) -> tuple[tuple[int, int, int], ...]:
        """For each part: number of its role, first and last corner (exclusive) in `points`."""
        ends = np.cumsum([len(part.points) for part in self.parts])
        starts = [0, *ends[:-1]]
        return tuple(
            (ROLES.index(part.role), int(a), int(b)) for part, a, b in zip(self.parts, starts, ends, strict=True)
        )


def drawing(
    *strokes: Part | list[Part],
    turn: float = 0.0,
    top: tuple[float, float, float] | None = None,
    inside: Frame | None = None,
    hand: Point | None = None,
    page: Frame | None = None,
) -> Drawing:
    """A drawing from strokes on the sheet, back to front; `turn` in degrees, clockwise; spots on the unturned sheet."""
    flat = [part for stroke in strokes for part in (stroke if isinstance(stroke, list) else [stroke])]
    turned = [Part(part.role, part.points @ rotation(turn).T) for part in flat]
    everything = np.concatenate([part.points for part in turned])
    low, high = everything.min(axis=0), everything.max(axis=0)
    middle, side = (low + high) / 2, float((high - low).max())

    def x(value: float) -> float:
        return float((value - middle[0]) / side)

    def y(value: float) -> float:
        return float((value - middle[1]) / side)

    return Drawing(
        tuple(Part(part.role, (part.points - middle) / side) for part in turned),
        top=(x(top[0]), x(top[1]), y(top[2])) if top else None,
        inside=(x(inside[0]), y(inside[1]), x(inside[2]), y(inside[3])) if inside else None,
        hand=(x(hand[0]), y(hand[1])) if hand else None,
        page=(x(page[0]), y(page[1]), x(page[2]), y(page[3])) if page else None,
    )


def rotation(degrees: float) -> Points:
    """The matrix that turns a column vector clockwise on a sheet whose y points down."""
    cos, sin = float(np.cos(np.radians(degrees))), float(np.sin(np.radians(degrees)))
    return np.array([[cos, -sin], [sin, cos]])


def polygon(role: str, *corners: Point) -> Part:
    """Straight edges through the corners."""
    return Part(role, np.array(corners, dtype=np.float64))


def box(role: str, left: float, top: float, right: float, bottom: float, *, corner: float = 0.0) -> Part:
    """A rectangle, its corners rounded by the radius `corner`."""
    if not corner:
        return polygon(role, (left, top), (right, top), (right, bottom), (left, bottom))
    middles = [
        (right - corner, top + corner),
        (right - corner, bottom - corner),
        (left + corner, bottom - corner),
        (left + corner, top + corner),
    ]
    arcs = [_arc(middle, (corner, corner), 90 * k - 90, 90 * k) for k, middle in enumerate(middles)]
    return Part(role, np.concatenate(arcs))


def ellipse(role: str, x: float, y: float, rx: float, ry: float | None = None, *, turn: float = 0.0) -> Part:
    """An ellipse about (x, y), turned clockwise by degrees; a circle when `ry` is not given."""
    around = _arc((0.0, 0.0), (rx, rx if ry is None else ry), 0, 360)[:-1]
    return Part(role, around @ rotation(turn).T + (x, y))


def dome(role: str, x: float, y: float, rx: float, ry: float) -> Part:
    """The upper half of an ellipse, standing on y."""
    return Part(role, _arc((x, y), (rx, ry), 180, 360))


def ring(role: str, x: float, y: float, outer: float, inner: float) -> list[Part]:
    """A circle with a hole."""
    return [ellipse(role, x, y, outer), ellipse("hole", x, y, inner)]


def curve(role: str, *knots: Point) -> Part:
    """A smooth closed outline through the knots (uniform Catmull-Rom, six steps per knot)."""
    p1 = np.array(knots, dtype=np.float64)
    p0, p2, p3 = np.roll(p1, 1, 0), np.roll(p1, -1, 0), np.roll(p1, -2, 0)
    t = (np.arange(6) / 6)[None, :, None]
    p0, p1, p2, p3 = (p[:, None, :] for p in (p0, p1, p2, p3))
    smooth = 2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    return Part(role, (smooth / 2).reshape(-1, 2))


def line(role: str, width: float, *corners: Point) -> list[Part]:
    """A stroke with round joints and ends."""
    dots = np.array(corners, dtype=np.float64)
    parts = [ellipse(role, float(x), float(y), width / 2) for x, y in dots]
    for a, b in pairwise(dots):
        along = (b - a) / np.hypot(*(b - a))
        across = np.array([-along[1], along[0]]) * width / 2
        parts.append(Part(role, np.stack([a + across, b + across, b - across, a - across])))
    return parts


def bend(role: str, width: float, *knots: Point) -> list[Part]:
    """A smooth open stroke through the knots."""
    dots = np.array(knots, dtype=np.float64)
    dots = np.concatenate([2 * dots[:1] - dots[1:2], dots, 2 * dots[-1:] - dots[-2:-1]])
    path: list[Point] = []
    for p0, p1, p2, p3 in zip(dots[:-3], dots[1:-2], dots[2:-1], dots[3:], strict=True):
        for t in np.arange(5) / 5:
            q = 2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            path.append((float(q[0]) / 2, float(q[1]) / 2))
    path.append((float(dots[-2, 0]), float(dots[-2, 1])))
    return [_ribbon(role, width, np.array(path)), *(ellipse(role, *path[end], width / 2) for end in (0, -1))]


def mirror(*strokes: Part | list[Part], about: float = 50.0) -> list[Part]:
    """The strokes and their mirror image about a vertical axis."""
    flat = [part for stroke in strokes for part in (stroke if isinstance(stroke, list) else [stroke])]
    return flat + [Part(part.role, part.points * (-1, 1) + (2 * about, 0)) for part in flat]


def _ribbon(role: str, width: float, path: Points) -> Part:
    along = np.gradient(path, axis=0)
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * width / 2
    return Part(role, np.concatenate([path + across, (path - across)[::-1]]))


def _arc(middle: Point, radii: Point, start: float, end: float) -> Points:
    steps = max(4, round(_CORNERS * abs(end - start) / 360))
    angle = np.radians(np.linspace(start, end, steps + 1))
    return np.stack([middle[0] + radii[0] * np.cos(angle), middle[1] + radii[1] * np.sin(angle)], axis=1)
