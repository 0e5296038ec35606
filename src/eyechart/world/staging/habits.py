"""Arrangements by habit: feet on the ground, boats on the water, goods on tables, far things higher and smaller."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from eyechart.world.concepts import CONCEPTS
from eyechart.world.dice import Dice
from eyechart.world.places import PLACES, Band
from eyechart.world.staging.crowding import EDGE, Placed, box, hidden, kept_inside, meet
from eyechart.world.staging.freely import MOST_HIDDEN, main_side, many
from eyechart.world.staging.looks import Look, Spot
from eyechart.world.staging.measures import LENGTHS

# Sides, as shares of the image side: of the main thing, of a bystander, of what touches another.
SMALLEST_MAIN, SMALLEST, TINIEST = 0.42, 0.22, 0.17
_LARGEST = 0.4  # of a bystander
_ROOMY = 0.62  # of the main thing in company
_LOOSE = 0.45  # how much of a bystander may be hidden
_WALLED = ("room", "kitchen", "street")
_TRIES = 9
_RIMLESS = ("flat", "silhouette")  # where equal things must not overlap


@cache
def footing(stance: str, place: str) -> tuple[bool, Band]:
    """Whether such things stand (rather than hang or fly) there, and where their feet, or their middles, can be."""
    there = PLACES[place]
    ground = there.ground or there.water
    band = {
        "ground": ground,
        "surface": there.surface or ground,
        "water": there.water or ground,
        "wall": None if place in _WALLED else ground,
        "air": None,
    }[stance]
    return (True, band) if band else (False, there.air)


def alone(look: Look, place: str, dice: Dice, lean: str = "", side: float = 0.0) -> Placed:
    """The main thing where its stance says; with `lean` in the left or right part, so that others have room."""
    side = side or min(main_side(dice), _ROOMY if lean else 1.0)
    left, top, right, bottom = look.extent
    stands, (low, high) = footing(CONCEPTS[look.concept].stance, place)
    if stands:
        side = max(SMALLEST_MAIN, min(side, (high - EDGE) / (bottom - top)))
        low = max(low, EDGE + side * (bottom - top))
        foot = low + max(0.0, high - low) * _nearness(side, dice)
        y, depth = foot - side * bottom, _depth(foot)
    else:
        y, depth = dice.between(low, high), 0.5
    spare = 1 - 2 * EDGE - side * (right - left)
    share = dice.unit() if not lean else dice.between(0, 0.22) if lean == "left" else dice.between(0.78, 1)
    x = EDGE - side * left + spare * share
    return look, kept_inside(look, Spot(x, y, side, depth))


def together(looks: Sequence[Look], place: str, dice: Dice) -> list[Placed]:
    """The main thing and bystanders about it, each where its stance says; who finds no room stays away."""
    lean = dice.pick(("left", "right")) if len(looks) > 1 else ""
    placed = [alone(looks[0], place, dice, lean)]
    return joined_by(placed, looks[1:], place, dice)


def joined_by(placed: list[Placed], looks: Sequence[Look], place: str, dice: Dice) -> list[Placed]:
    """The same with bystanders added."""
    placed, first = list(placed), 4 if dice.chance(0.22) else 0
    for look in looks:
        for attempt in range(first, _TRIES):
            candidate = look, _bystander(look, placed[0], place, dice)
            if _fits(candidate, placed, loose=attempt >= 4):
                placed.append(candidate)
                break
    return placed


def in_rows(look: Look, count: int, place: str, dice: Dice) -> list[Placed]:
    """Two to four of the same on the ground, in one row or two; free where they do not stand."""
    stands, (low, high) = footing(CONCEPTS[look.concept].stance, place)
    if not stands:
        return many(look, count, dice)
    left, _, right, bottom = look.extent
    side, mirrored = dice.between(0.42, 0.45), dice.chance(0.5)
    wide = side * (right - left)
    row = min(count, int((1 - 2 * EDGE) / wide))
    placed = []
    for k in range(count):
        back, within = divmod(k, row)
        here = min(row, count - back * row)
        spare = (1 - 2 * EDGE - here * wide) / (here + 1)
        column = here - 1 - within if mirrored else within
        x = EDGE - side * left + spare + column * (wide + spare)
        foot = high - (high - low) * (0.15 if count <= row else 0.95 * back) + dice.between(-0.012, 0.012)
        placed.append((look, kept_inside(look, Spot(x, foot - side * bottom, side, _depth(foot)))))
    most = 0.0 if look.style in _RIMLESS else _LOOSE
    crowded = any(hidden(one, placed) > most for one in placed)
    return many(look, count, dice) if crowded else placed


def on_top(base: Placed, looks: Sequence[Look], dice: Dice, most: float = MOST_HIDDEN) -> list[Placed]:
    """The base with one or two things standing on it, at most so much of it hidden."""
    look, spot = base
    edge = look.drawing.top
    if edge is None:
        return [base]
    ends = sorted(spot.x + spot.side * (-x if look.flipped else x) for x in edge[:2])
    height, wide = spot.y + spot.side * edge[2], ends[1] - ends[0]
    placed = [base]
    for k, goods in enumerate(looks):
        left, top, right, bottom = goods.extent
        side = min(
            dice.between(0.24, 0.34),
            0.62 * spot.side,
            (height - EDGE) / (bottom - top),
            wide / len(looks) / (right - left),
        )
        if side < TINIEST:
            continue
        slack = max(0.0, wide / len(looks) - side * (right - left))
        x = ends[0] + wide / len(looks) * k + (wide / len(looks) - slack) / 2 + slack * dice.unit()
        candidate = goods, Spot(x, height + 0.008 - side * bottom, side, spot.depth - 0.03)
        if _within_frame(candidate) and hidden(base, [*placed, candidate]) <= most:
            placed.append(candidate)
    return placed


def inside(base: Placed, looks: Sequence[Look], _dice: Dice, most: float = MOST_HIDDEN) -> list[Placed]:
    """The base with something inside, as large as it fits."""
    look, spot = base
    frame = look.drawing.inside
    if frame is None:
        return [base]
    ends = sorted(spot.x + spot.side * (-x if look.flipped else x) for x in frame[::2])
    top, bottom = (spot.y + spot.side * y for y in frame[1::2])
    share, placed = (ends[1] - ends[0]) / len(looks), [base]
    for k, content in enumerate(looks):
        left, upper, right, lower = content.extent
        fitting = min(share / (right - left), 1.57 * (bottom - top) / (lower - upper), 0.34, 0.62 * spot.side)
        for side in (fitting * scale for scale in (1.0, 0.85, 0.7) if fitting * scale >= TINIEST):
            x = ends[0] + share * (k + 0.5) - side * (left + right) / 2
            y = max(min(bottom - side * lower * 0.8, bottom - 0.01), top + 0.005)
            candidate = content, Spot(x, y, side, spot.depth - 0.03 - 0.005 * k)
            if _within_frame(candidate) and hidden(base, [*placed, candidate]) <= most:
                placed.append(candidate)
                break
    return placed


def held(holder: Placed, looks: Sequence[Look], dice: Dice, most: float = MOST_HIDDEN) -> list[Placed]:
    """The holder with something in its hand, the first of these."""
    look = looks[0]
    hand = holder[0].drawing.hand
    if hand is None:
        return [holder]
    spot = holder[1]
    x, y = spot.x + spot.side * (-hand[0] if holder[0].flipped else hand[0]), spot.y + spot.side * hand[1]
    left, top, right, bottom = look.extent
    side = dice.between(0.55, 0.66) * spot.side if spot.side < _LARGEST + 0.01 else dice.between(0.24, 0.36)
    grip = dice.between(0.55, 0.8)  # of its height
    candidate = (
        look,
        Spot(x - side * (left + right) / 2, y - side * (top + grip * (bottom - top)), side, spot.depth - 0.03),
    )
    free = side >= TINIEST and _within_frame(candidate) and hidden(holder, [candidate]) <= most
    return [holder, candidate] if free else [holder]


def accompanied(main: Placed, group: list[Placed]) -> list[Placed]:
    """The main thing and a group, if the group's smaller members hide nothing of it; else without these."""
    base, *rest = group
    free = [one for one in rest if not hidden(main, [one]) and not hidden(one, [main])]
    return [main, base, *free] if hidden(main, [base, *free]) <= MOST_HIDDEN else [main, base]


