"""Questions are read again, and every option is checked against the things of the scene."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eyechart.world.concepts import NAMES
from eyechart.world.dice import Dice
from eyechart.world.language import questions
from eyechart.world.language.english import phrase
from eyechart.world.language.questions import KINDS
from eyechart.world.language.statement import Mention
from eyechart.world.painting.palette import COLOURS
from eyechart.world.places import PLACES
from eyechart.world.scene import RELATIONS, Scene, Thing

seeds = st.integers(0, 10**6)
_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_STUFF = {"wood": "wooden", "metal": "metal", "glass": "glass", "stone": "stone", "wool": "woollen"}
_CLAIMS = {phrase(Mention(concept=name)): name for name in NAMES}
_FRAMES = {
    "colour": r"what colour (?:is|does) the (?P<the>.+?)(?: wear)?\?",
    "texture": r"what pattern does the (?P<the>.+) (?:have|wear)\?",
    "material": r"what is the (?P<the>.+) made of\?",
    "text": r"what does the (?P<the>.+) say\?",
    "count": r"how many (?P<many>.+) are there\?",
    "compare": r"are there more (?P<many>.+) than (?P<than>.+)\?",
    "relation": rf"what is (?P<relation>{'|'.join(RELATIONS)}) the (?P<the>.+)\?",
    "exists": r"(?P<verb>is|are) there (?P<what>.+)\?",
    "logic": r"(?P<verb>is|are) there (?P<what>.+)\?",
}


def truth(question, option, scene, reader):
    """Whether the option answers the question rightly, from the things alone."""
    if question.kind == "what":
        return any(thing.concept == _CLAIMS[option] for thing in scene.things)
    if question.kind == "place":
        return PLACES[scene.place].phrase == option
    if question.kind == "state":
        the = re.fullmatch(r"is the (.+) \S+ or \S+\?", question.text)[1]
        return reader.facts_of(meant(the, scene, reader))["state"] == option
    asked = re.fullmatch(_FRAMES[question.kind], question.text)
    if question.kind in ("exists", "logic"):
        said = reader.read(f"there {asked['verb']} {asked['what']}")
        return reader.true_of(said, scene) == (option == "yes")
    if question.kind in ("count", "compare"):
        numbers = [number(asked[name], scene, reader) for name in asked.groupdict()]
        return (
            _NUMBERS.index(option) == numbers[0]
            if len(numbers) == 1
            else (numbers[0] > numbers[1]) == (option == "yes")
        )
    thing = meant(asked["the"], scene, reader)
    if question.kind == "relation":
        others = [other for other in scene.things if other is not thing and other.concept == _CLAIMS[option]]
        return any(reader.stands(other, asked["relation"], thing) for other in others)
    return reader.facts_of(thing)[question.kind] == _STUFF.get(option, option)


def meant(words, scene, reader):
    """The one thing that "the …" is about."""
    (said, _), *_ = reader.read("an " + words if words[0] in "aeiou" else "a " + words).claims
    (thing,) = (thing for thing in scene.things if reader.fits(said, thing))
    return thing


def number(words, scene, reader):
    return sum(thing.concept == reader.plural(words) for thing in scene.things)


@settings(max_examples=150, deadline=None)
@given(seed=seeds)
def test_the_answer_is_the_only_true_option(seed, reader, scene_of):
    scene = scene_of(seed)
    for question in questions(scene, Dice(seed, 4)):
        assert question.answer in question.options
        assert 2 <= len(set(question.options)) == len(question.options) <= 4
        true = [option for option in question.options if truth(question, option, scene, reader)]
        assert true == [question.answer], question


def test_every_kind_is_asked_and_yes_is_as_likely_as_no(scene_of):
    asked = [question for seed in range(600) for question in questions(scene_of(seed), Dice(seed, 4))]
    kinds = Counter(question.kind for question in asked)
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) > 40
    for kind in ("exists", "compare", "logic"):
        yes = sum(question.answer == "yes" for question in asked if question.kind == kind)
        assert 0.4 < yes / kinds[kind] < 0.6, kind


def test_the_right_option_stands_anywhere(scene_of):
    asked = [question for seed in range(400) for question in questions(scene_of(seed), Dice(seed, 4))]
    four = [question.options.index(question.answer) for question in asked if len(question.options) == 4]
    assert min(Counter(four).values()) > 0.2 * len(four)


def test_a_thing_is_named_by_as_few_words_as_tell_it_from_the_others():
    cups = tuple(
        Thing(concept="cup", colour=colour, texture=texture, side=0.3, x=0.2 + 0.3 * k, y=0.5)
        for k, (colour, texture) in enumerate((("red", "plain"), ("red", "striped"), ("blue", "plain")))
    )
    scene = Scene(place="room", variant=0, things=cups)
    texts = {question.text for seed in range(60) for question in questions(scene, Dice(seed, 0))}
    colours = {text for text in texts if text.startswith("what colour")}
    assert colours == {"what colour is the striped cup?"}  # of the others only the colour could tell which is meant
    assert "is the blue cup empty or full?" in texts
    assert "is the plain red cup empty or full?" in texts


@settings(max_examples=60, deadline=None)
@given(seed=seeds)
def test_chinese_asks_the_same(seed, scene_of):
    """Of the same things, with as many options, the same one being right."""
    scene = scene_of(seed)
    both = [questions(scene, Dice(seed, 4), language) for language in ("en", "zh")]
    assert len(both[0]) == len(both[1])
    for one, other in zip(*both, strict=True):
        assert one.kind == other.kind
        assert len(one.options) == len(other.options) == len(set(other.options))
        assert one.options.index(one.answer) == other.options.index(other.answer)
        assert not re.search("[ -~]", re.sub("“[^”]*”", "", other.text))


@pytest.mark.parametrize("place", PLACES)
def test_an_empty_place_can_be_asked_about_too(place, reader):
    scene = Scene(place=place, variant=0, things=())
    asked = questions(scene, Dice(0, 0))
    assert {question.kind for question in asked} == {"exists", "place", "count"}
    for question in asked:
        assert [o for o in question.options if truth(question, o, scene, reader)] == [question.answer]


def test_colours_are_asked_for_by_their_names():
    scene = Scene(place="park", variant=0, things=(Thing(concept="car", colour="red", side=0.5, x=0.5, y=0.5),))
    asked = [question for question in questions(scene, Dice(1, 1)) if question.kind == "colour"]
    assert [question.text for question in asked] == ["what colour is the car?"]
    assert asked[0].answer == "red"
    assert set(asked[0].options) <= set(COLOURS)
