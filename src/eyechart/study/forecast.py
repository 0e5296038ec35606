"""What a training will cost, measured on a few batches before the first step."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from eyechart.learn.ahead import Source
from eyechart.learn.chance import Chance
from eyechart.learn.gather import alone
from eyechart.learn.objective import Batch, Objective
from eyechart.learn.pieces import placed

TIMED = 3  # batches
ADAM = 16  # bytes per parameter that learns: itself, its gradient and two moments in fp32


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The cost of one training."""

    params: int  # of the objective, heads and teachers included
    learning: int  # of those, how many learn
    flops: int  # of one picture, forward and backward, as the operations are counted (multiply-adds × 2)
    memory: int  # bytes: parameters, optimiser, and what a batch keeps for the backward pass
    prior: float | None  # loss of a network that knows nothing
    loss: float  # on the first batch
    rate: float  # pictures per second, here and now


def forecast(objective: Objective, source: Source) -> Forecast:
    """Takes the time of four batches, in this process alone; leaves the objective without gradients, else as it was."""
    objective.train()
    batch = source(0)
    with alone():
        with FlopCounterMode(display=False) as counter, _kept() as kept:
            loss = _looked(objective, batch)
        started = time.perf_counter()
        for step in range(TIMED):
            _looked(objective, source(step))
        seconds = (time.perf_counter() - started) / TIMED
    every = list(objective.parameters())
    learning = sum(value.numel() for value in every if value.requires_grad)
    params = sum(value.numel() for value in every)
    return Forecast(
        params=params,
        learning=learning,
        flops=int(counter.get_total_flops()) // len(batch),
        memory=ADAM * learning + 4 * (params - learning) + sum(kept.values()),
        prior=objective.prior(len(batch)),
        loss=loss,
        rate=len(batch) / seconds,
    )


def mixed(parts: Sequence[tuple[float, Forecast]]) -> Forecast:
    """Of a training of which each part has its share of the steps; the last part is the largest."""
    flops = sum(share * cost.flops for share, cost in parts)
    seconds = sum(share / cost.rate for share, cost in parts)
    return replace(parts[-1][1], flops=round(flops), rate=1 / seconds)


def _looked(objective: Objective, batch: Batch) -> float:
    rows = placed(batch, next(objective.parameters()).device)
    loss = objective.loss(rows, Chance(0, 0)).total
    loss.backward()
    objective.zero_grad(set_to_none=True)
    return float(loss.detach())


@contextmanager
def _kept() -> Iterator[dict[int, int]]:
    """Bytes by address of what is kept for the backward pass."""
    found: dict[int, int] = {}

    def pack(value: Tensor) -> Tensor:
        storage = value.untyped_storage()
        found[storage.data_ptr()] = storage.nbytes()
        return value

    def unpack(value: Any) -> Any:
        return value

    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        yield found
