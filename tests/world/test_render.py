"""Pixels, masks and boxes tell the same story, at any size and in any process."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import binary_dilation

from eyechart.world.concepts import CONCEPTS, NAMES
from eyechart.world.painting.layers import layer
from eyechart.world.painting.palette import COLOURS, MATERIALS, STYLES, TEXTURES, brightness
from eyechart.world.painting.render import (
    LARGEST,
    SMALLEST,
    box_of,
    coverage,
    hidden,
    masks,
    render,
    render_with_masks,
    silhouette,
)
from eyechart.world.painting.stamp import Grid, stamp
from eyechart.world.places import FEATURES, PLACES
from eyechart.world.scene import Scene, Thing

things = st.builds(
    Thing,
    concept=st.sampled_from(NAMES),
    colour=st.sampled_from(tuple(COLOURS)),
    texture=st.sampled_from(TEXTURES),
    side=st.floats(0.15, 0.8),
    x=st.floats(0.1, 0.9),
    y=st.floats(0.1, 0.9),
    turn=st.floats(-180, 180),
    flipped=st.booleans(),
    depth=st.sampled_from((0.1, 0.3, 0.5, 0.7)),
    material=st.sampled_from(("", *MATERIALS)),
    style=st.sampled_from(STYLES),
    skin=st.sampled_from(("", "", "", "fish", "star")),
)
scenes = st.builds(
    Scene,
    place=st.sampled_from(tuple(PLACES)),
    variant=st.integers(0, 7),
    things=st.lists(things, max_size=4).map(tuple),
)
sizes = st.sampled_from((32, 64, 100, 200))


def alone(concept, **changes):
    look = {"colour": "red", "side": 0.8, "x": 0.5, "y": 0.5} | changes
    return Scene(place="room", variant=0, things=(Thing(concept=concept, **look),))


def with_thing(scene, number, thing):
    return replace(scene, things=(*scene.things[:number], thing, *scene.things[number + 1 :]))


def differing(one, other):
    return (one != other).any(axis=-1)


@settings(max_examples=40, deadline=None)
@given(scenes)
def test_taking_a_thing_away_changes_only_the_pixels_it_covers(scene):
    for k in range(len(scene.things)):
        without = replace(scene, things=scene.things[:k] + scene.things[k + 1 :])
        changed = differing(render(scene, 64), render(without, 64))
        assert not (changed & (coverage(scene, 64)[k] == 0)).any()


def test_what_a_thing_covers_shows_it():
    for concept in NAMES:
        scene = alone(concept, colour="purple")
        changed = differing(render(scene, 64), render(replace(scene, things=()), 64))
        assert changed[masks(scene, 64)[0]].mean() > 0.95, concept


@settings(max_examples=60, deadline=None)
@given(scenes.filter(lambda scene: scene.things), things, st.integers(0, 3))
def test_a_change_of_look_changes_only_pixels_that_the_thing_has_before_or_after(scene, other, number):
    k = number % len(scene.things)
    look = {name: getattr(other, name) for name in ("colour", "texture", "material", "style", "skin")}
    after = with_thing(scene, k, replace(scene.things[k], **look))
    own = (coverage(scene, 64)[k] > 0) | (coverage(after, 64)[k] > 0)
    assert not (differing(render(scene, 64), render(after, 64)) & ~own).any()
    assert not ((masks(scene, 64) != masks(after, 64)).any(axis=0) & ~own).any()


@pytest.mark.parametrize("concept", NAMES)
def test_a_change_of_state_shows_and_changes_only_pixels_that_the_thing_has_before_or_after(concept):
    bystander = Thing(concept="star", colour="blue", side=0.3, x=0.3, y=0.3, depth=0.2)
    usual = replace(alone(concept), things=(alone(concept, turn=5).main, bystander))
    for state in CONCEPTS[concept].states[1:]:
        after = with_thing(usual, 0, replace(usual.main, state=state))
        own = (coverage(usual, 64)[0] > 0) | (coverage(after, 64)[0] > 0)
        changed = differing(render(usual, 64), render(after, 64))
        assert changed.sum() > 20
        assert not (changed & ~own).any()


@settings(max_examples=40, deadline=None)
@given(scenes, sizes)
def test_one_pass_gives_what_two_give(scene, size):
    pixels, drawn = render_with_masks(scene, size)
    layer.cache_clear()
    assert np.array_equal(pixels, render(scene, size))
    layer.cache_clear()
    assert np.array_equal(drawn, masks(scene, size))
    assert pixels.shape == (size, size, 3)
    assert pixels.dtype == np.uint8


@settings(max_examples=40, deadline=None)
@given(scenes, sizes)
def test_masks_do_not_overlap_and_boxes_fit_them(scene, size):
    drawn = masks(scene, size)
    assert drawn.shape == (len(scene.things), size, size)
    assert drawn.sum(axis=0).max(initial=0) <= 1
    for mask in drawn:
        left, top, right, bottom = (int(edge) for edge in box_of(mask))
        assert mask[top:bottom, left:right].sum() == mask.sum()
        if mask.any():
            assert mask[top].any()
            assert mask[bottom - 1].any()
            assert mask[:, left].any()
            assert mask[:, right - 1].any()


@settings(max_examples=40, deadline=None)
@given(scenes, sizes)
def test_what_things_cover_never_exceeds_a_pixel_and_masks_are_its_larger_half(scene, size):
    shares = coverage(scene, size)
    assert shares.min(initial=0) >= 0
    assert shares.sum(axis=0).max(initial=0) <= 1 + 1e-6
    assert np.array_equal(shares > 0.5, masks(scene, size))


@settings(max_examples=40, deadline=None)
@given(scenes.filter(lambda scene: scene.things))
def test_a_lone_mask_is_the_silhouette_in_the_frame(scene):
    thing = replace(scene.main, style="outlined")
    drawn = masks(replace(scene, things=(thing,)), 64)[0]
    fine = silhouette(thing, 256).reshape(64, 4, 64, 4).mean(axis=(1, 3))
    on = stamp(thing, Grid(256, 1))
    # Corners left of the frame or above it are rounded the other way (towards its edge), so that a point may differ.
    told = np.abs(fine - 0.5) > (1 / 16 if min(on.left, on.top) < 0 else 0)
    assert np.array_equal(drawn[told], fine[told] > 0.5)


def test_what_is_hidden_is_what_the_masks_lack():
    behind = Thing(concept="house", colour="red", side=0.6, x=0.5, y=0.5, depth=0.6)
    before = Thing(concept="car", colour="blue", side=0.4, x=0.6, y=0.7, depth=0.2)
    scene = Scene(place="street", variant=1, things=(behind, before))
    whole = masks(replace(scene, things=(behind,)), 256)[0].sum()
    assert hidden(scene) == pytest.approx(1 - masks(scene, 256)[0].sum() / whole, abs=0.03)
    assert 0.1 < hidden(scene) < 0.5
    assert hidden(scene, 1) == 0
    apart = replace(scene, things=(replace(behind, x=0.3, y=0.3, side=0.3), replace(before, y=0.85)))
    assert hidden(apart) == 0


def test_of_things_at_one_depth_the_later_one_hides_the_earlier():
    one, other = (Thing(concept="heart", colour=colour, side=0.5, x=0.5, y=0.5) for colour in ("red", "blue"))
    scene = Scene(place="room", variant=0, things=(one, other))
    assert not masks(scene, 64)[0].any()
    assert hidden(scene, 0) == 1
    assert hidden(scene, 1) == 0


def test_every_thing_stands_out_from_every_place_by_colour_or_by_rim():
    for place in PLACES.values():
        for colour in place.colours:
            scene = replace(alone("star", colour=colour, side=0.5), place=place.name)
            difference = np.abs(render(scene, 64).astype(int) - render(replace(scene, things=()), 64))
            edge = coverage(scene, 64)[0]
            rim = (edge > 0.3) & (edge < 1)
            assert difference[rim].max(axis=-1).mean() > 24, (place.name, colour)


@pytest.mark.parametrize("size", [SMALLEST, 64, 97, 160, 224, LARGEST])
def test_a_scene_looks_alike_at_any_size(size):
    scene = alone("guitar", colour="blue", texture="dotted", turn=-20, side=0.7)
    picture = render(scene, size)
    assert picture.shape == (size, size, 3)
    assert masks(scene, size)[0].mean() == pytest.approx(masks(scene, 64)[0].mean(), rel=0.12)
    assert np.abs(picture.mean(axis=(0, 1)) - render(scene, 64).mean(axis=(0, 1))).max() < 4


def test_edges_are_smooth():
    share = coverage(alone("heart", side=0.7), 64)[0]
    assert len(np.unique(share)) > 8
    assert ((share > 0) & (share < 1)).sum() > 60


@settings(max_examples=30, deadline=None)
@given(things, st.floats(0.5, 3.0), st.floats(-0.6, 1.6), st.floats(-0.6, 1.6))
def test_things_may_reach_beyond_the_frame(thing, side, x, y):
    """Inside the frame all is as on a larger picture of the same."""
    scene = Scene(place="room", variant=0, things=(replace(thing, side=side, x=x, y=y),))
    small = replace(scene, things=(replace(scene.main, side=side / 4, x=x / 4 + 0.375, y=y / 4 + 0.375),))
    whole, framed = silhouette(small.main, 1024), np.s_[384:640, 384:640]
    part, own = whole[framed], silhouette(scene.main, 256)
    assert render(scene, 64).shape == (64, 64, 3)
    assert not (own & ~binary_dilation(whole)[framed]).any()
    assert (part & ~own).mean() < 0.2  # the rim of the larger picture is wider, and a bicycle in outline is all rim


def test_what_is_beyond_the_frame_is_nowhere():
    gone = alone("car", side=0.2, x=3.0)
    assert not coverage(gone, 64).any()
    assert not silhouette(gone.main, 64).any()
    assert box_of(masks(gone, 64)[0]) == (0, 0, 0, 0)
    assert np.array_equal(render(gone, 64), render(replace(gone, things=()), 64))


def test_no_row_of_a_thing_that_is_cut_off_runs_into_the_next():
    for x in (-0.05, 1.05):
        share = coverage(alone("box", side=0.9, x=x, y=0.5), 64)[0]
        far = share[:, 56:] if x < 0.5 else share[:, :8]
        assert not far.any()


def test_a_place_without_things_has_no_masks():
    assert masks(Scene(place="sea", variant=1, things=()), 64).shape == (0, 64, 64)


def test_a_feature_of_the_place_is_drawn():
    for place in PLACES.values():
        for feature in place.features:
            assert feature in FEATURES
            plain = Scene(place=place.name, variant=2, things=())
            assert differing(render(plain, 64), render(replace(plain, features=(feature,)), 64)).sum() > 20


def test_only_the_night_is_dark():
    bright = {
        name: brightness(tuple(render(Scene(place=name, variant=0, things=()), 32).mean(axis=(0, 1))))
        for name in PLACES
    }
    assert [name for name, value in bright.items() if value < 0.4] == ["night"]
    assert [place.name for place in PLACES.values() if place.dark] == ["night"]


def test_drawing_leaves_no_trace():
    scene = alone("car", texture="striped")
    first = render(scene, 64)
    first[:] = 0
    masks(scene, 64)[:] = True
    coverage(scene, 64)[:] = 1
    assert np.array_equal(render(scene, 64), render(alone("car", texture="striped"), 64))
    assert render(scene, 64).any()


def digest():
    """Of pictures of all looks, in some order of drawing."""
    known = hashlib.blake2b(digest_size=16)
    for k, concept in enumerate(NAMES):
        look = {
            "colour": tuple(COLOURS)[k % len(COLOURS)],
            "texture": TEXTURES[k % len(TEXTURES)],
            "material": MATERIALS[k % len(MATERIALS)],
            "style": STYLES[k % len(STYLES)],
            "skin": "fish" if k % 7 == 0 else "",
            "turn": 31.0 * k,
            "flipped": k % 2 == 0,
        }
        for size in (32, 64, 130, 256)[: 1 + k % 4]:
            pixels, drawn = render_with_masks(replace(alone(concept, **look), place=tuple(PLACES)[k % 13]), size)
            known.update(pixels.tobytes() + drawn.tobytes())
    return known.hexdigest()


def test_another_process_draws_the_same_bytes():
    code = f"import runpy; print(runpy.run_path({__file__!r})['digest']())"
    environment = {"PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert other.stdout.strip() == digest()
