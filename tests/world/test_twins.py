"""Twins differ in one fact, and only in the pixels that it owns."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eyechart.errors import BadInput, UnknownName
from eyechart.world import World
from eyechart.world.painting.render import coverage, hidden, render
from eyechart.world.scene import RELATIONS
from eyechart.world.splits import shows
from eyechart.world.twins import EXCHANGES, KINDS, parsed

indices = st.integers(0, 10**5)
FACTS = ("concept", "colour", "texture", "substance", "condition", "size", "style", "pose", "facing", "text")
# What changes of itself with a fact.
ALONG = {"concept": {"condition", "facing", "substance"}, "state": {"condition"}, "material": {"substance"}}


def twins(index, share, split="test"):
    """Some of the twins of a picture."""
    world = World(split=split)
    known = world.changes(index)
    return [world.twin(index, change) for k, change in enumerate(known) if (index + k) % share == 0]


def owned(twin):
    """Pixels of the things that are only in one of the two pictures, in either picture."""
    own = np.zeros((64, 64), dtype=bool)
    for scene, other in ((twin.before.scene, twin.scene), (twin.scene, twin.before.scene)):
        shares = coverage(scene, 64)
        for k, thing in enumerate(scene.things):
            if thing not in other.things:
                own |= shares[k] > 0
    return own


@settings(max_examples=25, deadline=None)
@given(indices)
def test_only_the_pixels_that_the_fact_owns_differ(index):
    for twin in twins(index, 3):
        differ = (render(twin.before.scene, 64) != twin.view.pixels).any(axis=-1)
        assert differ.any(), twin.change
        if twin.change.kind not in ("place", "feature"):
            assert not (differ & ~owned(twin)).any(), twin.change


@settings(max_examples=25, deadline=None)
@given(indices)
def test_only_that_fact_differs(index):
    for twin in twins(index, 2):
        before, after, change = twin.before.scene, twin.scene, twin.change
        if change.kind == "place":
            assert (before.things, before.features) == (after.things, after.features)
        elif change.kind == "feature":
            assert (before.things, before.place) == (after.things, after.place)
            assert len(set(before.features) ^ set(after.features)) == 1
        elif change.kind in ("presence", "count"):
            fewer, more = sorted((before.things, after.things), key=len)
            assert len(more) == len(fewer) + 1
            assert set(fewer) < set(more)
        else:
            differing(twin)


def differing(twin):
    numbers = {k - 1 for k in (twin.change.thing, twin.change.other) if k}
    for k, (one, other) in enumerate(zip(twin.before.scene.things, twin.scene.things, strict=True)):
        if k not in numbers:
            assert one == other
            continue
        kind = {"colours": "colour", "positions": "position"}.get(twin.change.kind, twin.change.kind)
        changed = {name for name in FACTS if getattr(one, name) != getattr(other, name)}
        assert changed <= ({kind} | ALONG.get(kind, set()) | ({"facing"} if kind == "pose" else set()))
        if kind == "position":
            assert not changed
            assert (one.x, one.y) != (other.x, other.y)
        else:
            assert changed


@settings(max_examples=20, deadline=None)
@given(indices)
def test_what_touches_stays_in_touch_unless_it_is_moved(index):
    for twin in twins(index, 2):
        if twin.change.kind in ("position", "positions", "presence", "count", "place", "feature"):
            continue
        things = twin.before.scene.things, twin.scene.things
        told = [
            {
                (a, b, name)
                for a in range(len(t))
                for b in range(len(t))
                if a != b
                for name in RELATIONS
                if RELATIONS[name](t[a], t[b])
            }
            for t in things
        ]
        assert told[0] == told[1]


@settings(max_examples=20, deadline=None)
@given(indices)
def test_a_twin_is_a_scene_like_any_other(index):
    for twin in twins(index, 3, split="train"):
        assert hidden(twin.scene) <= 0.25
        assert not any(shows(twin.scene, kind) for kind in ("colour", "place", "state"))
        assert twin.view.world is twin.before.world
        assert len(twin.view.captions) == 5
        assert twin.view.facts["count"] == len(twin.scene.things)


@settings(max_examples=20, deadline=None)
@given(indices)
def test_a_twin_is_told_in_the_same_words_but_for_the_fact(index):
    for twin in twins(index, 3):
        one, other = twin.told()
        assert one != other
        assert set(one.split()) & set(other.split())


def test_every_kind_of_change_is_possible_somewhere():
    world = World(split="test")
    met = Counter(change.split(" of ")[0] for index in range(60) for change in world.changes(index))
    assert set(met) >= {*KINDS, *EXCHANGES} - {"text"}
    assert any(
        "text" in change for index in range(60, 400) if has_text(world, index) for change in world.changes(index)
    )


def has_text(world, index):
    return any(thing.text for thing in world[index].scene.things)


def test_a_twin_is_the_same_each_time_and_in_its_own_way():
    world = World(split="test")
    assert world.twin(3, "colour").scene == world.twin(3, "colour of object 1").scene
    assert world.twin(3).scene == World(split="test").twin(3).scene
    assert world.twin(3).scene.main.colour != world[3].scene.main.colour
    assert world.twin(3).before.index == 3


def test_a_change_reads_as_it_is_written():
    for text in (
        "colour of object 2",
        "place",
        "feature",
        "colours of objects 1 and 3",
        "positions of objects 1 and 2",
    ):
        assert str(parsed(text)) == text
    assert str(parsed("presence")) == "presence of object 1"
    assert str(parsed("colours")) == "colours of objects 1 and 2"
    assert str(parsed("positions of objects 3 and 1")) == "positions of objects 1 and 3"


def test_what_cannot_be_changed_is_said():
    world = World(split="test")
    with pytest.raises(UnknownName, match="did you mean 'colour of object"):
        world.twin(0, "color of object 1")
    with pytest.raises(BadInput, match="possible: "):
        world.twin(0, "presence of object 1")
    with pytest.raises(BadInput, match="possible: "):
        world.twin(0, "colour of object 9")
