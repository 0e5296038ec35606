"""What tells the parts of a picture that were left out from those that were not: decoders and predictors.

They are needed to learn and not afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import torch
from einops import rearrange
from jaxtyping import Bool, Float, Int
from timm.models.vision_transformer import Block
from torch import Tensor, nn
from torch.nn import functional as F

from eyechart.errors import BadInput
from eyechart.models.image_trunks import taken


@dataclass(frozen=True, slots=True, kw_only=True)
class FillerPlan:
    """The shape of a decoder or predictor; the defaults suit trunks of a million parameters."""

    width: int = 128
    depth: int = 2
    heads: int = 4


def sincos(rows: int, columns: int, width: int) -> Float[Tensor, "t d"]:
    """A fixed position for every cell of a grid, row by row.

    The first half of a vector tells the column and the second half the row, each by sines and then cosines of
    ``place / 10000^(k / (width/4))``. Source: He et al. 2022 (MAE), as in its released code. Raises `BadInput` for a
    width that is not divisible by four.
    """
    if width % 4:
        raise BadInput(f"positions need a width that is divisible by four; got {width}")
    pace = 10000.0 ** -(torch.arange(width // 4, dtype=torch.float64) / (width // 4))
    place = torch.cartesian_prod(torch.arange(rows), torch.arange(columns)).double()
    angle = place.flip(1)[:, :, None] * pace  # column first
    return rearrange(torch.stack([angle.sin(), angle.cos()], dim=2), "t side wave k -> t (side wave k)").float()


@final
class Filler(nn.Module):
    """Reads tokens at some places of a grid and tells what is at others; places know of each other.

    Source: He et al. 2022 (MAE), section 3 (decoder); Assran et al. 2023 (I-JEPA), section 3 (predictor).
    """

    def __init__(self, plan: FillerPlan, grid: tuple[int, int], *, reads: int, tells: int) -> None:
        """`reads` and `tells`: the widths of what comes in and goes out. The last layer starts at zero."""
        super().__init__()
        _check(plan)
        self.enter = nn.Linear(reads, plan.width)
        self.token = nn.Parameter(torch.empty(plan.width))
        self.blocks = nn.ModuleList(Block(plan.width, plan.heads, qkv_bias=True) for _ in range(plan.depth))
        self.norm = nn.LayerNorm(plan.width)
        self.leave = nn.Linear(plan.width, tells)
        self.register_buffer("positions", sincos(*grid, plan.width), persistent=False)
        _begin(self)

    def forward(
        self,
        tokens: Float[Tensor, "n k d"],
        kept: Int[Tensor, "n k"],
        wanted: Int[Tensor, "n m"],
        real: Bool[Tensor, "n k"] | None = None,
    ) -> Float[Tensor, "n m e"]:
        """What is at `wanted`, from `tokens` that lie at `kept`; those that are not `real` only fill their row."""
        known = self.enter(tokens) + taken(self.positions[None], kept)
        asked = self.token + taken(self.positions[None], wanted)
        both = torch.cat([known, asked.to(known.dtype)], dim=1)
        seen = None if real is None else F.pad(real, (0, wanted.shape[1]), value=True)[:, None, None]
        for block in self.blocks:
            both = block(both, attn_mask=seen)
        found: Tensor = self.leave(self.norm(both[:, kept.shape[1] :]))
        return found


@final
class PairFiller(nn.Module):
    """As `Filler`, of a second picture with the whole of a first one to look at.

    Each layer looks at the first picture, then at what is known and asked of the second, then thinks.
    Source: Gupta et al. 2023 (SiamMAE), section 3.2 ("cross-self" decoder).
    """

    def __init__(self, plan: FillerPlan, grid: tuple[int, int], *, reads: int, tells: int) -> None:
        super().__init__()
        _check(plan)
        self.enter = nn.Linear(reads, plan.width)
        self.token = nn.Parameter(torch.empty(plan.width))
        self.looks = nn.ModuleList(Look(plan) for _ in range(plan.depth))
        self.blocks = nn.ModuleList(Block(plan.width, plan.heads, qkv_bias=True) for _ in range(plan.depth))
        self.norm = nn.LayerNorm(plan.width)
        self.leave = nn.Linear(plan.width, tells)
        self.register_buffer("positions", sincos(*grid, plan.width), persistent=False)
        _begin(self)

    def forward(
        self,
        first: Float[Tensor, "n t d"],
        tokens: Float[Tensor, "n k d"],
        kept: Int[Tensor, "n k"],
        wanted: Int[Tensor, "n m"],
    ) -> Float[Tensor, "n m e"]:
        """What is at `wanted` in the second picture, from all of the first and `tokens` of the second at `kept`."""
        memory = self.enter(first) + self.positions
        known = self.enter(tokens) + taken(self.positions[None], kept)
        asked = self.token + taken(self.positions[None], wanted)
        both = torch.cat([known, asked.to(known.dtype)], dim=1)
        for look, block in zip(self.looks, self.blocks, strict=True):
            both = block(both + look(both, memory))
        found: Tensor = self.leave(self.norm(both[:, kept.shape[1] :]))
        return found


@final
class Look(nn.Module):
    """Attention from one set of tokens to another, both normalised first."""

    def __init__(self, plan: FillerPlan) -> None:
        super().__init__()
        self.heads = plan.heads
        self.here, self.there = nn.LayerNorm(plan.width), nn.LayerNorm(plan.width)
        self.query = nn.Linear(plan.width, plan.width)
        self.keys = nn.Linear(plan.width, 2 * plan.width)
        self.out = nn.Linear(plan.width, plan.width)

    def forward(self, tokens: Float[Tensor, "n k d"], memory: Float[Tensor, "n t d"]) -> Float[Tensor, "n k d"]:
        query = rearrange(self.query(self.here(tokens)), "n k (a d) -> n a k d", a=self.heads)
        key, value = rearrange(self.keys(self.there(memory)), "n t (two a d) -> two n a t d", two=2, a=self.heads)
        found = F.scaled_dot_product_attention(query, key, value)
        return self.out(rearrange(found, "n a k d -> n k (a d)"))


def _check(plan: FillerPlan) -> None:
    if plan.width % plan.heads or plan.depth < 1:
        raise BadInput(f"a decoder needs a width divisible by its heads and a layer at least; got {plan}")


def _begin(filler: Filler | PairFiller) -> None:
    """As in MAE's released code, but that nothing is told at first: one who knows nothing guesses the mean."""
    for part in filler.modules():
        if isinstance(part, nn.Linear):
            nn.init.xavier_uniform_(part.weight)
            nn.init.zeros_(part.bias)
    nn.init.normal_(filler.token, std=0.02)
    nn.init.zeros_(filler.leave.weight)
