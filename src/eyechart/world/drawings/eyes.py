"""Eyes, awake and asleep, and the sign of sleep where a posture would not show it."""

from __future__ import annotations

from eyechart.world.shapes import Part, bend, ellipse, polygon


def eye(x: float, y: float, size: float) -> list[Part]:
    """Open and round."""
    return [ellipse("light", x, y, size), ellipse("dark", x, y, size * 0.6)]


def shut(x: float, y: float, size: float) -> list[Part]:
    """Closed: a lid, paler than the body so that it shows on a black one, and the arc of its edge."""
    lid = ellipse("tint", x, y - size * 0.1, size * 0.95, size * 0.75)
    across = ((-1, -0.1), (-0.6, 0.4), (0, 0.6), (0.6, 0.4), (1, -0.1))
    return [lid, *bend("dark", 2.6, *((x + size * u, y + size * v) for u, v in across))]


def snore(x: float, y: float, size: float) -> Part:
    """The letter z, its upper left corner at (x, y)."""
    corners = ((0, 0), (1, 0), (1, 0.24), (0.46, 0.76), (1, 0.76), (1, 1), (0, 1), (0, 0.76), (0.54, 0.24), (0, 0.24))
    return polygon("dark", *((x + size * u, y + size * v) for u, v in corners))
