"""Pairs of statements that differ in one fact: the first is true of the scene, the second is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from eyechart.world.concepts import CONCEPTS
from eyechart.world.dice import Dice
from eyechart.world.language.outline import without
from eyechart.world.language.sights import ANYHOW, absent, countable, natural, visible
from eyechart.world.language.statement import And, Exists, In, Mention, Not, Related, Statement, With
from eyechart.world.language.telling import BRIEFLY, FULLY, joined, mention, relation
from eyechart.world.painting.palette import COLOURS, MATERIALS, STYLES, TEXTURES
from eyechart.world.places import PLACES
from eyechart.world.scene import OPPOSITE, OTHER_SIDE, Scene, Thing
from eyechart.world.text.words import SIGNS

Pair: TypeAlias = tuple[Statement, Statement]
_OTHER_POSE = {"upright": "upside down", "upside down": "upright", "tilted": "upside down"}
_SIDES = ("left of", "right of", "above", "below")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """A true and a false statement, and the kind of the one fact in which they differ."""

    change: str  # one of CHANGES
    true: Statement
    false: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class _Full:
    """A full true statement in pieces, so that one of them can be exchanged."""

    one: Mention
    relation: str = ""
    other: Mention | None = None
    place: str
    features: tuple[str, ...] = ()

    @property
    def statement(self) -> Statement:
        where: tuple[In | With, ...] = (In(place=self.place), *(With(feature=name) for name in self.features))
        if self.other is None:
            return joined(Exists(subject=self.one), *where)
        return joined(Related(subject=self.one, relation=self.relation, object=self.other), *where)

    def with_one(self, attribute: str, word: str) -> _Full:
        """The first thing in this respect so."""
        return replace(self, one=replace(self.one, **{attribute: word}))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What a change starts from."""

    scene: Scene
    dice: Dice
    thing: Thing  # the one that is mentioned first
    full: _Full

    def changed(self, full: _Full) -> Pair:
        """What is true, with what is said instead."""
        return self.full.statement, full.statement


def contrasts(scene: Scene, dice: Dice) -> Iterator[Contrast]:
    """One for every kind of fact that there is in the scene, in any order."""
    if not scene.things:
        yield from _of_an_empty_place(scene, dice)
        return
    ground = _ground(scene, dice)
    for change in dice.shuffled(tuple(CHANGES)):
        pair = CHANGES[change](ground)
        if pair and pair[0].holds(scene) and not pair[1].holds(scene):
            yield Contrast(change=change, true=pair[0], false=pair[1])


def _of_an_empty_place(scene: Scene, dice: Dice) -> Iterator[Contrast]:
    here, gone = In(place=scene.place), Exists(subject=Mention(concept=dice.pick(absent(scene))))
    elsewhere = In(place=dice.pick([name for name in PLACES if name != scene.place]))
    yield Contrast(change="place", true=here, false=elsewhere)
    yield Contrast(change="negation", true=joined(Not(of=gone), here), false=joined(gone, here))
    nothing, something = Not(of=Exists(subject=Mention())), Exists(subject=Mention())
    yield Contrast(change="count", true=joined(nothing, here), false=joined(something, here))


def _ground(scene: Scene, dice: Dice) -> _Ground:
    thing = scene.main if not scene.others or dice.chance(0.75) else dice.pick(scene.others)
    full = _Full(one=mention(thing, dice, FULLY), place=scene.place)
    rest = [other for other in scene.things if other is not thing]
    if rest:
        other = scene.main if thing is not scene.main and dice.chance(0.6) else dice.pick(rest)
        name = relation(thing, other, dice)
        full = replace(full, relation=name, other=mention(other, dice, BRIEFLY)) if name else full
    features = tuple(name for name in scene.features if dice.chance(0.4))
    return _Ground(scene=scene, dice=dice, thing=thing, full=replace(full, features=features))


# --------------------------------------------------------------------------------------------------------------------
# One fact changed; None where there is no such fact


def _attribute(ground: _Ground, attribute: str, words: list[str]) -> Pair | None:
    """The attribute as it is, and as it is not."""
    true = visible(ground.thing).get(attribute, "")
    if not true or not words:
        return None
    said = ground.full.with_one(attribute, true)
    return said.statement, said.with_one(attribute, ground.dice.pick(words)).statement


def _colour(ground: _Ground) -> Pair | None:
    used = {thing.colour for thing in ground.scene.things}
    return _attribute(ground, "colour", [name for name in COLOURS if name not in used])


def _texture(ground: _Ground) -> Pair | None:
    return _attribute(ground, "texture", [name for name in TEXTURES if name not in ("plain", ground.thing.texture)])


def _material(ground: _Ground) -> Pair | None:
    others = [name for name in MATERIALS if name != ground.thing.substance]
    return _attribute(ground, "material", [] if natural(ground.thing) else others)


