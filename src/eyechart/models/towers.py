"""The networks of the project's own dual encoders: two image trunks, a text trunk, and the pair.

They are made for pictures of about 64 pixels and for two CPU cores: one to two million parameters in all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, Literal, NamedTuple, final

import torch
from einops import rearrange
from jaxtyping import Float, Int
from timm.models.convnext import ConvNeXt
from timm.models.vision_transformer import Block, VisionTransformer
from torch import Tensor, nn

from eyechart.core import Preprocessing
from eyechart.errors import BadInput
from eyechart.models.tokens import Tokens

STRICT = {"extra": "forbid"}  # a plan with fields of a later edition is not read as if they were not there


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePlan:
    """The shape of an image trunk; one width and one depth per stage."""

    __pydantic_config__: ClassVar = STRICT

    family: Literal["vit", "convnext"]
    patch: int
    widths: tuple[int, ...]
    depths: tuple[int, ...]
    heads: int = 4  # of a vit


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
class Plan:
    """All that is needed to build a pair of towers, before it has learnt anything."""

    __pydantic_config__: ClassVar = STRICT

    image: ImagePlan
    text: TextPlan
    space: int  # width of the shared space
    preprocessing: Preprocessing


class Depths(NamedTuple):
    """What an image trunk gives: one vector per image, and the tokens of its last layer."""

    pooled: Float[Tensor, "n d"]
    patches: Float[Tensor, "n t d"]


class ConvStem(nn.Module):
    """Patches by a few small convolutions instead of one large one: small data are learnt in fewer steps.

    Source: Xiao et al. 2021, "Early Convolutions Help Transformers See Better".
    """

    def __init__(self, *, img_size: int, patch_size: int, in_chans: int, embed_dim: int, **_: Any) -> None:
        """Called by timm in place of its `PatchEmbed`, hence these names; what else timm passes has no meaning here."""
        super().__init__()
        halvings = round(math.log2(patch_size))
        widths = [in_chans, *(embed_dim >> (halvings - step) for step in range(1, halvings + 1))]
        convolutions = [nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in pairwise(widths)]
        self.layers = nn.Sequential(*(part for layer in convolutions for part in (layer, nn.GELU())))
        self.out = nn.Conv2d(embed_dim, embed_dim, 1)
        self.num_patches = (img_size // patch_size) ** 2

    def forward(self, pixels: Float[Tensor, "n c h w"]) -> Float[Tensor, "n t d"]:
        return rearrange(self.out(self.layers(pixels)), "n d h w -> n (h w) d")


@final
class ViT(nn.Module):
    """timm's vision transformer behind a convolutional stem; the mean over tokens is the picture."""

    def __init__(self, plan: ImagePlan, size: int) -> None:
        super().__init__()
        self.width = plan.widths[0]
        self.net = VisionTransformer(
            img_size=size,
            patch_size=plan.patch,
            embed_dim=self.width,
            depth=plan.depths[0],
            num_heads=plan.heads,
            class_token=False,
            global_pool="avg",
            fc_norm=False,
            num_classes=0,
            embed_layer=ConvStem,
            weight_init="jax",
        )

    def forward(self, pixels: Float[Tensor, "n 3 h w"]) -> Depths:
        tokens = self.net.forward_features(pixels)
        return Depths(tokens.mean(dim=1), tokens)


