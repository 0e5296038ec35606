"""Pixels, masks and boxes tell the same story."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eyechart.world import NAMES, PLACES, TEXTURES, Scene, Thing, World, masks, render
from eyechart.world.palette import brightness
from eyechart.world.render import box_of, coverage, hidden, silhouette

indices = st.integers(0, 10**6)


def alone(concept, **changes):
    look = {"colour": "red", "texture": "plain", "side": 0.8, "x": 0.5, "y": 0.5} | changes
    return Scene(place="room", variant=0, things=(Thing(concept=concept, **look),))


@settings(max_examples=40, deadline=None)
@given(indices)
def test_taking_a_thing_away_changes_only_the_pixels_it_covers(index):
    scene = World()[index].scene
    for k in range(len(scene.things)):
        without = replace(scene, things=scene.things[:k] + scene.things[k + 1 :])
        changed = (render(scene, 64) != render(without, 64)).any(axis=-1)
        covered = coverage(scene, 64)[k] > 0
        assert not (changed & ~covered).any()
        assert changed[masks(scene, 64)[k]].mean() > 0.85  # the rest happens to have the colour of what is behind


@settings(max_examples=40, deadline=None)
@given(indices, st.sampled_from((32, 64, 100)))
def test_masks_do_not_overlap_and_boxes_fit_them(index, size):
    view = World(size=size)[index]
    drawn = view.masks
    assert drawn.shape == (len(view.scene.things), size, size)
    assert drawn.sum(axis=0).max() == 1
    for mask, box in zip(drawn, view.boxes, strict=True):
        left, top, right, bottom = (int(edge) for edge in box)
        assert mask[top:bottom, left:right].sum() == mask.sum() > 0
        assert mask[top].any()
        assert mask[bottom - 1].any()
        assert mask[:, left].any()
        assert mask[:, right - 1].any()


@settings(max_examples=60, deadline=None)
@given(indices)
def test_the_main_thing_is_the_largest_and_at_most_a_quarter_hidden(index):
    scene = World(split="test")[index].scene
    assert 0.45 <= scene.main.side <= 0.75
    assert all(0.2 <= other.side <= 0.35 for other in scene.others)
    assert hidden(scene) <= 0.25
    assert all(thing.bounds[0] >= 0 and thing.bounds[2] <= 1 for thing in scene.things)
    assert all(thing.bounds[1] >= 0 and thing.bounds[3] <= 1 for thing in scene.things)
    lone = masks(replace(scene, things=(scene.main,)), 256)[0].sum()
    assert 1 - masks(scene, 256)[0].sum() / lone == pytest.approx(hidden(scene), abs=0.05)


def test_no_two_concepts_share_a_silhouette():
    drawn = {name: silhouette(alone(name).main, 96) for name in NAMES}
    for one, other in itertools.combinations(NAMES, 2):
        a = drawn[one]
        alike = max((a & b).sum() / (a | b).sum() for b in (drawn[other], drawn[other][:, ::-1]))
        assert alike < 0.85, (one, other)


@pytest.mark.parametrize("texture", [name for name in TEXTURES if name != "plain"])
def test_a_texture_shows_on_every_concept_even_when_small(texture):
    for name in NAMES:
        plain, textured = (render(alone(name, texture=t, side=0.5), 64).astype(int) for t in ("plain", texture))
        changed = np.abs(plain - textured).max(axis=-1) > 60
        body = masks(alone(name, side=0.5), 64)[0].sum()
        assert changed.sum() > 0.035 * body, name


def test_every_thing_stands_out_from_every_place_by_colour_or_by_rim():
    for place in PLACES.values():
        assert len(place.colours) >= 10
        for colour in place.colours:
            scene = replace(alone("star", colour=colour, side=0.5), place=place.name)
            picture = render(scene, 64).astype(int)
            empty = render(replace(scene, things=()), 64).astype(int)
            edge = coverage(scene, 64)[0]
            rim = (edge > 0.3) & (edge < 1)
            assert np.abs(picture - empty)[rim].max(axis=-1).mean() > 24, (place.name, colour)


@pytest.mark.parametrize("size", [32, 64, 97, 160, 512])
def test_a_scene_looks_alike_at_any_size(size):
    scene = World()[7].scene
    picture = render(scene, size)
    assert picture.shape == (size, size, 3)
    assert picture.dtype == np.uint8
    share = masks(scene, size)[0].mean()
    assert share == pytest.approx(masks(scene, 64)[0].mean(), rel=0.12)


def test_things_may_reach_beyond_the_frame():
    scene = alone("car", side=1.6, x=0.1, y=0.9, texture="dotted")
    assert masks(scene, 64)[0].any()
    assert render(scene, 64).shape == (64, 64, 3)
    gone = alone("car", side=0.2, x=3.0)
    assert not masks(gone, 64).any()
    assert box_of(masks(gone, 64)[0]) == (0, 0, 0, 0)


def test_a_place_without_things_has_no_masks():
    assert masks(Scene(place="sea", variant=1, things=()), 64).shape == (0, 64, 64)


def test_only_the_night_is_dark():
    bright = {
        name: brightness(tuple(render(Scene(place=name, variant=0, things=()), 32).mean(axis=(0, 1))))
        for name in PLACES
    }
    assert [name for name, value in bright.items() if value < 0.4] == ["night"]
    assert [place.name for place in PLACES.values() if place.dark] == ["night"]
