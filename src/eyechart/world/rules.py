"""Scene concepts by rule: what a scene is as a whole, as a statement about what is there and what is not.

Each part of a rule can be had or not: `compose_for` makes a scene for every corner of its truth table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from eyechart.errors import BadInput
from eyechart.world.concepts import NAMES
from eyechart.world.dice import Dice
from eyechart.world.language.statement import And, Exists, In, Mention, Not, Or, Related, Statement, With, is_a
from eyechart.world.places import PLACES, VARIANTS
from eyechart.world.scene import Scene
from eyechart.world.staging import habits
from eyechart.world.staging.company import Plan, allowed, belongs, residents
from eyechart.world.staging.crowding import shown
from eyechart.world.staging.layout import standing
from eyechart.world.staging.looks import Fashion, Look, thing

Leaf: TypeAlias = Exists | Related | In | With
Demand: TypeAlias = tuple[Leaf, bool]
_STYLES = ("outlined", "outlined", "flat", "textured")
_MANY = 3  # the most of one kind
_TRIES = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A scene concept: its name, when it holds, and the same in plain English."""

    name: str
    statement: And | Or
    words: str

    @property
    def parts(self) -> tuple[Statement, ...]:
        """What the rule joins."""
        return self.statement.parts

    def corner(self, scene: Scene) -> tuple[bool, ...]:
        """Which of the parts hold."""
        return tuple(part.holds(scene) for part in self.parts)


def _a(concept: str, state: str = "") -> Exists:
    return Exists(subject=Mention(concept=concept, state=state))


def _several(concept: str) -> And:
    """More than one."""
    return And(parts=(_a(concept), Not(of=Exists(subject=Mention(concept=concept), count=1))))


def _rule(name: str, words: str, *parts: Statement) -> Rule:
    return Rule(name=name, words=words, statement=And(parts=parts))


def _choice(name: str, words: str, *parts: Statement) -> Rule:
    return Rule(name=name, words=words, statement=Or(parts=parts))


_ALL = (
    _rule("park", "a forest with a bicycle", In(place="forest"), _a("bicycle")),
    _rule("green mountains", "hills without a river", In(place="hills"), Not(of=With(feature="river"))),
    _rule("still life", "a plate and several fruits", _a("plate"), _several("fruit")),
    _rule("traffic", "a street with several wheeled vehicles", In(place="street"), _several("wheeled vehicle")),
    _rule("picnic", "a park with food and without rain", In(place="park"), _a("food"), Not(of=With(feature="rain"))),
    _rule("harbour", "a beach with a boat and a lighthouse", In(place="beach"), _a("boat"), _a("lighthouse")),
    _rule("orchestra", "a guitar, a drum and a trumpet", _a("guitar"), _a("drum"), _a("trumpet")),
    _rule("bedroom", "a room with a bed", In(place="room"), _a("bed")),
    _rule("farm", "a windmill and an animal in the hills", In(place="hills"), _a("windmill"), _a("animal")),
    _rule("oasis", "a palm in the desert, and no cactus", In(place="desert"), _a("palm"), Not(of=_a("cactus"))),
    _rule("campsite", "a tent in a forest", In(place="forest"), _a("tent")),
    _rule("storm", "a boat at sea in the rain", In(place="sea"), With(feature="rain"), _a("boat")),
    _rule("birthday", "a cake and a lit candle", _a("cake"), _a("candle", "lit")),
    _rule(
        "empty street",
        "a street without a vehicle or a person",
        In(place="street"),
        Not(of=Or(parts=(_a("vehicle"), _a("person")))),
    ),
    _rule("elephant in the room", "an elephant in a room", In(place="room"), _a("elephant")),
    _rule("winter night", "the moon over the snow", In(place="snow"), With(feature="moon")),
    _choice(
        "wreck", "a broken tank, car, train or boat", *(_a(name, "broken") for name in ("tank", "car", "train", "boat"))
    ),
    _choice("shore", "a beach, a river or the sea", *(In(place=name) for name in ("beach", "river", "sea"))),
)

# Scene concepts by name.
SCENES: dict[str, Rule] = {rule.name: rule for rule in _ALL}


def scene_concepts(scene: Scene) -> tuple[str, ...]:
    """Names of all rules that hold."""
    return tuple(name for name, rule in SCENES.items() if rule.statement.holds(scene))


def corners(rule: Rule) -> tuple[tuple[bool, ...], ...]:
    """Every combination of true and false parts that can be, all true first."""
    count = len(rule.parts)
    every = [tuple(not number >> k & 1 for k in range(count)) for number in range(1 << count)]
    places = [k for k, part in enumerate(rule.parts) if isinstance(part, In)]
    return tuple(corner for corner in every if sum(corner[k] for k in places) <= 1)


def failing(rule: Rule) -> tuple[tuple[bool, ...], ...]:
    """The corners in which exactly one part is false."""
    return tuple(corner for corner in corners(rule) if corner.count(False) == 1)


