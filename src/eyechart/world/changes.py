"""Ways to change one fact about one thing: for each kind of fact, things that differ from it in nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from eyechart.world.concepts import CONCEPTS, NAMES
from eyechart.world.dice import Dice
from eyechart.world.language.sights import ANYHOW
from eyechart.world.painting.palette import MATERIALS, STYLES, TEXTURES
from eyechart.world.places import PLACES
from eyechart.world.scene import LARGE, Scene, Thing
from eyechart.world.staging.crowding import EDGE
from eyechart.world.staging.looks import WRITTEN

_SMALL, _BIG = (0.43, 0.52), (0.62, 0.7)  # sides
_APART = 0.14  # of the image side: how far something moves at least
_TRIES = 16
_HALF = 180.0

Ways = Callable[[Scene, int, Dice], Iterator[Thing]]


def _concept(scene: Scene, number: int, dice: Dice) -> Iterator[Thing]:
    """Something else, just as large, of the same material, at the same foot."""
    thing = scene.things[number]
    here = {other.concept for other in scene.things}
    for name in dice.shuffled([name for name in NAMES if name not in here]):
        concept = CONCEPTS[name]
        if thing.state and thing.state not in concept.states:
            continue
        kept = concept.states[0] == thing.state
        material = "" if concept.material == thing.substance else thing.substance
        other = replace(thing, concept=name, state="" if kept else thing.state, material=material)
        if not (thing.text and other.drawing.page is None):
            yield _at_foot(other, thing)


def _colour(scene: Scene, number: int, dice: Dice) -> Iterator[Thing]:
    thing = scene.things[number]
    for colour in dice.shuffled(PLACES[scene.place].showing(thing.style)):
        if colour not in {other.colour for other in scene.things}:
            yield replace(thing, colour=colour)


def _texture(scene: Scene, number: int, dice: Dice) -> Iterator[Thing]:
    thing = scene.things[number]
    return (replace(thing, texture=word) for word in _others(TEXTURES, thing.texture, dice))


def _material(scene: Scene, number: int, dice: Dice) -> Iterator[Thing]:
    thing = scene.things[number]
    return (replace(thing, material=word) for word in _others(MATERIALS, thing.substance, dice))


def _style(scene: Scene, number: int, dice: Dice) -> Iterator[Thing]:
    thing = scene.things[number]
    there = PLACES[scene.place]
    words = [word for word in _others(STYLES, thing.style, dice) if thing.colour in there.showing(word)]
    return (replace(thing, style=word) for word in words)


def _text(scene: Scene, number: int, dice: Dice) -> Iterator[Thing]:
    thing = scene.things[number]
    words = _others(WRITTEN, thing.text, dice) if thing.text else []
    return (replace(thing, text=word) for word in words)


def _state(scene: Scene, number: int, _dice: Dice) -> Iterator[Thing]:
    thing = scene.things[number]
    usual, *unusual = CONCEPTS[thing.concept].states
    for state in (usual, *unusual):
        if state != thing.condition:
            other = replace(thing, state="" if state == usual else state)
            if not (thing.text and other.drawing.page is None):
                yield _at_foot(other, thing)


def _size(scene: Scene, number: int, dice: Dice) -> Iterator[Thing]:
    thing = scene.things[number]
    for _ in range(_TRIES):
        side = dice.between(*(_SMALL if thing.side >= LARGE else _BIG))
        yield _kept_inside(_at_foot(replace(thing, side=side), thing))


def _position(scene: Scene, number: int, dice: Dice) -> Iterator[Thing]:
    """Elsewhere: first at the same height, then anywhere."""
    thing = scene.things[number]
    for attempt in range(2 * _TRIES):
        y = thing.y if attempt < _TRIES else dice.unit()
        moved = _kept_inside(replace(thing, x=dice.unit(), y=y))
        if abs(moved.x - thing.x) + abs(moved.y - thing.y) >= _APART:
            yield moved


def _pose(scene: Scene, number: int, _dice: Dice) -> Iterator[Thing]:
    """Turned by a half circle, unless it lies anyhow, or might look the same."""
    thing = scene.things[number]
    if thing.concept in ANYHOW or thing.style == "silhouette":
        return
    turn = thing.turn - _HALF if thing.turn > _HALF / 2 else thing.turn + _HALF
    yield _kept_inside(replace(thing, turn=turn))


def _facing(scene: Scene, number: int, _dice: Dice) -> Iterator[Thing]:
    thing = scene.things[number]
    if thing.facing:
        yield _kept_inside(replace(thing, flipped=not thing.flipped))


def _others(words: tuple[str, ...], now: str, dice: Dice) -> list[str]:
    """All but the present one, in any order."""
    return dice.shuffled([word for word in words if word != now])


def _at_foot(thing: Thing, before: Thing) -> Thing:
    """The thing moved up or down until it stands where the other stood."""
    return replace(thing, y=thing.y + before.bounds[3] - thing.bounds[3])


def _kept_inside(thing: Thing) -> Thing:
    left, top, right, bottom = thing.bounds
    across = max(0.0, EDGE - left) - max(0.0, right - 1 + EDGE)
    down = max(0.0, EDGE - top) - max(0.0, bottom - 1 + EDGE)
    return replace(thing, x=thing.x + across, y=thing.y + down)


# Kind of fact → things that differ from one of the scene's in this alone.
OF_A_THING: dict[str, Ways] = {
    "concept": _concept,
    "colour": _colour,
    "texture": _texture,
    "material": _material,
    "state": _state,
    "size": _size,
    "style": _style,
    "position": _position,
    "pose": _pose,
    "facing": _facing,
    "text": _text,
}


def with_place(scene: Scene, dice: Dice) -> Iterator[Scene]:
    """The same things elsewhere, where they stand out and the same features can be."""
    for name in dice.shuffled(tuple(PLACES)):
        place = PLACES[name]
        fits = set(scene.features) <= set(place.features) and all(
            t.colour in place.showing(t.style) for t in scene.things
        )
        if name != scene.place and fits:
            yield replace(scene, place=name)


def with_feature(scene: Scene, dice: Dice) -> Iterator[Scene]:
    """With one more feature of the place, or without one."""
    for name in dice.shuffled(PLACES[scene.place].features):
        rest = tuple(feature for feature in scene.features if feature != name)
        yield replace(scene, features=rest if name in scene.features else tuple(sorted((*rest, name))))


def without(scene: Scene, number: int) -> Iterator[Scene]:
    """Without one of the bystanders."""
    if number:
        yield replace(scene, things=scene.things[:number] + scene.things[number + 1 :])


def counted(scene: Scene, number: int, dice: Dice) -> Iterator[Scene]:
    """One less of several equal things, or one more where there is room."""
    thing = scene.things[number]
    equal = [k for k, other in enumerate(scene.things) if alike(other, thing)]
    if len(equal) > 1:
        yield from without(scene, equal[-1])
        return
    for _ in range(_TRIES):
        copy = _kept_inside(replace(thing, x=dice.unit(), y=thing.y + dice.between(-0.02, 0.02)))
        if not any(_meet(copy, other) for other in scene.things):
            yield replace(scene, things=(*scene.things, copy))


def alike(one: Thing, other: Thing) -> bool:
    """Whether they differ in nothing but where they are."""
    return replace(one, x=0.0, y=0.0, depth=0.0) == replace(other, x=0.0, y=0.0, depth=0.0)


def _meet(one: Thing, other: Thing) -> bool:
    a, b = one.bounds, other.bounds
    gap = 2 * EDGE
    return a[0] < b[2] + gap and b[0] < a[2] + gap and a[1] < b[3] + gap and b[1] < a[3] + gap


def exchanged(scene: Scene, numbers: tuple[int, int], what: str) -> Iterator[Scene]:
    """Two things exchange their colours, or where they are."""
    one, other = (scene.things[k] for k in numbers)
    if what == "colours":
        pair = replace(one, colour=other.colour), replace(other, colour=one.colour)
    else:
        pair = _moved_to(one, other), _moved_to(other, one)
    things = list(scene.things)
    for k, thing in zip(numbers, pair, strict=True):
        things[k] = thing
    yield replace(scene, things=tuple(things))


def _moved_to(thing: Thing, where: Thing) -> Thing:
    """To the foot of the other if that stands lower than its middle would, at its depth."""
    y = thing.y + where.bounds[3] - thing.bounds[3]
    return _kept_inside(replace(thing, x=where.x, y=y, depth=where.depth))
