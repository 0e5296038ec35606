"""What lives and what is eaten: drawn in two states that differ, named by WordNet, at home somewhere."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from eyechart.world.concept import STANCES, STATES
from eyechart.world.concepts import CONCEPTS, TAXONOMY
from eyechart.world.drawings import animals, crawlers, food, fruit, plants, swimmers
from eyechart.world.drawings.bites import bitten
from eyechart.world.painting.palette import COLOURS
from eyechart.world.painting.render import render, silhouette
from eyechart.world.places import PLACES
from eyechart.world.scene import Scene, Thing
from eyechart.world.shapes import ROLES, curve, drawing, polygon

LIVING = (*animals.CONCEPTS, *swimmers.CONCEPTS, *crawlers.CONCEPTS, *plants.CONCEPTS)
EDIBLE = (*fruit.CONCEPTS, *food.CONCEPTS)
MATERIALS = ("painted", "wooden", "metal", "glass", "stone", "woollen")
each = pytest.mark.parametrize("concept", [*LIVING, *EDIBLE], ids=lambda concept: concept.name)


def thing(concept, state):
    return Thing(concept=concept.name, colour="red", side=0.8, x=0.5, y=0.5, state=state)


def roles(drawn, side=256):
    """Which role each pixel has; 0 where nothing is drawn, or where it was taken away again."""
    image = Image.new("L", (side, side))
    draw = ImageDraw.Draw(image)
    for part in drawn.parts:
        draw.polygon([tuple(corner) for corner in (part.points + 0.5) * side], fill=ROLES.index(part.role))
    return np.array(image)


def test_all_that_lives_or_is_eaten_is_there_once():
    assert len({concept.name for concept in (*LIVING, *EDIBLE)}) == len(LIVING) + len(EDIBLE) == 29
    assert {"fish", "penguin", "spider", "palm", "leaf"} < {concept.name for concept in LIVING}
    assert {"apple", "grapes", "ice cream", "egg"} < {concept.name for concept in EDIBLE}
    assert all(CONCEPTS[concept.name] is concept for concept in (*LIVING, *EDIBLE))


@each
def test_the_states_are_two_ends_of_one_axis_and_look_different(concept):
    assert concept.states in STATES
    usual, other = (
        render(Scene(place="room", variant=0, things=(thing(concept, state),)), 64).astype(int)
        for state in concept.states
    )
    changed = (np.abs(usual - other).max(axis=-1) > 40).sum()
    assert changed > 0.06 * silhouette(thing(concept, concept.states[0]), 64).sum()


@each
def test_the_body_is_large_enough_for_a_texture(concept):
    for drawn in concept.drawings.values():
        seen = roles(drawn)
        assert (seen == ROLES.index("body")).sum() > 0.3 * (seen > 0).sum()


@each
def test_what_is_drawn_reaches_all_sides_of_its_box(concept):
    for drawn in concept.drawings.values():
        assert {part.role for part in drawn.parts} <= set(ROLES)
        seen = roles(drawn) > 0
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        found = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]) / 256 - 0.5
        box = np.concatenate([drawn.points.min(axis=0), drawn.points.max(axis=0)])
        assert np.abs(found - box).max() < 0.02


@each
def test_spots_are_on_the_drawing(concept):
    for drawn in concept.drawings.values():
        (left, top), (right, bottom) = drawn.points.min(axis=0), drawn.points.max(axis=0)
        spots = [drawn.hand] if drawn.hand else []
        if drawn.top:
            spots += [(drawn.top[0], drawn.top[2]), (drawn.top[1], drawn.top[2])]
        for frame in filter(None, (drawn.page, drawn.inside)):
            spots += [frame[:2], frame[2:]]
            assert frame[0] < frame[2]
            assert frame[1] < frame[3]
        assert all(left <= x <= right and top <= y <= bottom for x, y in spots)
        seen = roles(drawn) > 0
        if drawn.top:  # something stands there: just below the edge there is animal, well above it there is none
            for x in np.linspace(drawn.top[0], drawn.top[1], 5):
                column = seen[:, int((x + 0.5) * 256)]
                assert abs(np.flatnonzero(column)[0] / 256 - 0.5 - drawn.top[2]) < 0.03


@each
def test_it_is_at_home_somewhere_and_has_a_name_in_wordnet(concept):
    assert 1 <= len(concept.homes) <= 5
    assert set(concept.homes) <= set(PLACES)
    assert concept.stance in STANCES
    assert concept.colours
    assert set(concept.colours) <= set(COLOURS)
    assert concept.material in MATERIALS
    assert concept.faces in ("", "left", "right")
    assert re.fullmatch(r"[a-z_]+\.n\.\d\d", concept.synset)
    assert TAXONOMY[concept.name] == concept.parent
    assert concept.parent in TAXONOMY
    assert concept.parent not in CONCEPTS


def test_no_state_has_the_silhouette_of_another_concept():
    drawn = {
        (name, state): silhouette(thing(concept, state), 64)
        for name, concept in CONCEPTS.items()
        for state in concept.states
    }
    own = {concept.name for concept in (*LIVING, *EDIBLE)}
    for (name, state), one in drawn.items():
        for (other_name, other_state), other in drawn.items():
            if name in own and other_name != name:
                alike = max((one & two).sum() / (one | two).sum() for two in (other, other[:, ::-1]))
                assert alike < 0.85, (name, state, other_name, other_state)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 12), st.integers(8, 20), st.floats(2, 14))
def test_a_bite_takes_a_piece_from_the_outline_and_leaves_an_edge_of_flesh(first, length, depth):
    whole = curve("body", (50, 0), (85, 15), (100, 50), (85, 85), (50, 100), (15, 85), (0, 50), (15, 15))
    flesh, rest = bitten(whole, first, first + length, depth=depth)
    assert (flesh.role, rest.role) == ("light", "body")
    sheet = polygon("hole", (0, 0), (100, 0), (100, 100), (0, 100))  # so that all are drawn at one scale
    full, seen, left = (roles(drawing(sheet, part)) > 0 for part in (whole, flesh, rest))
    assert (seen & ~full).sum() < 0.001 * full.sum()  # a corner may round the other way
    assert seen.sum() < full.sum()
    assert (seen & ~left).sum() > 0
    assert left.sum() > 0.4 * full.sum()