def compose_for(rule: Rule, dice: Dice, corner: tuple[bool, ...]) -> Scene:
    """A scene in which those parts of the rule hold that the corner says, and the others do not.

    Raises:
        BadInput: the corner does not fit the rule, or there is no such scene.
    """
    if len(corner) != len(rule.parts):
        raise BadInput(f"the rule {rule.name!r} has {len(rule.parts)} parts; given a corner of {len(corner)}.")
    for _ in range(_TRIES):
        scene = _attempt(rule, corner, dice)
        if scene is not None and rule.corner(scene) == corner:
            return scene
    raise BadInput(f"no scene has the corner {corner} of the rule {rule.name!r}; can be had: {corners(rule)}.")


def _attempt(rule: Rule, corner: tuple[bool, ...], dice: Dice) -> Scene | None:
    demands = [demand for part, truth in zip(rule.parts, corner, strict=True) for demand in _demands(part, truth, dice)]
    named = [name for mention in _mentions(demands) for name in _wanted(mention, demands, dice)]
    place = _place(demands, [name for name, _ in named], dice)
    if place is None:
        return None
    fashion = Fashion(place, dice.pick(_STYLES), ())
    others = _fillers(rule, place, 0 if len(named) > 1 else dice.below(2) + (not named), dice)
    looks = [_look(name, state, fashion, dice) for name, state in [*dice.shuffled(named), *((n, "") for n in others)]]
    placed = habits.together(looks, place, dice)
    features = _features(demands, place)
    things = tuple(thing(look, spot) for look, spot in placed)
    scene = Scene(place=place, variant=dice.below(VARIANTS), things=things, features=features)
    return scene if all(shown(scene, name) for name in features) else None


def _demands(statement: Statement, truth: bool, dice: Dice) -> Iterator[Demand]:
    """What has to be true or false so that the statement is, down to single facts."""
    match statement:
        case Not(of=of):
            yield from _demands(of, not truth, dice)
        case And(parts=parts) | Or(parts=parts):
            if isinstance(statement, And) == truth:
                for part in parts:
                    yield from _demands(part, truth, dice)
            else:
                yield from _demands(dice.pick(parts), truth, dice)
        case Exists() | Related() | In() | With():
            yield statement, truth


def _place(demands: list[Demand], named: list[str], dice: Dice) -> str | None:
    """Where all that is demanded of the place can be; rather where these things are at home."""
    asked = [(leaf, truth) for leaf, truth in demands if isinstance(leaf, In)]
    features = {leaf.feature for leaf, truth in demands if isinstance(leaf, With) and truth}
    options = [
        name
        for name, place in PLACES.items()
        if features <= set(place.features) and all((leaf.place == name) == truth for leaf, truth in asked)
    ]
    homely = [place for place in options if all(belongs(name, place) for name in named)]
    return dice.pick(homely or options) if options else None


def _features(demands: list[Demand], place: str) -> tuple[str, ...]:
    """Those that are demanded."""
    wanted = {leaf.feature for leaf, truth in demands if isinstance(leaf, With) and truth}
    return tuple(name for name in sorted(PLACES[place].features) if name in wanted)


def _mentions(demands: list[Demand]) -> tuple[Mention, ...]:
    return tuple(dict.fromkeys(leaf.subject for leaf, _ in demands if isinstance(leaf, Exists)))


def _wanted(mention: Mention, demands: list[Demand], dice: Dice) -> list[tuple[str, str]]:
    """Concepts with their states: as many that fit the mention as is demanded."""
    about = [(leaf.count, truth) for leaf, truth in demands if isinstance(leaf, Exists) and leaf.subject == mention]
    counts = [
        number
        for number in range(_MANY + 1)
        if all((number == count if count else number > 0) == truth for count, truth in about)
    ]
    names = [name for name in NAMES if is_a(name, mention.concept)]
    return [(dice.pick(names), mention.state) for _ in range(counts[0])] if counts else []


def _fillers(rule: Rule, place: str, count: int, dice: Dice) -> list[str]:
    """Things that the rule says nothing about, at home there if such there are."""
    named = [mention.concept for part in rule.parts for mention in _spoken_of(part)]
    for options in (residents(Plan(), place), allowed(Plan())):
        free = [name for name in options if not any(is_a(name, concept) for concept in named)]
        if len(free) >= count:
            return dice.shuffled(free)[:count]
    return []


def _spoken_of(statement: Statement) -> Iterator[Mention]:
    match statement:
        case Not(of=of):
            yield from _spoken_of(of)
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from _spoken_of(part)
        case Exists(subject=subject):
            yield subject
        case Related(subject=subject, object=other):
            yield from (subject, other)
        case In() | With():
            return


def _look(concept: str, state: str, fashion: Fashion, dice: Dice) -> Look:
    look = standing([concept], fashion, dice)[0]
    return look._replace(state=state, text="") if state else look
