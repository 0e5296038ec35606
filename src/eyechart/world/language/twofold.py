"""Two scenes side by side: the words that are true of the one and, but for one fact, of the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from typing import TypeAlias

from eyechart.errors import BadInput
from eyechart.world.language.outline import ATTRIBUTES
from eyechart.world.language.sights import visible
from eyechart.world.language.statement import Exists, In, Mention, Not, Related, Statement, With
from eyechart.world.language.telling import described, joined
from eyechart.world.language.tongues import tongue
from eyechart.world.scene import OPPOSITE, RELATIONS, Scene, Thing

Pair: TypeAlias = tuple[Statement, Statement]
_NAMED_BY = ("colour", "size", "texture", "state", "material")  # in this order, as far as needed


def tell_apart(one: Scene, other: Scene, language: str = "en") -> tuple[str, str]:
    """Two sentences in the same words but for the fact in which the scenes differ; each true of its scene alone.

    Raises BadInput when the scenes are the same, or differ in nothing that words can tell.
    """
    speak = tongue(language)
    if one == other:
        raise BadInput("the two scenes are the same; give two that differ in a fact.")
    for first, second in _candidates(one, other):
        if first.holds(one) and second.holds(other) and not first.holds(other) and not second.holds(one):
            return speak.say(first, "there is"), speak.say(second, "there is")
    raise BadInput("the two scenes differ in nothing that words can tell; give two that differ in a fact.")


def _candidates(one: Scene, other: Scene) -> Iterator[Pair]:
    """Pairs of statements, the plainest first."""
    if len(one.things) == len(other.things):
        yield from _by_attribute(one, other)
    else:
        yield from _by_presence(one, other)
    if one.place != other.place:
        for main in _mains(one):
            yield joined(*main, In(place=one.place)), joined(*main, In(place=other.place))
    yield from _by_feature(one, other)
    if len(one.things) == len(other.things):
        yield from _by_company(one, other)
        yield from _by_number(one, other)
        yield from _by_relation(one, other)


def _named(thing: Thing, attribute: str) -> Iterator[dict[str, str]]:
    """The thing in ever more words, the attribute always among them."""
    seen = visible(thing)
    said = {attribute: seen[attribute]} if attribute in seen else {}
    yield dict(said)
    for name in _NAMED_BY:
        if name in seen:
            said[name] = seen[name]
            yield dict(said)


def _by_attribute(one: Scene, other: Scene) -> Iterator[Pair]:
    for before, after in zip(one.things, other.things, strict=True):
        for attribute in _differing(before, after):
            for said in _named(before, attribute):
                first = described(before.concept, said)
                yield Exists(subject=first), Exists(subject=_as(first, after, attribute))


def _by_number(one: Scene, other: Scene) -> Iterator[Pair]:
    """An attribute that something else has as well: whether there is such a thing, or how many there are."""
    for before, after in zip(one.things, other.things, strict=True):
        for attribute in _differing(before, after):
            said = described(before.concept, next(_named(before, attribute)))
            now = _as(said, after, attribute)
            yield Exists(subject=said), Not(of=Exists(subject=said))
            yield Not(of=Exists(subject=now)), Exists(subject=now)
            counts = [sum(said.fits(thing) for thing in scene.things) for scene in (one, other)]
            if all(counts):
                yield Exists(subject=said, count=counts[0]), Exists(subject=said, count=counts[1])


def _differing(before: Thing, after: Thing) -> list[str]:
    """The attributes, concept first, in which two things differ to the eye."""
    if before == after:
        return []
    seen, now = ({"concept": thing.concept} | visible(thing) for thing in (before, after))
    return [name for name in ATTRIBUTES if name in seen and name in now and seen[name] != now[name]]


def _as(said: Mention, thing: Thing, attribute: str) -> Mention:
    """The same words but for what the attribute is now."""
    return replace(said, **{attribute: thing.concept if attribute == "concept" else visible(thing)[attribute]})


def _by_presence(one: Scene, other: Scene) -> Iterator[Pair]:
    fewer, more = sorted((one, other), key=lambda scene: len(scene.things))
    left = list(more.things)
    for thing in fewer.things:
        if thing in left:
            left.remove(thing)
    for thing in left:
        for said in ({}, *_named(thing, "concept")):
            there = Exists(subject=described(thing.concept, said))
            yield (Not(of=there), there) if fewer is one else (there, Not(of=there))
        counts = [sum(each.concept == thing.concept for each in scene.things) for scene in (one, other)]
        if all(counts):
            first, second = (Exists(subject=Mention(concept=thing.concept), count=count) for count in counts)
            yield first, second


def _by_feature(one: Scene, other: Scene) -> Iterator[Pair]:
    for name in (*one.features, *other.features):
        if name in one.features and name in other.features:
            continue
        there = With(feature=name)
        for main in _mains(one):
            said, denied = joined(*main, In(place=one.place), there), joined(*main, In(place=one.place), Not(of=there))
            yield (said, denied) if name in one.features else (denied, said)


def _mains(scene: Scene) -> Iterator[tuple[Statement, ...]]:
    """What else can be said beside the place: the main thing, or nothing."""
    if scene.things:
        yield (Exists(subject=described(scene.main.concept, next(_named(scene.main, "colour")))),)
    yield ()


def _by_relation(one: Scene, other: Scene) -> Iterator[Pair]:
    """How two things stand to each other: how they do instead, rather the opposite, or else that they do not."""
    pairs = list(permutations(range(len(one.things)), 2))
    for a, b in pairs:
        before, after = _relations(one, a, b), _relations(other, a, b)
        for said, name in ((said, name) for said in _both(one, a, b) for name in before if name not in after):
            true = Related(subject=said[0], relation=name, object=said[1])
            come = [now for now in after if now not in before]
            yield from ((true, replace(true, relation=now)) for now in sorted(come, key=OPPOSITE.get(name, "").__ne__))
    for first, second in ((one, other), (other, one)):
        for a, b in pairs:
            for said, name in ((said, name) for said in _both(first, a, b) for name in _relations(first, a, b)):
                true = Related(subject=said[0], relation=name, object=said[1])
                if not true.holds(second):
                    yield (true, Not(of=true)) if first is one else (Not(of=true), true)


def _relations(scene: Scene, a: int, b: int) -> list[str]:
    return [name for name, holds in RELATIONS.items() if holds(scene.things[a], scene.things[b])]


def _both(scene: Scene, a: int, b: int) -> Iterator[tuple[Mention, Mention]]:
    """Two things, in few words and in more."""
    one, other = scene.things[a], scene.things[b]
    for first, second in zip(_named(one, ""), _named(other, ""), strict=False):
        yield described(one.concept, first), described(other.concept, second)


def _by_company(one: Scene, other: Scene) -> Iterator[Pair]:
    """An attribute that only its relation to another thing sets apart, as when two things have swapped it."""
    for a, (before, after) in enumerate(zip(one.things, other.things, strict=True)):
        for attribute in _differing(before, after):
            for b, company in enumerate(one.things):
                if a == b:
                    continue
                for name in (name for name, holds in RELATIONS.items() if holds(before, company)):
                    said = described(before.concept, next(_named(before, attribute)))
                    true = Related(subject=said, relation=name, object=Mention(concept=company.concept))
                    yield true, replace(true, subject=_as(said, after, attribute))
