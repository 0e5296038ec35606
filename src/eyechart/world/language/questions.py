"""Questions about a scene, each with the answer among options of which every other one is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

from eyechart.world.concepts import CONCEPTS
from eyechart.world.dice import Dice
from eyechart.world.language.contrasts import other_texts
from eyechart.world.language.outline import Tongue
from eyechart.world.language.sights import absent, countable, natural, usual, visible
from eyechart.world.language.statement import Exists, Mention, Not, Or, Related, Statement
from eyechart.world.language.telling import BRIEFLY, described, joined, mention
from eyechart.world.language.tongues import tongue
from eyechart.world.painting.palette import COLOURS, MATERIALS, TEXTURES
from eyechart.world.places import PLACES
from eyechart.world.scene import RELATIONS, Scene, Thing

_OPTIONS = 4  # where there is a choice of so many
_WORDS = 3  # at most, besides its concept, to say which thing is meant
_NAMING = ("colour", "size", "texture", "state", "material", "pose", "facing", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """In words; exactly one of the options is true of the scene, the answer."""

    text: str
    answer: str
    options: tuple[str, ...]
    kind: str  # one of KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asker:
    """What a question is made from."""

    scene: Scene
    dice: Dice
    tongue: Tongue

    def question(self, kind: str, text: str, answer: str, wrong: Sequence[str]) -> Question | None:
        """With the options in any order; None when nothing could be mistaken for the answer."""
        others = [option for option in dict.fromkeys(wrong) if option != answer]
        options = self.dice.shuffled((answer, *self.dice.shuffled(others)[: _OPTIONS - 1]))
        return Question(text=text, answer=answer, options=tuple(options), kind=kind) if others else None

    def yes_or_no(self, kind: str, text: str, *, yes: bool) -> Question:
        """Both are offered, yes first."""
        options = (self.tongue.yes, self.tongue.no)
        return Question(text=text, answer=options[not yes], options=options, kind=kind)

    def thing(self) -> Thing:
        """Rather the main one."""
        return self.scene.main if self.dice.chance(0.6) else self.dice.pick(self.scene.things)

    def only(self, thing: Thing, *unsaid: str) -> Mention | None:
        """As few words as mean this thing and no other, or what looks like it; None if that cannot be had."""
        if not countable(self.scene, thing.concept):
            return None
        seen = visible(thing)
        names = [name for name in _NAMING if name in seen and name not in unsaid]
        names.sort(key=lambda name: usual(thing, name))
        choices = (chosen for words in range(_WORDS + 1) for chosen in combinations(names, words))
        mentions = (described(thing.concept, {name: seen[name] for name in chosen}) for chosen in choices)
        return next((said for said in mentions if Exists(subject=said, count=1).holds(self.scene)), None)


def questions(scene: Scene, dice: Dice, language: str = "en") -> tuple[Question, ...]:
    """One of every kind that the scene has an answer to."""
    asker = _Asker(scene=scene, dice=dice, tongue=tongue(language))
    asked = (ask(asker) for kind, ask in KINDS.items() if scene.things or kind in ("exists", "place", "count"))
    return tuple(question for question in asked if question is not None)


def _what(asker: _Asker) -> Question | None:
    answer = asker.tongue.some(Mention(concept=asker.thing().concept))
    others = asker.dice.shuffled(absent(asker.scene))[: _OPTIONS - 1]
    wrong = [asker.tongue.some(Mention(concept=name)) for name in others]
    return asker.question("what", asker.tongue.questions["what"], answer, wrong)


def _of_a_thing(asker: _Asker, kind: str, words: Sequence[str]) -> Question | None:
    """Of one thing's attribute, `words` being all that it could be."""
    thing = asker.thing()
    said, word = asker.only(thing, kind), visible(thing).get(kind, "")
    if said is None or word not in words or (kind == "material" and natural(thing)):
        return None
    spoken, frames = asker.tongue.words.get(kind, {}), asker.tongue.questions
    worn = f"{kind} of clothes" if thing.concept == "person" else kind
    text = frames.get(worn, frames[kind]).format(the=asker.tongue.the(said))
    return asker.question(kind, text, spoken.get(word, word), [spoken.get(name, name) for name in words])


def _colour(asker: _Asker) -> Question | None:
    return _of_a_thing(asker, "colour", tuple(COLOURS))


def _texture(asker: _Asker) -> Question | None:
    return _of_a_thing(asker, "texture", TEXTURES)


def _material(asker: _Asker) -> Question | None:
    return _of_a_thing(asker, "material", tuple(name for name in MATERIALS if name != "painted"))


def _text(asker: _Asker) -> Question | None:
    written = [thing for thing in asker.scene.things if "text" in visible(thing)]
    thing = asker.dice.pick(written) if written else None
    said = asker.only(thing, "text") if thing else None
    if thing is None or said is None:
        return None
    text = asker.tongue.questions["text"].format(the=asker.tongue.the(said))
    return asker.question("text", text, thing.text, other_texts(thing.text))


def _state(asker: _Asker) -> Question | None:
    thing = asker.thing()
    said = asker.only(thing, "state")
    if said is None or "state" not in visible(thing):
        return None
    spoken = asker.tongue.words.get("state", {})
    one, other = (spoken.get(name, name) for name in asker.dice.shuffled(CONCEPTS[thing.concept].states)[:2])
    text = asker.tongue.questions["state"].format(the=asker.tongue.the(said), one=one, other=other)
    return asker.question("state", text, spoken.get(thing.condition, thing.condition), (one, other))


