"""Textures, materials, styles, skins and what is written: each shows, and none hides what a thing is."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from eyechart.errors import BadInput, UnknownName
from eyechart.world.concepts import CONCEPTS, NAMES
from eyechart.world.painting.finish import unpacked
from eyechart.world.painting.palette import COLOURS, MATERIALS, STYLES, TEXTURES, distance, pattern
from eyechart.world.painting.render import coverage, masks, render
from eyechart.world.painting.skins import natural
from eyechart.world.scene import Scene, Thing

WRITABLE = tuple(name for name in NAMES if CONCEPTS[name].drawing.page)


def alone(concept, **changes):
    look = {"colour": "red", "side": 0.5, "x": 0.5, "y": 0.5} | changes
    return Scene(place="room", variant=0, things=(Thing(concept=concept, **look),))


def apart(one, other, by=30):
    """The share of a thing's pixels in which two pictures differ clearly."""
    mask = masks(replace(one, things=(replace(one.main, style="outlined"),)), 64)[0]
    far = np.abs(render(one, 64).astype(int) - render(other, 64)).max(axis=-1) > by
    return (far & mask).sum() / mask.sum()


@pytest.mark.parametrize("colour", ["red", "white", "black"])
@pytest.mark.parametrize("concept", NAMES)
def test_any_two_textures_differ_on_a_small_thing(concept, colour):
    for one, other in itertools.combinations(TEXTURES, 2):
        difference = apart(
            alone(concept, colour=colour, texture=one, side=0.45),
            alone(concept, colour=colour, texture=other, side=0.45),
        )
        assert difference > 0.03, (one, other)


@pytest.mark.parametrize("colour", ["red", "white", "black"])
@pytest.mark.parametrize("concept", NAMES)
def test_any_two_materials_differ(concept, colour):
    for one, other in itertools.combinations(MATERIALS, 2):
        difference = apart(
            alone(concept, colour=colour, material=one), alone(concept, colour=colour, material=other), by=15
        )
        assert difference > 0.03, (one, other)


@pytest.mark.parametrize("concept", NAMES)
def test_any_two_styles_differ(concept):
    for one, other in itertools.combinations(STYLES, 2):
        assert apart(alone(concept, style=one), alone(concept, style=other)) > 0.05, (one, other)


@pytest.mark.parametrize("material", MATERIALS)
@pytest.mark.parametrize("colour", COLOURS)
def test_a_thing_of_any_material_keeps_its_colour(colour, material):
    scene = alone("heart", colour=colour, material=material, side=0.8)
    middle = np.median(render(scene, 64)[masks(scene, 64)[0]], axis=0)
    nearest = min(COLOURS, key=lambda name: distance(COLOURS[name], tuple(middle)))
    assert nearest == colour


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("colour", COLOURS)
def test_a_thing_in_any_style_shows_its_colour(colour, style):
    """Some of its pixels are nearer to it than to any other colour that has a hue of its own."""
    scene = alone("heart", colour=colour, style=style, side=0.8)
    inside = render(scene, 64)[coverage(replace(scene, things=(replace(scene.main, side=0.7),)), 64)[0] == 1]
    names = [min(COLOURS, key=lambda name: distance(COLOURS[name], tuple(rgb))) for rgb in inside.astype(float)]
    seen = {name: names.count(name) / len(names) for name in COLOURS}
    others = {name: share for name, share in seen.items() if name not in (colour, "white", "gray", "black")}
    assert seen[colour] > 0.3
    assert seen[colour] > max(others.values(), default=0)


def test_a_material_that_is_not_said_is_the_usual_one_of_the_concept():
    wooden = next(name for name in NAMES if CONCEPTS[name].material == "wooden")
    assert np.array_equal(render(alone(wooden), 64), render(alone(wooden, material="wooden"), 64))
    assert not np.array_equal(render(alone(wooden), 64), render(alone(wooden, material="painted"), 64))


@pytest.mark.parametrize("concept", NAMES)
def test_all_styles_cover_the_same_but_for_the_rim(concept):
    shown = {style: coverage(alone(concept, style=style), 64)[0] for style in STYLES}
    assert np.array_equal(shown["outlined"], shown["textured"])
    assert np.array_equal(shown["outlined"], shown["sketch"])
    assert np.array_equal(shown["flat"], shown["silhouette"])
    assert (shown["flat"] <= shown["outlined"]).all()
    grown = shown["flat"] > 0
    for axis, step in itertools.product((0, 1), (-1, 1)):
        grown |= np.roll(shown["flat"] > 0, step, axis)
    assert not (shown["outlined"][~grown] > 0.7).any()


def test_a_silhouette_has_one_colour_and_nothing_else():
    scene = alone("car", colour="blue", style="silhouette", texture="dotted", material="stone", side=0.8)
    inside = coverage(scene, 64)[0] == 1
    assert (render(scene, 64)[inside] == COLOURS["blue"]).all()


