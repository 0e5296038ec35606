from __future__ import annotations

import numpy as np
import pytest

from eyechart.core import Statistics
from eyechart.errors import BadInput, Refused
from eyechart.stats.scaling import Ladder, Law, front, scaling

SIZES = (2e5, 6e5, 2e6, 5e6)
LAW = Law(a=0.7, b=0.5 * 2e5**0.5, c=0.5)
FLAT = Law(a=0.5, b=0.0, c=0.5)


def ladder(law: Law, seed: int, *, starts: int = 3, rows: int = 300, spread: float = 0.01) -> Ladder:
    """Models that answer rows of a common difficulty; two starts differ by `spread`."""
    rng = np.random.default_rng(seed)
    luck = rng.random(rows)
    sizes, scores = [], []
    for size in SIZES:
        for _ in range(starts):
            own = np.where(rng.random(rows) < 0.5, luck, rng.random(rows))
            scores.append((own < law.at(size) + rng.normal(0, spread)).astype(float))
            sizes.append(size)
    return Ladder(sizes=np.array(sizes), scores=np.array(scores), groups=np.arange(rows))


def test_a_law_without_noise_is_found_to_the_digit() -> None:
    exact = Ladder(sizes=np.array(SIZES), scores=np.repeat(LAW.at(SIZES)[:, None], 5, 1), groups=np.arange(5))
    found = scaling(exact, Statistics(resamples=20))
    assert found.law.at(SIZES) == pytest.approx(LAW.at(SIZES), abs=1e-4)
    assert found.law.c == pytest.approx(0.5, rel=0.02)
    assert found.gain.value == pytest.approx(float(LAW.at(1e7) - LAW.at(5e6)), abs=5e-4)
    assert found.verdict == "growing"


@pytest.mark.parametrize("starts", [1, 3])
def test_intervals_hold_the_truth_as_often_as_they_say(starts: int) -> None:
    gain, held = float(LAW.at(1e7) - LAW.at(5e6)), {"gain": 0, "limit": 0, "power": 0}
    for seed in range(40):
        found = scaling(ladder(LAW, seed, starts=starts, spread=0.01 * (starts > 1)), Statistics(resamples=100))
        held["gain"] += found.gain.low <= gain <= found.gain.high
        held["limit"] += found.limit.low <= LAW.a <= found.limit.high
        held["power"] += found.power.low <= LAW.c <= found.power.high
    assert all(count >= 34 for count in held.values()), held  # fewer by luck once in 100 at 95 %


def test_a_flat_cloud_is_undecided() -> None:
    verdicts = [scaling(ladder(FLAT, seed), Statistics(resamples=100)).verdict for seed in range(25)]
    assert verdicts.count("undecided") >= 22


def test_models_that_shrink_with_size_are_told() -> None:
    falling = Law(a=0.3, b=-0.4 * 2e5**0.5, c=0.5)
    found = scaling(ladder(falling, 0), Statistics(resamples=100))
    assert found.verdict == "falling"
    assert found.gain.value < 0


def test_other_starts_widen_the_interval() -> None:
    calm, wild = (scaling(ladder(LAW, 1, spread=s), Statistics(resamples=300)) for s in (0.0, 0.05))
    assert wild.per_doubling.high - wild.per_doubling.low > 1.5 * (calm.per_doubling.high - calm.per_doubling.low)


def test_the_band_reaches_to_the_doubled_largest_size_and_holds_its_line() -> None:
    found = scaling(ladder(LAW, 2), Statistics(resamples=100))
    assert found.band[0][0] == pytest.approx(2e5)
    assert found.band[-1][0] == pytest.approx(1e7)
    assert all(low <= value <= high for _, value, low, high in found.band)


def test_the_same_seed_gives_the_same_answer() -> None:
    first, again = (scaling(ladder(LAW, 3), Statistics(resamples=50)) for _ in range(2))
    assert first == again


@pytest.mark.parametrize(
    ("sizes", "scores", "kind", "said"),
    [
        ([1.0, 2.0, 2.0], 0.5, Refused, "3 sizes at least; there are 2"),
        ([0.0, 1.0, 2.0], 0.5, BadInput, "above zero"),
        ([1.0, 2.0, 3.0], 1.5, BadInput, "in \\[0, 1\\]"),
        ([1.0, 2.0], 0.5, BadInput, "one row of scores per size"),
    ],
)
def test_what_makes_no_ladder_is_refused(sizes: list[float], scores: float, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        scaling(Ladder(sizes=np.array(sizes), scores=np.full((3, 4), scores), groups=np.arange(4)))


def test_the_front() -> None:
    assert front([1, 2, 3, 4], [0.1, 0.5, 0.4, 0.6]) == [0, 1, 3]
    assert front([2, 1, 1], [0.5, 0.5, 0.5]) == [1, 2]
    assert front([], []) == []
