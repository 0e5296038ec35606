from __future__ import annotations

import numpy as np
import pytest

from eyechart import stats
from eyechart.claims import weigh
from eyechart.core import Estimate


def number(value: float, low: float, high: float, chance: float | None = None) -> Estimate:
    return Estimate(value=value, low=low, high=high, units=50, method="planted", chance=chance)


def test_a_limit_within_the_interval_decides_nothing() -> None:
    assert weigh.above(number(0.6, 0.51, 0.7), 0.5) is True
    assert weigh.above(number(0.6, 0.49, 0.7), 0.5) is None
    assert weigh.above(number(0.4, 0.3, 0.49), 0.5) is False
    assert weigh.below(number(0.4, 0.3, 0.49), 0.5) is True
    assert weigh.below(number(0.6, 0.5, 0.7), 0.5) is None


def test_the_way_from_chance_to_the_best_is_a_share() -> None:
    found = weigh.way(number(0.6, 0.2, 1.0, chance=0.2))
    assert (found.value, found.low, found.high) == (pytest.approx(0.5), 0.0, 1.0)
    assert weigh.way(number(0.5, 0.2, 0.8, chance=0.2), best=0.8).value == pytest.approx(0.5)


def test_a_difference_adds_squares() -> None:
    found = weigh.difference(number(0.8, 0.74, 0.9), number(0.5, 0.4, 0.58))
    assert found.value == pytest.approx(0.3)
    assert found.low == pytest.approx(0.3 - np.hypot(0.06, 0.08))
    assert found.high == pytest.approx(0.3 + np.hypot(0.1, 0.1))


def test_what_is_left_of_a_known_whole_is_its_share() -> None:
    found = weigh.left(number(0.3, 0.2, 0.4), number(0.6, 0.6, 0.6))
    assert found is not None
    assert (found.value, found.low, found.high) == tuple(pytest.approx(part) for part in (0.5, 1 / 3, 2 / 3))
    assert weigh.left(number(0.3, 0.2, 0.4), number(0.1, -0.1, 0.3)) is None


def test_what_is_left_may_be_less_than_nothing() -> None:
    found = weigh.left(number(-0.1, -0.2, 0.1), number(0.5, 0.3, 0.7))
    assert found is not None
    assert found.value == pytest.approx(-0.2)
    assert found.low < found.value < found.high
    nothing = weigh.left(number(0.0, 0.0, 0.0), number(0.5, 0.3, 0.7))
    assert nothing is not None
    assert (nothing.low, nothing.high) == (pytest.approx(0.0), pytest.approx(0.0))


def test_the_share_that_is_left_is_covered_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(200):
        hard, easy = (
            stats.proportion((rng.random(80) < rate).astype(float), [str(row) for row in range(80)])
            for rate in (0.3, 0.6)
        )
        found = weigh.left(hard, easy)
        assert found is not None
        covered += found.low <= 0.5 <= found.high
    assert covered >= 182


def test_seeds_are_paired_and_three_are_needed() -> None:
    first, second = {0: 0.5, 1: 0.6, 2: 0.7}, {0: 0.4, 1: 0.5, 2: 0.6, 3: 0.0}
    found = weigh.over_seeds(first, second)
    assert found is not None
    assert (found.value, found.low, found.units) == (pytest.approx(0.1), pytest.approx(0.1), 3)
    assert weigh.over_seeds({0: 1.0, 1: 1.0}, second) is None


def test_an_interval_for_several_looks_is_wider() -> None:
    found = weigh.widened(number(0.5, 0.4, 0.6), 3)
    assert found.high - 0.5 == pytest.approx(0.1 * 2.394 / 1.960, rel=1e-3)
    assert weigh.widened(number(0.5, 0.4, 0.6), 1).low == pytest.approx(0.4)
