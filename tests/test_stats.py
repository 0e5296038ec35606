"""Intervals cover, tests keep their level, and known answers come out."""

from __future__ import annotations

import subprocess
import sys
from itertools import product

import numpy as np
import pytest
from scipy import stats as reference
from scipy.special import betaincinv, ndtri

from eyechart import stats
from eyechart.core import Statistics
from eyechart.errors import BadInput, Refused
from eyechart.stats import pairs

QUICK = Statistics(resamples=500)


def names(codes) -> np.ndarray:
    return np.asarray([f"g{code}" for code in codes])


# ---------------------------------------------------------------------------------------------------- one proportion


def worst_coverage(n: int, low: float, high: float) -> float:
    """The smallest coverage of `stats.wilson` over all p in [low, high]: a sum over outcomes, no simulation.

    Coverage falls only next to the limits of some interval, so that looking on both sides of each of them is enough.
    """
    limits = np.array([stats.wilson(x, n) for x in range(n + 1)])
    edges = limits[(limits > low) & (limits < high)]
    p = np.clip(np.concatenate([edges - 1e-10, edges + 1e-10, [low, high]]), low, high)
    first = np.searchsorted(limits[:, 1], p, "left")
    last = np.searchsorted(limits[:, 0], p, "right") - 1
    return float((reference.binom.cdf(last, n, p) - reference.binom.cdf(first - 1, n, p)).min())


def test_a_nominal_95_percent_interval_covers_at_least_93_percent():
    """For every n from 50 to 1000 and every p from .5 to .99; 93.2 % at n = 51, p = .5098 is the worst."""
    worst = min(worst_coverage(n, 0.5, 0.99) for n in range(50, 1001))
    assert worst == pytest.approx(0.9324, abs=1e-4)


def test_the_interval_is_hardly_wider_than_wilsons():
    def wilson(x: int, n: int) -> float:
        z = ndtri(0.975)
        return 2 * z * np.sqrt(x / n * (1 - x / n) / n + z * z / (4 * n * n)) / (1 + z * z / n)

    ratios = []
    for n, p in product((50, 100, 300, 1000), (0.5, 0.7, 0.9, 0.95)):
        chances = reference.binom.pmf(np.arange(n + 1), n, p)
        ours = sum(c * np.diff(stats.wilson(x, n))[0] for x, c in enumerate(chances))
        ratios.append(ours / sum(c * wilson(x, n) for x, c in enumerate(chances)))
    assert 1 <= np.mean(ratios) < 1.03


def test_the_interval_contains_wilsons_and_jeffreys():
    low, high = stats.wilson(97, 100)
    assert low == pytest.approx(0.91549, abs=2e-4)  # Wilson's lower limit reaches further here
    assert high == pytest.approx(betaincinv(97.5, 3.5, 0.975))  # and Jeffreys' upper one


def test_all_right_and_all_wrong_have_a_width():
    assert stats.wilson(30, 30)[0] < 0.9
    assert stats.wilson(30, 30)[1] == 1.0
    assert stats.wilson(0, 30)[0] == 0.0
    assert stats.wilson(0, 30)[1] > 0.1


@pytest.mark.parametrize(("successes", "n"), [(5, 4), (-1, 4), (0, 0)])
def test_impossible_counts_are_told(successes, n):
    with pytest.raises(BadInput, match="successes"):
        stats.wilson(successes, n)


def test_a_proportion_of_single_rows_is_that_interval():
    scores = np.r_[np.ones(70), np.zeros(30)]
    got = stats.proportion(scores, names(range(100)), chance=0.1)
    assert (got.low, got.high) == stats.wilson(70, 100)
    assert (got.value, got.units, got.method, got.chance) == (0.7, 100, "wilson-jeffreys", 0.1)


def test_ties_scored_at_expectation_keep_chance_inside():
    got = stats.proportion(np.full(50, 0.1), names(range(50)), chance=0.1)
    assert got.low < 0.1 < got.high


def test_a_score_that_is_no_number_is_refused():
    with pytest.raises(Refused, match="1 of 3 rows"):
        stats.proportion([1, np.nan, 0], names(range(3)))


def test_scores_outside_the_unit_interval_are_told():
    with pytest.raises(BadInput, match=r"\[0, 1\]"):
        stats.proportion([1, 2], names(range(2)))