def lifted(main: Look, base: Look, place: str, dice: Dice) -> list[Placed]:
    """The main thing, standing on something hardly as large as itself."""
    side = dice.between(0.44, 0.5)
    support = alone(base, place, dice, side=dice.between(0.4, 0.95 * side))
    edge = base.drawing.top
    if edge is None:
        return [alone(main, place, dice)]
    middle = (edge[0] + edge[1]) / 2
    x = support[1].x + support[1].side * (-middle if base.flipped else middle)
    height = support[1].y + support[1].side * edge[2]
    spot = Spot(x, height + 0.008 - side * main.extent[3], side, support[1].depth - 0.03)
    placed = [(main, spot), support]
    return placed if _within_frame(placed[0]) else [alone(main, place, dice)]


def _bystander(look: Look, main: Placed, place: str, dice: Dice) -> Spot:
    """Somewhere, as large as in life beside the main thing, within what can still be recognised."""
    stands, (low, high) = footing(CONCEPTS[look.concept].stance, place)
    left, _, right, bottom = look.extent
    near = dice.unit()
    life = LENGTHS.get(look.concept, 0.5) / LENGTHS.get(main[0].concept, 0.5)
    side = min(_LARGEST, 0.8 * main[1].side, main[1].side * 0.62 * round(life**0.2, 9)) * (0.75 + 0.25 * near)
    side = max(side, SMALLEST)
    x = dice.between(EDGE - side * left, 1 - EDGE - side * right)
    if not stands:
        return kept_inside(look, Spot(x, dice.between(low, high), side, 0.6 + 0.25 * dice.unit()))
    foot = low + (high - low) * near
    return kept_inside(look, Spot(x, foot - side * bottom, side, _depth(foot)))


def _fits(candidate: Placed, placed: list[Placed], *, loose: bool) -> bool:
    most, main_most = (_LOOSE, MOST_HIDDEN) if loose else (0.12, 0.05)
    near = [one for one in placed if meet(one, candidate)]
    everything = [*placed, candidate]
    return hidden(candidate, near) <= most and all(
        hidden(one, everything) <= (main_most if one is placed[0] else most) for one in near
    )


def _within_frame(placed: Placed) -> bool:
    left, top, right, bottom = box(*placed)
    return left >= EDGE / 2 and top >= EDGE / 2 and right <= 1 - EDGE / 2 and bottom <= 1 - EDGE / 2


def _nearness(side: float, dice: Dice) -> float:
    """Large things rather near, small ones anywhere."""
    return dice.between(0.45, 1) if side > SMALLEST_MAIN + 0.15 else dice.between(0, 0.9)


def _depth(foot: float) -> float:
    """0 at the lower edge of the image, 1 far away."""
    return min(0.88, max(0.05, 1.05 - foot))
