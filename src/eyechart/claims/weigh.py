"""The arithmetic of verdicts: intervals of what is made of two estimates, and whether they lie beyond a limit.

Two intervals are put together by squaring and adding the distances of their ends from their values (Newcombe 1998,
method 10; Zou and Donner 2008, Statistics in Medicine 27). That treats the two as independent. Answers to the same
pictures go up and down together, so the intervals here are rather too wide than too narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import hypot

from scipy.optimize import brentq
from scipy.special import ndtri

from eyechart.core import Estimate
from eyechart.stats import of_seeds

SLACK = 1e-9  # of rounding, which must not decide where seeds agree to the last digit
FAR = 1e6  # a share of what is left beyond which nobody looks


def above(found: Estimate, limit: float) -> bool | None:
    """Whether it is surely above (True) or surely below (False) the limit; None where the interval holds it."""
    return True if found.low > limit + SLACK else False if found.high < limit - SLACK else None


def below(found: Estimate, limit: float) -> bool | None:
    """Whether it is surely below (True) or surely above (False) the limit."""
    over = above(found, limit)
    return None if over is None else not over


def beats_chance(found: Estimate) -> bool:
    """Whether the whole interval lies above chance, or above nothing where there is no chance."""
    return found.low > (found.chance or 0.0)


def way(found: Estimate, best: float = 1.0) -> Estimate:
    """The share of the way from chance (0) to the best that can be had (1)."""
    chance = found.chance or 0.0
    value, low, high = ((end - chance) / (best - chance) for end in (found.value, found.low, found.high))
    return Estimate(value=value, low=low, high=high, units=found.units, method=found.method, chance=0.0)


def difference(first: Estimate, second: Estimate) -> Estimate:
    """First − second."""
    value = first.value - second.value
    return Estimate(
        value=value,
        low=value - hypot(first.value - first.low, second.high - second.value),
        high=value + hypot(first.high - first.value, second.value - second.low),
        units=min(first.units, second.units),
        method="squares added",
        chance=0.0,
    )


def left(hard: Estimate, easy: Estimate) -> Estimate | None:
    """The share hard ÷ easy; None where `easy` is not surely above 0, because then there is nothing to be left.

    A share r belongs to the interval as long as hard − r · easy may be 0.
    """
    if easy.low <= 0:
        return None
    share = hard.value / easy.value

    def lowest(r: float) -> float:
        """The low end of hard − r · easy."""
        side = easy.high - easy.value if r > 0 else easy.value - easy.low
        return hard.value - r * easy.value - hypot(hard.value - hard.low, r * side)

    def highest(r: float) -> float:
        side = easy.value - easy.low if r > 0 else easy.high - easy.value
        return hard.value - r * easy.value + hypot(hard.high - hard.value, r * side)

    return Estimate(
        value=share,
        low=_zero(lowest, -FAR, share),
        high=_zero(highest, share, FAR),
        units=min(hard.units, easy.units),
        method="squares added",
    )


def _zero(end: Callable[[float], float], low: float, high: float) -> float:
    """Where an end of the interval passes 0; the border that it lies on, or never reaches."""
    at_low, at_high = end(low), end(high)
    if at_low * at_high < 0:
        return float(brentq(end, low, high))
    return low if abs(at_low) < abs(at_high) else high


def over_seeds(first: Mapping[int, float], second: Mapping[int, float], level: float = 0.95) -> Estimate | None:
    """First − second on the seeds that both have, with Student's interval; None for fewer than three.

    It holds for other starts and other orders of the same pictures (Bouthillier et al. 2021).
    """
    gaps = [first[seed] - second[seed] for seed in sorted(first.keys() & second.keys())]
    return of_seeds(gaps, level)


def widened(found: Estimate, times: int, level: float = 0.95) -> Estimate:
    """The interval that holds when one of `times` such numbers is picked after looking (Bonferroni)."""
    stretch = float(ndtri(1 - (1 - level) / 2 / times) / ndtri((1 + level) / 2))
    return Estimate(
        value=found.value,
        low=found.value - stretch * (found.value - found.low),
        high=found.value + stretch * (found.high - found.value),
        units=found.units,
        method=f"{found.method}, widened for {times}",
        chance=found.chance,
        better=found.better,
    )