def _size(ground: _Ground) -> Pair | None:
    return _attribute(ground, "size", ["small" if ground.thing.size == "large" else "large"])


def _state(ground: _Ground) -> Pair | None:
    states = CONCEPTS[ground.thing.concept].states
    return _attribute(ground, "state", [name for name in states if name != ground.thing.condition])


def _style(ground: _Ground) -> Pair | None:
    return _attribute(ground, "style", [name for name in STYLES if name != ground.thing.style])


def _pose(ground: _Ground) -> Pair | None:
    anyhow = ground.thing.concept in ANYHOW
    return _attribute(ground, "pose", [] if anyhow else [_OTHER_POSE[ground.thing.pose]])


def _facing(ground: _Ground) -> Pair | None:
    facing = ground.thing.facing
    return _attribute(ground, "facing", [OTHER_SIDE[facing]] if facing else [])


def _text(ground: _Ground) -> Pair | None:
    return _attribute(ground, "text", list(other_texts(ground.thing.text)))


def other_texts(text: str) -> tuple[str, ...]:
    """Of signs that say something else, in capitals if this one does."""
    return tuple(sign.upper() if text.isupper() else sign for sign in SIGNS if sign.casefold() != text.casefold())


def _concept(ground: _Ground) -> Pair | None:
    full, concept = ground.full, ground.dice.pick(absent(ground.scene))
    if full.other is not None and ground.dice.chance(0.4):
        plain = replace(full, other=_of_any_concept(full.other))
        return plain.statement, replace(plain, other=replace(_of_any_concept(full.other), concept=concept)).statement
    plain = replace(full, one=_of_any_concept(full.one))
    return plain.statement, plain.with_one("concept", concept).statement


def _of_any_concept(said: Mention) -> Mention:
    """Without what only some concepts have."""
    return without(said, "state", "facing", "text")


def _place(ground: _Ground) -> Pair | None:
    places = [name for name in PLACES if name != ground.scene.place]
    plain = replace(ground.full, features=())
    return plain.statement, replace(plain, place=ground.dice.pick(places)).statement


def _feature(ground: _Ground) -> Pair | None:
    known = PLACES[ground.scene.place].features
    if not known:
        return None
    plain, feature = replace(ground.full, features=()).statement, With(feature=ground.dice.pick(known))
    pair = joined(*_parts(plain), feature), joined(*_parts(plain), Not(of=feature))
    return pair if feature.holds(ground.scene) else pair[::-1]


def _parts(statement: Statement) -> tuple[Statement, ...]:
    return statement.parts if isinstance(statement, And) else (statement,)


def _relation(ground: _Ground) -> Pair | None:
    full = ground.full
    if full.relation in ("", "and"):
        return None
    other = OPPOSITE.get(full.relation) or ground.dice.pick(_SIDES)
    return ground.changed(replace(full, relation=other))


def _swap(ground: _Ground) -> Pair | None:
    """The two colours change places."""
    full = ground.full
    if full.other is None or "" in (full.one.colour, full.other.colour) or full.one.colour == full.other.colour:
        return None
    other = replace(full.other, colour=full.one.colour)
    return ground.changed(replace(full.with_one("colour", full.other.colour), other=other))


def _roles(ground: _Ground) -> Pair | None:
    """Each is where the other is."""
    full = ground.full
    if full.other is None or full.relation == "and":
        return None
    return ground.changed(replace(full, one=full.other, other=full.one))


def _count(ground: _Ground) -> Pair | None:
    concept, scene = ground.thing.concept, ground.scene
    number = sum(thing.concept == concept for thing in scene.things)
    if not countable(scene, concept):
        return None
    wrong = ground.dice.pick([count for count in (number - 1, number + 1, number + 2) if count > 0])
    said, where = Mention(concept=concept), In(place=scene.place)
    return joined(Exists(subject=said, count=number), where), joined(Exists(subject=said, count=wrong), where)


def _negation(ground: _Ground) -> Pair | None:
    """Something there is denied, or something that is not there is claimed."""
    where = In(place=ground.scene.place)
    here = Exists(subject=ground.full.one)
    if ground.dice.chance(0.5):
        return joined(here, where), joined(Not(of=here), where)
    gone = Exists(subject=Mention(concept=ground.dice.pick(absent(ground.scene))))
    return joined(here, Not(of=gone), where), joined(here, gone, where)


CHANGES: dict[str, Callable[[_Ground], Pair | None]] = {
    "colour": _colour,
    "concept": _concept,
    "texture": _texture,
    "material": _material,
    "size": _size,
    "state": _state,
    "style": _style,
    "pose": _pose,
    "facing": _facing,
    "text": _text,
    "place": _place,
    "feature": _feature,
    "relation": _relation,
    "swap": _swap,
    "roles": _roles,
    "count": _count,
    "negation": _negation,
}
