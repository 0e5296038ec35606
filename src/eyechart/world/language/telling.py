"""What is worth saying of a scene: true statements with the wording that suits them, in no language yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from eyechart.world.dice import Dice
from eyechart.world.language.outline import MEDIA, WORDINGS, suited
from eyechart.world.language.sights import absent, countable, usual, visible
from eyechart.world.language.statement import And, Exists, In, Mention, Not, Or, Related, Statement, With, is_a
from eyechart.world.painting.palette import COLOURS
from eyechart.world.scene import RELATIONS, Scene, Thing

Telling: TypeAlias = tuple[Statement, str]
_SAYABLE = ("bare", *WORDINGS)  # mostly the shortest
_KIND = 0.15  # how often one of these is said where the bare name would be
_KINDS = (
    *("animal", "plant", "food", "fruit", "vehicle", "building", "furniture", "tool", "clothing", "container"),
    *("musical instrument", "aircraft", "symbol"),
)
_LOGIC = 1 / 3  # how often one of the five says "not", "and no" or "or"

# How likely each attribute is said; the usual ones ten times less.
FULLY = {
    "colour": 1.0,
    "texture": 0.95,
    "material": 0.8,
    "state": 0.9,
    "size": 0.25,
    "style": 0.9,
    "pose": 0.9,
    "facing": 0.12,
    "text": 0.9,
    "skin": 1.0,
}
PARTLY = {name: 0.5 * chance for name, chance in FULLY.items()} | {"colour": 0.9, "style": 0.2, "skin": 1.0}
BRIEFLY = {"colour": 0.95, "state": 0.4, "skin": 0.5, "text": 0.2, "style": 0.2}
_USUAL = {"texture": 0.1, "state": 0.06, "material": 0.0, "style": 0.0, "pose": 0.0}


def tellings(scene: Scene, dice: Dice) -> Iterator[Telling]:
    """Without end: first all that is known, then less, at last a few words."""
    return ((statement, suited(wording, statement)) for statement, wording in _tellings(scene, dice))


def _tellings(scene: Scene, dice: Dice) -> Iterator[Telling]:
    if not scene.things:
        yield from _of_an_empty_place(scene, dice)
    yield full(scene, dice), dice.pick(_SAYABLE)
    yield _main(scene, dice, FULLY, place=1.0), dice.pick(_SAYABLE + MEDIA)
    yield _other_view(scene, dice), dice.pick(_SAYABLE)
    if dice.chance(_LOGIC):
        yield logic(scene, dice), dice.pick(WORDINGS)
    else:
        yield _main(scene, dice, FULLY | {"size": 0.3}, place=0.5), dice.pick(MEDIA)
    if dice.chance(0.4):
        yield Exists(subject=Mention(concept=_name(scene.main.concept, dice))), dice.pick(("bare", *MEDIA))
    else:
        yield _main(scene, dice, BRIEFLY, place=0.0), dice.pick(("bare", "bare", *MEDIA))
    while True:  # until there are enough that differ
        yield _main(scene, dice, PARTLY, place=0.5), dice.pick(WORDINGS + MEDIA)


def _name(concept: str, dice: Dice) -> str:
    """Its own, or now and then that of its kind."""
    kinds = [kind for kind in _KINDS if is_a(concept, kind)]
    return dice.pick(kinds) if kinds and dice.chance(_KIND) else concept


def _of_an_empty_place(scene: Scene, dice: Dice) -> Iterator[Telling]:
    where = place_parts(scene, dice, features=1.0)
    nothing = Not(of=Exists(subject=Mention()))
    yield joined(nothing, *where), "there is"
    yield joined(*where), dice.pick(MEDIA)
    while True:
        yield joined(Not(of=Exists(subject=Mention(concept=dice.pick(absent(scene))))), *where), "there is"
        yield joined(*where), dice.pick(MEDIA)


def joined(*parts: Statement) -> Statement:
    """All of them; a single one stays as it is."""
    return parts[0] if len(parts) == 1 else And(parts=parts)


def place_parts(scene: Scene, dice: Dice, *, features: float) -> tuple[Statement, ...]:
    """The place, and each of its features with this probability."""
    return In(place=scene.place), *(With(feature=name) for name in scene.features if dice.chance(features))


def mention(thing: Thing, dice: Dice, likely: Mapping[str, float]) -> Mention:
    """Of each visible attribute as much as is likely."""
    said = {
        name: word
        for name, word in visible(thing).items()
        if dice.chance(likely.get(name, 0.0) * (_USUAL.get(name, 1.0) if usual(thing, name) else 1.0))
    }
    return described(thing.concept, said)


def described(concept: str, said: Mapping[str, str]) -> Mention:
    """From attribute → word; what is absent is unsaid."""
    return Mention(
        concept=concept,
        colour=said.get("colour", ""),
        texture=said.get("texture", ""),
        material=said.get("material", ""),
        size=said.get("size", ""),
        state=said.get("state", ""),
        style=said.get("style", ""),
        pose=said.get("pose", ""),
        facing=said.get("facing", ""),
        text=said.get("text", ""),
        skin=said.get("skin", ""),
    )


def relation(one: Thing, other: Thing, dice: Dice) -> str:
    """A true one, rather by touch than by mere position; where there is none, "and" if they are of two kinds, or ""."""
    true = [name for name, predicate in RELATIONS.items() if predicate(one, other)]
    alike = one.concept == other.concept
    if not true or (not alike and dice.chance(0.08)):
        return "" if alike else "and"
    near = [name for name in true if name in ("on", "under", "inside", "holding", "held by")]
    return dice.pick(near if near and dice.chance(0.8) else true)


def full(scene: Scene, dice: Dice) -> Statement:
    """All or nearly all that is known."""
    where = place_parts(scene, dice, features=0.85)
    if not scene.others:
        return joined(Exists(subject=mention(scene.main, dice, FULLY)), *where)
    if len(scene.others) > 1 and dice.chance(0.5):
        return joined(*inventory(scene, dice), *where)
    first, *rest = dice.shuffled(scene.others)
    claims = [related(scene.main, first, dice, FULLY)]
    if rest and dice.chance(0.6):
        claims.append(related(rest[0], dice.pick((scene.main, first)), dice, BRIEFLY))
    return joined(*claims, *where)


def related(one: Thing, other: Thing, dice: Dice, likely: Mapping[str, float]) -> Exists | Related:
    """A true sentence about two things, or about the first; the second is mentioned briefly."""
    said, name = mention(one, dice, likely), relation(one, other, dice)
    if not name:
        return Exists(subject=said)
    return Related(subject=said, relation=name, object=mention(other, dice, BRIEFLY))


def inventory(scene: Scene, dice: Dice) -> tuple[Exists, ...]:
    """Every thing, those of one concept together and counted."""
    kinds = dict.fromkeys(thing.concept for thing in scene.things)
    return tuple(_kind(scene, concept, dice) for concept in kinds)


def _kind(scene: Scene, concept: str, dice: Dice) -> Exists:
    things = [thing for thing in scene.things if thing.concept == concept]
    likely = FULLY if concept == scene.main.concept else BRIEFLY
    said = mention(things[0], dice, likely)
    if len(things) == 1 or not countable(scene, concept):
        return Exists(subject=said)
    alike = all(said.fits(thing) for thing in things)
    return Exists(subject=said if alike else Mention(concept=concept), count=len(things))


def _main(scene: Scene, dice: Dice, likely: Mapping[str, float], *, place: float) -> Statement:
    said = Exists(subject=mention(scene.main, dice, likely))
    return joined(said, In(place=scene.place)) if dice.chance(place) else said


def _other_view(scene: Scene, dice: Dice) -> Statement:
    """A bystander first, or less of the main thing; now and then how many there are."""
    where = place_parts(scene, dice, features=0.4) if dice.chance(0.7) else ()
    things = [thing.concept for thing in scene.things]
    many = [name for name in dict.fromkeys(things) if things.count(name) > 1 and countable(scene, name)]
    if many and dice.chance(0.5):
        return joined(_kind(scene, dice.pick(many), dice), *where)
    if not scene.others or dice.chance(0.3):
        return joined(Exists(subject=mention(scene.main, dice, PARTLY | {"size": 0.5})), *where)
    other = dice.pick(scene.others)
    return joined(related(other, scene.main, dice, BRIEFLY | {"size": 0.4}), *where)


# --------------------------------------------------------------------------------------------------------------------
# Negation and choice


def logic(scene: Scene, dice: Dice) -> Statement:
    """Something true with "no", "not", "neither" or "or" in it."""
    here = Exists(subject=mention(scene.main, dice, BRIEFLY))
    gone, also = (Exists(subject=Mention(concept=name)) for name in dice.shuffled(absent(scene))[:2])
    where = (In(place=scene.place),) if dice.chance(0.6) else ()
    exception = _exception(scene, dice)
    options: list[tuple[Statement, ...]] = [
        (Not(of=gone),),
        (here, Not(of=gone)),
        (Not(of=gone), Not(of=also)),
        (Or(parts=tuple(dice.shuffled((here, gone)))),),
        exception or (here, Not(of=gone)),
    ]
    return joined(*dice.pick(options), *where)


def _exception(scene: Scene, dice: Dice) -> tuple[Statement, ...]:
    """The main thing, if it is the only one of its kind, does not have some colour."""
    main = scene.main
    if "colour" not in visible(main) or not countable(scene, main.concept):
        return ()
    one = Exists(subject=Mention(concept=main.concept), count=1)
    colour = dice.pick([name for name in COLOURS if name != main.colour])
    no = Not(of=Exists(subject=Mention(concept=main.concept, colour=colour)))
    return (one, no) if one.holds(scene) else ()
