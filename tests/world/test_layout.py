"""Scenes follow habits, and everything that can be met is met."""

from collections import Counter
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eyechart.world import COLOURS, CONCEPTS, FEATURES, MATERIALS, NAMES, PLACES, STYLES, TEXTURES, World
from eyechart.world.dice import Dice
from eyechart.world.painting.render import hidden, render
from eyechart.world.places import backdrop
from eyechart.world.scene import RELATIONS
from eyechart.world.splits import by_rank, frequency
from eyechart.world.staging.company import Plan, belongs
from eyechart.world.staging.habits import SMALLEST_MAIN, TINIEST, footing
from eyechart.world.staging.layout import compose, features_of
from eyechart.world.staging.measures import LENGTHS
from eyechart.world.staging.steps import a_moment_later

scenes = st.builds(
    lambda seed, index, draw: compose(Dice(seed, index), Plan(draw=draw)),
    st.integers(0, 3),
    st.integers(0, 10**6),
    st.sampled_from(("balanced", "long-tailed")),
)


@pytest.fixture(scope="module")
def many():
    return [World(split="test")[index].scene for index in range(3000)]


@settings(max_examples=150, deadline=None)
@given(scenes)
def test_the_main_thing_is_large_in_the_frame_and_at_most_a_quarter_hidden(scene):
    assert SMALLEST_MAIN <= scene.main.side <= 0.75
    assert hidden(scene) <= 0.25
    assert 1 <= len(scene.things) <= 4
    for thing in scene.things:
        assert TINIEST <= thing.side <= scene.main.side
        assert min(thing.bounds[:2]) >= 0
        assert max(thing.bounds[2:]) <= 1
        assert 0 <= thing.depth <= 0.9


def test_a_feature_that_is_said_to_be_there_can_be_seen():
    for index in range(400):
        scene = World(split="test", size=64)[index].scene
        for feature in scene.features:
            without = replace(scene, features=tuple(name for name in scene.features if name != feature))
            alone = backdrop(scene.place, scene.variant, 64) != backdrop(scene.place, scene.variant, 64, (feature,))
            changed = (render(scene, 64) != render(without, 64)).any(axis=-1)
            assert changed.sum() > 0.2 * alone.any(axis=-1).sum(), (index, feature)


@settings(max_examples=150, deadline=None)
@given(scenes)
def test_things_have_only_what_they_can_have(scene):
    place = PLACES[scene.place]
    assert set(scene.features) <= set(place.features)
    assert list(scene.features) == sorted(scene.features)
    assert len({thing.style for thing in scene.things}) == 1
    for thing in scene.things:
        assert thing.colour in place.colours
        assert thing.condition in CONCEPTS[thing.concept].states
        assert thing.state != CONCEPTS[thing.concept].states[0]
        assert not thing.text or (thing.drawing.page and thing.text.isupper() and not thing.flipped)
        if thing.style in ("sketch", "silhouette"):
            assert (thing.texture, thing.material) == ("plain", "")


def test_most_things_are_at_home_and_a_quarter_of_the_scenes_has_a_stranger(many):
    strange = [any(not belongs(thing.concept, scene.place) for thing in scene.things) for scene in many]
    assert 0.3 < sum(strange) / len(many) < 0.6  # the quarter of intruders, and many of the free ones
    assert 0.2 < sum(not belongs(scene.main.concept, scene.place) for scene in many) / len(many) < 0.45


def test_what_belongs_stands_where_its_stance_says():
    counted = Counter()
    for index in range(2500):
        scene = compose(Dice(11, index), Plan())
        for thing in scene.things:
            stands, (low, high) = footing(CONCEPTS[thing.concept].stance, scene.place)
            touches = any(
                RELATIONS[name](thing, other)
                for other in scene.things
                if other is not thing
                for name in ("on", "inside", "held by")
            )
            if touches or thing.pose != "upright" or not stands:
                continue
            counted[low - 0.02 <= thing.bounds[3] <= max(high, low) + 0.09] += 1
    assert counted[True] > 2 * counted[False]  # the rest is in free scenes


def test_a_boat_floats_and_a_thing_on_the_ground_stands():
    assert footing("water", "sea") == (True, PLACES["sea"].water)
    assert footing("water", "street") == (True, PLACES["street"].ground)
    assert footing("ground", "sky") == (False, PLACES["sky"].air)
    assert footing("wall", "room")[0] is False
    assert footing("surface", "kitchen") == (True, PLACES["kitchen"].surface)