def test_textures_turn_grow_and_are_mirrored_with_the_thing():
    scene = alone("heart", texture="zigzag", material="painted", side=0.8)
    upright = render(scene, 64).astype(int)
    around = render(replace(scene, things=(replace(scene.main, turn=180.0),)), 64).astype(int)
    mirrored = render(replace(scene, things=(replace(scene.main, flipped=True),)), 64).astype(int)
    inner = np.zeros((64, 64), dtype=bool)
    inner[24:36, 22:42] = True
    assert np.abs(around[::-1, ::-1] - upright)[inner].max() < 12
    assert np.abs(mirrored[:, ::-1] - upright)[inner].max() < 12


def test_textures_show_about_equally_much_of_both_colours_at_any_fineness():
    for texture in TEXTURES[1:]:
        shares = [pattern(texture, span).mean() for span in (256, 512)]
        assert 0.1 < shares[0] < 0.6, texture
        assert shares[0] == pytest.approx(shares[1], abs=0.01)


def test_a_skin_covers_the_whole_thing_and_keeps_its_shape():
    for concept in ("car", "cat"):
        plain, skinned = alone(concept, colour="red"), alone(concept, colour="red", skin="fish")
        assert np.array_equal(coverage(plain, 64), coverage(skinned, 64))
        assert apart(plain, skinned) > 0.6
        other = alone(concept, colour="green", texture="dotted", material="stone", style="sketch", skin="fish")
        assert np.array_equal(render(skinned, 64), render(other, 64))
        assert apart(skinned, alone(concept, skin="star")) > 0.4


def test_a_skin_is_in_its_natural_colour():
    skin = next(name for name in NAMES if CONCEPTS[name].colours)
    assert natural(skin) == CONCEPTS[skin].colours[0]
    assert all(natural(name) in COLOURS for name in NAMES)
    scene = alone("house", skin=skin, side=0.8)
    names = [
        min(COLOURS, key=lambda name: distance(COLOURS[name], tuple(rgb)))
        for rgb in render(scene, 64)[masks(scene, 64)[0]].astype(float)
    ]
    assert names.count(natural(skin)) > 0.15 * len(names)


def test_a_skin_must_be_a_concept():
    with pytest.raises(UnknownName, match="did you mean 'elephant'"):
        render(alone("car", skin="elefant"), 64)


@pytest.mark.parametrize("concept", WRITABLE)
@pytest.mark.parametrize("colour", COLOURS)
def test_writing_stands_out_from_its_page(concept, colour):
    blank, written = (alone(concept, colour=colour, text=text, side=0.8) for text in ("", "HI"))
    assert np.array_equal(coverage(blank, 128), coverage(written, 128))
    changed = (render(blank, 128) != render(written, 128)).any(axis=-1)
    assert changed.sum() > 30
    contrast = [
        distance(tuple(a), tuple(b))
        for a, b in zip(
            render(blank, 128)[changed].astype(float), render(written, 128)[changed].astype(float), strict=True
        )
    ]
    assert np.quantile(contrast, 0.8) > 180


def test_writing_turns_with_the_thing_and_is_never_mirrored():
    scene = alone("sign", text="F", side=0.8)
    ink = render(scene, 128).astype(int) - render(alone("sign", side=0.8), 128)
    upside = alone("sign", side=0.8, turn=180.0)
    turned = render(replace(upside, things=(replace(upside.main, text="F"),)), 128).astype(int) - render(upside, 128)
    assert ink.any()
    assert np.abs(np.abs(turned[::-1, ::-1]) - np.abs(ink)).mean() < 0.12 * np.abs(ink).mean() + 0.2
    flipped = alone("sign", side=0.8, flipped=True)
    mirrored = render(replace(flipped, things=(replace(flipped.main, text="F"),)), 128).astype(int) - render(
        flipped, 128
    )
    assert np.abs(np.abs(mirrored) - np.abs(ink)).mean() < np.abs(np.abs(mirrored[:, ::-1]) - np.abs(ink)).mean()


def test_only_what_has_a_page_can_be_written_on():
    blank = next(name for name in NAMES if name not in WRITABLE)
    with pytest.raises(BadInput, match="no page to write 'HI' on"):
        render(alone(blank, text="HI"), 64)


@pytest.mark.parametrize("fact", ["colour", "texture", "material", "style"])
def test_a_look_that_there_is_not_is_refused(fact):
    with pytest.raises(UnknownName, match=f"no {fact} is called 'none'"):
        render(alone("car", **{fact: "none"}), 64)


def test_what_glows_shines_at_night_as_by_day():
    lit = alone("candle", colour="blue", state="lit", side=0.8)
    day, night = (render(replace(lit, place=place), 64) for place in ("room", "night"))
    inside = coverage(lit, 64)[0] == 1
    glowing = inside & (day == (255, 238, 130)).all(axis=-1)
    assert glowing.sum() > 5
    assert np.array_equal(day[glowing], night[glowing])


def test_packed_colours_come_back():
    scene = alone("car")
    assert unpacked(np.array([[0x0003_0002_0001]], dtype=np.uint64)).tolist() == [[[1, 2, 3]]]
    assert render(scene, 32).dtype == np.uint8
