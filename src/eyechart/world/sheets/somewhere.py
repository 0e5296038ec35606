"""Sheets of whole scenes: places, who belongs there, how things stand to each other, what scenes are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import permutations
from typing import TypeVar

from eyechart.world.dice import Dice
from eyechart.world.language import say
from eyechart.world.language.statement import And, Mention, Related
from eyechart.world.painting.render import render
from eyechart.world.places import PLACES
from eyechart.world.rules import SCENES, Rule, compose_for, failing
from eyechart.world.scene import OPPOSITE, RELATIONS, Scene
from eyechart.world.sheets.paper import Page, Row, Tile, grid
from eyechart.world.staging.company import belongs
from eyechart.world.world import World

K = TypeVar("K", str, tuple[str, bool])
_VARIANTS = 4  # of each place that are shown
_FITTING = 34  # letters of a caption
_BACKWARDS = ("right of", "below", "behind", "under", "held by")
_SOUGHT = 4000  # pictures among which examples are looked for


def world() -> Page:
    """The first pictures, as they come."""
    views = [World(split="test")[index] for index in range(42)]
    tiles = [Tile(draw=partial(render, view.scene), name=_brief(view.captions)) for view in views]
    return Page(title="The first pictures of the test split", rows=grid(tiles, 7))


def places() -> Page:
    """Every place in some variants, then with what it may have besides."""
    rows = [
        Row(
            name=name,
            tiles=(
                *(_shown(Scene(place=name, variant=variant, things=())) for variant in range(_VARIANTS)),
                *(
                    _shown(Scene(place=name, variant=k, things=(), features=(feature,)), f"with {feature}")
                    for k, feature in enumerate(place.features)
                ),
            ),
        )
        for name, place in PLACES.items()
    ]
    return Page(title=f"{len(PLACES)} places", rows=tuple(rows))


def habits() -> Page:
    """In every place some who belong there, then some who do not."""
    found = gathered(4, [(place, strange) for place in PLACES for strange in (False, True)], _at_home)
    rows = [
        Row(
            name=place,
            tiles=(
                *(_shown(scene, scene.main.concept) for scene in found[place, False]),
                *(_shown(scene, f"strange: {scene.main.concept}") for scene in found[place, True]),
            ),
        )
        for place in PLACES
    ]
    return Page(title="Who belongs where, and who does not", rows=tuple(rows))


def relations() -> Page:
    """Every relation, by scenes of which it is true; the other way round it has another name."""
    names = [name for name in RELATIONS if name not in _BACKWARDS]
    found = gathered(8, names, lambda scene: list(_related(scene)))
    rows = [
        Row(name=_both(relation), tiles=tuple(_shown(scene, _related(scene)[relation]) for scene in found[relation]))
        for relation in names
    ]
    return Page(title="Relations", rows=tuple(rows))


def scenes() -> Page:
    """Every scene concept: scenes that are one, then such as miss it by one part of the rule."""
    rows = [
        Row(name=f"{name} = {rule.words}", tiles=(*_meeting(rule, 4), *_missing(rule, 3)))
        for name, rule in SCENES.items()
    ]
    return Page(title="Scene concepts by rule", rows=tuple(rows))


def gathered(count: int, wanted: Sequence[K], kinds: Callable[[Scene], Iterable[K]]) -> Mapping[K, list[Scene]]:
    """Up to so many scenes of every kind that is wanted, from the test split."""
    found: dict[K, list[Scene]] = {kind: [] for kind in wanted}
    lacking = count * len(found)
    for index in range(_SOUGHT):
        scene = World(split="test")[index].scene
        for kind in kinds(scene):
            if kind in found and len(found[kind]) < count:
                found[kind].append(scene)
                lacking -= 1
        if not lacking:
            break
    return found


def _meeting(rule: Rule, count: int) -> list[Tile]:
    """Scenes of which the rule holds: all of its parts, or one of those of which one will do."""
    parts = range(len(rule.parts))
    one = [tuple(part == met for part in parts) for met in parts]
    corners = [(True,) * len(parts)] if isinstance(rule.statement, And) else one
    return [_shown(scene) for scene in _composed(rule, corners, count)]


def _missing(rule: Rule, count: int) -> list[Tile]:
    """Scenes that lack one part of it; all of them where one would do."""
    corners = failing(rule) if isinstance(rule.statement, And) else [(False,) * len(rule.parts)]
    return [_shown(scene, "not so") for scene in _composed(rule, corners, count)]


def _composed(rule: Rule, corners: Sequence[tuple[bool, ...]], count: int) -> list[Scene]:
    seed = list(SCENES).index(rule.name)
    return [compose_for(rule, Dice(seed, 10 + k), corners[k % len(corners)]) for k in range(count)]


def _brief(captions: Sequence[str]) -> str:
    """The longest that fits under a picture."""
    return max((caption for caption in captions if len(caption) <= _FITTING), key=len, default=min(captions, key=len))


def _shown(scene: Scene, name: str = "") -> Tile:
    return Tile(draw=partial(render, scene), name=name)


def _at_home(scene: Scene) -> list[tuple[str, bool]]:
    """Its place, and whether it is the main thing that is strange there; nothing where a bystander is."""
    strange = [thing.concept for thing in scene.things if not belongs(thing.concept, scene.place)]
    return [] if strange and scene.main.concept not in strange else [(scene.place, bool(strange))]


def _both(relation: str) -> str:
    other = OPPOSITE.get(relation, "")
    return f"{relation},\n{other}" if other else relation


def _related(scene: Scene) -> dict[str, str]:
    """Relations that hold, each with what is so related."""
    return {
        name: say(
            Related(subject=Mention(concept=one.concept), relation=name, object=Mention(concept=other.concept)), "bare"
        )
        for name, holds in RELATIONS.items()
        for one, other in permutations(scene.things, 2)
        if one.concept != other.concept and holds(one, other)
    }