@final
class ConvNet(nn.Module):
    """timm's ConvNeXt (Liu et al. 2022) with the depths and widths of a toy; its last map is read as tokens."""

    def __init__(self, plan: ImagePlan, size: int) -> None:  # noqa: ARG002  # a convolution fits any size
        super().__init__()
        self.width = plan.widths[-1]
        self.net = ConvNeXt(
            patch_size=plan.patch,
            depths=plan.depths,
            dims=plan.widths,
            kernel_sizes=(7, 7, 5, 3),  # larger ones would look beyond the small maps of the later stages
            output_stride=16,
            ls_init_value=None,  # the tiny scales of large models would cost a toy its whole training
            num_classes=0,
        )
        for part in self.net.modules():
            if isinstance(part, nn.Linear | nn.Conv2d):  # timm's constant 0.02 is made for ten times the width
                nn.init.normal_(part.weight, std=part.weight[0].numel() ** -0.5)

    def forward(self, pixels: Float[Tensor, "n 3 h w"]) -> Depths:
        features = self.net.forward_features(pixels)
        return Depths(self.net.forward_head(features, pre_logits=True), rearrange(features, "n d h w -> n (h w) d"))


TRUNKS: dict[str, Callable[[ImagePlan, int], ViT | ConvNet]] = {"vit": ViT, "convnext": ConvNet}


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
        x = self.embed(ids) + self.position[: ids.shape[1]]
        for block in self.blocks:
            x = block(x, is_causal=True)
        return self.norm(x[torch.arange(len(ids), device=ids.device), end])


@final
class TwoTowers(nn.Module):
    """An image trunk and a text trunk, each projected into one space, and a learnable temperature.

    Source: Radford et al. 2021 (CLIP), figure 3.
    """

    def __init__(self, plan: Plan) -> None:
        """Raises `BadInput` when the parts of `plan` do not fit together."""
        super().__init__()
        _check(plan)
        self.plan = plan
        self.image = TRUNKS[plan.image.family](plan.image, plan.preprocessing.size[0])
        self.text = TextTrunk(plan.text)
        self.image_projection = nn.Linear(self.image.width, plan.space, bias=False)
        self.text_projection = nn.Linear(plan.text.width, plan.space, bias=False)
        self.log_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))
        mean, std = torch.tensor(plan.preprocessing.mean), torch.tensor(plan.preprocessing.std)
        self.register_buffer("mean", mean.reshape(3, 1, 1), persistent=False)
        self.register_buffer("std", std.reshape(3, 1, 1), persistent=False)
        for projection in (self.image_projection, self.text_projection):
            nn.init.normal_(projection.weight, std=projection.in_features**-0.5)

    def depths(self, pixels: Float[Tensor, "n 3 h w"]) -> Depths:
        """Pixels in [0, 1]; mean and deviation are applied here."""
        return self.image((pixels - self.mean) / self.std)

    def encode_image(self, pixels: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n d"]:
        """In the shared space, not normalised."""
        return self.image_projection(self.depths(pixels).pooled)

    def encode_tokens(self, tokens: Tokens) -> Float[Tensor, "m d"]:
        """In the shared space, not normalised."""
        return self.text_projection(self.text(tokens.ids, tokens.end))

    @property
    def scale(self) -> Float[Tensor, ""]:
        """What the cosine is multiplied by."""
        return self.log_scale.exp()


def _check(plan: Plan) -> None:
    stages = {"vit": 1, "convnext": 4}.get(plan.image.family)
    if stages is None:
        raise BadInput(f"image trunks are {', '.join(TRUNKS)}; got {plan.image.family!r}")
    if not stages == len(plan.image.widths) == len(plan.image.depths):
        raise BadInput(
            f"a {plan.image.family} has {stages} width(s) and depth(s); got {plan.image.widths} and {plan.image.depths}"
        )
    height, width = plan.preprocessing.size
    if height != width or height % plan.image.patch:
        raise BadInput(
            f"pictures must be square and divisible by the patch of {plan.image.patch}; got {height}x{width}"
        )
    if plan.image.family == "vit" and (plan.image.patch.bit_count() != 1 or plan.image.widths[0] % plan.image.heads):
        raise BadInput(
            f"a vit needs a patch that is a power of two and a width divisible by its heads; got {plan.image}"
        )
    if plan.text.width % plan.text.heads:
        raise BadInput(f"the text width must be divisible by its heads; got {plan.text}")
