"""What several processes hold, as one batch."""

from __future__ import annotations

import torch
import torch.distributed
import torch.distributed.nn.functional as collective
from torch import Tensor


def processes() -> int:
    """How many take part; 1 where nothing is distributed."""
    return torch.distributed.get_world_size() if torch.distributed.is_initialized() else 1


def rank() -> int:
    """The number of this process, from 0."""
    return torch.distributed.get_rank() if torch.distributed.is_initialized() else 0


def everyone(rows: Tensor) -> Tensor:
    """The rows of all processes in their order, ``n … → N …``; gradients find their way back to each.

    All processes must hold equally many. The gradient that arrives is the sum over the processes' losses.
    """
    if processes() == 1:
        return rows
    return torch.cat(collective.all_gather(rows.contiguous()))


def mean_of_all(value: Tensor) -> Tensor:
    """The mean over the processes of a value that needs no gradient."""
    if processes() == 1:
        return value
    total = value.detach().clone()
    torch.distributed.all_reduce(total)
    return total / processes()
