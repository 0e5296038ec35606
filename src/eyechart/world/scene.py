"""A scene as a value: a place and the things in it. Pictures, masks and sentences are functions of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from eyechart.world.concepts import CONCEPTS
from eyechart.world.shapes import Points, rotation

LARGE = 0.58  # of the image side; a thing at least this long is large, a shorter one small


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One object: what it is, how it looks, where it stands. Lengths are shares of the image side, y points down."""

    concept: str
    colour: str
    texture: str
    side: float  # of its drawing: the longer side, upright
    x: float  # of its middle
    y: float
    turn: float = 0.0  # degrees, clockwise
    flipped: bool = False  # mirrored left to right
    depth: float = 0.5  # 0 is nearest to the viewer

    @property
    def size(self) -> str:
        """In words."""
        return "large" if self.side >= LARGE else "small"

    @cached_property
    def points(self) -> Points:
        """The corners of all parts of its drawing, ``[k, 2]``."""
        points = CONCEPTS[self.concept].drawing.points
        flip = (-1.0, 1.0) if self.flipped else (1.0, 1.0)
        return (points * flip) @ rotation(self.turn).T * self.side + (self.x, self.y)

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of what is drawn (without the rim)."""
        (left, top), (right, bottom) = self.points.min(axis=0), self.points.max(axis=0)
        return float(left), float(top), float(right), float(bottom)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Somewhere, with things; the first is the one that the picture is about."""

    place: str
    variant: int  # which of the place's backgrounds
    things: tuple[Thing, ...]

    @property
    def main(self) -> Thing:
        """What the picture is about: its concept is the label."""
        return self.things[0]

    @property
    def others(self) -> tuple[Thing, ...]:
        """The bystanders."""
        return self.things[1:]

    def far_to_near(self) -> tuple[int, ...]:
        """Numbers of the things in the order in which they are painted."""
        return tuple(sorted(range(len(self.things)), key=lambda k: -self.things[k].depth))


def left_of(one: Thing, other: Thing) -> bool:
    """Clearly beside it: apart by most of their half widths, and more sideways than up or down."""
    across, down = other.x - one.x, abs(other.y - one.y)
    room = (one.bounds[2] - one.bounds[0] + other.bounds[2] - other.bounds[0]) / 2
    return across > 0.8 * room and down < 0.8 * across


def above(one: Thing, other: Thing) -> bool:
    """Clearly over it, in the same sense as `left_of`."""
    down, across = other.y - one.y, abs(other.x - one.x)
    room = (one.bounds[3] - one.bounds[1] + other.bounds[3] - other.bounds[1]) / 2
    return down > 0.8 * room and across < 0.8 * down


def in_front_of(one: Thing, other: Thing) -> bool:
    """Nearer to the viewer, and the boxes share at least 40 % of the smaller one."""
    left, top = max(one.bounds[0], other.bounds[0]), max(one.bounds[1], other.bounds[1])
    right, bottom = min(one.bounds[2], other.bounds[2]), min(one.bounds[3], other.bounds[3])
    shared = max(0.0, right - left) * max(0.0, bottom - top)
    smaller = min(_area(one), _area(other))
    return one.depth < other.depth and shared >= 0.4 * smaller


def _area(thing: Thing) -> float:
    left, top, right, bottom = thing.bounds
    return (right - left) * (bottom - top)


# Relations by name, each with the predicate on (subject, object).
RELATIONS: dict[str, Callable[[Thing, Thing], bool]] = {
    "left of": left_of,
    "right of": lambda one, other: left_of(other, one),
    "above": above,
    "below": lambda one, other: above(other, one),
    "in front of": in_front_of,
    "behind": lambda one, other: in_front_of(other, one),
}
OPPOSITE = {
    "left of": "right of",
    "right of": "left of",
    "above": "below",
    "below": "above",
    "in front of": "behind",
    "behind": "in front of",
}
