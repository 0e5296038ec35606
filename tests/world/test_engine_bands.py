"""Bands: any number of them, and materials that look alike in colour differ in the infrared."""

from dataclasses import replace

import numpy as np
import pytest

from eyechart.errors import BadInput
from eyechart.world.concepts import NAMES
from eyechart.world.painting.bands import MOST, bands
from eyechart.world.painting.palette import MATERIALS
from eyechart.world.painting.render import coverage, render
from eyechart.world.painting.spectra import SIGNATURES, linear, rates, wavelengths
from eyechart.world.places import PLACES
from eyechart.world.scene import Scene, Thing


def alone(concept, **changes):
    look = {"colour": "green", "side": 0.6, "x": 0.5, "y": 0.5} | changes
    return Scene(place="street", variant=0, things=(Thing(concept=concept, **look),))


def inside(scene, size=64):
    return coverage(scene, size)[0] == 1


@pytest.mark.parametrize("count", [1, 3, 31])
@pytest.mark.parametrize("size", [32, 100])
def test_there_are_as_many_bands_as_wanted_of_plausible_values(count, size):
    scene = replace(
        alone("car"), things=(*alone("car").things, Thing(concept="tree", colour="green", side=1.5, x=0, y=0))
    )
    found = bands(scene, size, count)
    assert found.shape == (count, size, size)
    assert found.dtype == np.float32
    assert found.min() >= 0
    assert found.max() <= 1


@pytest.mark.parametrize("place", PLACES)
def test_every_place_has_its_bands(place):
    found = bands(Scene(place=place, variant=3, things=()), 32, 13)
    assert 0 <= found.min() <= found.max() <= 1
    assert found.std() > 0.01


def test_every_concept_has_its_bands():
    for concept in NAMES:
        found = bands(alone(concept), 32, 7)
        assert 0 <= found.min() <= found.max() <= 1, concept


def test_materials_of_one_colour_differ_only_beyond_red_light():
    """As silhouettes they have the same pixels."""
    scenes = [alone("heart", style="silhouette", material=material) for material in MATERIALS]
    pictures = [render(scene, 64) for scene in scenes]
    found = np.stack([bands(scene, 64, 61)[:, inside(scene)].mean(axis=1) for scene in scenes])
    assert all(np.array_equal(pictures[0], picture) for picture in pictures)
    at = wavelengths(61)
    for one in range(len(MATERIALS)):
        for other in range(one):
            assert np.abs(found[one] - found[other])[at > 800].max() > 0.04, (MATERIALS[one], MATERIALS[other])
            assert np.abs(found[one] - found[other])[at < 620].max() < 0.06


def test_leaves_have_a_red_edge_and_water_is_dark_beyond_it():
    leaf = bands(alone("leaf"), 64, 61)[:, inside(alone("leaf"))].mean(axis=1)
    at = wavelengths(61)
    assert leaf[at == 780] > 4 * leaf[at == 670]
    assert leaf[at == 550] > 1.5 * leaf[at == 670]
    assert at[np.argmax(np.diff(leaf))] == pytest.approx(715, abs=15)
    sea = bands(Scene(place="sea", variant=0, things=()), 64, 61)[:, -10:].mean(axis=(1, 2))
    assert sea[at == 900] < 0.2 * sea[at == 480]
    assert leaf[at == 970] < leaf[at == 920]


def test_edges_are_shared_out_as_in_the_picture():
    scene, empty = alone("star", style="silhouette"), Scene(place="street", variant=0, things=())
    share = coverage(scene, 64)[0]
    mixed, behind = bands(scene, 64, 5), bands(empty, 64, 5)
    own = mixed[:, share == 1].mean(axis=1)
    assert mixed == pytest.approx(behind * (1 - share) + own[:, None, None] * share, abs=1e-4)


def test_visible_bands_give_the_colour_back():
    at = np.array([620.0, 540.0, 450.0])
    for name in SIGNATURES:
        colour = linear(np.array([180, 90, 30], dtype=np.uint8))
        seen = rates(name, at) @ np.append(colour, 1)
        assert seen == pytest.approx(colour, abs=0.09), name


def test_a_number_of_bands_that_cannot_be_is_refused():
    for count in (0, MOST + 1):
        with pytest.raises(BadInput, match="1 to 512 bands"):
            bands(alone("car"), 32, count)
