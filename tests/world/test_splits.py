"""The splits share nothing, and training never shows what is withheld."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eyechart.errors import UnknownName
from eyechart.world import COLOURS, CONCEPTS, NAMES, PLACES, World
from eyechart.world.splits import (
    WITHHELD,
    by_rank,
    frequency,
    shows,
    unseen_colour,
    unseen_concept,
    unseen_place,
    unseen_state,
    vocabulary,
)


def test_no_scene_is_in_two_splits():
    scenes = [{World(split=split)[index].scene for index in range(300)} for split in ("train", "valid", "test")]
    assert [len(known) for known in scenes] == [300, 300, 300]
    assert len(set().union(*scenes)) == 900
    assert World(seed=1)[0].scene != World(seed=0)[0].scene


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 5), st.integers(0, 10**6), st.sampled_from(("train", "valid")))
def test_what_is_withheld_is_never_shown(seed, index, split):
    scene = World(seed=seed, split=split)[index].scene
    assert not any(shows(scene, kind) for kind in ("colour", "place", "state"))
    without = World(seed=seed, split=split, hold_out=WITHHELD, draw="long-tailed")[index].scene
    assert not any(shows(without, kind) for kind in WITHHELD)


def test_the_test_shows_it_and_says_so():
    facts = [World(split="test", hold_out=WITHHELD)[index].facts for index in range(1500)]
    for kind in WITHHELD:
        assert sum(fact[f"unseen_{kind}"] for fact in facts) >= 0.08 * len(facts)
    for fact in facts:
        assert fact["unseen"] == any(fact[f"unseen_{kind}"] for kind in WITHHELD)
        assert fact["unseen_colour"] == (fact["colour"] == unseen_colour(fact["concept"]))
    assert not any(World(split="train")[index].facts["unseen"] for index in range(100))
    assert not any(World(split="test", hold_out=())[index].facts["unseen"] for index in range(100))


def test_nothing_is_withheld_on_request():
    everything = [World(hold_out=())[index].scene for index in range(1500)]
    assert all(any(shows(scene, kind) for scene in everything) for kind in WITHHELD)


def test_a_concept_is_never_left_without_what_is_usual():
    for name in NAMES:
        concept = CONCEPTS[name]
        assert unseen_colour(name) in COLOURS
        assert concept.colours[:1] != (unseen_colour(name),)
        assert unseen_place(name) in PLACES
        assert concept.homes != (unseen_place(name),)
        assert unseen_state(name) in ("", *concept.states[1:])
    assert 0.06 * len(NAMES) < sum(map(unseen_concept, NAMES)) < 0.2 * len(NAMES)
    assert 0.1 * len(NAMES) < sum(bool(unseen_state(name)) for name in NAMES) < 0.4 * len(NAMES)
    assert set(Counter(map(unseen_colour, NAMES))) == set(COLOURS)


def test_frequencies_add_up_and_fall_with_the_rank():
    for draw in ("balanced", "long-tailed"):
        assert sum(frequency(draw).values()) == pytest.approx(1)
    shares = [frequency("long-tailed")[name] for name in by_rank()]
    assert shares[0] / shares[9] == pytest.approx(10)
    assert sorted(by_rank()) == sorted(NAMES)


def test_a_digest_names_one_world():
    worlds = [
        World(),
        World(seed=1),
        World(size=96),
        World(split="valid"),
        World(split="test"),
        World(draw="long-tailed"),
        World(hold_out=()),
        World(hold_out=("concept",)),
    ]
    assert len({world.digest for world in worlds}) == len(worlds)
    assert World().digest == World(hold_out=("state", "colour", "place")).digest
    assert len(vocabulary()) == 32


def test_an_unknown_draw_or_kind_is_refused():
    with pytest.raises(UnknownName, match="did you mean 'balanced'"):
        World(draw="balance")
    with pytest.raises(UnknownName, match="kind of combination"):
        World(hold_out=("colours",))
