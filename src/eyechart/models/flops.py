"""What one image costs and what comes out, learnt by looking at a black one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.backends import mha
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from eyechart.errors import Refused, one_line

Look = Callable[[Tensor], Mapping[str, Tensor]]

# What libraries raise when a network does not accept a size.
REJECTIONS = (RuntimeError, ValueError, AssertionError, TypeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Operations of one image (multiply-adds × 2) where they can be counted, and the shape of each tap for it."""

    flops: int | None
    shapes: Mapping[str, tuple[int, ...]]


def survey(look: Look, size: tuple[int, int], device: str, name: str, *, bands: int = 3) -> Survey:
    """Count what `look` does with one image of `size`, attention included.

    The pass is a real one. Tensors without values would be quicker, but networks keep what they compute on the way
    (positions, biases), and would go on with tensors that have none.

    Raises:
        Refused: the network does not accept pictures of this size; the reason is its own.
    """
    try:
        with torch.no_grad(), countable(), FlopCounterMode(display=False) as counter:
            found = look(torch.zeros(1, bands, *size, device=device))
            shapes = {tap: tuple(features.shape) for tap, features in found.items()}
    except REJECTIONS as error:
        reason = one_line(error)
        raise Refused(f"{name} does not accept pictures of {size[0]} x {size[1]} pixels: {reason}") from error
    return Survey(flops=int(counter.get_total_flops()), shapes=shapes)


@contextmanager
def at_rest(network: nn.Module) -> Iterator[None]:
    """Within the block nothing is dropped by chance and no statistics of batches are taken; then all is as before.

    What is described in the middle of its training must not learn from the black picture.
    """
    training = [part for part in network.modules() if part.training]
    network.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True


@contextmanager
def countable() -> Iterator[None]:
    """Attention as matrix products: torch's fused encoder kernels escape the counter."""
    fused = mha.get_fastpath_enabled()
    mha.set_fastpath_enabled(value=False)
    try:
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        mha.set_fastpath_enabled(value=fused)
