from __future__ import annotations

import numpy as np
import pytest

from eyechart.core import Estimate
from eyechart.marking.overlap import histograms, reversed_interval, shared


def overlap(matched: np.ndarray, others: np.ndarray) -> tuple[float, float]:
    counts, dead = histograms(matched, others, 0)
    return shared(*counts)(np.ones(len(matched))), dead


def test_kinds_apart_share_nothing_and_equal_kinds_share_all() -> None:
    assert overlap(np.array([0.9, 0.8]), np.array([[0.1, 0.2], [0.1, 0.0]]))[0] == 0
    assert overlap(np.full(3, 0.5), np.full((3, 2), 0.5)) == (1.0, 1.0)


def test_a_dead_model_overlaps_as_much_as_noise_does() -> None:
    rng = np.random.default_rng(0)
    value, dead = overlap(rng.normal(size=400), rng.normal(size=(400, 5)))
    assert value == pytest.approx(dead, abs=0.05)
    assert dead < 0.97


def test_the_interval_is_mirrored_at_the_value() -> None:
    found = Estimate(value=0.5, low=0.3, high=0.55, units=9, method="cluster bootstrap")
    mirrored = reversed_interval(found)
    assert (mirrored.low, mirrored.high) == pytest.approx((0.45, 0.7))