def test_every_relation_occurs_often_enough_to_be_examined(many):
    met = Counter()
    for scene in many:
        pairs = list(permutations(scene.things, 2))
        met.update({name for name, holds in RELATIONS.items() if any(holds(*pair) for pair in pairs)})
    assert set(met) == set(RELATIONS)
    assert min(met.values()) >= 0.007 * len(many), met
    for one, other in (("left of", "above"), ("in front of", "on")):
        assert met[one] > met[other] / 3


def test_things_are_as_often_to_the_left_as_to_the_right(many):
    sides = Counter()
    for scene in many:
        for other in scene.others:
            sides.update(
                name for name in ("left of", "right of", "above", "below") if RELATIONS[name](scene.main, other)
            )
    assert sides["left of"] == pytest.approx(sides["right of"], rel=0.15)
    assert min(sides.values()) > 0.04 * len(many), sides


def test_everything_there_is_occurs(many):
    mains = [scene.main for scene in many]
    concepts = Counter(thing.concept for thing in mains)
    assert set(concepts) == set(NAMES)
    assert max(concepts.values()) < 3 * min(concepts.values())
    for values, known, least in (
        (Counter(thing.colour for thing in mains), COLOURS, 0.04),
        (Counter(thing.texture for thing in mains), TEXTURES, 0.02),
        (Counter(thing.substance for thing in mains), MATERIALS, 0.015),
        (Counter(thing.style for thing in mains), STYLES, 0.07),
        (Counter(scene.place for scene in many), PLACES, 0.035),
        (Counter(feature for scene in many for feature in scene.features), FEATURES, 0.02),
        (Counter(len(scene.things) for scene in many), (1, 2, 3, 4), 0.06),
    ):
        assert set(values) == set(known)
        assert min(values.values()) >= least * len(many), values
    assert 0.5 < sum(thing.style == "outlined" for thing in mains) / len(many) < 0.7
    assert 0.45 < sum(thing.texture == "plain" for thing in mains) / len(many) < 0.7
    assert 0.02 < sum(thing.pose == "upside down" for thing in mains) / len(many) < 0.09
    assert 0.2 < sum(bool(thing.state) for thing in mains) / len(many) < 0.42
    assert any(thing.text for thing in mains)


def test_several_of_the_same_are_met(many):
    alike = [sum(other.concept == scene.main.concept for other in scene.things) for scene in many]
    shares = {count: alike.count(count) / len(many) for count in (2, 3, 4)}
    assert all(0.02 < share < 0.1 for share in shares.values()), shares


def test_a_long_tailed_draw_follows_zipfs_law():
    mains = Counter(World(draw="long-tailed", hold_out=())[index].name for index in range(6000))
    ranks = by_rank()
    assert mains[ranks[0]] / 6000 == pytest.approx(frequency("long-tailed")[ranks[0]], rel=0.15)
    for first in (0, 3):
        assert mains[ranks[first]] / mains[ranks[2 * first + 1]] == pytest.approx(2, rel=0.35)
    assert sum(mains[name] for name in ranks[40:]) < 0.2 * 6000


def test_features_of_a_place_are_there_half_of_the_time():
    drawn = [features_of("park", Dice(1, index)) for index in range(400)]
    assert 0.4 < sum(not features for features in drawn) / 400 < 0.6
    assert {len(features) for features in drawn} == {0, 1, 2}
    assert features_of("room", Dice(1, 1)) == ()


def test_the_length_of_every_concept_is_known():
    assert set(LENGTHS) >= set(NAMES)


@settings(max_examples=60, deadline=None)
@given(scenes, st.integers(0, 100))
def test_a_moment_later_everything_is_near_and_holds_together(scene, index):
    later = a_moment_later(scene, Dice(4, index))
    touch = ("on", "inside", "held by")
    for k, (one, other) in enumerate(zip(scene.things, later.things, strict=True)):
        assert abs(one.x - other.x) <= 0.071
        assert abs(one.y - other.y) <= 0.071
        assert (one.concept, one.side, one.depth) == (other.concept, other.side, other.depth)
        for name in touch:
            for j, base in enumerate(scene.things):
                if j != k and RELATIONS[name](one, base):
                    assert RELATIONS[name](other, later.things[j])
