from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eyechart.errors import Refused
from eyechart.marking.pairs import caption_pairs, class_pairs, placement, threshold
from eyechart.testing import toy


def test_unrelated_captions_come_from_other_classes() -> None:
    data = toy(12, 3)
    pairs = caption_pairs(data, 5, seed=0)
    assert pairs.others.shape == (12, 5)
    for item, own, others in zip(pairs.items, pairs.own, pairs.others, strict=True):
        assert pairs.texts[own] in item.captions
        assert not any(data.classes[item.label or 0] in pairs.texts[other] for other in others)


def test_without_labels_unrelated_means_not_its_own() -> None:
    data = toy(8, 2)
    bare = data.keep([replace(item, label=None) for item in data.items])
    pairs = caption_pairs(bare, 30, seed=0)
    assert pairs.others.shape == (8, 15)  # no more than there are other texts
    for item, others in zip(pairs.items, pairs.others, strict=True):
        assert not {pairs.texts[other] for other in others} & set(item.captions)


def test_a_shared_caption_is_unrelated_to_none_of_its_images() -> None:
    data = toy(6, 2)
    shared = data.keep([replace(item, label=None, captions=("the same", f"own {item.id}")) for item in data.items])
    pairs = caption_pairs(shared, 4, seed=0)
    assert pairs.texts.index("the same") not in pairs.others


def test_pairs_do_not_depend_on_how_items_are_listed() -> None:
    data = toy(10, 2)
    one, other = class_pairs(data, 3, 0), class_pairs(data.keep(data.items[::-1]), 3, 0)
    assert [item.id for item in one.items] == [item.id for item in other.items]
    assert np.array_equal(one.others, other.others)


def test_without_an_unrelated_text_it_is_refused() -> None:
    data = toy(4, 2)
    with pytest.raises(Refused, match="unrelated"):
        caption_pairs(data.keep([replace(item, captions=("the same",)) for item in data.items]), 3, 0)
    everyone = data.keep([replace(item, label=None, captions=("a", "b")) for item in data.items])
    with pytest.raises(Refused, match="unrelated"):
        caption_pairs(everyone, 3, 0)


def test_placement_counts_ties_half() -> None:
    others = np.array([[0.1, 0.2], [0.2, 0.4]])
    assert placement(np.array([0.0, 0.2, 0.9]), others).tolist() == [0.0, 0.5, 1.0]


def test_the_threshold_stands_between_the_kinds() -> None:
    assert threshold(np.array([0.5, 0.6]), np.array([0.1, 0.3])) == pytest.approx(0.4)
    assert threshold(np.array([0.3, 0.3]), np.array([0.3])) < 0.3  # nothing to part: all are accepted
    with pytest.raises(Refused, match="empty"):
        threshold(np.array([]), np.array([0.3]))
