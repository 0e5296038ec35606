"""A scene as a value: a place and the things in it. Pictures, masks and sentences are functions of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from eyechart.world.concepts import CONCEPTS
from eyechart.world.shapes import Drawing, Frame, Point, Points, rotation

UPRIGHT = 25.0  # degrees; a thing turned less is upright, turned as close to the half circle it is upside down
OTHER_SIDE = {"left": "right", "right": "left"}
TOUCH = 0.03  # of the image side: how exactly a foot meets the edge on which it stands
LARGE = 0.58  # of the image side; a thing at least this long is large, a shorter one small


@lru_cache(maxsize=1 << 14)
def extent(drawing: Drawing, turn: float, flipped: bool) -> Frame:
    """How far a drawing so turned reaches from its middle: left, top, right, bottom, its own longer side being 1."""
    points = (drawing.points * (-1, 1) if flipped else drawing.points) @ rotation(turn).T
    # Rounded, so that the last bit of a sine decides nothing.
    left, top, right, bottom = (round(float(edge), 9) for edge in (*points.min(axis=0), *points.max(axis=0)))
    return left, top, right, bottom


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One object: what it is, how it looks, where it stands. Lengths are shares of the image side, y points down."""

    concept: str
    colour: str
    texture: str = "plain"
    side: float  # of its drawing in this state: the longer side, upright
    x: float  # of its middle
    y: float
    turn: float = 0.0  # degrees, clockwise
    flipped: bool = False  # mirrored left to right
    depth: float = 0.5  # 0 is nearest to the viewer, 1 is the place behind all things
    state: str = ""  # one of its concept's; empty: the usual one
    material: str = ""  # of its body; empty: its concept's own
    style: str = "outlined"  # how it is drawn
    skin: str = ""  # a concept whose small pictures cover this thing instead of its own colours (cue conflict)
    text: str = ""  # what is written on its page

    @property
    def size(self) -> str:
        """In words."""
        return "large" if self.side >= LARGE else "small"

    @property
    def drawing(self) -> Drawing:
        """In its state."""
        concept = CONCEPTS[self.concept]
        return concept.drawings[self.state] if self.state else concept.drawing

    @property
    def condition(self) -> str:
        """Its state in words, also the usual one."""
        return self.state or CONCEPTS[self.concept].states[0]

    @property
    def substance(self) -> str:
        """Its material in words, also the usual one."""
        return self.material or CONCEPTS[self.concept].material

    @property
    def facing(self) -> str:
        """The side to which it looks, "left" or "right"; empty when it has no front."""
        faces = CONCEPTS[self.concept].faces
        return OTHER_SIDE[faces] if faces and self.flipped else faces

    @property
    def pose(self) -> str:
        """In words: "upright", "upside down", or "tilted" where neither is so."""
        away = abs((self.turn + 180) % 360 - 180)
        return "upright" if away <= UPRIGHT else "upside down" if away >= 180 - UPRIGHT else "tilted"

    @cached_property
    def matrix(self) -> Points:
        """From the coordinates of its drawing to those of the image, ``[2, 2]``; its middle comes on top."""
        flip = np.array([-1.0, 1.0]) if self.flipped else np.array([1.0, 1.0])
        return rotation(self.turn) * flip * self.side

    @cached_property
    def points(self) -> Points:
        """The corners of all parts of its drawing, ``[k, 2]``."""
        return self.drawing.points @ self.matrix.T + (self.x, self.y)

    def at(self, spot: Point) -> Point:
        """Where a spot of its drawing lies in the image."""
        x, y = self.matrix @ np.array(spot)
        return float(x) + self.x, float(y) + self.y

    @cached_property
    def bounds(self) -> Frame:
        """Left, top, right, bottom of what is drawn (without the rim)."""
        left, top, right, bottom = extent(self.drawing, self.turn, self.flipped)
        side, x, y = self.side, self.x, self.y
        return x + side * left, y + side * top, x + side * right, y + side * bottom


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Somewhere, with things; the first is the one that the picture is about."""

    place: str
    variant: int  # which of the place's backgrounds
    things: tuple[Thing, ...]
    features: tuple[str, ...] = ()  # what the place has besides, such as a river; sorted

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


def on(one: Thing, other: Thing) -> bool:
    """Standing on it: its foot at the other's upper edge, its middle between the ends of that edge."""
    edge = other.drawing.top
    if edge is None or other.pose != "upright" or one.pose != "upright":
        return False
    left, right = sorted((other.at((edge[0], edge[2]))[0], other.at((edge[1], edge[2]))[0]))
    height = other.at(((edge[0] + edge[1]) / 2, edge[2]))[1]
    return left <= one.x <= right and abs(one.bounds[3] - height) <= TOUCH


def inside(one: Thing, other: Thing) -> bool:
    """Its middle in the space that the other encloses, and not much larger than that space."""
    frame = other.drawing.inside
    if frame is None:
        return False
    left, top, right, bottom = _frame(other, frame)
    wide, high = one.bounds[2] - one.bounds[0], one.bounds[3] - one.bounds[1]
    fits = wide <= 1.1 * (right - left) and high <= 1.6 * (bottom - top)
    return fits and left <= one.x <= right and top <= one.y <= bottom


def holding(one: Thing, other: Thing) -> bool:
    """The other is where the hand of the one is, and smaller than it."""
    hand = one.drawing.hand
    if hand is None or other.side >= 0.75 * one.side:
        return False
    x, y = one.at(hand)
    return other.bounds[0] <= x <= other.bounds[2] and other.bounds[1] <= y <= other.bounds[3]


def _frame(thing: Thing, frame: Frame) -> Frame:
    """A frame of a drawing in the image: the smallest upright one around its corners."""
    corners = [thing.at((x, y)) for x in frame[::2] for y in frame[1::2]]
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


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
    "on": on,
    "under": lambda one, other: on(other, one),
    "inside": inside,
    "holding": holding,
    "held by": lambda one, other: holding(other, one),
}
OPPOSITE = {
    "left of": "right of",
    "right of": "left of",
    "above": "below",
    "below": "above",
    "in front of": "behind",
    "behind": "in front of",
    "on": "under",
    "under": "on",
    "holding": "held by",
    "held by": "holding",
}
