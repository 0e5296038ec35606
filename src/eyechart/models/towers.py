"""The networks of the project's own models: an image tower alone, and a pair of towers with text.

They are made for pictures of about 64 pixels and for two CPU cores: one to two million parameters in all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal, final

import torch
from jaxtyping import Float, Int
from timm.models.vision_transformer import Block
from torch import Tensor, nn

from eyechart.core import Preprocessing
from eyechart.errors import BadInput
from eyechart.models.image_trunks import STRICT, Depths, ImagePlan, TimmPlan, build
from eyechart.models.tokens import Tokens

__all__ = ["Depths", "EyePlan", "ImagePlan", "OneTower", "Plan", "TextPlan", "TextTrunk", "TimmPlan", "TwoTowers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPlan:
    """The shape of the text trunk."""

    __pydantic_config__: ClassVar = STRICT

    entries: int  # of the tokenizer, the end token included
    context: int
    width: int
    depth: int
    heads: int = 4
    mlp_ratio: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EyePlan:
    """All that is needed to build an image tower, before it has learnt anything."""

    __pydantic_config__: ClassVar = STRICT

    image: ImagePlan | TimmPlan
    preprocessing: Preprocessing
    classes: tuple[str, ...] = ()  # with names there is a linear head over them


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that is needed to build a pair of towers, before it has learnt anything."""

    __pydantic_config__: ClassVar = STRICT

    image: ImagePlan | TimmPlan
    text: TextPlan
    space: int  # width of the shared space
    preprocessing: Preprocessing
    link: Literal["softmax", "sigmoid"] = "softmax"  # with "sigmoid" there is a learnable bias


@final
class TextTrunk(nn.Module):
    """A causal transformer that is read where the text ends, so padding cannot change the answer.

    Source: Radford et al. 2021 (CLIP), section 2.4; initialisation as in its released code.
    """

    def __init__(self, plan: TextPlan) -> None:
        super().__init__()
        self.embed = nn.Embedding(plan.entries, plan.width)
        self.position = nn.Parameter(torch.empty(plan.context, plan.width))
        self.blocks = nn.ModuleList(
            Block(plan.width, plan.heads, mlp_ratio=plan.mlp_ratio, qkv_bias=True) for _ in range(plan.depth)
        )
        self.norm = nn.LayerNorm(plan.width)
        nn.init.normal_(self.embed.weight, std=0.02)
        nn.init.normal_(self.position, std=0.01)
        for block in self.blocks:
            nn.init.normal_(block.attn.qkv.weight, std=plan.width**-0.5)
            nn.init.normal_(block.attn.proj.weight, std=(plan.width * 2 * plan.depth) ** -0.5)
            nn.init.normal_(block.mlp.fc1.weight, std=(2 * plan.width) ** -0.5)
            nn.init.normal_(block.mlp.fc2.weight, std=(plan.width * 2 * plan.depth) ** -0.5)

    def forward(self, ids: Int[Tensor, "m t"], end: Int[Tensor, " m"]) -> Float[Tensor, "m d"]:
        return self.norm(self._through(ids)[torch.arange(ids.shape[0], device=ids.device), end])

    def states(self, ids: Int[Tensor, "m t"]) -> Float[Tensor, "m t d"]:
        """One vector per token, each of which knows those before it; at the end token it is what `forward` gives."""
        return self.norm(self._through(ids))

    def _through(self, ids: Int[Tensor, "m t"]) -> Float[Tensor, "m t d"]:
        x = self.embed(ids) + self.position[: ids.shape[1]]
        for block in self.blocks:
            x = block(x, is_causal=True)
        return x


@final
class OneTower(nn.Module):
    """An image trunk with mean and deviation inside, and a linear head (of zeros at first) where classes are named."""

    def __init__(self, plan: EyePlan) -> None:
        """Raises `BadInput` when the parts of `plan` do not fit together."""
        super().__init__()
        self.plan = plan
        self.image = build(plan.image, plan.preprocessing.size)
        self.head = nn.Linear(self.image.width, len(plan.classes)) if plan.classes else None
        for value in () if self.head is None else self.head.parameters():
            nn.init.zeros_(value)  # so that nothing is preferred before anything is learnt
        _keep_norm(self, plan)

    def normalised(self, pixels: Float[Tensor, "n b h w"]) -> Float[Tensor, "n b h w"]:
        """What the trunk reads of pixels in [0, 1]."""
        return (pixels - self.mean) / self.std

    def depths(self, pixels: Float[Tensor, "n b h w"]) -> Depths:
        """Pixels in [0, 1]; mean and deviation are applied here."""
        return self.image(self.normalised(pixels))


@final
class TwoTowers(nn.Module):
    """An image trunk and a text trunk, each projected into one space, and a learnable temperature.

    Source: Radford et al. 2021 (CLIP), figure 3.
    """

    def __init__(self, plan: Plan) -> None:
        """Raises `BadInput` when the parts of `plan` do not fit together."""
        super().__init__()
        if plan.text.width % plan.text.heads:
            raise BadInput(f"the text width must be divisible by its heads; got {plan.text}")
        self.plan = plan
        self.image = build(plan.image, plan.preprocessing.size)
        self.text = TextTrunk(plan.text)
        self.image_projection = nn.Linear(self.image.width, plan.space, bias=False)
        self.text_projection = nn.Linear(plan.text.width, plan.space, bias=False)
        self.log_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))
        self.bias = nn.Parameter(torch.tensor(-10.0)) if plan.link == "sigmoid" else None
        _keep_norm(self, plan)
        for projection in (self.image_projection, self.text_projection):
            nn.init.normal_(projection.weight, std=projection.in_features**-0.5)

    def depths(self, pixels: Float[Tensor, "n b h w"]) -> Depths:
        """Pixels in [0, 1]; mean and deviation are applied here."""
        return self.image((pixels - self.mean) / self.std)

    def encode_image(self, pixels: Float[Tensor, "n b h w"]) -> Float[Tensor, "n d"]:
        """In the shared space, not normalised."""
        return self.image_projection(self.depths(pixels).pooled)

    def encode_tokens(self, tokens: Tokens) -> Float[Tensor, "m d"]:
        """In the shared space, not normalised."""
        return self.text_projection(self.text(tokens.ids, tokens.end))

    @property
    def scale(self) -> Float[Tensor, ""]:
        """What the cosine is multiplied by."""
        return self.log_scale.exp()


def _keep_norm(tower: nn.Module, plan: EyePlan | Plan) -> None:
    """Mean and deviation as buffers that belong to no checkpoint: the plan has them."""
    bands, told = plan.image.bands, plan.preprocessing
    if not bands == len(told.mean) == len(told.std):
        raise BadInput(f"{bands} band(s) need as many means and deviations; got {told.mean} and {told.std}")
    tower.register_buffer("mean", torch.tensor(told.mean).reshape(bands, 1, 1), persistent=False)
    tower.register_buffer("std", torch.tensor(told.std).reshape(bands, 1, 1), persistent=False)
