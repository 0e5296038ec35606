"""Free arrangements: things anywhere, so that every side of every thing is met everywhere and equally often."""

from __future__ import annotations

from collections.abc import Sequence

from eyechart.world.dice import Dice
from eyechart.world.staging.crowding import EDGE, Placed, box, hidden, kept_inside
from eyechart.world.staging.looks import Look, Spot

MOST_HIDDEN = 0.16  # of the main thing, without its rim and by a coarse grid; exactly it is never more than a quarter
_SIDES = ("left", "right", "above", "below")
_OPPOSITE = {"left": "right", "right": "left", "above": "below", "below": "above"}
_ROWS: dict[int, tuple[tuple[tuple[float, float], ...], ...]] = {
    2: (((0.26, 0.52), (0.74, 0.48)), ((0.5, 0.75), (0.5, 0.25)), ((0.28, 0.72), (0.72, 0.28))),
    3: (((0.27, 0.73), (0.73, 0.73), (0.5, 0.27)), ((0.5, 0.74), (0.27, 0.27), (0.73, 0.27))),
    4: (((0.27, 0.74), (0.73, 0.74), (0.27, 0.27), (0.73, 0.27)),),
}


def main_side(dice: Dice) -> float:
    """Clearly small or clearly large, never so small that it could not be recognised."""
    return dice.between(0.45, 0.56) if dice.chance(0.5) else dice.between(0.6, 0.75)


def arranged(looks: Sequence[Look], dice: Dice) -> list[Placed]:
    """One to three things; the first is the main one."""
    if len(looks) == 1:
        return [_anywhere(looks[0], main_side(dice), dice)]
    return _pair(looks, dice) if len(looks) == 2 else _trio(looks, dice)


def many(look: Look, count: int, dice: Dice) -> list[Placed]:
    """Two to four of the same, none of them hidden."""
    slots, side = dice.pick(_ROWS[count]), dice.between(0.42, 0.45)
    if dice.chance(0.5):
        slots = tuple((1 - x, y) for x, y in slots)
    reach = (0.0, 0.0, 0.03, 0.012, 0.012)[count]
    spots = [Spot(x + dice.between(-reach, reach), y + dice.between(-reach, reach), side, 0.5) for x, y in slots]
    return [(look, kept_inside(look, spot)) for spot in spots]


def _pair(looks: Sequence[Look], dice: Dice) -> list[Placed]:
    if dice.chance(0.3):
        for _ in range(5):
            placed = _overlapping(looks, dice)
            if 0.05 < hidden(placed[0], placed[1:]) <= MOST_HIDDEN:
                return placed
    side = min(main_side(dice), 0.69)
    other = dice.between(0.22, min(0.34, 0.96 - 1.08 * side))
    return _beside(looks[0], looks[1], (side, other), (dice.pick(_SIDES), ""), dice)


def _trio(looks: Sequence[Look], dice: Dice) -> list[Placed]:
    """Bystanders on opposite sides, or on two adjacent ones, the main thing being pushed away from them."""
    first, second = dice.shuffled(_SIDES)[:2]
    side = 0.46 if second == _OPPOSITE[first] else dice.between(0.45, 0.52)
    sides = side, dice.between(0.21, 0.24)
    placed = _beside(looks[0], looks[1], sides, (first, second), dice)
    return [*placed, (looks[2], _next_to(placed[0], looks[2], sides[1], second, dice))]


def _overlapping(looks: Sequence[Look], dice: Dice) -> list[Placed]:
    """The small one before the large one."""
    main = _anywhere(looks[0], main_side(dice), dice)
    reach, small = main[1].side / 2, dice.between(0.22, 0.32)
    x, y = main[1].x + dice.between(-reach, reach), main[1].y + dice.between(-0.2, 1) * reach
    return [main, (looks[1], kept_inside(looks[1], Spot(x, y, small, 0.2)))]


def _beside(main: Look, other: Look, sides: tuple[float, float], where: tuple[str, str], dice: Dice) -> list[Placed]:
    """The main thing anywhere that leaves room for the other on the first side, and for the like on the second."""
    need = sides[1] + 0.02
    room = [need if name in where else 0.0 for name in ("left", "above", "right", "below")]
    left, top, right, bottom = (edge * sides[0] for edge in main.extent)
    x = _within(room[0] - left, 1 - room[2] - right, dice)
    y = _within(room[1] - top, 1 - room[3] - bottom, dice)
    placed = main, kept_inside(main, Spot(x, y, sides[0], 0.5))
    return [placed, (other, _next_to(placed, other, sides[1], where[0], dice))]


def _next_to(main: Placed, look: Look, side: float, where: str, dice: Dice) -> Spot:
    """On that side of the main thing: clear of it, and hardly shifted along it."""
    left, top, right, bottom = box(*main)
    own = [edge * side for edge in look.extent]
    near, along = dice.between(0.3, 1), dice.between(-0.6, 0.6)  # 1: at the frame, 0: touching
    x, y = main[1].x, main[1].y
    if where in ("left", "right"):
        touch, frame = (left - own[2], EDGE - own[0]) if where == "left" else (right - own[0], 1 - EDGE - own[2])
        at = touch + (frame - touch) * near
        return kept_inside(look, Spot(at, y + along * abs(at - x), side, 0.5))
    touch, frame = (top - own[3], EDGE - own[1]) if where == "above" else (bottom - own[1], 1 - EDGE - own[3])
    at = touch + (frame - touch) * near
    return kept_inside(look, Spot(x + along * abs(at - y), at, side, 0.5))


def _anywhere(look: Look, side: float, dice: Dice) -> Placed:
    left, top, right, bottom = (edge * side for edge in look.extent)
    return look, kept_inside(look, Spot(_within(-left, 1 - right, dice), _within(-top, 1 - bottom, dice), side, 0.5))


def _within(low: float, high: float, dice: Dice) -> float:
    low, high = low + EDGE, high - EDGE
    return dice.between(low, high) if low < high else (low + high) / 2
