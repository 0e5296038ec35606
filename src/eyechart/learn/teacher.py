"""Teachers that are an average of their student over its past."""

from __future__ import annotations

import copy
from typing import TypeVar

import torch
from torch import Tensor, nn

from eyechart.learn.distribute import local
from eyechart.learn.schedule import linear

Network = TypeVar("Network", bound=nn.Module)


def twin(student: Network) -> Network:
    """A copy that no gradient reaches and that is at rest."""
    return copy.deepcopy(student).requires_grad_(requires_grad=False).eval()


def follow(teacher: nn.Module, student: nn.Module, momentum: float) -> None:
    """Every weight of the teacher keeps the share `momentum` of itself; statistics of batches are taken over."""
    with torch.no_grad():
        means = [local(weight) for weight in teacher.parameters()]
        torch._foreach_lerp_(means, [local(weight) for weight in student.parameters()], 1 - momentum)
        for kept, new in zip(teacher.buffers(), student.buffers(), strict=True):
            kept.copy_(new)


class Clock(nn.Module):
    """How far a run has come, as the objective knows it: a buffer, so that it is kept."""

    now: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("now", torch.zeros(2, dtype=torch.int64))  # steps done, of so many

    def tick(self, step: int, steps: int) -> None:
        """After the `step`-th step (from 0)."""
        self.now.copy_(torch.tensor([step + 1, steps]))

    @property
    def step(self) -> int:
        """The number of the step that comes, from 0."""
        return int(self.now[0])

    def warm(self, start: float, end: float, share: float) -> float:
        """From `start` to `end` in a straight line over the first `share` of the run; `start` before its first step."""
        count = round(share * int(self.now[1]))
        return linear(start, end, min(1.0, self.step / (count - 1)) if count > 1 else float(self.step > 0))
