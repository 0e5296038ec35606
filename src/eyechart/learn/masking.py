"""Pictures of which patches are left out: which, and what is to be told of them."""

from __future__ import annotations

import torch
from einops import rearrange
from jaxtyping import Bool, Float, Int
from torch import Tensor

from eyechart.errors import BadInput
from eyechart.learn.objective import Loss
from eyechart.models.image_trunks import taken

EPS = 1e-6  # of a variance


def patched(pixels: Float[Tensor, "n b h w"], patch: tuple[int, int]) -> Float[Tensor, "n t p"]:
    """The pixels of each patch, row by row, the bands of one pixel side by side."""
    return rearrange(pixels, "n b (h p) (w q) -> n (h w) (p q b)", p=patch[0], q=patch[1])


def standardised(patches: Float[Tensor, "n t p"]) -> Float[Tensor, "n t p"]:
    """Each patch with mean 0 and deviation 1, but for those without any contrast."""
    deviation = (patches.var(dim=-1, keepdim=True) + EPS).sqrt()
    return (patches - patches.mean(dim=-1, keepdim=True)) / deviation


def reconstruction(predicted: Float[Tensor, "n k p"], patches: Float[Tensor, "n k p"]) -> Float[Tensor, ""]:
    """Mean squared error over the patches that were left out.

    Source: He et al. 2022 (MAE), section 3; over standardised patches it is the paper's "normalized pixels".
    """
    return (predicted - patches).square().mean()


def retold(
    predicted: Float[Tensor, "n k p"],
    pixels: Float[Tensor, "n b h w"],
    wanted: Int[Tensor, "n k"],
    patch: tuple[int, int],
) -> Loss:
    """How far the wanted patches are from what was predicted of them, each by its own standardised pixels; fp32."""
    with torch.autocast(pixels.device.type, enabled=False):
        target = taken(standardised(patched(pixels.float(), patch)), wanted)
        total = reconstruction(predicted.float(), target)
    return Loss(total, {"reconstruction": total.detach()})


def split(order: Int[Tensor, "n t"], hidden: float) -> tuple[Int[Tensor, "n k"], Int[Tensor, "n m"]]:
    """The first of a random order are kept, rounded down; the share `hidden` is left out."""
    kept = int(order.shape[1] * (1 - hidden))
    return order[:, :kept], order[:, kept:]


def check_hidden(hidden: float, grid: tuple[int, int]) -> None:
    """Raises `BadInput` where nothing would be kept or nothing left out."""
    count = grid[0] * grid[1]
    if not 0 < int(count * (1 - hidden)) < count:
        raise BadInput(f"hiding {hidden} of {grid[0]} x {grid[1]} patches leaves nothing to see or nothing to tell")


def rectangles(
    top: Int[Tensor, "*n"],
    left: Int[Tensor, "*n"],
    height: Int[Tensor, "*n"],
    width: Int[Tensor, "*n"],
    grid: tuple[int, int],
) -> Bool[Tensor, "*n t"]:
    """The patches inside of each block, row by row."""
    rows, columns = (torch.arange(length) for length in grid)
    tall = (rows >= top[..., None]) & (rows < (top + height)[..., None])
    wide = (columns >= left[..., None]) & (columns < (left + width)[..., None])
    return (tall[..., :, None] & wide[..., None, :]).flatten(-2)


def places(chosen: Bool[Tensor, "n t"]) -> tuple[Int[Tensor, "n k"], Bool[Tensor, "n k"]]:
    """Where the chosen patches are, row by row; shorter lists repeat their first entry, marked as not real.

    Every list must have an entry.
    """
    counts = chosen.sum(dim=1)
    order = (~chosen).to(torch.uint8).argsort(dim=1, stable=True)[:, : int(counts.max())]
    real = torch.arange(order.shape[1], device=chosen.device) < counts[:, None]
    return torch.where(real, order, order[:, :1]), real
