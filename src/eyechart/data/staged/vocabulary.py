"""Vocabulary: scenes and portraits, each with the words that are true of it and those that are false.

Captions are the true words, distractors the false ones; what can be neither shown nor ruled out is in neither. A word
is only asked of pictures that show something of its sort (a state of what can be in it, a relation where there are two
things, a person's name on portraits), so that knowing the sort does not pass for knowing the word. Facts say how often
training's captions hold each true word. Of the persons some are drawn whose ranks are spread evenly over log rank.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from eyechart.core import Dataset, Item
from eyechart.data.lazy import Lazy
from eyechart.data.reels import Order, Reel, open_reel
from eyechart.data.staged.stage import Stage
from eyechart.data.world import ByRule
from eyechart.world import CONCEPTS, NAMES, PLACES, People, Scene, World
from eyechart.world.language.english import phrase, plural, say
from eyechart.world.language.sights import absent, visible
from eyechart.world.language.statement import Mention, Related
from eyechart.world.painting.palette import COLOURS, MATERIALS, STYLES, TEXTURES
from eyechart.world.persons.names import NAMES_OF_PEOPLE
from eyechart.world.persons.people import frequency
from eyechart.world.persons.portraits import EXPRESSIONS

VERSION = 1  # goes up whenever a word or a picture changes
PERSONS, PORTRAITS = 40, 8  # that are asked for, and pictures of each
COUNTED = 400  # pictures of training, of each sort, whose captions are counted
NAMED = 1 - 0.8 / 7  # of the captions of a portrait that say who it is: all but one wording of eight
RELATIONS = ("left of", "above", "in front of", "on", "inside", "holding")  # the others are their opposites
HAIR = ("black", "brown", "blond", "red")
WEATHER = ("rainbow", "rain")
ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "colour": tuple(COLOURS),
    "texture": TEXTURES,
    "material": MATERIALS[1:],
    "style": STYLES[2:],
}
FEELINGS = {"smiling": "smiling", "neutral": "with a calm face", "surprised": "looking surprised"}
PAIRS = tuple(dict.fromkeys(concept.states for concept in CONCEPTS.values() if len(concept.states) > 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What sort of word it is, and how it is spoken in captions."""

    kind: str
    spoken: tuple[str, ...]


