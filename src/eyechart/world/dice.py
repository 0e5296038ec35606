"""Chance that is the same everywhere: uniform numbers that depend on a seed and an index alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")
_BATCH = 64


class Dice:
    """A stream of uniform numbers from a counter-based generator (Philox 4×64, Salmon et al. 2011).

    Only raw 64-bit words are used, whose values NumPy guarantees, so that the same seed, index and purpose give the
    same throws on every machine and with every version.
    """

    def __init__(self, seed: int, index: int, purpose: int = 0) -> None:
        self._words = np.random.Philox(key=seed | index << 64, counter=purpose << 64)
        self._throws: list[float] = []

    def unit(self) -> float:
        """A number in [0, 1)."""
        if not self._throws:
            self._throws = ((self._words.random_raw(_BATCH) >> 11) * 2.0**-53).tolist()[::-1]
        return self._throws.pop()

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self.unit()

    def below(self, limit: int) -> int:
        """A whole number in [0, limit)."""
        return int(self.unit() * limit)

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.unit() < probability

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.below(len(options))]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """All the options in some order."""
        return [option for _, option in sorted(zip([self.unit() for _ in options], options, strict=True), key=_first)]


def _first(pair: tuple[float, object]) -> float:
    return pair[0]
