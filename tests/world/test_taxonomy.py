"""The concepts hang in a tree of at least three levels, and the tree in WordNet 3.0."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from eyechart.world.concepts import CONCEPTS, NAMES, SYNSETS, TAXONOMY

WORDNET = Path("/usr/share/wordnet")  # of Debian's package wordnet-base
needs_wordnet = pytest.mark.skipif(
    not (WORDNET / "data.noun").is_file(), reason=f"no WordNet 3.0 in {WORDNET} (apt-get install wordnet-base)"
)

# Child → why its synset is not below that of its parent: here people's words and WordNet's shelves part.
EXCEPTIONS = {
    "bus": "WordNet shelves it with public transport, which it does not count among the vehicles",
    "train": "the same",
    "lighthouse": "WordNet's tower is a structure beside the buildings; it has a roof, walls and a door",
    "castle": "WordNet's fortification is a structure beside the buildings, though it calls a castle a large building",
    "windmill": "WordNet's mill is the machinery; what is drawn is the building around it",
    "shoe": "WordNet's footwear is a covering beside clothing",
    "dish": "WordNet keeps prepared food (food.n.01) apart from solid food (food.n.02), where the fruits are",
    "dessert": "WordNet's dessert is the course of a meal, not the dish that is served",
    "egg": "WordNet keeps ingredients with prepared food",
}


class Synset(NamedTuple):
    """A meaning: the words for it, and where those above it are written."""

    words: tuple[str, ...]
    above: tuple[str, ...]


@cache
def meanings() -> dict[str, Synset]:
    """By offset in the file."""
    found = {}
    for fields in _rows("data.noun"):
        words = int(fields[3], 16)
        pointers = fields[4 + 2 * words :]
        pairs = zip(pointers[1::4], pointers[2::4], strict=False)
        above = tuple(offset for sign, offset in list(pairs)[: int(pointers[0])] if sign in ("@", "@i"))
        found[fields[0]] = Synset(tuple(word.lower() for word in fields[4 : 4 + 2 * words : 2]), above)
    return found


@cache
def senses() -> dict[str, tuple[str, ...]]:
    """The offsets of a word's meanings, the most frequent first."""
    return {fields[0]: tuple(fields[6 + int(fields[3]) :]) for fields in _rows("index.noun")}


def _rows(name: str) -> Iterator[list[str]]:
    lines = (WORDNET / name).read_text(encoding="ascii").splitlines()
    return (line.split(" | ")[0].split() for line in lines if not line.startswith("  "))


def offset(synset: str) -> str:
    word, _, number = synset.rsplit(".", 2)
    return senses()[word][int(number) - 1]


def above(synset: str) -> set[str]:
    """The offsets of everything that it is a kind of."""
    found, waiting = set(), [offset(synset)]
    while waiting:
        higher = meanings()[waiting.pop()].above
        waiting += [one for one in higher if one not in found]
        found.update(higher)
    return found


def path(name: str) -> list[str]:
    """From the name up to the root."""
    found = [name]
    while found[-1] in TAXONOMY:
        found.append(TAXONOMY[found[-1]])
        assert len(found) <= len(TAXONOMY), f"a ring above {name}"
    return found


def test_the_taxonomy_is_a_tree_with_one_root():
    assert {path(name)[-1] for name in TAXONOMY} == {"entity"}


def test_the_concepts_and_only_they_are_its_leaves():
    assert set(NAMES) == set(TAXONOMY) - set(TAXONOMY.values())


def test_every_leaf_is_on_the_third_level_or_lower_the_root_being_the_first():
    shallow = [name for name in NAMES if len(path(name)) < 3]
    assert not shallow
    assert max(len(path(name)) for name in NAMES) >= 5


def test_no_name_is_used_twice():
    assert len(NAMES) == len(set(NAMES)) == len(CONCEPTS) >= 60
    assert all(name == concept.name for name, concept in CONCEPTS.items())
    assert len(TAXONOMY) == len(NAMES) + len(set(TAXONOMY.values()) - {"entity"})


def test_every_leaf_and_node_has_a_synset_of_its_own():
    assert set(SYNSETS) == {*TAXONOMY, "entity"}
    malformed = {name: synset for name, synset in SYNSETS.items() if not re.fullmatch(r"[a-z_-]+\.n\.\d\d", synset)}
    assert not malformed
    assert len(set(SYNSETS.values())) == len(SYNSETS)


@needs_wordnet
def test_every_synset_is_in_wordnet_and_named_by_its_first_word():
    unknown = {name: synset for name, synset in SYNSETS.items() if synset.split(".")[0] not in senses()}
    assert not unknown
    named = {name: meanings()[offset(synset)].words[0] for name, synset in SYNSETS.items()}
    assert named == {name: synset.split(".")[0] for name, synset in SYNSETS.items()}


@needs_wordnet
def test_every_synset_is_a_kind_of_its_parents_except_where_said():
    astray = {child for child, parent in TAXONOMY.items() if offset(SYNSETS[parent]) not in above(SYNSETS[child])}
    assert astray == set(EXCEPTIONS)


@needs_wordnet
def test_a_wrong_sense_would_be_noticed():
    assert offset("vehicle.n.01") in above("tank.n.01")  # with a gun
    assert offset("vehicle.n.01") not in above("tank.n.02")  # for water
    assert meanings()[offset("lighthouse.n.01")].words[0] == "beacon"
