"""Vehicles, buildings, furniture and the person: two states that differ, a body to paint, spots where they belong."""

import itertools

import numpy as np
import pytest
from PIL import Image, ImageDraw

from eyechart.world.concept import STANCES, STATES
from eyechart.world.concepts import CONCEPTS
from eyechart.world.drawings import buildings, craft, furniture, people, vehicles
from eyechart.world.drawings.damage import crack, fire, gash, smashed, smoke
from eyechart.world.painting.palette import COLOURS
from eyechart.world.painting.render import render, silhouette
from eyechart.world.places import PLACES
from eyechart.world.scene import Scene, Thing
from eyechart.world.shapes import ROLES

VEHICLES = (*vehicles.CONCEPTS, *craft.CONCEPTS)
LARGE = (*VEHICLES, *people.CONCEPTS, *buildings.CONCEPTS, *furniture.CONCEPTS)
MATERIALS = ("painted", "wooden", "metal", "glass", "stone", "woollen")
each = pytest.mark.parametrize("concept", LARGE, ids=lambda concept: concept.name)


def thing(concept, state="", colour="red"):
    return Thing(concept=concept.name, colour=colour, side=0.8, x=0.5, y=0.5, state=state)


def picture(concept, state, colour="red"):
    return render(Scene(place="room", variant=0, things=(thing(concept, state, colour),)), 64).astype(int)


def roles(drawn, side=256):
    """Which role each pixel has; 0 where nothing is drawn, or where it was taken away again."""
    image = Image.new("L", (side, side))
    draw = ImageDraw.Draw(image)
    for part in drawn.parts:
        draw.polygon([tuple(corner) for corner in (part.points + 0.5) * side], fill=ROLES.index(part.role))
    return np.array(image)


def spots(drawn):
    """All corners of all spots."""
    found = [drawn.hand] if drawn.hand else []
    if drawn.top:
        found += [(drawn.top[0], drawn.top[2]), (drawn.top[1], drawn.top[2])]
    return found + [corner for frame in (drawn.inside, drawn.page) if frame for corner in (frame[:2], frame[2:])]


def test_everything_large_that_is_made_is_there_and_so_is_the_person():
    driven = {"car", "bus", "bicycle", "truck", "train", "tank"}
    afloat = {"boat", "airplane", "helicopter", "balloon", "rocket"}
    built = {"house", "lighthouse", "castle", "windmill", "tent", "door"}
    inside = {"chair", "table", "bed", "sofa", "lamp"}
    assert {concept.name for concept in LARGE} == driven | afloat | built | inside | {"person"}
    assert all(CONCEPTS[concept.name] is concept for concept in LARGE)


@each
def test_the_states_are_two_ends_of_one_axis(concept):
    assert concept.states in STATES
    assert concept.states == ("whole", "broken") or concept.name not in {vehicle.name for vehicle in VEHICLES}


@pytest.mark.parametrize("colour", ["red", "black", "white"])
@each
def test_the_states_look_different(concept, colour):
    usual, other = (picture(concept, state, colour) for state in concept.states)
    changed = (np.abs(usual - other).max(axis=-1) > 40).sum()
    assert changed > 0.06 * silhouette(thing(concept), 64).sum()


@each
def test_the_body_is_large_enough_for_a_texture(concept):
    for drawn in concept.drawings.values():
        seen = roles(drawn)
        assert (seen == ROLES.index("body")).sum() > 0.3 * (seen > 0).sum()


@each
def test_what_is_drawn_fills_the_box_that_its_corners_span(concept):
    for drawn in concept.drawings.values():
        assert {part.role for part in drawn.parts} <= set(ROLES)
        seen = roles(drawn) > 0
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        found = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]) / 256 - 0.5
        assert found == pytest.approx(np.concatenate([drawn.points.min(axis=0), drawn.points.max(axis=0)]), abs=0.02)


@each
def test_spots_are_inside_the_box(concept):
    for drawn in concept.drawings.values():
        low, high = drawn.points.min(axis=0), drawn.points.max(axis=0)
        assert all((low <= spot).all() and (spot <= high).all() for spot in np.array(spots(drawn)).reshape(-1, 2))
        for frame in (drawn.inside, drawn.page):
            assert frame is None or (frame[0] < frame[2] and frame[1] < frame[3])


def test_what_offers_a_spot():
    def with_spot(spot):
        return {(c.name, state) for c in LARGE for state, drawn in c.drawings.items() if getattr(drawn, spot)}

    flat = ("car", "bus", "truck", "train", "tank", "chair", "table", "bed", "sofa")
    assert with_spot("top") == {(name, "whole") for name in flat}
    assert with_spot("inside") == {("boat", "whole"), ("truck", "whole"), ("tent", "open"), ("door", "open")}
    assert with_spot("page") == {("bus", "whole"), ("truck", "whole")}
    assert with_spot("hand") == {("person", "awake")}


@each
def test_what_stands_on_it_touches_it_along_the_whole_edge(concept):
    drawn = concept.drawing
    if drawn.top is None:
        return
    left, right, height = drawn.top
    seen = roles(drawn) > 0
    row = round((height + 0.5) * 256) + 4
    assert seen[row, round((left + 0.5) * 256) : round((right + 0.5) * 256)].all()


def test_what_the_person_holds_is_held_by_the_hand():
    drawn = CONCEPTS["person"].drawing
    x, y = (round((value + 0.5) * 256) for value in drawn.hand)
    assert roles(drawn)[y, x] == ROLES.index("skin")
    assert {"skin", "hair", "body"} <= {part.role for part in drawn.parts}


@pytest.mark.parametrize("name", ["lighthouse", "lamp"])
def test_what_is_lit_glows(name):
    unlit, lit = (roles(CONCEPTS[name].drawings[state]) == ROLES.index("glow") for state in ("unlit", "lit"))
    assert not unlit.any()
    assert lit.mean() > 0.03


@each
def test_it_is_at_home_somewhere(concept):
    assert 1 <= len(concept.homes) <= 5
    assert set(concept.homes) <= set(PLACES)
    assert concept.stance in STANCES
    assert set(concept.colours) <= set(COLOURS)
    assert concept.material in MATERIALS
    assert concept.faces in ("", "left", "right")


def test_no_two_share_a_silhouette_in_any_state():
    drawn = {(name, s): silhouette(thing(c, s), 64) for name, c in CONCEPTS.items() for s in c.states}
    own = {concept.name for concept in LARGE}
    for (one, a), (other, b) in itertools.combinations(drawn.items(), 2):
        if one[0] != other[0] and own & {one[0], other[0]}:
            alike = max((a & c).sum() / (a | c).sum() for c in (b, b[:, ::-1]))
            assert alike < 0.85, (one, other)


def test_damage_is_drawn_where_it_is_asked_for():
    for parts in (gash(40, 60, 10), smoke(40, 60, 10), fire(40, 60, 10), smashed(30, 50, 50, 70)):
        points = np.concatenate([part.points for part in parts])
        assert (points.min(axis=0) < (40, 60)).all()
        assert (points.max(axis=0) >= (40, 60)).all()
        assert np.abs(points - (40, 60)).max() <= 31
    assert {part.role for part in crack(2, (10, 10), (20, 20))} == {"dark"}
