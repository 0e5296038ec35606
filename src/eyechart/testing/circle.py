"""Several processes in one: threads that share a batch as processes do, and cost nothing to start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError
from typing import TypeVar, final

import torch
from torch import Tensor

from eyechart.learn.gather import standing_in

Found = TypeVar("Found")


def together(works: Sequence[Callable[[], Found]]) -> list[Found]:
    """What each finds, as process 0, 1, …; where one fails, its error is raised.

    Gradients flow through what they gather from each other, so that the sum of their losses can be backpropagated.
    """
    table: list[Tensor | None] = [None] * len(works)
    barrier = Barrier(len(works))

    def seated(place: int) -> Found:
        try:
            with standing_in(_Seat(place, table, barrier)):
                return works[place]()
        except BaseException:
            barrier.abort()
            raise

    with ThreadPoolExecutor(len(works)) as pool:
        jobs = [pool.submit(seated, place) for place in range(len(works))]
    errors = [error for job in jobs if (error := job.exception()) is not None]
    for error in sorted(errors, key=lambda error: isinstance(error, BrokenBarrierError)):
        raise error
    return [job.result() for job in jobs]


@final
class _Seat:
    def __init__(self, place: int, table: list[Tensor | None], barrier: Barrier) -> None:
        self.place, self._table, self._barrier = place, table, barrier

    @property
    def size(self) -> int:
        return len(self._table)

    def everyone(self, rows: Tensor) -> Tensor:
        return torch.cat(self._all(rows))

    def total(self, value: Tensor) -> Tensor:
        return torch.stack(self._all(value)).sum(dim=0)

    def wait(self) -> None:
        self._barrier.wait()

    def _all(self, value: Tensor) -> list[Tensor]:
        self._table[self.place] = value
        self._barrier.wait()
        found = [laid for laid in self._table if laid is not None]
        self._barrier.wait()  # before anybody lays down the next
        return found
