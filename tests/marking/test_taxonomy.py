from __future__ import annotations

import numpy as np
import pytest

from eyechart import data as sources
from eyechart.core import Dataset
from eyechart.errors import BadInput, Refused
from eyechart.marking.taxonomy import knots, line, tree

ZOO = {
    "cat": "mammal", "dog": "mammal", "mammal": "animal", "trout": "fish", "fish": "animal", "animal": "thing",
    "cup": "artifact", "artifact": "thing",
}  # fmt: skip
CLASSES = ("cat", "dog", "trout", "cup")


def hung(taxonomy: dict[str, str], classes: tuple[str, ...] = CLASSES) -> Dataset:
    return Dataset(name="zoo", split="test", revision="1", items=(), classes=classes, taxonomy=taxonomy)


def test_heights_are_those_of_the_lowest_knot_above_both() -> None:
    expected = [[0, 1, 2, 3], [1, 0, 2, 3], [2, 2, 0, 3], [3, 3, 3, 0]]
    assert tree(hung(ZOO)).heights.tolist() == expected


def test_knots_with_one_branch_below_them_change_nothing() -> None:
    longer = {**ZOO, "cat": "tabby", "tabby": "pet", "pet": "mammal", "thing": "matter", "matter": "world"}
    assert tree(hung(longer)).heights.tolist() == tree(hung(ZOO)).heights.tolist()


def test_a_class_may_stand_above_another() -> None:
    found = tree(hung({**ZOO, "trout": "cat"}, ("cat", "trout", "dog", "cup")))
    assert found.heights.tolist() == [[0, 1, 2, 3], [1, 0, 2, 3], [2, 2, 0, 3], [3, 3, 3, 0]]


def test_several_roots_are_branches_of_one() -> None:
    forest = {"cat": "animal", "dog": "animal", "trout": "animal", "cup": "artifact"}
    assert tree(hung(forest)).heights.tolist() == [[0, 1, 1, 2], [1, 0, 1, 2], [1, 1, 0, 2], [2, 2, 2, 0]]


def test_nearest_kin_are_siblings_where_there_are_any() -> None:
    found = tree(hung(ZOO)).nearest()
    assert found.tolist() == [
        [False, True, False, False], [True, False, False, False], [True, True, False, False], [True, True, True, False]
    ]  # fmt: skip


def test_a_hole_is_bad_input_that_names_the_class() -> None:
    with pytest.raises(BadInput, match=r"hole: 1 of 4 classes .* 'trout'"):
        tree(hung({name: parent for name, parent in ZOO.items() if name not in ("trout", "fish")}))


def test_a_ring_is_bad_input_that_shows_it() -> None:
    with pytest.raises(BadInput, match="ring: animal → thing → animal"):
        tree(hung({**ZOO, "thing": "animal"}))
    with pytest.raises(BadInput, match="ring: cat → cat"):
        line("cat", {"cat": "cat"}, "zoo")


def test_a_flat_taxonomy_is_refused() -> None:
    with pytest.raises(Refused, match="flat"):
        tree(hung(dict.fromkeys(CLASSES, "thing")))


def test_groups_are_few_large_branches_and_the_rest() -> None:
    world = sources.load("world?test=1&train=0")
    found = tree(world).groups(7)
    assert len(set(found)) <= 7
    assert found[world.classes.index("cat")] == "living thing"
    assert found[world.classes.index("arrow")] == "others"
    assert found[world.classes.index("truck")] == "vehicle"


def test_the_tree_of_the_world_is_symmetric_and_ultrametric() -> None:
    heights = tree(sources.load("world?test=1&train=0")).heights
    assert np.array_equal(heights, heights.T)
    for row in heights:
        assert (heights <= np.maximum(row[:, None], row)).all()


def test_names_above_all_classes_tell_nothing() -> None:
    table = knots(hung(ZOO))
    assert table.sum(1).tolist() == [
        3,
        3,
        3,
        2,
    ]  # cat mammal animal, dog mammal animal, trout fish animal, cup artifact
