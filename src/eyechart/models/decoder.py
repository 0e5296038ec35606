"""A decoder that tells a picture: what it has said so far, and the picture through cross-attention, give the next word.

Source: Yu et al. 2022 (CoCa), section 3.2 and figure 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import torch
from einops import rearrange
from jaxtyping import Float
from timm.models.vision_transformer import Block
from torch import Tensor, nn
from torch.nn import functional as F

from eyechart.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoderPlan:
    """The shape of a decoder; its width is that of the text whose states it reads."""

    depth: int
    heads: int = 4
    mlp_ratio: float = 2.0
    queries: int = 16  # vectors that the picture is summed up in before the decoder looks at it


@final
class CrossAttention(nn.Module):
    """Some tokens look at others of another width, both normalised first; no residual."""

    def __init__(self, width: int, source: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.norm_source = nn.LayerNorm(source)
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(source, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Float[Tensor, "n t d"], source: Float[Tensor, "n s e"]) -> Float[Tensor, "n t d"]:
        query = rearrange(self.query(self.norm(x)), "n t (h d) -> n h t d", h=self.heads)
        key, value = rearrange(self.key_value(self.norm_source(source)), "n s (k h d) -> k n h s d", k=2, h=self.heads)
        seen = F.scaled_dot_product_attention(query, key, value)
        return self.out(rearrange(seen, "n h t d -> n t (h d)"))


@final
class Pooler(nn.Module):
    """A picture of any number of tokens in a fixed number of vectors: learnt queries that look at it.

    Source: Lee et al. 2019 (Set Transformer), section 3.2; Yu et al. 2022 (CoCa), section 3.2.
    """

    def __init__(self, queries: int, width: int, source: int, heads: int) -> None:
        super().__init__()
        self.queries = nn.Parameter(torch.randn(queries, width))
        self.attention = CrossAttention(width, source, heads)
        self.norm = nn.LayerNorm(width)

    def forward(self, tokens: Float[Tensor, "n s e"]) -> Float[Tensor, "n q d"]:
        return self.norm(self.attention(self.queries.expand(len(tokens), -1, -1), tokens))


@final
class CrossBlock(nn.Module):
    """Causal attention with its perceptron, then attention to the picture with its own."""

    def __init__(self, width: int, plan: DecoderPlan) -> None:
        super().__init__()
        hidden = int(width * plan.mlp_ratio)
        self.own = Block(width, plan.heads, mlp_ratio=plan.mlp_ratio, qkv_bias=True)
        self.other = CrossAttention(width, width, plan.heads)
        self.mlp = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))

    def forward(self, x: Float[Tensor, "n t d"], picture: Float[Tensor, "n q d"]) -> Float[Tensor, "n t d"]:
        x = self.own(x, is_causal=True)
        x = x + self.other(x, picture)
        return x + self.mlp(x)


@final
class CaptionDecoder(nn.Module):
    """States of a text and tokens of a picture to logits of each next word, the first included."""

    def __init__(self, plan: DecoderPlan, *, width: int, image: int, entries: int) -> None:
        """`width` of the states of the text, `image` of the tokens of the picture, `entries` of the tokenizer.

        Raises `BadInput` when the width cannot be shared among the heads.
        """
        super().__init__()
        if width % plan.heads:
            raise BadInput(f"the text width must be divisible by the heads of the decoder; got {width} and {plan}")
        self.start = nn.Parameter(torch.empty(width))  # what stands before the first word
        self.pooler = Pooler(plan.queries, width, image, plan.heads)
        self.blocks = nn.ModuleList(CrossBlock(width, plan) for _ in range(plan.depth))
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, entries, bias=False)
        self._initialise(width, plan.depth)

    def forward(self, states: Float[Tensor, "n t d"], patches: Float[Tensor, "n s e"]) -> Float[Tensor, "n t v"]:
        """Row t are the logits of token t, told from the states before it and from the picture."""
        start = self.start.to(states.dtype).expand(len(states), 1, -1)
        x, picture = torch.cat([start, states[:, :-1]], dim=1), self.pooler(patches)
        for block in self.blocks:
            x = block(x, picture)
        return self.out(self.norm(x))

    def _initialise(self, width: int, depth: int) -> None:
        """As CLIP's text tower: what adds to the residual stream starts smaller the more layers there are."""
        small = (width * 2 * depth) ** -0.5
        nn.init.normal_(self.start, std=0.02)
        nn.init.normal_(self.out.weight, std=width**-0.5)
        for block in self.blocks:
            nn.init.normal_(block.own.attn.qkv.weight, std=width**-0.5)
            nn.init.normal_(block.own.attn.proj.weight, std=small)
            nn.init.normal_(block.own.mlp.fc1.weight, std=(2 * width) ** -0.5)
            nn.init.normal_(block.own.mlp.fc2.weight, std=small)
            nn.init.normal_(block.other.out.weight, std=small)
            nn.init.normal_(block.mlp[1].weight, std=(2 * width) ** -0.5)
            nn.init.normal_(block.mlp[3].weight, std=small)
