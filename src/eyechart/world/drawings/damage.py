"""Marks of damage on large things: torn holes, cracks, shards of glass, smoke and fire."""

from __future__ import annotations

from eyechart.world.drawings.pieces import moved
from eyechart.world.shapes import Part, Point, ellipse, line, polygon

# Of a torn hole's rim, no two alike: nothing of it may look like a star.
_RIM = (
    *((1.25, 0), (0.8, 0.3), (0.95, 0.7), (0.35, 0.6), (0.1, 0.95), (-0.35, 0.55), (-0.8, 0.75), (-0.75, 0.25)),
    *((-1.2, 0), (-0.7, -0.35), (-0.85, -0.8), (-0.3, -0.6), (0.05, -0.9), (0.35, -0.55), (0.9, -0.75), (0.75, -0.3)),
)


def gash(x: float, y: float, size: float, *, turn: float = 0.0) -> list[Part]:
    """A torn hole of about that radius, turned clockwise by degrees."""
    return moved(polygon("dark", *((x + size * dx, y + size * dy) for dx, dy in _RIM)), turn=turn, about=(x, y))


def crack(width: float, *corners: Point) -> list[Part]:
    """A jagged line, forking at its second corner."""
    (x0, y0), (x1, y1) = corners[0], corners[1]
    return line("dark", width, *corners) + line("dark", width * 0.8, (x1, y1), (x1 - (y1 - y0), y1 + (x1 - x0)))


def smashed(left: float, top: float, right: float, bottom: float) -> list[Part]:
    """A window with only shards left in it."""
    wide, high = right - left, bottom - top
    return [
        polygon("dark", (left, top), (right, top), (right, bottom), (left, bottom)),
        polygon("glass", (left, top), (left + 0.42 * wide, top), (left + 0.2 * wide, top + 0.5 * high)),
        polygon("glass", (right, bottom), (right - 0.5 * wide, bottom), (right - 0.12 * wide, bottom - 0.55 * high)),
    ]


def smoke(x: float, y: float, size: float) -> list[Part]:
    """Three puffs, the lowest at (x, y)."""
    puffs = ((0.0, 0.0, 0.7), (0.75, -0.95, 0.9), (-0.25, -1.9, 1.15), (-0.9, -1.2, 0.6))
    return [ellipse("stone", x + size * dx, y + size * dy, size * r) for dx, dy, r in puffs]


def fire(x: float, y: float, size: float, *, turn: float = 0.0) -> list[Part]:
    """Flames that stand on (x, y), three sizes wide at the foot."""
    outer = ((-1.3, 0), (-1.5, -1.0), (-0.9, -0.6), (-0.5, -1.9), (0.1, -0.9), (0.6, -2.4), (0.9, -1.0), (1.4, -1.5))
    inner = ((-0.8, 0), (-0.7, -0.5), (-0.3, -1.0), (0.1, -0.4), (0.5, -1.2), (0.9, 0))
    flames = [
        polygon("rose", *((x + size * dx, y + size * dy) for dx, dy in (*outer, (1.3, 0)))),
        polygon("gold", *((x + size * dx, y + size * dy) for dx, dy in inner)),
    ]
    return moved(*flames, turn=turn, about=(x, y))
