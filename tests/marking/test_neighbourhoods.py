from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from sklearn.metrics import silhouette_samples

from eyechart.marking.neighbourhoods import Space, centroids, correlation, expected_members, space

HEIGHTS = np.array([[0, 1, 2, 2], [1, 0, 2, 2], [2, 2, 0, 1], [2, 2, 1, 0]])


def scattered(count: int = 40, seed: int = 0) -> tuple[torch.Tensor, np.ndarray]:
    rng = np.random.default_rng(seed)
    return torch.from_numpy(rng.standard_normal((count, 8)).astype(np.float32)), np.arange(count) % 4


def slowly(found: Space, at: int, among: np.ndarray) -> float:
    """The score by its definition: branch by branch, pair by pair."""
    label = found.labels[at]
    others = [one for one in np.flatnonzero(among) if found.labels[one] != label]
    shares = []
    for limit in sorted({found.heights[label, found.labels[one]] for one in others})[:-1]:
        inside = [one for one in others if found.heights[label, found.labels[one]] <= limit]
        outside = [one for one in others if found.heights[label, found.labels[one]] > limit]
        wins = [np.sign(found.apart[at, b] - found.apart[at, a]) / 2 + 0.5 for a in inside for b in outside]
        shares.append(np.mean(wins))
    return float(np.mean(shares))


def test_the_score_is_the_mean_over_branches_of_pairs_in_order() -> None:
    found = space(*scattered(), HEIGHTS)
    for at in range(0, 40, 7):
        among = np.arange(40) % 3 != 0
        order = found.order(at, among)
        assert order is not None
        assert order.score == pytest.approx(slowly(found, at, among))


def test_slopes_are_what_a_little_more_weight_of_a_class_changes() -> None:
    features, labels = scattered()
    heights = np.array([[0, 1, 2, 3], [1, 0, 2, 3], [2, 2, 0, 3], [3, 3, 3, 0]])
    found = space(features, labels, heights)
    order = found.order(0, np.ones(40, bool))
    assert order is not None
    twice = space(features[[*range(40), *np.flatnonzero(labels == 2)]], np.append(labels, [2] * 10), heights)
    more = twice.order(0, np.ones(50, bool))
    half = order.score + order.sway[2]
    assert order.sway.sum() == pytest.approx(0, abs=1e-12)
    assert more is not None
    assert np.sign(more.score - order.score) == np.sign(half - order.score)


def test_without_a_branch_there_is_no_score() -> None:
    found = space(*scattered(), np.array([[0, 2, 2, 2], [2, 0, 1, 1], [2, 1, 0, 1], [2, 1, 1, 0]]))
    assert found.order(0, np.ones(40, bool)) is None
    assert found.order(1, np.ones(40, bool)) is not None


def test_everything_in_one_place_is_as_far_in_order_as_at_random() -> None:
    found = space(torch.ones(40, 8), np.arange(40) % 4, HEIGHTS)
    order = found.order(3, np.ones(40, bool))
    assert order is not None
    assert order.score == 0.5
    assert not order.sway.any()
    assert found.rings(3, 5, 4) == 0.5
    assert found.rank_correlation(3) == 0
    assert found.purity(5) == pytest.approx(9 / 39)
    assert not found.silhouettes().any()
    assert found.around(3, (1, 6)) == pytest.approx(np.tile([1 / 3, 1 / 3, 1 / 3, 0], (2, 1)))


def test_silhouettes_and_rank_correlations_are_those_of_the_libraries() -> None:
    features, labels = scattered()
    found = space(features, labels, HEIGHTS)
    assert found.silhouettes() == pytest.approx(silhouette_samples(features, labels, metric="cosine"), abs=1e-5)
    others = labels != labels[5]
    expected = spearmanr(found.apart[5, others], HEIGHTS[labels[5], labels[others]]).statistic
    assert found.rank_correlation(5) == pytest.approx(expected)


def test_ties_for_the_last_places_share_them() -> None:
    assert expected_members(np.array([0.1, 0.3, 0.3, 0.3, 0.5]), 2).tolist() == pytest.approx(
        [1, 1 / 3, 1 / 3, 1 / 3, 0]
    )


def test_rings_count_how_often_kinship_falls() -> None:
    apart = np.zeros((9, 9))
    apart[0] = np.arange(9) / 10
    labels = np.array([0, 1, 1, 2, 2, 1, 1, 3, 3])
    found = Space(labels=labels, apart=apart, heights=HEIGHTS)
    assert found.rings(0, 2, 4) == pytest.approx(2 / 3)  # near, far, near, far


def test_class_means_are_compared_by_cosine() -> None:
    features = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
    apart = centroids(features, np.array([0, 0, 2]), 3)
    assert apart.tolist() == [[0, 0, 1], [0, 0, 0], [1, 0, 0]]


def test_no_variation_has_no_correlation() -> None:
    assert correlation(np.ones(4), np.arange(4.0)) == 0
    assert correlation(np.arange(4.0), np.arange(4.0), np.zeros(4)) == 0
