"""An average of the weights over the steps, which often sees better than the last weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import final

import torch
from torch import Tensor

from eyechart.learn.distribute import local


@final
class Average:
    """Exponential, of whatever learns. It moves faster while it is young, so that it forgets the random start."""

    def __init__(self, weights: Mapping[str, Tensor], decay: float) -> None:
        """`decay` per step, reached after about 10 / (1 - decay) steps."""
        self._decay = decay
        self._weights = {name: local(weight).detach() for name, weight in weights.items()}
        self.means = {name: weight.detach().clone() for name, weight in weights.items()}

    def follow(self, step: int) -> None:
        """After the `step`-th step (from 1) towards the weights as they are now."""
        decay = min(self._decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(self._means(), list(self._weights.values()), 1 - decay)

    @contextmanager
    def worn(self) -> Iterator[None]:
        """Within the block the model has the average as its weights."""
        last = [weight.clone() for weight in self._weights.values()]
        self.put_on()
        try:
            yield
        finally:
            torch._foreach_copy_(list(self._weights.values()), last)

    def put_on(self) -> None:
        """For good."""
        torch._foreach_copy_(list(self._weights.values()), self._means())

    def _means(self) -> list[Tensor]:
        return [local(mean) for mean in self.means.values()]
