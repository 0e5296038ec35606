"""What is said of a scene is checked by reading the words again and looking at the masks."""

import re
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from eyechart.world import COLOURS, NAMES, PLACES, TEXTURES, Scene, Thing, World
from eyechart.world.language import Mention, Statement
from eyechart.world.render import box_of, coverage, masks

_PLACES = {place.phrase: name for name, place in PLACES.items()}
_RELATION = re.compile(r" (left of|right of|above|below|in front of|behind|and) (?=an? )")
_OPENING = re.compile(r"^(?:an? (?:photo|picture|drawing|image) of |there (?:is|are) )")
views = st.builds(
    lambda seed, index, split: World(seed=seed, split=split)[index],
    st.integers(0, 3),
    st.integers(0, 10**6),
    st.sampled_from(("train", "test")),
)


@dataclass(frozen=True)
class Claim:
    """A caption taken apart, knowing nothing of the code that wrote it."""

    subject: tuple[str, ...]  # size, texture, colour, concept
    relation: str
    object: tuple[str, ...] | None
    place: str


def read(text: str) -> Claim:
    place = ""
    for phrase, name in _PLACES.items():
        if text.startswith(phrase + ", ") or text.endswith(" " + phrase):
            place, text = name, text.removeprefix(phrase + ", ").removesuffix(" " + phrase)
    text = _OPENING.sub("", text).replace(" is ", " ").removesuffix(" is")
    subject, *rest = _RELATION.split(text)
    relation, other = rest or ("", None)
    return Claim(_mention(subject), relation, _mention(other) if other else None, place)


def _mention(text: str) -> tuple[str, ...]:
    article, *words = text.split()
    assert article == ("an" if words[0][0] in "aeiou" else "a")
    assert words[-1] in NAMES
    known = (("small", "large"), TEXTURES, tuple(COLOURS))
    said = tuple(next((word for word in words[:-1] if word in kind), "") for kind in known)
    assert len([word for word in said if word]) == len(words) - 1, text
    return (*said, words[-1])


def true_of(claim: Claim, scene: Scene) -> bool:
    pairs = [(a, b) for a in range(len(scene.things)) for b in range(len(scene.things)) if a != b]
    if claim.place not in ("", scene.place):
        return False
    if claim.object is None:
        return any(_is(claim.subject, thing) for thing in scene.things)
    return any(
        _is(claim.subject, scene.things[a])
        and _is(claim.object, scene.things[b])
        and _stands(claim.relation, scene, a, b)
        for a, b in pairs
    )


def _is(mention: tuple[str, ...], thing: Thing) -> bool:
    size = "large" if thing.side > 0.58 else "small"
    facts = (size, thing.texture, thing.colour, thing.concept)
    return all(said in ("", fact) for said, fact in zip(mention, facts, strict=True))


def _stands(relation: str, scene: Scene, a: int, b: int) -> bool:
    if relation == "and":
        return True
    if relation == "behind":
        return _stands("in front of", scene, b, a)
    if relation == "in front of":
        alone = coverage(replace(scene, things=(scene.things[b],)), 64)[0]
        return bool((alone - coverage(scene, 64)[b]).sum() > 1) and scene.things[a].depth < scene.things[b].depth
    one, two = (box_of(masks(replace(scene, things=(scene.things[k],)), 64)[0]) for k in (a, b))
    gaps = {
        "left of": two.left - one.right,
        "right of": one.left - two.right,
        "above": two.top - one.bottom,
        "below": one.top - two.bottom,
    }
    return gaps[relation] > -8  # pixels: boxes hardly overlap in that direction


@settings(max_examples=80, deadline=None)
@given(views)
def test_what_is_called_true_holds(view):
    assert len(set(view.captions)) == 5
    for caption in view.captions:
        assert true_of(read(caption), view.scene), caption


@settings(max_examples=80, deadline=None)
@given(views)
def test_what_is_called_false_does_not_hold(view):
    assert len(view.falsehoods) >= 3
    for false in view.falsehoods:
        assert not true_of(read(false.text), view.scene), false


@settings(max_examples=60, deadline=None)
@given(views)
def test_a_falsehood_is_wrong_in_exactly_one_fact(view):
    for false in view.falsehoods:
        claim, colours = read(false.text), {thing.concept: thing.colour for thing in view.scene.things}
        mentions = [mention for mention in (claim.subject, claim.object) if mention]
        strangers = [mention for mention in mentions if mention[3] not in colours]
        textures = {thing.concept: thing.texture for thing in view.scene.things}
        wrong = {
            "concept": len(strangers) == 1,
            "place": claim.place != view.scene.place,
            "texture": any(m[1] not in ("", textures.get(m[3], m[1])) for m in mentions),
            "colour": sum(m[2] != colours.get(m[3], m[2]) for m in mentions) == 1,
            "swap": sum(m[2] != colours.get(m[3], m[2]) for m in mentions) == 2,
        }
        if not any(wrong.values()):
            wrong["relation"] = True
        assert [name for name, is_wrong in wrong.items() if is_wrong] == [false.change]


def test_captions_are_mostly_one_of_a_kind_and_of_many_lengths():
    captions = [view.captions for view in map(World(split="test").__getitem__, range(400))]
    assert len({five[0] for five in captions}) > 395
    lengths = {len(caption.split()) for five in captions for caption in five}
    assert min(lengths) <= 3
    assert max(lengths) >= 12


def test_the_prompts_of_the_exams_occur_in_the_captions():
    texts = {caption for index in range(600) for caption in World()[index].captions}
    assert sum(f"a photo of {'an' if name[0] in 'aeiou' else 'a'} {name}" in texts for name in NAMES) > 10


def test_a_relation_holds_only_in_its_direction():
    left = Thing(concept="car", colour="red", texture="plain", side=0.4, x=0.25, y=0.5)
    right = Thing(concept="tree", colour="blue", texture="plain", side=0.3, x=0.8, y=0.5)
    scene = Scene(place="park", variant=0, things=(left, right))
    car, tree = Mention(concept="car"), Mention(concept="tree", colour="blue")
    assert Statement(subject=car, relation="left of", object=tree).holds(scene)
    assert Statement(subject=tree, relation="right of", object=car, place="park").holds(scene)
    assert not Statement(subject=tree, relation="left of", object=car).holds(scene)
    assert not Statement(subject=car, relation="above", object=tree).holds(scene)
    assert not Statement(subject=car, relation="left of", object=tree, place="sea").holds(scene)
