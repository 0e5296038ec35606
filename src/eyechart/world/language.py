"""What can be said of a scene, true and false, in plain English.

A `Statement` is a claim about a scene; it can be checked (`holds`) and put into words (`say`). True captions are
statements read off the scene; false ones are true ones with exactly one fact changed, in the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from eyechart.world.concepts import NAMES
from eyechart.world.dice import Dice
from eyechart.world.palette import COLOURS, TEXTURES
from eyechart.world.places import PLACES
from eyechart.world.scene import OPPOSITE, RELATIONS, Scene, Thing


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A thing as it is spoken of; what is left empty is left unsaid."""

    concept: str
    colour: str = ""
    texture: str = ""
    size: str = ""

    def fits(self, thing: Thing) -> bool:
        """Whether the thing is what is meant."""
        return (
            self.concept == thing.concept
            and self.colour in ("", thing.colour)
            and self.texture in ("", thing.texture)
            and self.size in ("", thing.size)
        )

    def words(self) -> str:
        """With the article: "a small striped red car"."""
        text = " ".join(word for word in (self.size, self.texture, self.colour, self.concept) if word)
        return f"{'an' if text[0] in 'aeiou' else 'a'} {text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """There is such a thing; or two, so related ("and": merely together); perhaps in a place."""

    subject: Mention
    relation: str = ""
    object: Mention | None = None
    place: str = ""

    def holds(self, scene: Scene) -> bool:
        """Whether it is true of the scene."""
        return self.place in ("", scene.place) and any(self._fits(one, scene) for one in scene.things)

    def _fits(self, one: Thing, scene: Scene) -> bool:
        if not self.subject.fits(one):
            return False
        if self.object is None:
            return True
        others = (other for other in scene.things if other is not one and self.object.fits(other))
        return any(self.relation == "and" or RELATIONS[self.relation](one, other) for other in others)


@dataclass(frozen=True, slots=True)
class Falsehood:
    """A false caption and the kind of fact in which it differs from a true one."""

    text: str
    change: str  # "colour", "concept", "texture", "place", "relation" or "swap"


Wording = Callable[[Statement], str]
_PREFIXES = ("a photo of", "a picture of", "a drawing of", "an image of")


def _plain(statement: Statement) -> str:
    return _join(statement.subject.words(), _relation(statement), _place(statement))


def _place_first(statement: Statement) -> str:
    core = _join(statement.subject.words(), _relation(statement))
    return f"{_place(statement)}, {core}" if statement.place else core


def _there_is(statement: Statement) -> str:
    if statement.relation == "and":
        return "there are " + _plain(statement)
    return "there is " + _plain(statement)


def _sentence(statement: Statement) -> str:
    if statement.relation == "and" or not (statement.place or statement.relation):
        return _plain(statement)
    return _join(statement.subject.words(), "is", _relation(statement), _place(statement))


def _prefixed(prefix: str) -> Wording:
    return lambda statement: f"{prefix} {_plain(statement)}"


WORDINGS: tuple[Wording, ...] = (_plain, _plain, _place_first, _there_is, _sentence)
PREFIXED: tuple[Wording, ...] = tuple(_prefixed(prefix) for prefix in _PREFIXES)


def captions(scene: Scene, dice: Dice) -> tuple[str, ...]:
    """Five different true captions, from all that is known to a few words."""
    told: dict[str, None] = {}
    for statement, wording in _tellings(scene, dice):
        told.setdefault(wording(statement))
        if len(told) == 5:
            break
    return tuple(told)


def falsehoods(scene: Scene, dice: Dice) -> tuple[Falsehood, ...]:
    """At least three false captions, each a full true one but for a single fact."""
    statement, wording = _full(scene, dice), dice.pick(WORDINGS[1:] + PREFIXED[:2])
    kinds = dice.shuffled(tuple(_CHANGES))
    lies = ((kind, _CHANGES[kind](statement, scene, dice)) for kind in kinds)
    return tuple(Falsehood(wording(lie), kind) for kind, lie in lies if lie is not None and not lie.holds(scene))[:5]


def _tellings(scene: Scene, dice: Dice) -> Iterator[tuple[Statement, Wording]]:
    full = _full(scene, dice)
    yield full, dice.pick(WORDINGS)
    yield replace(_full(scene, dice), relation="", object=None), dice.pick(WORDINGS + PREFIXED)
    yield _other_view(scene, dice), dice.pick(WORDINGS)
    main = _mention(scene.main, dice, colour=1.0, texture=1.0, size=0.3)
    yield Statement(subject=main, place=scene.place if dice.chance(0.6) else ""), dice.pick(PREFIXED)
    if dice.chance(0.4):
        yield Statement(subject=Mention(concept=scene.main.concept)), dice.pick((_plain, *PREFIXED))
    while True:  # until there are enough that differ
        yield _full(scene, dice), dice.pick(WORDINGS + PREFIXED)


def _full(scene: Scene, dice: Dice) -> Statement:
    """The main thing with colour and texture, its relation to a bystander, and the place."""
    subject = _mention(scene.main, dice, colour=1.0, texture=1.0, size=0.3)
    if not scene.others:
        return Statement(subject=subject, place=scene.place)
    other = dice.pick(scene.others)
    mentioned = _mention(other, dice, colour=1.0, texture=0.0, size=0.3)
    return Statement(subject=subject, relation=_related(scene.main, other, dice), object=mentioned, place=scene.place)


def _other_view(scene: Scene, dice: Dice) -> Statement:
    """The bystander first, or less of the main thing."""
    if not scene.others or dice.chance(0.3):
        return Statement(subject=_mention(scene.main, dice, colour=0.9, texture=0.6, size=0.5), place=scene.place)
    other = dice.pick(scene.others)
    one, two = (
        _mention(other, dice, colour=0.9, texture=0.0, size=0.4),
        _mention(scene.main, dice, colour=0.9, texture=0.5, size=0.2),
    )
    return Statement(
        subject=one,
        relation=_related(other, scene.main, dice),
        object=two,
        place=scene.place if dice.chance(0.7) else "",
    )


def _mention(thing: Thing, dice: Dice, *, colour: float, texture: float, size: float) -> Mention:
    """Each attribute is said with its probability; that a thing is plain is said one time in ten."""
    said = texture * (0.1 if thing.texture == "plain" else 1.0)
    return Mention(
        concept=thing.concept,
        colour=thing.colour if dice.chance(colour) else "",
        texture=thing.texture if dice.chance(said) else "",
        size=thing.size if dice.chance(size) else "",
    )


def _related(one: Thing, other: Thing, dice: Dice) -> str:
    true = [name for name, predicate in RELATIONS.items() if predicate(one, other)]
    return dice.pick(true) if true and dice.chance(0.9) else "and"


def _relation(statement: Statement) -> str:
    return f"{statement.relation} {statement.object.words()}" if statement.object else ""


def _place(statement: Statement) -> str:
    return PLACES[statement.place].phrase if statement.place else ""


def _join(*words: str) -> str:
    return " ".join(word for word in words if word)


# --------------------------------------------------------------------------------------------------------------------
# One fact changed; None where there is no such fact


def _change_colour(statement: Statement, scene: Scene, dice: Dice) -> Statement | None:
    colour = dice.pick([name for name in COLOURS if name not in {thing.colour for thing in scene.things}])
    return replace(statement, subject=replace(statement.subject, colour=colour))


def _change_concept(statement: Statement, scene: Scene, dice: Dice) -> Statement | None:
    concept = dice.pick([name for name in NAMES if name not in {thing.concept for thing in scene.things}])
    if statement.object is not None and dice.chance(0.4):
        return replace(statement, object=replace(statement.object, concept=concept))
    return replace(statement, subject=replace(statement.subject, concept=concept))


def _change_texture(statement: Statement, scene: Scene, dice: Dice) -> Statement | None:
    texture = dice.pick([name for name in TEXTURES if name not in {"plain", scene.main.texture}])
    return replace(statement, subject=replace(statement.subject, texture=texture))


def _change_place(statement: Statement, scene: Scene, dice: Dice) -> Statement | None:
    return replace(statement, place=dice.pick([name for name in PLACES if name != scene.place]))


def _change_relation(statement: Statement, _scene: Scene, _dice: Dice) -> Statement | None:
    return replace(statement, relation=OPPOSITE[statement.relation]) if statement.relation in OPPOSITE else None


def _swap(statement: Statement, _scene: Scene, _dice: Dice) -> Statement | None:
    """The two colours change places."""
    one, two = statement.subject, statement.object
    if two is None or one.colour == two.colour:
        return None
    return replace(statement, subject=replace(one, colour=two.colour), object=replace(two, colour=one.colour))


_CHANGES: dict[str, Callable[[Statement, Scene, Dice], Statement | None]] = {
    "colour": _change_colour,
    "concept": _change_concept,
    "texture": _change_texture,
    "place": _change_place,
    "relation": _change_relation,
    "swap": _swap,
}
