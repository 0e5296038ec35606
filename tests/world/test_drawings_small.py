"""Small made things: drawn in two states that differ, with room for a texture, a word and what they hold."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from eyechart.world.concept import STANCES, STATES
from eyechart.world.concepts import CONCEPTS, TAXONOMY
from eyechart.world.drawings import clothing, devices, instruments, symbols, tools, vessels
from eyechart.world.drawings.pieces import halves, moved
from eyechart.world.painting.palette import COLOURS
from eyechart.world.painting.render import render, silhouette
from eyechart.world.places import PLACES
from eyechart.world.scene import Scene, Thing
from eyechart.world.shapes import ROLES, box, drawing

SMALL = (
    *vessels.CONCEPTS,
    *tools.CONCEPTS,
    *devices.CONCEPTS,
    *clothing.CONCEPTS,
    *instruments.CONCEPTS,
    *symbols.CONCEPTS,
)
MATERIALS = ("painted", "wooden", "metal", "glass", "stone", "woollen")
each = pytest.mark.parametrize("concept", SMALL, ids=lambda concept: concept.name)


def thing(concept, state):
    return Thing(concept=concept.name, colour="red", side=0.8, x=0.5, y=0.5, state=state)


def roles(drawn, side=400):
    """Which role each pixel of the sheet has; 0 where nothing is drawn, or where it was taken away again."""
    image = Image.new("L", (side, side))
    draw = ImageDraw.Draw(image)
    for part in drawn.parts:
        draw.polygon([tuple(corner) for corner in (part.points + 0.5) * side], fill=ROLES.index(part.role))
    return np.array(image)


def spots(drawn):
    """Corners of all its spots."""
    frames = [frame for frame in (drawn.inside, drawn.page) if frame]
    if drawn.top:
        left, right, height = drawn.top
        frames.append((left, height, right, height))
    return [corner for left, top, right, bottom in frames for corner in itertools.product((left, right), (top, bottom))]


def centred(mask):
    rows, columns = np.nonzero(mask)
    sheet = np.zeros((128, 128), dtype=bool)
    down, across = 64 - (rows.min() + rows.max() + 1) // 2, 64 - (columns.min() + columns.max() + 1) // 2
    sheet[rows + down, columns + across] = True
    return sheet


def alike(one, other):
    return max((one & turned).sum() / (one | turned).sum() for turned in (other, other[:, ::-1]))


def area(part):
    (x, y), (next_x, next_y) = part.points.T, np.roll(part.points, -1, axis=0).T
    return abs(float((x * next_y - next_x * y).sum())) / 2


@pytest.mark.parametrize(
    ("family", "names"),
    [
        (vessels, ["cup", "bottle", "bowl", "plate", "box"]),
        (tools, ["key", "hammer", "scissors", "saw", "ladder"]),
        (devices, ["clock", "umbrella", "book", "candle", "glasses"]),
        (clothing, ["hat", "shirt", "shoe", "trousers"]),
        (instruments, ["guitar", "drum", "trumpet"]),
        (symbols, ["star", "heart", "arrow", "flag", "sign"]),
    ],
)
def test_all_small_things_are_there(family, names):
    assert [concept.name for concept in family.CONCEPTS] == names
    assert all(CONCEPTS[concept.name] is concept for concept in family.CONCEPTS)


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
        found = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]) / 400 - 0.5
        edges = np.concatenate([drawn.points.min(axis=0), drawn.points.max(axis=0)])
        assert np.abs(found - edges).max() < 0.01


@each
def test_spots_are_within_the_box_of_the_drawing(concept):
    for drawn in concept.drawings.values():
        low, high = drawn.points.min(axis=0), drawn.points.max(axis=0)
        assert all((low <= spot).all() and (spot <= high).all() for spot in map(np.array, spots(drawn)))
        for left, top, right, bottom in filter(None, (drawn.inside, drawn.page)):
            assert left < right
            assert top < bottom


@each
def test_a_page_lies_wholly_on_the_thing(concept):
    for drawn in concept.drawings.values():
        if drawn.page:
            left, top, right, bottom = (round((edge + 0.5) * 400) for edge in drawn.page)
            page = roles(drawn)[top:bottom, left:right]
            torn = concept.states[1] == "torn"  # there may be a hole in the cloth
            assert (page > 0).mean() > (0.8 if torn else 0.999)


@pytest.mark.parametrize(
    ("name", "spot"),
    [
        *itertools.product(("cup", "bowl", "plate"), ("inside",)),
        *itertools.product(("bottle", "box", "book", "flag", "sign"), ("page",)),
    ],
)
def test_both_states_offer_the_spot(name, spot):
    assert all(getattr(drawn, spot) for drawn in CONCEPTS[name].drawings.values())


def test_a_box_holds_things_only_while_it_is_open():
    closed, opened = CONCEPTS["box"].drawings["closed"], CONCEPTS["box"].drawings["open"]
    assert closed.top
    assert not closed.inside
    assert opened.inside
    assert not opened.top
    assert all(CONCEPTS[name].drawing.top for name in ("book", "drum", "plate"))


def test_most_of_a_sign_is_its_page():
    left, top, right, bottom = CONCEPTS["sign"].drawing.page
    assert (right - left) * (bottom - top) > 0.25


@each
def test_it_is_at_home_somewhere_and_has_a_name_in_wordnet(concept):
    assert 1 <= len(concept.homes) <= 5
    assert set(concept.homes) <= set(PLACES)
    assert concept.stance in STANCES
    assert set(concept.colours) <= set(COLOURS)
    assert concept.material in MATERIALS
    assert concept.faces == {"shoe": "right", "trumpet": "right", "arrow": "right"}.get(concept.name, "")
    assert re.fullmatch(r"[a-z_]+\.n\.\d\d", concept.synset)
    assert concept.parent in TAXONOMY
    assert concept.parent not in CONCEPTS


def test_no_state_has_the_silhouette_of_another_concept():
    shapes = {
        (name, state): centred(silhouette(thing(concept, state), 64))
        for name, concept in CONCEPTS.items()
        for state in concept.states
    }
    small = {concept.name for concept in SMALL}
    for one, other in itertools.combinations(shapes, 2):
        if one[0] != other[0] and small & {one[0], other[0]}:
            assert alike(shapes[one], shapes[other]) < 0.85, (one, other)


@settings(max_examples=30, deadline=None)
@given(st.floats(-20, 20), st.floats(0.1, 0.9), st.floats(0.1, 0.9))
def test_halves_make_up_the_whole(bulge, above, below):
    whole = box("body", 10, 10, 90, 70)
    crack = (50 + bulge, 10 + 60 * min(above, below)), (50 - bulge, 10 + 60 * max(above, below))
    one, other = halves(whole, 1, 3, *crack)
    assert area(one) + area(other) == pytest.approx(area(whole))
    assert one.role == other.role == "body"


@settings(max_examples=30, deadline=None)
@given(st.floats(-180, 180), st.floats(-30, 30), st.floats(-30, 30))
def test_what_is_moved_keeps_its_size_and_goes_back(turn, across, down):
    piece = box("wood", 20, 30, 60, 50, corner=4)
    (there,) = moved(piece, turn=turn, about=(40, 40), by=(across, down))
    assert area(there) == pytest.approx(area(piece))
    (back,) = moved(there, turn=-turn, about=(40 + across, 40 + down), by=(-across, -down))
    assert np.allclose(back.points, piece.points)
    assert drawing(moved([piece, piece], by=(3, 4))).parts[0].role == "wood"
