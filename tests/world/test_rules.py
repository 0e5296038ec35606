"""Scene concepts hold where their rule holds, and every corner of a rule can be composed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eyechart.errors import BadInput
from eyechart.world import CONCEPTS, PLACES, SCENES, Scene, Thing, World
from eyechart.world.dice import Dice
from eyechart.world.language.statement import And
from eyechart.world.painting.render import hidden
from eyechart.world.rules import compose_for, corners, failing, scene_concepts


def thing(concept, **changes):
    return Thing(concept=concept, **({"colour": "red", "side": 0.4, "x": 0.5, "y": 0.5} | changes))


def test_the_rules_of_the_issue_hold():
    assert scene_concepts(Scene(place="forest", variant=0, things=(thing("bicycle"),))) == ("park",)
    assert scene_concepts(Scene(place="hills", variant=0, things=(thing("tree"),))) == ("green mountains",)
    assert scene_concepts(Scene(place="hills", variant=0, things=(thing("tree"),), features=("river",))) == ()
    fruits = thing("plate"), thing("apple"), thing("pear")
    assert scene_concepts(Scene(place="room", variant=0, things=fruits)) == ("still life",)
    assert scene_concepts(Scene(place="room", variant=0, things=fruits[:2])) == ()
    assert "wreck" in scene_concepts(Scene(place="desert", variant=0, things=(thing("tank", state="broken"),)))
    assert "elephant in the room" in scene_concepts(Scene(place="room", variant=0, things=(thing("elephant"),)))


@pytest.mark.parametrize("name", SCENES)
@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6))
def test_every_corner_has_the_truth_values_that_it_claims(name, index):
    rule = SCENES[name]
    for corner in corners(rule):
        scene = compose_for(rule, Dice(3, index), corner)
        assert tuple(part.holds(scene) for part in rule.parts) == corner
        holds = all(corner) if isinstance(rule.statement, And) else any(corner)
        assert rule.statement.holds(scene) == holds == (name in scene_concepts(scene))
        assert scene.things
        assert hidden(scene) <= 0.25
        assert set(scene.features) <= set(PLACES[scene.place].features)


@pytest.mark.parametrize("name", SCENES)
def test_one_part_can_fail_alone(name):
    assert len(SCENES[name].parts) >= 2
    if isinstance(SCENES[name].statement, And):
        assert len(failing(SCENES[name])) == len(SCENES[name].parts)
    assert SCENES[name].words


def test_rules_name_only_what_there_is():
    text = repr(list(SCENES.values()))
    for name in (
        "bicycle",
        "boat",
        "lighthouse",
        "guitar",
        "drum",
        "trumpet",
        "bed",
        "windmill",
        "palm",
        "tent",
        "cake",
    ):
        assert name in CONCEPTS
        assert repr(name) in text
    assert len(SCENES) >= 9


def test_some_scenes_of_the_world_are_such_scenes():
    met = {name for index in range(800) for name in World(split="test")[index].scene_concepts}
    assert len(met) >= 8


def test_a_corner_that_cannot_be_is_refused():
    with pytest.raises(BadInput, match="2 parts"):
        compose_for(SCENES["park"], Dice(0, 0), (True,))
    with pytest.raises(BadInput, match="no scene has the corner"):
        compose_for(SCENES["shore"], Dice(0, 0), (True, True, False))
