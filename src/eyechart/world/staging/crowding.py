"""What hides what, and whether everything is in the frame: judged by boxes, and by a coarse grid where these meet."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from eyechart.world.places import backdrop
from eyechart.world.scene import Scene, Thing
from eyechart.world.shapes import Drawing, Frame, Point, Points, rotation
from eyechart.world.staging.looks import Look, Spot

EDGE = 0.015  # of the image side: nothing comes closer to the frame
_RIM = 0.012  # by which the rim widens a thing
_CELLS = 48
_PICTURE = 64  # pixels of the picture in which features are looked for
_FEATURE_HIDDEN = 0.6  # of a feature, at most
_POINTS = 400  # of a silhouette, at least where it has so many

Placed = tuple[Look, Spot]


def box(look: Look, spot: Spot) -> Frame:
    """Left, top, right, bottom of the thing there."""
    left, top, right, bottom = look.extent
    x, y, side = spot.x, spot.y, spot.side
    return x + side * left, y + side * top, x + side * right, y + side * bottom


def hidden(placed: Placed, others: list[Placed]) -> float:
    """Which share of a thing the nearer of the others hide, to within a few hundredths."""
    depth = placed[1].depth
    nearer = [other for other in others if other[1].depth < depth and meet(placed, other)]
    if not nearer:
        return 0.0
    points = _inner(placed[0].drawing, placed[0].turn, placed[0].flipped)
    over = _covers(nearer[0], points, placed[1])
    for other in nearer[1:]:
        over |= _covers(other, points, placed[1])
    return np.count_nonzero(over) / len(points)


def shown(scene: Scene, feature: str) -> bool:
    """Whether enough of a feature of the scene's place is left to be seen by its things."""
    points = _footprint(scene.place, scene.variant, feature)
    over = np.zeros(len(points), dtype=bool)
    for thing in scene.things:
        over |= _under(thing.drawing, thing.turn, thing.flipped, points * (_CELLS / 2 / thing.side), _origin(thing))
    return int(np.count_nonzero(over)) <= _FEATURE_HIDDEN * len(points)


@lru_cache(maxsize=1024)
def _footprint(place: str, variant: int, feature: str) -> Points:
    """Points evenly spread over what a feature changes of its place, from 0 to 1."""
    plain, with_it = (backdrop(place, variant, _PICTURE, features) for features in ((), (feature,)))
    rows, columns = np.nonzero((plain != with_it).any(axis=-1))
    points = (np.stack([columns, rows], axis=1) + 0.5) / _PICTURE
    return np.ascontiguousarray(points[:: 1 + len(points) // (_POINTS // 4)], dtype=np.float64)


def meet(one: Placed, other: Placed) -> bool:
    """Whether their boxes, widened by the rim, overlap."""
    a, b = box(*one), box(*other)
    return a[0] < b[2] + _RIM and b[0] < a[2] + _RIM and a[1] < b[3] + _RIM and b[1] < a[3] + _RIM


def _covers(near: Placed, points: Points, far: Spot) -> NDArray[np.bool_]:
    """Which of the points of a thing that is there the near one covers."""
    look, spot = near
    scale = _CELLS / (2 * spot.side)
    origin = (far.x - spot.x) * scale + _CELLS / 2, (far.y - spot.y) * scale + _CELLS / 2
    return _under(look.drawing, look.turn, look.flipped, points * (scale * far.side), origin)


def _origin(thing: Thing) -> Point:
    """Where the upper left corner of the image lies, in cells of the thing's grid."""
    scale = _CELLS / (2 * thing.side)
    return _CELLS / 2 - thing.x * scale, _CELLS / 2 - thing.y * scale


def _under(drawing: Drawing, turn: float, flipped: bool, cells: Points, origin: Point) -> NDArray[np.bool_]:
    """Which places on its grid the silhouette covers, with its rim."""
    columns, rows = np.minimum(np.maximum(cells + origin, 0.0), _CELLS - 1.0).astype(np.int32).T
    rows *= _CELLS
    rows += columns
    return _rimmed(drawing, turn, flipped).take(rows)


@lru_cache(maxsize=4096)
def _inner(drawing: Drawing, turn: float, flipped: bool) -> Points:
    """Points evenly spread over a silhouette, about its middle, its longer side being 1."""
    rows, columns = np.nonzero(_grid(drawing, turn, flipped))
    points = (np.stack([columns, rows], axis=1) + 0.5) * (2 / _CELLS) - 1
    return np.ascontiguousarray(points[:: 1 + len(points) // _POINTS], dtype=np.float64)


@lru_cache(maxsize=4096)
def _rimmed(drawing: Drawing, turn: float, flipped: bool) -> NDArray[np.bool_]:
    """The silhouette widened by a cell, which is about the rim of a small thing."""
    grid = _grid(drawing, turn, flipped)
    wide = grid.copy()
    wide[1:-1, 1:-1] = grid[1:-1, 1:-1] | grid[:-2, 1:-1] | grid[2:, 1:-1] | grid[1:-1, :-2] | grid[1:-1, 2:]
    return wide


@lru_cache(maxsize=4096)
def _grid(drawing: Drawing, turn: float, flipped: bool) -> NDArray[np.bool_]:
    """The silhouette on a coarse grid from -1 to 1, its longer side being 1; the outermost cells are empty."""
    points = (drawing.points * (-1, 1) if flipped else drawing.points) @ rotation(turn).T
    corners = (np.rint((points + 1) * (8 * _CELLS)) / 16).ravel().tolist()
    image = Image.new("L", (_CELLS, _CELLS))
    draw = ImageDraw.Draw(image)
    for role, first, last in drawing.fills:
        draw.polygon(corners[2 * first : 2 * last], fill=role)
    return np.asarray(image) > 0


def kept_inside(look: Look, spot: Spot) -> Spot:
    """The spot moved as little as possible so that all of the thing is in the frame; smaller if it is too large."""
    left, top, right, bottom = look.extent
    side = min(spot.side, (1 - 2 * EDGE) / max(right - left, bottom - top))
    x = min(max(spot.x, EDGE - side * left), 1 - EDGE - side * right)
    y = min(max(spot.y, EDGE - side * top), 1 - EDGE - side * bottom)
    return Spot(x, y, side, spot.depth)
