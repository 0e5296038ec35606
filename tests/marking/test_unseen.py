from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from eyechart.errors import BadInput, Refused, UnknownName
from eyechart.marking.unseen import Judged, Sides, ceiling, curve, harmonic, judged, pretended, sides, withheld
from eyechart.testing import toy

LABELS = np.arange(24) % 6


def drawn(seed: int = 0) -> Judged:
    rng = np.random.default_rng(seed)
    labels = np.arange(60) % 6
    return Judged(
        labels=labels, seen=labels < 4, right=rng.choice([0, 0.5, 1.0], 60), margin=rng.integers(0, 9, 60).astype(float)
    )


def test_right_and_margin_are_read_from_the_scores() -> None:
    scores = torch.tensor([[3.0, 1.0, 2.0, 2.0, 99.0], [0.0, 1.0, 5.0, 5.0, 99.0], [0.0, 1.0, 1.0, 7.0, 99.0]])
    parted = Sides(asked=np.array([1, 1, 1, 1, 0], bool), seen=np.array([1, 1, 0, 0, 0], bool))
    found = judged(scores, np.array([0, 2, 2]), parted)
    assert found.seen.tolist() == [True, False, False]
    assert found.right.tolist() == [1, 0.5, 0]
    assert found.margin.tolist() == [1, -4, -6]
    assert found.hits(0.0).tolist() == [1, 0.5, 0]
    assert found.hits(1.0).tolist() == [0.5, 0.5, 0]
    assert found.hits(-5.0).tolist() == [1, 0, 0]


def test_shares_are_pairs_that_one_bias_names_rightly() -> None:
    found = drawn()
    pairs = [
        found.right[s] * found.right[u] * (np.sign(found.margin[s] - found.margin[u]) + 1) / 2
        for s in np.flatnonzero(found.seen)
        for u in np.flatnonzero(~found.seen)
    ]
    for side in (found.seen, ~found.seen):
        assert found.shares()[side].mean() == pytest.approx(np.mean(pairs))


def test_the_mean_share_is_the_area_under_the_curve() -> None:
    found = drawn(1)
    points = np.array(curve(found, 2000))
    area = np.trapezoid(points[::-1, 1], points[::-1, 0])
    assert found.shares().mean() == pytest.approx(area, abs=1e-6)


def test_the_best_bias_is_that_of_the_largest_harmonic_mean() -> None:
    found = drawn(2)
    best = harmonic(*(float(part.mean()) for part in found.recalls(found.best_bias())))
    tried = [harmonic(*(float(part.mean()) for part in found.recalls(bias))) for bias in np.arange(-1, 10, 0.25)]
    assert best == pytest.approx(max(tried))


def test_one_right_side_alone_has_no_harmonic_mean() -> None:
    assert harmonic(1.0, 0.0) == harmonic(0.0, 0.0) == 0
    assert harmonic(0.5, 0.5) == 0.5


def test_which_classes_lose_their_examples_hangs_on_names_and_seed_alone() -> None:
    names = tuple("abcdefghij")
    held = withheld(names, np.ones(10, bool), 0.3, 0)
    back = withheld(names[::-1], np.ones(10, bool), 0.3, 0)
    assert held.sum() == 3
    assert held.tolist() == back[::-1].tolist()
    assert any(withheld(names, np.ones(10, bool), 0.3, seed).tolist() != held.tolist() for seed in range(1, 5))


def test_named_classes_are_taken_in_place_of_a_share_and_train_may_lack_some() -> None:
    data = toy(24, 6)
    found = sides(data, LABELS, LABELS, 0.25, 0, (data.classes[1], data.classes[2]))
    assert found.unseen.tolist() == [False, True, True, False, False, False]
    fewer = sides(data, LABELS, LABELS[LABELS != 5], 0.25, 0, (data.classes[1], data.classes[2]))
    assert fewer.unseen.tolist() == [False, True, True, False, False, True]


def test_validation_asks_about_classes_with_examples_only() -> None:
    parted = sides(toy(24, 6), LABELS, LABELS, 0.25, 0, ())
    again = pretended(toy(24, 6), parted, 0.25, 0)
    assert not (again.asked & parted.unseen).any()
    assert again.seen.sum() == again.unseen.sum() == 2


@pytest.mark.parametrize(
    ("share", "named", "error", "words"),
    [
        (0.0, (), BadInput, "between 0 and 1"),
        (0.25, ("mauve",), UnknownName, "mauve"),
        (0.25, ("red",), Refused, "two|2 classes"),
        (0.9, (), Refused, "six classes"),
    ],
)
def test_what_leaves_nothing_to_compare_is_refused(
    share: float, named: tuple[str, ...], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        sides(toy(24, 6), LABELS, LABELS, share, 0, named)


def test_the_taxonomy_cannot_part_siblings() -> None:
    data = replace(toy(24, 6), taxonomy={"red": "warm", "yellow": "warm", "green": "cold"})
    assert ceiling(data, np.array([1, 1, 1, 0, 0, 0], bool)) == pytest.approx(2 / 3)
    assert ceiling(toy(24, 6), np.ones(6, bool)) == 0
