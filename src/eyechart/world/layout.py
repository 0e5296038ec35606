"""Where scenes come from: one main thing, up to two bystanders, somewhere; all drawn with the same dice."""

from __future__ import annotations

from dataclasses import replace

from eyechart.world.concepts import NAMES
from eyechart.world.dice import Dice
from eyechart.world.palette import COLOURS, TEXTURES
from eyechart.world.places import PLACES, VARIANTS
from eyechart.world.render import hidden
from eyechart.world.scene import Scene, Thing, in_front_of

MOST_HIDDEN = 0.25  # of the main thing
_EDGE = 0.015  # nothing comes closer to the frame
_SIDES = ("left", "right", "above", "below")
_COLOURS = tuple(COLOURS)


def unseen(concept: str, colour: str) -> bool:
    """Whether the training split never shows this concept in this colour: one colour of each concept."""
    return (NAMES.index(concept) * 3 + _COLOURS.index(colour) * 5) % len(_COLOURS) == 0


def compose(dice: Dice, *, hold_out: bool) -> Scene:
    """A scene. With `hold_out` no thing has a combination that is `unseen`."""
    place = PLACES[dice.pick(tuple(PLACES))]
    empty = Scene(place=place.name, variant=dice.below(VARIANTS), things=())
    count = (0, 1, 1, 1, 2)[dice.below(5)]
    concepts = dice.shuffled(NAMES)[: count + 1]
    looks = [_look(concept, place.colours, dice, hold_out) for concept in concepts]
    textures = [dice.pick(TEXTURES), *("plain" for _ in range(count))]
    things = [
        Thing(
            concept=concept,
            colour=colour,
            texture=texture,
            side=0.5,
            x=0.5,
            y=0.5,
            turn=dice.between(-9, 9),
            flipped=dice.chance(0.5),
        )
        for concept, colour, texture in zip(concepts, looks, textures, strict=True)
    ]
    arrange = (_alone, _pair, _trio)[count]
    return replace(empty, things=arrange(things, dice))


def _look(concept: str, colours: tuple[str, ...], dice: Dice, hold_out: bool) -> str:
    allowed = [colour for colour in colours if not (hold_out and unseen(concept, colour))]
    return dice.pick(allowed)


def _alone(things: list[Thing], dice: Dice) -> tuple[Thing, ...]:
    return (_anywhere(replace(things[0], side=_main_side(dice)), dice),)


def _pair(things: list[Thing], dice: Dice) -> tuple[Thing, ...]:
    if dice.chance(0.25):
        for _ in range(6):
            placed = _overlapping(things, dice)
            if 0.03 < hidden(Scene(place="", variant=0, things=placed)) <= MOST_HIDDEN - 0.03:
                return placed
    main = replace(things[0], side=min(_main_side(dice), 0.69))
    small = replace(things[1], side=dice.between(0.2, min(0.32, 0.96 - 1.08 * main.side)))
    return _beside(main, small, dice.pick(_SIDES), dice)


def _trio(things: list[Thing], dice: Dice) -> tuple[Thing, ...]:
    """Bystanders on opposite sides, or on two adjacent ones, the main thing being pushed away from them."""
    first, second = dice.shuffled(_SIDES)[:2]
    main = replace(things[0], side=dice.between(0.45, 0.52))
    one, two = (replace(thing, side=dice.between(0.2, 0.23)) for thing in things[1:])
    if {first, second} in ({"left", "right"}, {"above", "below"}):
        return _between(main, one, two, first, dice)
    main, one = _beside(main, one, first, dice, roomy=second)
    return main, one, _next_to(main, two, second, dice)


def _main_side(dice: Dice) -> float:
    return dice.between(0.45, 0.56) if dice.chance(0.5) else dice.between(0.6, 0.75)


def _overlapping(things: list[Thing], dice: Dice) -> tuple[Thing, ...]:
    main = _anywhere(replace(things[0], side=_main_side(dice)), dice)
    reach = main.side / 2
    small = replace(things[1], side=dice.between(0.2, 0.32), depth=0.2)
    at = replace(small, x=main.x + dice.between(-reach, reach), y=main.y + dice.between(-0.2, 1) * reach)
    at = _inside(at)
    return (main, at) if in_front_of(at, main) else (main, replace(at, x=main.x, y=main.y))


def _beside(main: Thing, small: Thing, side: str, dice: Dice, roomy: str = "") -> tuple[Thing, Thing]:
    """The main thing anywhere that leaves room for the bystander on that side (and the like on `roomy`)."""
    need = small.side + 0.02
    left, top, right, bottom = (need if s in (side, roomy) else 0.0 for s in ("left", "above", "right", "below"))
    half_width, half_height = _halves(main)
    placed = replace(
        main,
        x=_within(left + half_width, 1 - right - half_width, dice),
        y=_within(top + half_height, 1 - bottom - half_height, dice),
    )
    main = _inside(placed)
    return main, _next_to(main, small, side, dice)


def _between(main: Thing, one: Thing, two: Thing, side: str, dice: Dice) -> tuple[Thing, ...]:
    """The main thing in the middle, bystanders at both ends."""
    main, one = _beside(replace(main, side=0.46), one, side, dice, roomy=_opposite(side))
    return main, one, _next_to(main, two, _opposite(side), dice)


def _next_to(main: Thing, small: Thing, side: str, dice: Dice) -> Thing:
    """The bystander on that side of the main thing: clear of it, and hardly shifted along it."""
    half_width, half_height = _halves(small)
    left, top, right, bottom = main.bounds
    near = dice.between(0.3, 1)  # 1: at the frame, 0: touching
    if side in ("left", "right"):
        touch, frame = (
            (left - half_width, half_width + _EDGE) if side == "left" else (right + half_width, 1 - half_width - _EDGE)
        )
        x, along = touch + (frame - touch) * near, dice.between(-0.6, 0.6)
        return _inside(replace(small, x=x, y=main.y + along * abs(x - main.x)))
    touch, frame = (
        (top - half_height, half_height + _EDGE) if side == "above" else (bottom + half_height, 1 - half_height - _EDGE)
    )
    y, along = touch + (frame - touch) * near, dice.between(-0.6, 0.6)
    return _inside(replace(small, x=main.x + along * abs(y - main.y), y=y))


def _anywhere(thing: Thing, dice: Dice) -> Thing:
    half_width, half_height = _halves(thing)
    return replace(thing, x=_within(half_width, 1 - half_width, dice), y=_within(half_height, 1 - half_height, dice))


def _within(low: float, high: float, dice: Dice) -> float:
    low, high = low + _EDGE, high - _EDGE
    return dice.between(low, high) if low < high else (low + high) / 2


def _inside(thing: Thing) -> Thing:
    half_width, half_height = _halves(thing)
    x = min(max(thing.x, half_width + _EDGE), 1 - half_width - _EDGE)
    y = min(max(thing.y, half_height + _EDGE), 1 - half_height - _EDGE)
    return replace(thing, x=x, y=y)


def _halves(thing: Thing) -> tuple[float, float]:
    left, top, right, bottom = thing.bounds
    return max(thing.x - left, right - thing.x), max(thing.y - top, bottom - thing.y)


def _opposite(side: str) -> str:
    return {"left": "right", "right": "left", "above": "below", "below": "above"}[side]
