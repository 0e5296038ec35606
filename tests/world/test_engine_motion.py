"""The flow between two pictures takes the one into the other."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eyechart.errors import BadInput
from eyechart.world.concepts import NAMES
from eyechart.world.painting.motion import Motion, flow, moved
from eyechart.world.painting.palette import COLOURS, MATERIALS, STYLES, TEXTURES
from eyechart.world.painting.render import coverage, masks, owners, render
from eyechart.world.places import PLACES
from eyechart.world.scene import Scene, Thing

things = st.builds(
    Thing,
    concept=st.sampled_from(NAMES),
    colour=st.sampled_from(tuple(COLOURS)),
    texture=st.sampled_from(TEXTURES),
    material=st.sampled_from(("", *MATERIALS)),
    style=st.sampled_from(STYLES),
    side=st.floats(0.3, 0.7),
    x=st.floats(0.2, 0.8),
    y=st.floats(0.2, 0.8),
    turn=st.floats(-180, 180),
    flipped=st.booleans(),
    depth=st.sampled_from((0.2, 0.5, 0.8)),
)
scenes = st.builds(
    Scene,
    place=st.sampled_from(tuple(PLACES)),
    variant=st.integers(0, 7),
    things=st.lists(things, min_size=1, max_size=3).map(tuple),
)
motions = st.builds(
    Motion,
    dx=st.floats(-0.2, 0.2),
    dy=st.floats(-0.2, 0.2),
    turn=st.floats(-30, 30),
    scale=st.floats(0.85, 1.2),
)


@settings(max_examples=40, deadline=None)
@given(scenes, st.lists(motions, min_size=3, max_size=3))
def test_every_spot_of_a_thing_arrives_where_the_thing_has_it(scene, moves):
    after, size = moved(scene, tuple(moves[: len(scene.things)])), 64
    found, drawn = flow(scene, after, size), masks(scene, size)
    for one, other, mask in zip(scene.things, after.things, drawn, strict=True):
        for row, column in np.argwhere(mask)[::17]:
            seen = np.array([column + 0.5, row + 0.5]) / size
            spot = np.linalg.solve(one.matrix, seen - (one.x, one.y))
            goal = np.array(other.at((float(spot[0]), float(spot[1])))) * size
            assert seen * size + found.displacement[row, column] == pytest.approx(goal, abs=1e-3)
    assert not found.displacement[owners(scene, size) < 0].any()
    assert found.displacement.dtype == np.float32


@settings(max_examples=25, deadline=None)
@given(scenes, st.lists(motions, min_size=3, max_size=3))
def test_warping_by_the_flow_gives_the_second_picture_inside_things(scene, moves):
    after, size = moved(scene, tuple(moves[: len(scene.things)])), 160
    found, first, second = flow(scene, after, size), render(scene, size).astype(float), render(after, size)
    for k in range(len(scene.things)):
        spots, arrived = inner(scene, k, size) & found.visible, inner(after, k, size)
        y, x = np.nonzero(spots)
        goal = np.stack([x, y], axis=1) + 0.5 + found.displacement[spots]
        whole = arrived[goal[:, 1].astype(int), goal[:, 0].astype(int)]
        wrong = beyond(first, x[whole], y[whole], sampled(second, goal[whole]))
        if len(wrong) > 50:
            pencil = scene.things[k].style == "sketch"  # its lines are as wide however large the thing is
            assert np.mean(wrong < 24) > (0.95 if pencil else 0.99)
            assert wrong.mean() < 1


def sampled(picture, spots):
    """Colours at spots between the middles of pixels, linearly: ``[n, 3]``."""
    left, top = np.floor(spots - 0.5).astype(int).T
    right, down = (spots - 0.5 - np.stack([left, top], axis=1)).T[..., None]
    upper = picture[top, left] * (1 - right) + picture[top, left + 1] * right
    lower = picture[top + 1, left] * (1 - right) + picture[top + 1, left + 1] * right
    return upper * (1 - down) + lower * down


def beyond(picture, x, y, colours):
    """By how much each colour is outside the range of those around its spot: anti-aliasing blurs by a pixel."""
    around = np.stack([picture[y + dy, x + dx] for dy in (-1, 0, 1) for dx in (-1, 0, 1)])
    return np.maximum(np.maximum(around.min(axis=0) - colours, colours - around.max(axis=0)), 0).max(axis=-1)


def inner(scene, number, size):
    """Where a pixel and all around it show nothing but the thing."""
    own = coverage(scene, size)[number] == 1
    own[:2] = own[-2:] = own[:, :2] = own[:, -2:] = False
    return np.logical_and.reduce([np.roll(own, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1)])


def test_what_is_hidden_or_leaves_the_frame_is_not_visible_in_both():
    still = Thing(concept="house", colour="red", side=0.4, x=0.3, y=0.5, depth=0.6)
    mover = Thing(concept="car", colour="blue", side=0.3, x=0.75, y=0.5, depth=0.2)
    scene = Scene(place="street", variant=0, things=(still, mover))
    after = moved(scene, (Motion(), Motion(dx=-0.45)))
    over, here, there = flow(scene, after, 64), owners(scene, 64), owners(after, 64)
    assert np.array_equal(over.visible[here == 0], there[here == 0] == 0)
    assert 0.2 < over.visible[here == 0].mean() < 0.8
    assert over.visible[here == 1].mean() > 0.9
    assert not over.visible[(here == -1) & (there == 1)].any()
    gone = flow(scene, moved(scene, (Motion(), Motion(dx=0.6))), 64)
    assert not gone.visible[here == 1].any()
    assert gone.visible[here == 0].all()


def test_nothing_moves_between_a_picture_and_itself():
    scene = Scene(place="park", variant=0, things=(Thing(concept="cat", colour="gray", side=0.6, x=0.5, y=0.5),))
    found = flow(scene, scene, 64)
    assert not found.displacement.any()
    assert found.visible.all()


def test_only_things_that_stay_the_same_have_a_flow():
    scene = Scene(place="park", variant=0, things=(Thing(concept="cat", colour="gray", side=0.6, x=0.5, y=0.5),))
    with pytest.raises(BadInput, match="same place"):
        flow(scene, replace(scene, place="sea"), 64)
    with pytest.raises(BadInput, match="thing 0 has changed otherwise"):
        flow(scene, replace(scene, things=(replace(scene.main, colour="red"),)), 64)
    with pytest.raises(BadInput, match="each of the 1 things"):
        moved(scene, (Motion(), Motion()))
