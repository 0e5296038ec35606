"""For `wording`: pictures in pairs, and sentences that are true of the one and false of the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from eyechart.core import Dataset
from eyechart.data.staged.stage import Stage
from eyechart.data.staged.tableau import (
    Backdrop,
    Telling,
    Unfit,
    backdrop,
    common,
    dataset,
    items,
    looks,
    scene,
    spots,
    thrown,
)
from eyechart.world.dice import Dice
from eyechart.world.language import say
from eyechart.world.language.sights import absent, countable
from eyechart.world.language.statement import And, Exists, In, Mention, Not, Related, Statement
from eyechart.world.scene import OPPOSITE, RELATIONS, Scene

_SIDES = ("left of", "right of", "above", "below")


class Contrast(NamedTuple):
    """Two statements, of which the first is true of the first scene alone, the second of the second alone."""

    kind: str
    first: Statement
    second: Statement


class Pair(NamedTuple):
    """Two scenes and what sets them apart; the first contrast says both in the same words."""

    one: Scene
    other: Scene
    contrasts: tuple[Contrast, ...]


def stage(stage: Stage) -> Dataset:
    """Three kinds of pairs in turn, together about six in ten as many pictures as there are test items.

    Each sentence is true of one picture of its pair and false of the other, so that words alone tell nothing.
    """
    pairs = max(len(_MAKERS), 3 * stage.test // 10)
    return dataset(stage, "wording", items(stage, "wording", (pairs, 2), partial(_told, stage)))


def _told(stage: Stage, number: int) -> tuple[Telling, Telling]:
    """Both pictures, each with its true sentences as captions and those of the other as distractors."""
    make = _MAKERS[number % len(_MAKERS)]
    pair = thrown(lambda dice: _sound(make(backdrop(dice), dice)), stage, "wording", number)
    first, second = (
        tuple(say(statement, "bare", stage.language) for statement in said)
        for said in zip(*((row.first, row.second) for row in pair.contrasts), strict=True)
    )
    facts = {
        "kinds": "|".join(row.kind for row in pair.contrasts),
        "truths": "|".join(map(str, range(len(first)))),
        "place": pair.one.place,
    }
    return (
        Telling(scene=pair.one, captions=first, distractors=second, facts=facts),
        Telling(scene=pair.other, captions=second, distractors=first, facts=facts),
    )


def _sound(pair: Pair) -> Pair:
    """The pair, if all of it is true, training shows such things, and the first contrast keeps the words."""
    one, other, contrasts = pair
    true = all(row.first.holds(one) and row.second.holds(other) for row in contrasts)
    false = not any(row.first.holds(other) or row.second.holds(one) for row in contrasts)
    first, second = (Counter(say(said, "bare").split()) for said in (contrasts[0].first, contrasts[0].second))
    if not (true and false and first == second and common(one) and common(other)):
        raise Unfit
    return pair


def _colours_exchanged(there: Backdrop, dice: Dice) -> Pair:
    """Such as "a red cat and a blue dog"."""
    names = dice.shuffled(there.concepts)[:2]
    (a, b), places = looks(names, there, dice), spots(2, dice)
    swapped = a._replace(colour=b.colour), b._replace(colour=a.colour)
    one, other = (scene(there, zip(pair, places, strict=True)) for pair in ((a, b), swapped))
    said = [
        Related(
            subject=Mention(concept=first.concept, colour=first.colour),
            relation="and",
            object=Mention(concept=second.concept, colour=second.colour),
        )
        for first, second in ((a, b), swapped)
    ]
    if not all(countable(one, name) for name in names):
        raise Unfit
    return Pair(one, other, (Contrast("attributes_swapped", *said),))


def _positions_exchanged(there: Backdrop, dice: Dice) -> Pair:
    """Such as "a cat left of a dog", and "a cat right of a dog"."""
    names = dice.shuffled(there.concepts)[:2]
    pair, (here, yonder) = looks(names, there, dice), spots(2, dice)
    one, other = (scene(there, zip(pair, places, strict=True)) for places in ((here, yonder), (yonder, here)))
    relation = next((name for name in _SIDES if RELATIONS[name](*one.things)), "")
    if not relation or not all(countable(one, name) for name in names):
        raise Unfit
    a, b = (Mention(concept=name) for name in names)
    true = Related(subject=a, relation=relation, object=b)
    swapped = Related(subject=b, relation=relation, object=a)
    reworded = Related(subject=a, relation=OPPOSITE[relation], object=b)
    contrasts = Contrast("things_swapped", true, swapped), Contrast("relation_replaced", true, reworded)
    return Pair(one, other, contrasts)


def _thing_replaced(there: Backdrop, dice: Dice) -> Pair:
    """Such as "a cat but no dog", "a cat in a park", and "no cat in a park"."""
    names = dice.shuffled(there.concepts)[:3]
    (a, b, company), (here, yonder) = looks(names, there, dice), spots(2, dice)
    b = b._replace(colour=a.colour)
    one, other = (scene(there, ((look, here), (company, yonder))) for look in (a, b))
    if names[1] not in absent(one) or names[0] not in absent(other):
        raise Unfit
    first, second = (Exists(subject=Mention(concept=name)) for name in names[:2])
    where = In(place=there.place)
    denied = first if dice.chance(0.5) else second
    sides = And(parts=(denied, where)), And(parts=(Not(of=denied), where))
    return Pair(
        one,
        other,
        (
            Contrast("negation_moved", And(parts=(first, Not(of=second))), And(parts=(second, Not(of=first)))),
            Contrast("concept_replaced", And(parts=(first, where)), And(parts=(second, where))),
            Contrast("negation_added", *(sides if denied is first else sides[::-1])),
        ),
    )


_MAKERS: tuple[Callable[[Backdrop, Dice], Pair], ...] = (_colours_exchanged, _positions_exchanged, _thing_replaced)

PUBLIC = stage
