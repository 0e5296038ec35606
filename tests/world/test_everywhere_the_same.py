"""The world is the same everywhere, and its splits share nothing."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from eyechart.errors import BadInput, UnknownName
from eyechart.world import COLOURS, NAMES, PLACES, TEXTURES, World, sheet

# Of the first pictures and sentences. When it changes on purpose, raise `eyechart.world.world.VERSION`.
GOLDEN = "1b9183ad3bb25c351e6eb0971c362140"


def digest():
    known = hashlib.blake2b(digest_size=16)
    for split, size in (("train", 64), ("valid", 64), ("test", 64), ("test", 32), ("test", 160)):
        for index in range(12):
            view = World(seed=0, size=size, split=split)[index]
            words = (view.captions, [false.text for false in view.falsehoods], sorted(view.facts.items()))
            known.update(view.pixels.tobytes() + repr(words).encode())
        known.update(repr((view.world.digest, view.scene, view.world.twin(3).scene, view.motion.after.scene)).encode())
    return known.hexdigest()


def test_it_is_the_world_that_the_models_were_trained_on():
    assert digest() == GOLDEN


def test_another_process_sees_the_same_bytes():
    code = f"import runpy; print(runpy.run_path({__file__!r})['digest']())"
    environment = {"PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert other.stdout.strip() == digest()


def test_order_and_company_do_not_matter():
    world = World()
    pixels, captions = world.batch([5, 2, 5])
    assert pixels.shape == (3, 64, 64, 3)
    assert pixels.dtype == np.uint8
    assert np.array_equal(pixels[0], World()[5].pixels)
    assert np.array_equal(pixels[0], pixels[2])
    assert captions[1] == world[2].captions
    assert world[2].image.size == (64, 64)
    assert world[2].caption == captions[1][0]
    assert np.array_equal(world[2].pixels_and_masks[0], world[2].pixels)
    assert np.array_equal(world[2].pixels_and_masks[1], world[2].masks)
    assert NAMES[world[2].label] == world[2].name == world[2].facts["concept"]


def test_there_is_enough_of_everything():
    assert len(NAMES) >= 60
    assert len(COLOURS) >= 8
    assert len(TEXTURES) >= 8
    assert len(PLACES) >= 12


@pytest.mark.parametrize("by", ["concept", "colour", "texture", "place"])
def test_contact_sheets_are_drawn(by):
    assert sheet(by, size=32).height > sheet(by, size=32, labels=False).height > 100


def test_what_cannot_be_asked_for_is_said():
    with pytest.raises(BadInput, match="no split 'val'"):
        World(split="val")
    with pytest.raises(BadInput, match="32 to 512"):
        World(size=8)
    with pytest.raises(BadInput, match="seed"):
        World(seed=-1)
    with pytest.raises(BadInput, match="index of 0 or more"):
        World()[-1]
    with pytest.raises(UnknownName, match="did you mean 'place'"):
        sheet("places")


def test_all_that_is_known_of_a_picture_fits_together():
    view = World(split="test", size=48)[5]
    assert view.depth.shape == (48, 48)
    assert view.bands(4).shape == (4, 48, 48)
    assert view.motion.flow.displacement.shape == (48, 48, 2)
    assert view.motion.after.pixels.shape == (48, 48, 3)
    assert view.told("en").captions == view.captions
    assert view.told("en").questions == view.questions
    assert len(view.told("zh").captions) == 5
    assert all(isinstance(fact, str | int | float | bool) for fact in view.facts.values())
    assert len(view.boxes) == len(view.masks) == view.facts["count"]
