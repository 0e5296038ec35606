"""Batch norms over the pictures of all processes, on any device; torch's own are for GPUs alone."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from eyechart.learn.gather import everyone, processes

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


def join(network: nn.Module) -> None:
    """From here on, all batch norms of a network see what all processes see; with one process they are as they were.

    Names, weights and statistics stay; so does what norms of timm do besides (an activation).
    """
    for part in network.modules():
        if isinstance(part, NORMS) and not isinstance(part, _Joint):
            part.__class__ = type(f"Joint{type(part).__name__}", (_Joint, type(part)), {})


class _Joint(nn.Module):
    """In front of a batch norm, whose attributes it reads.

    Source: Peng et al. 2018 (MegDet), section 4.1, with mean and variance exchanged one after the other, so that
    neither is a difference of large numbers.
    """

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or processes() == 1:
            return super().forward(x)  # the norm's
        normed = _normed(self, x.to(torch.promote_types(x.dtype, torch.float32))).to(x.dtype)
        for name in ("drop", "act"):  # timm's
            normed = getattr(self, name, nn.Identity())(normed)
        return normed


def _normed(norm: Any, x: Tensor) -> Tensor:
    """All processes hold equally many pictures, so the mean of their means is the mean."""
    axes, shape = [axis for axis in range(x.ndim) if axis != 1], [1, -1, *(1 for _ in x.shape[2:])]
    mean = everyone(x.mean(dim=axes)[None]).mean(dim=0)
    centred = x - mean.view(shape)
    variance = everyone(centred.square().mean(dim=axes)[None]).mean(dim=0)
    _remember(norm, mean.detach(), variance.detach(), processes() * x.numel() // x.shape[1])
    normed = centred * (variance + norm.eps).rsqrt().view(shape)
    return normed if norm.weight is None else normed * norm.weight.view(shape) + norm.bias.view(shape)


def _remember(norm: Any, mean: Tensor, variance: Tensor, count: int) -> None:
    """As torch does: the variance without bias."""
    if not norm.track_running_stats:
        return
    norm.num_batches_tracked += 1
    share = 1 / float(norm.num_batches_tracked) if norm.momentum is None else norm.momentum
    with torch.no_grad():
        norm.running_mean.lerp_(mean.to(norm.running_mean), share)
        norm.running_var.lerp_((variance * count / (count - 1)).to(norm.running_var), share)
