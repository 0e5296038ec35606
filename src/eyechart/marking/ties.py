"""Ties are scored at expectation, and rounding does not break them."""

from __future__ import annotations

from torch import Tensor

TIE = 1e-6  # scores in fp32 that differ by less, relative to the largest of the row, are equal: the rest is rounding


def expected_hits(scores: Tensor, truth: Tensor, k: int = 1) -> Tensor:
    """Chance that the truth is among the first `k` when ties are put in random order.

    Shapes: scores ``n c``, truth ``n``; returns ``n`` in fp64.
    """
    slack = TIE * scores.abs().amax(1, keepdim=True)
    own = scores.gather(1, truth[:, None])
    above = (scores > own + slack).sum(1)
    level = (scores >= own - slack).sum(1) - above
    return ((k - above).double() / level).clamp(0, 1)
