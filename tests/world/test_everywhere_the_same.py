"""The world is the same everywhere, and its splits share nothing."""

import hashlib
import os
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from eyechart.errors import BadInput, UnknownName
from eyechart.world import COLOURS, CONCEPTS, NAMES, PLACES, TAXONOMY, TEXTURES, World, sheet
from eyechart.world.layout import unseen

# Of the first pictures and sentences. When it changes on purpose, raise `eyechart.world.world.VERSION`.
GOLDEN = "21c21241965aa97d6cd28a861a70858d"


def digest():
    known = hashlib.blake2b(digest_size=16)
    for split, size in (("train", 64), ("test", 64), ("test", 32), ("test", 160)):
        for index in range(12):
            view = World(seed=0, size=size, split=split)[index]
            words = (view.captions, [false.text for false in view.falsehoods], sorted(view.facts.items()))
            known.update(view.pixels.tobytes() + repr(words).encode())
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
    assert NAMES[world[2].label] == world[2].name == world[2].facts["concept"]


def test_no_scene_is_both_learnt_from_and_examined_on():
    scenes = [{World(split=split)[index].scene for index in range(300)} for split in ("train", "test")]
    assert len(scenes[0]) == len(scenes[1]) == 300
    assert not scenes[0] & scenes[1]
    assert World(seed=1)[0].scene != World(seed=0)[0].scene


def test_training_never_shows_the_held_out_combinations_and_the_test_does():
    for index in range(300):
        assert not any(unseen(thing.concept, thing.colour) for thing in World(split="train")[index].scene.things)
    share = np.mean([World(split="test")[index].facts["unseen"] for index in range(600)])
    assert 0.04 < share < 0.16
    held = [(concept, colour) for concept in NAMES for colour in COLOURS if unseen(concept, colour)]
    assert Counter(concept for concept, _ in held) == dict.fromkeys(NAMES, 1)
    assert set(Counter(colour for _, colour in held)) == set(COLOURS)


def test_everything_there_is_occurs_about_evenly():
    facts = [World(split="test")[index].facts for index in range(1500)]
    for name, values in (("concept", NAMES), ("colour", COLOURS), ("texture", TEXTURES), ("place", PLACES)):
        counts = Counter(fact[name] for fact in facts)
        assert set(counts) == set(values)
        assert min(counts.values()) > 0.5 * len(facts) / len(values)
    assert set(Counter(fact["count"] for fact in facts)) == {1, 2, 3}


def test_the_taxonomy_is_a_tree_of_at_least_three_levels():
    roots = {parent for parent in TAXONOMY.values() if parent not in TAXONOMY}
    assert roots == {"thing"}
    for name in NAMES:
        path = [name]
        while path[-1] in TAXONOMY:
            path.append(TAXONOMY[path[-1]])
            assert len(path) < 10
        assert len(path) >= 4
        assert name not in TAXONOMY.values()
    synsets = [concept.synset for concept in CONCEPTS.values() if concept.synset]
    assert len(set(synsets)) == len(synsets) >= 30


def test_there_is_enough_of_everything():
    assert len(NAMES) >= 24
    assert len(COLOURS) >= 8
    assert len(TEXTURES) >= 5
    assert len(PLACES) >= 5


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
