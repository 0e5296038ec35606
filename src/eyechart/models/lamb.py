"""An optimiser of timm's for those who may not know timm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from timm.optim import Lamb
from torch.optim import Optimizer


def lamb(groups: Sequence[dict[str, Any]], betas: tuple[float, float], eps: float) -> Optimizer:
    """LAMB (You et al. 2020): Adam whose step is scaled, per tensor, to the length of the weights.

    The gradient is clipped by whoever calls it, and by nobody else.
    """
    return Lamb(groups, lr=0.0, betas=betas, eps=eps, weight_decay=0.0, max_grad_norm=None)
