"""Places are soft, several of each, and a feature changes only what it covers."""

import itertools

import numpy as np
import pytest

from eyechart.world.painting.palette import COLOURS
from eyechart.world.places import FEATURES, PLACES, VARIANTS, backdrop


def test_every_place_of_the_world_is_there():
    assert " ".join(PLACES) == "room kitchen street park forest hills river beach desert sea sky snow night"
    known = {feature: [place.name for place in PLACES.values() if feature in place.features] for feature in FEATURES}
    assert known == {
        "river": ["park", "forest", "hills"],
        "path": ["park", "forest", "hills", "desert"],
        "rainbow": ["park", "hills", "beach", "sea", "sky"],
        "moon": ["snow", "night"],
        "rain": ["street", "park", "river", "sea"],
    }


@pytest.mark.parametrize("place", PLACES)
def test_variants_differ_and_are_the_same_each_time(place):
    pictures = [backdrop(place, variant, 64) for variant in range(VARIANTS)]
    for one, other in itertools.combinations(pictures, 2):
        assert (one != other).any()
    assert np.array_equal(pictures[3], backdrop(place, 3, 64))
    assert not pictures[0].flags.writeable


@pytest.mark.parametrize("place", PLACES)
def test_heights_are_in_the_picture_and_in_order(place):
    there = PLACES[place]
    assert 0 < there.horizon <= 1
    for band in (there.ground, there.surface, there.water, there.air):
        assert band is None or 0 < band[0] < band[1] < 1
    for band in (there.ground, there.water):
        assert band is None or band[0] >= there.horizon - 0.01


@pytest.mark.parametrize(("place", "feature"), [(p.name, f) for p in PLACES.values() for f in p.features])
def test_a_feature_is_seen_and_leaves_the_rest_as_it_is(place, feature):
    for variant in range(VARIANTS):
        plain, with_it = backdrop(place, variant, 96), backdrop(place, variant, 96, (feature,))
        changed = (plain != with_it).any(axis=-1)
        assert changed.mean() > 0.01
        assert feature == "rain" or changed.mean() < 0.35


@pytest.mark.parametrize("place", PLACES)
def test_a_place_looks_alike_at_any_size(place):
    large, small = backdrop(place, 2, 512).astype(int), backdrop(place, 2, 64).astype(int)
    assert np.abs(large.reshape(64, 8, 64, 8, 3).mean(axis=(1, 3)) - small).mean() < 6


def test_colours_are_soft_and_leave_room_for_those_of_things():
    for place in PLACES.values():
        assert len(place.colours) >= 10
        assert set(place.colours) <= set(COLOURS)