def _count(asker: _Asker) -> Question | None:
    scene, dice = asker.scene, asker.dice
    there = scene.things and dice.chance(0.85)
    concept = asker.thing().concept if there else dice.pick(absent(scene))
    if not countable(scene, concept):
        return None
    number = sum(thing.concept == concept for thing in scene.things)
    text = asker.tongue.questions["count"].format(many=asker.tongue.many(Mention(concept=concept)))
    low = max(0, number - dice.below(_OPTIONS))
    counts = [count for count in range(low, low + _OPTIONS) if count != number]
    return asker.question("count", text, asker.tongue.number(number), [asker.tongue.number(count) for count in counts])


def _exists(asker: _Asker) -> Question | None:
    scene, dice = asker.scene, asker.dice
    if scene.things and dice.chance(0.5):
        said, yes = mention(asker.thing(), dice, BRIEFLY), True
    else:
        said, yes = _missing(asker), False
    return asker.yes_or_no("exists", asker.tongue.ask(Exists(subject=said)), yes=yes)


def _missing(asker: _Asker) -> Mention:
    """Something that is not there: of another concept, or one that is there in another colour."""
    scene, dice = asker.scene, asker.dice
    thing = asker.thing() if scene.things else None
    if thing is None or not countable(scene, thing.concept) or "colour" not in visible(thing) or dice.chance(0.4):
        colour = thing.colour if thing and dice.chance(BRIEFLY["colour"]) else ""
        return Mention(concept=dice.pick(absent(scene)), colour=colour)
    colours = {other.colour for other in scene.things if other.concept == thing.concept}
    return Mention(concept=thing.concept, colour=dice.pick([name for name in COLOURS if name not in colours]))


def _place(asker: _Asker) -> Question | None:
    where = asker.tongue.place
    return asker.question(
        "place", asker.tongue.questions["place"], where(asker.scene.place), [where(p) for p in PLACES]
    )


def _relation(asker: _Asker) -> Question | None:
    """What stands so to a thing, when there is one kind of things that does."""
    scene, dice = asker.scene, asker.dice
    for one, relation, other in dice.shuffled(_relations(scene)):
        said = asker.only(other)
        if said is not None:
            frame = asker.tongue.questions.get(relation) or asker.tongue.questions["relation"]
            text = frame.format(relation=relation, the=asker.tongue.the(said))
            things = [thing for thing in scene.things if thing is not other]
            seen = [thing.concept for thing in things if not RELATIONS[relation](thing, other)]
            wrong = [name for name in dict.fromkeys(seen) if not _stands(scene, name, relation, said)]
            gone = dice.shuffled(absent(scene))[: _OPTIONS - 1 - min(len(wrong), _OPTIONS - 2)]
            some = [asker.tongue.some(Mention(concept=name)) for name in (one.concept, *wrong[: _OPTIONS - 2], *gone)]
            return asker.question("relation", text, some[0], some[1:])
    return None


def _relations(scene: Scene) -> list[tuple[Thing, str, Thing]]:
    pairs = [(one, other) for one in scene.things for other in scene.things if one is not other]
    return [(one, name, other) for one, other in pairs for name, holds in RELATIONS.items() if holds(one, other)]


def _stands(scene: Scene, concept: str, relation: str, other: Mention) -> bool:
    return Related(subject=Mention(concept=concept), relation=relation, object=other).holds(scene)


def _compare(asker: _Asker) -> Question | None:
    """Of two kinds of things, whose numbers are the same one time in four."""
    scene, dice = asker.scene, asker.dice
    numbers = {thing.concept: 0 for thing in scene.things if countable(scene, thing.concept)}
    for thing in scene.things:
        if thing.concept in numbers:
            numbers[thing.concept] += 1
    if not numbers:
        return None
    ranked = sorted(dice.shuffled(tuple(numbers)), key=lambda name: -numbers[name])
    more, less = ranked[0], ranked[-1] if len(ranked) > 1 else dice.pick(absent(scene))
    if numbers[more] == numbers.get(less, 0) and not dice.chance(0.25):
        less = dice.pick(absent(scene))
    one, other = (more, less) if dice.chance(0.5) else (less, more)
    many = [asker.tongue.many(Mention(concept=name)) for name in (one, other)]
    text = asker.tongue.questions["compare"].format(one=many[0], other=many[1])
    return asker.yes_or_no("compare", text, yes=numbers.get(one, 0) > numbers.get(other, 0))


def _logic(asker: _Asker) -> Question | None:
    """With "but no", "or" or "neither"; half of them true."""
    scene, dice = asker.scene, asker.dice
    here = Exists(subject=mention(asker.thing(), dice, {"colour": 0.4}))
    gone, also = (_gone(name, dice) for name in dice.shuffled(absent(scene))[:2])
    true: tuple[Statement, ...] = (
        joined(here, Not(of=gone)),
        Or(parts=tuple(dice.shuffled((here, gone)))),
        joined(Not(of=gone), Not(of=also)),
    )
    false: tuple[Statement, ...] = (
        joined(gone, Not(of=here)),
        joined(gone, Not(of=also)),
        Or(parts=(gone, also)),
        joined(*dice.shuffled((Not(of=gone), Not(of=here)))),
    )
    asked = dice.pick(true if dice.chance(0.5) else false)
    return asker.yes_or_no("logic", asker.tongue.ask(asked), yes=asked.holds(scene))


def _gone(concept: str, dice: Dice) -> Exists:
    colour = dice.pick(tuple(COLOURS)) if dice.chance(0.4) else ""
    return Exists(subject=Mention(concept=concept, colour=colour))


KINDS: dict[str, Callable[[_Asker], Question | None]] = {
    "what": _what,
    "colour": _colour,
    "texture": _texture,
    "material": _material,
    "state": _state,
    "count": _count,
    "exists": _exists,
    "relation": _relation,
    "place": _place,
    "compare": _compare,
    "text": _text,
    "logic": _logic,
}