def test_no_rows_and_unequal_lengths_are_told():
    with pytest.raises(BadInput, match="no row"):
        stats.proportion([], [])
    with pytest.raises(BadInput, match="2 groups for 3 rows"):
        stats.proportion([1, 0, 1], ["a", "b"])


# ------------------------------------------------------------------------------------------------------------ groups


def grouped_rows(rng, groups: int, size: int, correlation: float, p: float) -> tuple[np.ndarray, np.ndarray]:
    """Zeros and ones whose groups have their own rates (beta-binomial), 1 to 2 size − 1 rows each."""
    sizes = rng.integers(1, 2 * size, groups)
    strength = (1 - correlation) / correlation
    rates = np.repeat(rng.beta(p * strength, (1 - p) * strength, groups), sizes)
    return (rng.random(len(rates)) < rates).astype(float), names(np.repeat(np.arange(groups), sizes))


@pytest.mark.parametrize(("groups", "size"), [(30, 2), (30, 8), (60, 4), (200, 4)])
@pytest.mark.parametrize("p", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("correlation", [0.1, 0.6])
def test_grouped_proportions_are_covered(groups, size, p, correlation):
    rng = np.random.default_rng([groups, size, int(100 * p), int(10 * correlation)])
    hits = 0
    for _ in range(400):
        got = stats.proportion(*grouped_rows(rng, groups, size, correlation, p))
        hits += got.low <= p <= got.high
    assert hits / 400 >= 0.93 - 2 * np.sqrt(0.93 * 0.07 / 400)  # of 24 cells none fell below 93 % in long runs


def test_rows_that_repeat_themselves_are_worth_one():
    scores = np.array([1, 0, 1, 1, 0, 1, 1, 1, 0, 1] * 5, dtype=float)
    once = stats.proportion(scores, names(range(50)))
    tenfold = stats.proportion(np.repeat(scores, 10), names(np.repeat(np.arange(50), 10)))
    assert tenfold.units == 50
    assert tenfold.high - tenfold.low == pytest.approx(once.high - once.low, rel=0.1)


def test_one_group_alone_says_nothing():
    got = stats.proportion([1.0, 0.0, 1.0], ["a"] * 3)
    assert (got.low, got.high, got.units) == (0.0, 1.0, 1)


def test_balanced_accuracy_weighs_classes_alike_and_is_covered():
    got = stats.balanced([1, 1, 1, 1, 0, 1], [0, 0, 0, 0, 1, 1], names(range(6)))
    assert got.value == 0.75
    rng = np.random.default_rng(0)
    recalls, share = np.array([0.95, 0.9, 0.8, 0.6]), np.array([0.5, 0.3, 0.15, 0.05])
    hits = 0
    for _ in range(400):
        classes = rng.choice(4, 200, p=share)
        got = stats.balanced((rng.random(200) < recalls[classes]).astype(float), classes, names(range(200)))
        hits += got.low <= recalls.mean() <= got.high
    assert hits / 400 >= 0.92


def test_areas_are_covered_and_a_perfect_one_has_a_width():
    rng = np.random.default_rng(0)
    truth = np.r_[np.ones(40), np.zeros(80)]
    area = reference.norm.cdf(1.5 / np.sqrt(2))
    hits = 0
    for _ in range(400):
        got = stats.area(rng.normal(1.5 * truth), truth, names(range(120)))
        hits += got.low <= area <= got.high
    assert hits / 400 >= 0.92
    perfect = stats.area(truth, truth, names(range(120)))
    assert (perfect.value, perfect.high) == (1.0, 1.0)
    assert 0.85 < perfect.low < 0.99


def test_means_of_skewed_losses_are_covered():
    rng = np.random.default_rng(0)
    groups = names(np.repeat(np.arange(50), 3))
    hits = 0
    for _ in range(300):
        losses = np.exp(np.repeat(rng.normal(0, 0.5, 50), 3) + rng.normal(0, 0.5, 150))
        got = stats.mean(losses, groups, QUICK)
        hits += got.low <= np.exp(0.25) <= got.high
    assert hits / 300 >= 0.91


def test_a_mean_without_spread_has_no_width():
    got = stats.mean([2.0] * 8, names(range(8)), QUICK)
    assert (got.low, got.value, got.high) == (2.0, 2.0, 2.0)


def test_the_bootstrap_repeats_itself_by_seed():
    scores = np.random.default_rng(0).random(60)
    groups = names(np.arange(60) // 2)

    def spread(weights):
        return float(np.average((scores - np.average(scores, weights=weights)) ** 2, weights=weights))

    first, again = stats.bootstrap(spread, groups, QUICK), stats.bootstrap(spread, groups, QUICK)
    other = stats.bootstrap(spread, groups, Statistics(resamples=500, seed=1))
    assert first == again
    assert (first.low, first.high) != (other.low, other.high)
    assert first.low < first.value < first.high
    assert first.units == 30


@pytest.mark.parametrize("rest", [0.5, 0.3])
def test_a_mean_of_which_hardly_any_value_differs_is_neither_lost_in_rounding_nor_certain(rest):
    values = np.full(200, rest)
    values[0] = 1.0
    found = stats.mean(values, [str(row) for row in range(200)])
    assert rest < found.value < found.high < rest + 0.02
    assert rest - 0.02 < found.low < found.value


def test_the_bootstrap_agrees_with_the_formula_for_a_mean():
    values = np.random.default_rng(0).normal(size=300)
    got = stats.bootstrap(lambda weights: float(np.average(values, weights=weights)), names(range(300)))
    half = 1.96 * values.std(ddof=1) / np.sqrt(300)
    assert (got.high - got.low) / 2 == pytest.approx(half, rel=0.06)


def test_a_grade_that_is_no_number_is_refused():
    with pytest.raises(Refused, match="nan"):
        stats.bootstrap(lambda weights: float("nan"), names(range(4)), QUICK)


# ------------------------------------------------------------------------------------------------------------- pairs


def test_mcnemars_mid_p_is_that_of_the_binomial():
    a = np.r_[np.ones(15), np.zeros(5), np.ones(80)]
    b = np.r_[np.zeros(15), np.ones(5), np.ones(80)]
    got = stats.paired(a, b, names(range(100)))
    exact = reference.binomtest(15, 20).pvalue
    assert got.p == pytest.approx(exact - reference.binom.pmf(15, 20, 0.5))
    assert got.value == pytest.approx(0.1)
    assert got.low < 0.1 < got.high
    assert got.method == "mcnemar mid-p"


def test_swapping_the_models_flips_the_difference():
    rng = np.random.default_rng(0)
    a, b, groups = rng.random(60), rng.random(60), names(np.arange(60) // 3)
    there, back = stats.paired(a, b, groups), stats.paired(b, a, groups)
    assert (there.value, there.low) == pytest.approx((-back.value, -back.high))
    assert there.p == pytest.approx(back.p)


def test_equal_columns_do_not_differ():
    got = stats.paired([1, 0, 1, 0.5], [1, 0, 1, 0.5], names(range(4)))
    assert (got.value, got.p) == (0.0, 1.0)
    assert got.low < 0 < got.high


@pytest.mark.parametrize("shift", [0.0, 0.4, 0.8])
def test_every_way_to_flip_signs_gives_one_answer(shift):
    rng = np.random.default_rng(3)
    sizes = np.abs(rng.normal(shift, 1, 16))
    total = abs((sizes * rng.choice([-1, 1], 16, p=[0.3, 0.7])).sum())
    assert pairs._saddlepoint_p(sizes, total) == pytest.approx(pairs._enumerated_p(sizes, total), rel=0.05, abs=0.005)
    whole = np.rint(3 * sizes) + 1
    exact = pairs._enumerated_p(whole, 9.0)
    values, counts = np.unique(whole.astype(int), return_counts=True)
    assert pairs._lattice_p(values, counts, 9) == pytest.approx(exact)


def test_the_unit_of_the_scores_does_not_matter():
    sums = np.random.default_rng(0).integers(-3, 5, 60)
    assert pairs.sign_flip(sums / 4)[0] == pytest.approx(pairs.sign_flip(sums)[0])
    assert "exact" in pairs.sign_flip(sums / 4)[1]


def test_small_p_values_are_not_cut_off():
    rng = np.random.default_rng(0)
    assert stats.paired(rng.random(300), np.zeros(300), names(range(300))).p < 1e-12


@pytest.mark.parametrize("single", [True, False])
def test_paired_tests_keep_their_level_and_intervals_cover(single):
    rng = np.random.default_rng(0)
    rejected = covered = 0
    for _ in range(400):
        if single:
            rows, groups = rng.choice([1.0, -1.0, 0.0], 80, p=[0.1, 0.1, 0.8]), names(range(80))
        else:
            lean = np.repeat(rng.choice([1.0, -1.0, 0.0], 40, p=[0.15, 0.15, 0.7]), 4)
            rows, groups = lean * (rng.random(160) < 0.7), names(np.arange(160) // 4)
        got = stats.paired(rows > 0, rows < 0, groups)
        rejected += got.p <= 0.05
        covered += got.low <= 0 <= got.high
    assert rejected / 400 <= 0.07
    assert covered / 400 >= 0.93


def test_unequal_columns_are_told():
    with pytest.raises(BadInput, match="equal length"):
        stats.paired([1, 0], [1], ["a", "b"])


def test_holm_is_the_textbooks():
    assert stats.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert stats.holm([]).shape == (0,)


def test_ranks_are_as_wide_as_the_tests_leave_them():
    differences = np.array([[0, 0.1, 0.3], [-0.1, 0, 0.2], [-0.3, -0.2, 0]])
    p = np.array([[1, 0.4, 0.001], [0.4, 1, 0.01], [0.001, 0.01, 1]])
    assert stats.rank_intervals(differences, p) == [(1, 2), (1, 2), (3, 3)]
    assert stats.rank_intervals(differences, np.ones((3, 3))) == [(1, 3)] * 3


def test_the_smallest_detectable_difference_is_found_with_the_power_stated():
    rng = np.random.default_rng(0)
    delta = stats.smallest_detectable_paired(0.2, 300)
    odds = [(0.2 + delta) / 2, (0.2 - delta) / 2, 0.8]
    found = 0
    for _ in range(400):
        rows = rng.choice([1, -1, 0], 300, p=odds)
        found += stats.paired(rows > 0, rows < 0, names(range(300))).p <= 0.05
    assert 0.74 <= found / 400 <= 0.88
    assert stats.smallest_detectable(0.8, 300) > delta
    assert stats.smallest_detectable_paired(0.0, 300) == 0.0
    assert stats.smallest_detectable_paired(0.01, 20) == 0.01
    with pytest.raises(BadInput, match="at least one row"):
        stats.smallest_detectable(0.5, 0)


# ---------------------------------------------------------------------------------------------------------- measures


def test_auroc_counts_ties_half():
    assert stats.auroc([3, 2], [1, 0]) == 1.0
    assert stats.auroc([1, 1], [1, 1]) == 0.5
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 6, 50), rng.integers(0, 5, 70)
    expected = ((a[:, None] > b).mean()) + (a[:, None] == b).mean() / 2
    assert stats.auroc(a, b) == pytest.approx(expected)
    with pytest.raises(BadInput, match="0 negatives"):
        stats.auroc([1], [])


def test_calibration_errors_of_known_sheets():
    assert stats.calibration_error([0.8] * 10, [1] * 8 + [0] * 2) == pytest.approx(0)
    assert stats.calibration_error([1.0] * 10, [1] * 6 + [0] * 4) == pytest.approx(0.4)
    assert stats.calibration_error([0.3, 0.9], [1, 0]) == pytest.approx((0.7 + 0.9) / 2)
    assert stats.calibration_error([0.3, 0.9], [1, 0], weights=[3, 1]) == pytest.approx((3 * 0.7 + 0.9) / 4)


def test_bins_of_equal_mass_do_not_part_equal_confidences():
    sure = np.r_[np.full(60, 0.5), np.linspace(0.6, 0.9, 40)]
    right = np.r_[np.arange(60) % 2, np.ones(40)]
    got = stats.calibration_error(sure, right, bins=5, equal_mass=True)
    assert got == pytest.approx(0.4 * 0.25)
    with pytest.raises(BadInput, match=r"\[0, 1\]"):
        stats.calibration_error([1.2], [1])


def test_brier_and_likelihood_by_row():
    shares = np.array([[0.7, 0.3], [0.2, 0.8]])
    assert stats.brier(shares, [0, 0]) == pytest.approx([0.09 + 0.09, 0.64 + 0.64])
    assert stats.nll(np.log(shares), [0, 0]) == pytest.approx(-np.log([0.7, 0.2]))


def test_statistics_load_no_torch():
    code = "import sys, eyechart.stats; sys.exit('torch' in sys.modules or 'scipy.stats' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
