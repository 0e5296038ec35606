"""What several processes hold, as one batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, runtime_checkable

import torch
import torch.distributed
from torch import Tensor

# What runs under autograd's eye has no types.
# mypy: disable-error-code="misc, no-untyped-call, no-any-return"


@runtime_checkable
class Circle(Protocol):
    """Those who share a batch, as one of them sees them."""

    @property
    def size(self) -> int:
        """How many there are."""

    @property
    def place(self) -> int:
        """The number of this one, from 0."""

    def everyone(self, rows: Tensor) -> Tensor:
        """The rows of all, differentiable."""

    def total(self, value: Tensor) -> Tensor:
        """The sum over all."""

    def wait(self) -> None:
        """Until all have come here."""


_standing_in: ContextVar[Circle | None] = ContextVar("circle", default=None)


def processes() -> int:
    """How many take part; 1 where nothing is distributed."""
    circle = _circle()
    return 1 if circle is None else circle.size


def rank() -> int:
    """The number of this process, from 0."""
    circle = _circle()
    return 0 if circle is None else circle.place


def everyone(rows: Tensor) -> Tensor:
    """The rows of all processes in their order, ``n … → N …``; gradients find their way back to each.

    All processes must hold equally many. The gradient that arrives is the sum over the processes' losses.
    """
    circle = _circle()
    return rows if circle is None else circle.everyone(rows)


def mean_of_all(value: Tensor) -> Tensor:
    """The mean over the processes of a value that needs no gradient."""
    circle = _circle()
    return value if circle is None else circle.total(value.detach()) / circle.size


@contextmanager
def one_first() -> Iterator[None]:
    """The block runs in process 0 and then in the others, who find what it left on disk."""
    circle = _circle() or _Alone()
    if circle.place:
        circle.wait()
    yield
    if not circle.place:
        circle.wait()


@contextmanager
def alone() -> Iterator[None]:
    """Within the block, this process shares a batch with nobody."""
    with standing_in(_Alone()):
        yield


@contextmanager
def standing_in(circle: Circle) -> Iterator[None]:
    """In this thread, `circle` is who shares a batch: how checks deal a batch out without starting processes."""
    before = _standing_in.set(circle)
    try:
        yield
    finally:
        _standing_in.reset(before)


def _circle() -> Circle | None:
    if (circle := _standing_in.get()) is not None:
        return circle
    if torch.distributed.is_initialized() and torch.distributed.get_world_size() > 1:
        return _Processes()
    return None


class _Alone:
    """One."""

    size, place = 1, 0

    def everyone(self, rows: Tensor) -> Tensor:
        return rows

    def total(self, value: Tensor) -> Tensor:
        return value

    def wait(self) -> None:
        """For nobody."""


class _Processes:
    """Those that torchrun started."""

    @property
    def size(self) -> int:
        return torch.distributed.get_world_size()

    @property
    def place(self) -> int:
        return torch.distributed.get_rank()

    def everyone(self, rows: Tensor) -> Tensor:
        return _Everyone.apply(rows)

    def total(self, value: Tensor) -> Tensor:
        total = value.clone()
        torch.distributed.all_reduce(total)
        return total

    def wait(self) -> None:
        torch.distributed.barrier()


class _Everyone(torch.autograd.Function):
    """Forward: the rows of all. Backward: each gets the sum of what all would change of its rows."""

    @staticmethod
    def forward(_: Any, rows: Tensor) -> Tensor:
        rows = rows.contiguous()
        found = [torch.empty_like(rows) for _ in range(torch.distributed.get_world_size())]
        torch.distributed.all_gather(found, rows)
        return torch.cat(found)

    @staticmethod
    def backward(_: Any, gradient: Tensor) -> Tensor:
        gradient = gradient.clone(memory_format=torch.contiguous_format)
        torch.distributed.all_reduce(gradient)
        return gradient.chunk(torch.distributed.get_world_size())[torch.distributed.get_rank()]
