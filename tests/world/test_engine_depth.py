"""Depth, flow and bands agree with what the pictures show."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eyechart.errors import BadInput
from eyechart.world.concepts import NAMES
from eyechart.world.painting.depth import FARTHEST, depth
from eyechart.world.painting.palette import COLOURS, TEXTURES
from eyechart.world.painting.render import coverage, masks, render
from eyechart.world.places import PLACES
from eyechart.world.scene import Scene, Thing

things = st.builds(
    Thing,
    concept=st.sampled_from(NAMES),
    colour=st.sampled_from(tuple(COLOURS)),
    texture=st.sampled_from(TEXTURES),
    side=st.floats(0.2, 0.8),
    x=st.floats(0.1, 0.9),
    y=st.floats(0.1, 0.9),
    turn=st.floats(-180, 180),
    depth=st.floats(0, FARTHEST),
)
scenes = st.builds(
    Scene,
    place=st.sampled_from(tuple(PLACES)),
    variant=st.integers(0, 7),
    things=st.lists(things, min_size=1, max_size=4).map(tuple),
)


@settings(max_examples=40, deadline=None)
@given(scenes)
def test_each_thing_is_at_its_depth_and_the_place_behind_all(scene):
    far, drawn = depth(scene, 64), masks(scene, 64)
    assert far.dtype == np.float32
    for thing, mask in zip(scene.things, drawn, strict=True):
        assert (far[mask] == np.float32(thing.depth)).all()
    assert (far[coverage(scene, 64).sum(axis=0) == 0] > FARTHEST).all()
    assert far.max(initial=0) <= 1


@settings(max_examples=40, deadline=None)
@given(scenes)
def test_a_pixel_is_nearer_than_everything_that_it_hides(scene):
    far, shown = depth(scene, 64), coverage(scene, 64)
    for k, thing in enumerate(scene.things):
        alone = coverage(replace(scene, things=(thing,)), 64)[0]
        hides = (alone == 1) & (shown[k] < 0.4)
        assert (far[hides] <= np.float32(thing.depth)).all()


@pytest.mark.parametrize("place", PLACES)
def test_the_ground_recedes_to_the_horizon_and_the_sky_is_farthest(place):
    rows = depth(Scene(place=place, variant=0, things=()), 128)
    assert (rows == rows[:, :1]).all()
    upwards = rows[::-1, 0]
    assert (np.diff(upwards) >= 0).all()
    horizon = round(PLACES[place].horizon * 128)
    assert (rows[:horizon] == 1).all()
    if horizon < 120:
        assert rows[-1, 0] < 0.92
        assert rows[horizon + 3, 0] < 1


@pytest.mark.parametrize("wrong", [-0.1, 0.95])
def test_a_thing_behind_the_place_is_refused(wrong):
    thing = Thing(concept="car", colour="red", side=0.5, x=0.5, y=0.5, depth=wrong)
    with pytest.raises(BadInput, match=r"depths from 0 to 0\.9"):
        depth(Scene(place="street", variant=0, things=(thing,)), 64)


def test_depth_is_of_the_same_pixels_as_the_picture():
    thing = Thing(concept="house", colour="red", side=0.5, x=0.5, y=0.5)
    scene = Scene(place="park", variant=0, things=(thing,))
    changed = (render(scene, 64) != render(replace(scene, things=()), 64)).any(axis=-1)
    assert not ((depth(scene, 64) <= FARTHEST) & ~changed).any()
