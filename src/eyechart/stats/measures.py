"""Measures of scores and confidences, free of uncertainty; `intervals` adds that."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from eyechart.errors import BadInput
from eyechart.stats.clusters import Floats


def auroc(positive: ArrayLike, negative: ArrayLike) -> float:
    """Probability that a positive scores above a negative, ties counted half (Mann–Whitney). O(n log n), exact.

    Raises:
        BadInput: one of the two is empty.
    """
    above, below = np.asarray(positive, dtype=np.float64), np.sort(np.asarray(negative, dtype=np.float64))
    if not len(above) or not len(below):
        raise BadInput(f"an AUROC needs both kinds; got {len(above)} positives and {len(below)} negatives")
    wins = np.searchsorted(below, above, "left").sum(dtype=np.int64)
    ties = np.searchsorted(below, above, "right").sum(dtype=np.int64) - wins
    return float((wins + ties / 2) / (len(above) * len(below)))


def calibration_error(
    confidence: ArrayLike,
    correct: ArrayLike,
    bins: int = 15,
    *,
    equal_mass: bool = False,
    weights: ArrayLike | None = None,
) -> float:
    """Expected calibration error: Σ over bins of share × |accuracy − mean confidence| (Guo et al. 2017, section 2).

    Bins are ``(i/bins, (i+1)/bins]``, or, with `equal_mass`, runs of rows of equal number in the order of confidence;
    rows of equal confidence are never parted (Nixon et al. 2019, adaptive calibration error, for the top label).

    Args:
        confidence: in [0, 1], one per row.
        correct: 0 or 1 (or a tie's expectation), one per row.
        bins: 15 by custom.
        equal_mass: bins of equal number instead of equal width.
        weights: how often each row counts, for the bootstrap; once each when absent.
    """
    sure, right = np.asarray(confidence, dtype=np.float64), np.asarray(correct, dtype=np.float64)
    mass = np.ones(len(sure)) if weights is None else np.asarray(weights, dtype=np.float64)
    if len(sure) != len(right) or not mass.sum():
        raise BadInput(f"one correctness per confidence is expected; got {len(right)} for {len(sure)}")
    if sure.min() < 0 or sure.max() > 1:
        raise BadInput(f"confidences lie in [0, 1]; got {sure.min():g} to {sure.max():g}")
    where = _equal_mass(sure, mass, bins) if equal_mass else np.clip(np.ceil(sure * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.bincount(where, weights=mass * (right - sure), minlength=bins)
    return float(np.abs(gaps).sum() / mass.sum())


def _equal_mass(sure: Floats, mass: Floats, bins: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The bin of each row, by the middle of the mass that shares its confidence."""
    _, level = np.unique(sure, return_inverse=True)
    shared = np.bincount(level, weights=mass)
    middle = (np.cumsum(shared) - shared / 2) / mass.sum()
    return np.minimum((middle * bins).astype(np.int64), bins - 1)[level]


def brier(probabilities: ArrayLike, truth: ArrayLike) -> Floats:
    """Brier's score of each row, Σ over classes of (p − y)², in [0, 2] (Brier 1950).

    Args:
        probabilities: ``[n, c]``.
        truth: the right class, ``[n]``.
    """
    shares, right = np.asarray(probabilities, dtype=np.float64), np.asarray(truth, dtype=np.intp)
    chosen = shares[np.arange(len(right)), right]
    return np.asarray((shares**2).sum(axis=1) - 2 * chosen + 1)


def nll(log_probabilities: ArrayLike, truth: ArrayLike) -> Floats:
    """Negative log-likelihood of each row in nats.

    Args:
        log_probabilities: ``[n, c]``, from a log-softmax, so that nothing underflows.
        truth: the right class, ``[n]``.
    """
    logs, right = np.asarray(log_probabilities, dtype=np.float64), np.asarray(truth, dtype=np.intp)
    return np.asarray(-logs[np.arange(len(right)), right])