def stage(stage: Stage) -> Dataset:
    """As many scenes as a dataset of scenes has, the same ones, and a few portraits of some persons."""
    scenes = open_reel(Order(seed=stage.seed, size=stage.size), stage.split)
    people = open_reel(Order(of="people", seed=stage.seed, size=stage.size, draw="balanced"), stage.split)
    count = max(1, stage.test)
    names = persons(min(PERSONS, max(2, stage.test // 25)))
    portraits = _portraits(people, names)
    said = frequencies(stage.seed)

    def make(index: int) -> Item:
        if index < count:
            return _scene(scenes, index, said)
        return _portrait(people, portraits[index - count], names, said)

    return Dataset(
        name="world:vocabulary",
        split=stage.split,
        revision=f"{VERSION}/{scenes.digest[:12]}/{people.digest[:12]}",
        items=Lazy(count + len(portraits), make, by_rule=True),
        classes=tuple(words()),
        templates=("{}",),
        taxonomy={word: known.kind for word, known in words().items()},
        licence="CC0-1.0",
    )


def persons(count: int) -> tuple[str, ...]:
    """So many names, the most frequent first, spread evenly over log rank."""
    ranks = np.unique(np.geomspace(1, len(NAMES_OF_PEOPLE), 2 * count).round().astype(int))
    chosen = ranks[np.unique(np.linspace(0, len(ranks) - 1, count).round().astype(int))]
    return tuple(NAMES_OF_PEOPLE[rank - 1] for rank in chosen)


@cache
def words() -> dict[str, Word]:
    """Everything that can be asked for, in the words of a caption."""
    things = {a_thing(name): Word(kind="thing", spoken=(name, plural(name))) for name in NAMES}
    places = {place.phrase: Word(kind="place", spoken=(place.phrase,)) for place in PLACES.values()}
    weather = {_weather(name): Word(kind="place", spoken=(name,)) for name in WEATHER}
    looks = {
        an_attribute(name, word): Word(kind="attribute", spoken=_spoken(an_attribute(name, word)))
        for name, known in ATTRIBUTES.items()
        for word in known
    }
    hair = {_hair(colour): Word(kind="attribute", spoken=(f"{colour} hair",)) for colour in HAIR}
    states = {
        an_attribute("state", word): Word(kind="state", spoken=_spoken(an_attribute("state", word)))
        for pair in PAIRS
        for word in pair
    }
    feelings = {_feeling(name): Word(kind="state", spoken=(FEELINGS[name],)) for name in EXPRESSIONS}
    relations = {_relation(name): Word(kind="relation", spoken=(name,)) for name in RELATIONS}
    names = {name: Word(kind="proper name", spoken=(name,)) for name in NAMES_OF_PEOPLE}
    return things | places | weather | looks | hair | states | feelings | relations | names


@cache
def a_thing(concept: str) -> str:
    """Such as "a car" or "a pair of scissors"."""
    return phrase(Mention(concept=concept))


@cache
def an_attribute(name: str, word: str) -> str:
    """Such as "a red thing" or "a sketch of something"."""
    return phrase(Mention(**{name: word}))


def _spoken(said: str) -> tuple[str, ...]:
    """The word alone, without article and noun."""
    return (said.removesuffix(" of something").removesuffix(" thing").removeprefix("an ").removeprefix("a "),)


def _weather(feature: str) -> str:
    return feature if feature == "rain" else f"a {feature}"


def _hair(colour: str) -> str:
    return f"a person with {colour} hair"


def _feeling(expression: str) -> str:
    return "a smiling person" if expression == "smiling" else f"a person {FEELINGS[expression]}"


def _relation(name: str) -> str:
    return say(Related(subject=Mention(), relation=name, object=Mention()), "bare")


# --------------------------------------------------------------------------------------------------------------------
# What is true of a picture


def _scene(reel: Reel, index: int, said: Mapping[str, float]) -> Item:
    scene = reel[index].view.scene  # type: ignore[attr-defined]  # a reel of scenes
    return _item(reel, index, *judged(scene), said)


def judged(scene: Scene) -> tuple[set[str], set[str]]:
    """Words that are true of a scene, and words that are false of it though it shows something of their sort."""
    there = {thing.concept for thing in scene.things}
    true, false = {a_thing(name) for name in there}, {a_thing(name) for name in absent(scene)}
    _add(true, false, {PLACES[scene.place].phrase}, (place.phrase for place in PLACES.values()))
    _add(true, false, {_weather(name) for name in WEATHER if name in scene.features}, map(_weather, WEATHER))
    seen = [visible(thing) for thing in scene.things]
    for name, known in ATTRIBUTES.items():
        if any(name in looks for looks in seen):
            shown = {an_attribute(name, looks[name]) for looks in seen if looks.get(name) in known}
            _add(true, false, shown, (an_attribute(name, word) for word in known))
    pairs = [(CONCEPTS[thing.concept].states, looks["state"]) for thing, looks in zip(scene.things, seen, strict=True)
             if "state" in looks]  # fmt: skip
    _add(
        true,
        false,
        {an_attribute("state", state) for _, state in pairs},
        (an_attribute("state", word) for pair, _ in pairs for word in pair),
    )
    if len(scene.things) > 1:
        holds = {
            _relation(name)
            for name in RELATIONS
            if Related(subject=Mention(), relation=name, object=Mention()).holds(scene)
        }
        _add(true, false, holds, map(_relation, RELATIONS))
    return true, false


def _add(true: set[str], false: set[str], shown: set[str], known: Iterable[str]) -> None:
    """Of the known words of one sort those that are shown are true, the others false."""
    true |= shown
    false |= set(known) - shown


def _portrait(reel: Reel, index: int, names: tuple[str, ...], said: Mapping[str, float]) -> Item:
    facts = reel[index].facts
    true: set[str] = set()
    false: set[str] = set()
    _add(true, false, {str(facts["name"])}, names)
    _add(true, false, {_feeling(str(facts["expression"]))}, map(_feeling, EXPRESSIONS))
    if facts["hair_colour"] in HAIR:
        _add(true, false, {_hair(str(facts["hair_colour"]))}, map(_hair, HAIR))
    return _item(reel, index, true, false, said)


def _item(reel: Reel, index: int, true: set[str], false: set[str], said: Mapping[str, float]) -> Item:
    return Item(
        id=f"{reel.kind}/{reel.world.seed}/{reel.world.split}/{index:06d}",
        picture=ByRule(reel, index),
        captions=tuple(sorted(true)),
        distractors=tuple(sorted(false)),
        facts={word: said[word] for word in sorted(true)},
    )


def _portraits(reel: Reel, names: tuple[str, ...]) -> list[int]:
    """Numbers of the first few pictures of each of these persons."""
    wanted = {NAMES_OF_PEOPLE.index(name): PORTRAITS for name in names}
    found: list[int] = []
    index = 0
    while wanted:
        label = reel[index].label
        if label in wanted:
            found.append(index)
            wanted[label] -= 1
            if not wanted[label]:
                del wanted[label]
        index += 1
    return found


# --------------------------------------------------------------------------------------------------------------------
# How often training says it


@cache
def frequencies(seed: int) -> dict[str, float]:
    """Word → share of training's captions that say it, scenes and portraits being equally many.

    Counted, but for the names of persons, of whom it is known how often they are met.
    """
    scenes, people = World(seed=seed, split="train"), People(seed=seed, split="train")
    counts: Counter[str] = Counter()
    captions = 0
    for world in (scenes, people):
        for index in range(COUNTED):
            for caption in world[index].captions:
                counts.update(_heard(caption))
                captions += 1
    met = {name: NAMED * frequency(rank, people.draw) / 2 for rank, name in enumerate(NAMES_OF_PEOPLE)}
    return {word: met[word] if word in met else (counts[word] + 0.5) / captions for word in words()}


def _heard(caption: str) -> set[str]:
    """The words in a caption; places are taken out first, for "on a beach" says nothing of what stands on what."""
    places, others = _patterns()
    heard = {word for spoken in places.findall(caption) for word in _spoken_as()[spoken]}
    rest = places.sub(" ", caption).replace("full beard", "beard")  # which says nothing of bowls
    return heard | {word for spoken in others.findall(rest) for word in _spoken_as()[spoken]}


@cache
def _spoken_as() -> dict[str, tuple[str, ...]]:
    known: dict[str, list[str]] = defaultdict(list)
    for word, how in words().items():
        for spoken in how.spoken:
            known[spoken].append(word)
    return {spoken: tuple(found) for spoken, found in known.items()}


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    places = {place.phrase for place in PLACES.values()}
    others = [spoken for spoken in _spoken_as() if spoken not in places]
    longest = sorted(others, key=lambda spoken: (-len(spoken), spoken))
    return _any_of(sorted(places)), _any_of(longest)


def _any_of(spoken: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, spoken))})\b")


PUBLIC = stage
