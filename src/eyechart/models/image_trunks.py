"""The networks that see: the project's own vision transformer and ConvNeXt, and any architecture of timm.

All are networks of timm under the name ``net``, so that what was learnt fits timm key by key.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any, ClassVar, Literal, NamedTuple, final

import timm
import torch
from einops import rearrange, repeat
from jaxtyping import Bool, Float, Int
from timm.layers import resample_abs_pos_embed
from timm.models.convnext import ConvNeXt
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn
from torch.nn import functional as F

from eyechart.core import Fact
from eyechart.errors import BadInput, UnknownName, one_line
from eyechart.models.flops import REJECTIONS
from eyechart.models.trunks import tokens_of

STRICT = {"extra": "forbid"}  # a plan with fields of a later edition is not read as if they were not there
LATER = ("bands", "class_token")  # fields that the first plans did not have


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePlan:
    """The shape of one of the project's own image trunks; one width and one depth per stage."""

    __pydantic_config__: ClassVar = STRICT

    family: Literal["vit", "convnext"]
    patch: int
    widths: tuple[int, ...]
    depths: tuple[int, ...]
    heads: int = 4  # of a vit
    bands: int = 3  # of the pictures
    class_token: bool = False  # of a vit: a token that is the picture, in place of the mean over all others


@dataclass(frozen=True, slots=True, kw_only=True)
class TimmPlan:
    """An architecture of timm, with random weights; its input size is that of the preprocessing."""

    __pydantic_config__: ClassVar = STRICT

    family: Literal["timm"] = "timm"
    name: str  # as in timm.list_models()
    bands: int = 3
    options: Mapping[str, Fact | tuple[int, ...]] = field(default_factory=dict)  # of its constructor: depth, channels


class Depths(NamedTuple):
    """What an image trunk gives: one vector per image, and the tokens of its last layer."""

    pooled: Float[Tensor, "n d"]
    patches: Float[Tensor, "n t d"]


class ConvStem(nn.Module):
    """Patches by a few small convolutions instead of one large one: small data are learnt in fewer steps.

    Source: Xiao et al. 2021, "Early Convolutions Help Transformers See Better".
    """

    def __init__(self, *, img_size: tuple[int, int], patch_size: int, in_chans: int, embed_dim: int, **_: Any) -> None:
        """Called by timm in place of its `PatchEmbed`, hence these names; what else timm passes has no meaning here."""
        super().__init__()
        halvings = round(math.log2(patch_size))
        widths = [in_chans, *(embed_dim >> (halvings - step) for step in range(1, halvings + 1))]
        convolutions = [nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in pairwise(widths)]
        self.layers = nn.Sequential(*(part for layer in convolutions for part in (layer, nn.GELU())))
        self.out = nn.Conv2d(embed_dim, embed_dim, 1)
        self.patch_size = (patch_size, patch_size)
        self.grid_size = (img_size[0] // patch_size, img_size[1] // patch_size)
        self.num_patches = self.grid_size[0] * self.grid_size[1]

    def forward(self, pixels: Float[Tensor, "n b h w"]) -> Float[Tensor, "n t d"]:
        return rearrange(self.out(self.layers(pixels)), "n d h w -> n (h w) d")


@final
class ViT(nn.Module):
    """A vision transformer of timm whose tokens may be left out, hidden, or more or fewer than it was built for."""

    def __init__(self, net: VisionTransformer) -> None:
        super().__init__()
        self.net = net
        self.width: int = net.num_features
        self.patch: tuple[int, int] = net.patch_embed.patch_size
        self.grid: tuple[int, int] = net.patch_embed.grid_size  # rows and columns of a picture of its own size

    def forward(self, pixels: Float[Tensor, "n b h w"]) -> Depths:
        """All tokens, of a picture of any size that the patch divides."""
        net = self.net
        return self._read(net.patch_drop(self._with_prefix(net.patch_embed(pixels) + self.positions(pixels))))

    def kept(
        self, pixels: Float[Tensor, "n b h w"], kept: Int[Tensor, "n k"], real: Bool[Tensor, "n k"] | None = None
    ) -> Depths:
        """The tokens of the patches `kept` (places row by row, per picture) and no others, each where it belongs.

        No pixel of another patch has any influence: stems that look beyond their patch find the mean colour there.
        Entries that are not `real` repeat a place to fill their row, and no token sees them; with any of them, what is
        pooled has no meaning.
        """
        tokens = self.net.patch_embed(self._without(pixels, ~chosen(kept, self.count(pixels))))
        return self._read(self._with_prefix(taken(tokens + self.positions(pixels), kept)), real)

    def hidden(
        self, pixels: Float[Tensor, "n b h w"], hidden: Bool[Tensor, "n t"], token: Float[Tensor, " d"]
    ) -> Depths:
        """All tokens, with `token` in the place of those that are `hidden`; positions are added afterwards.

        No pixel of a hidden patch has any influence.
        """
        tokens = self.net.patch_embed(self._without(pixels, hidden))
        tokens = torch.where(hidden[..., None], token.to(tokens.dtype), tokens)
        return self._read(self._with_prefix(tokens + self.positions(pixels)))

    def count(self, pixels: Float[Tensor, "n b h w"]) -> int:
        """How many patches such a picture has."""
        rows, columns = self._grid(pixels)
        return rows * columns

    def positions(self, pixels: Float[Tensor, "n b h w"]) -> Float[Tensor, "1 t d"]:
        """What is added to the patches; interpolated where the picture is not of the network's own size."""
        table, grid = self.net.pos_embed, self._grid(pixels)
        table = table[:, table.shape[1] - self.grid[0] * self.grid[1] :]
        return table if grid == self.grid else resample_abs_pos_embed(table, list(grid), list(self.grid), 0)

    def _grid(self, pixels: Tensor) -> tuple[int, int]:
        return pixels.shape[-2] // self.patch[0], pixels.shape[-1] // self.patch[1]

    def _without(self, pixels: Tensor, hidden: Bool[Tensor, "n t"]) -> Tensor:
        grid = rearrange(hidden, "n (h w) -> n 1 h w", w=self._grid(pixels)[1])
        return pixels.masked_fill(repeat(grid, "n 1 h w -> n 1 (h p) (w q)", p=self.patch[0], q=self.patch[1]), 0.0)

    def _with_prefix(self, tokens: Tensor) -> Tensor:
        """Class and register tokens in front, with their positions where they have any."""
        net = self.net
        held = [token for token in (net.cls_token, net.reg_token) if token is not None]
        if not held:
            return tokens
        prefix = torch.cat(held, dim=1)
        if not net.no_embed_class:
            prefix = prefix + net.pos_embed[:, : prefix.shape[1]]
        return torch.cat([prefix.expand(tokens.shape[0], -1, -1), tokens], dim=1)

    def _read(self, tokens: Tensor, real: Tensor | None = None) -> Depths:
        net = self.net
        mask = None if real is None else F.pad(real, (net.num_prefix_tokens, 0), value=True)[:, None, None]
        tokens = net.norm_pre(net.pos_drop(tokens))
        for block in net.blocks:
            tokens = block(tokens, attn_mask=mask)
        tokens = net.norm(tokens)
        return Depths(net.forward_head(tokens, pre_logits=True), tokens[:, net.num_prefix_tokens :])


@final
class ConvNet(nn.Module):
    """A network of timm whose last map (or whatever tokens it has) is read row by row; none can be left out."""

    def __init__(self, net: Any, width: int) -> None:
        super().__init__()
        self.net = net
        self.width = width

    def forward(self, pixels: Float[Tensor, "n b h w"]) -> Depths:
        features = self.net.forward_features(pixels)
        return Depths(self.net.forward_head(features, pre_logits=True), tokens_of(self.net, features)["patches"])


Trunk = ViT | ConvNet


def build(plan: ImagePlan | TimmPlan, size: tuple[int, int]) -> Trunk:
    """The trunk of a plan for pictures of `size`, with random weights.

    Raises:
        BadInput: the parts of the plan do not fit together, or timm cannot build it.
        UnknownName: timm has no such architecture.
    """
    return BUILDERS[plan.family](plan, size)


def fresh(plan: ImagePlan | TimmPlan, size: tuple[int, int], seed: int) -> Trunk:
    """As `build`, at rest; the same seed gives the same weights, and nobody else's random numbers are touched."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return build(plan, size).eval()


def dropping(trunk: Trunk, what: str) -> ViT:
    """`trunk`, for `what` (the name of an objective) needs one that can leave tokens out.

    Raises:
        BadInput: it cannot.
    """
    if not isinstance(trunk, ViT):
        raise BadInput(
            f"{what} leaves out tokens, which only a plain vision transformer can; {type(trunk.net).__name__} reads "
            "whole pictures: take a vit, or an objective that compares whole pictures (dino, clip, supervised)"
        )
    return trunk


def taken(tokens: Float[Tensor, "#n t d"], places: Int[Tensor, "n k"]) -> Float[Tensor, "n k d"]:
    """The tokens at `places`, per picture; tokens of one picture serve all."""
    return tokens.expand(len(places), -1, -1).gather(1, places[..., None].expand(-1, -1, tokens.shape[-1]))


def chosen(places: Int[Tensor, "n k"], count: int) -> Bool[Tensor, "n t"]:
    """Which of `count` tokens are among `places`."""
    return torch.zeros(len(places), count, dtype=torch.bool, device=places.device).scatter(1, places, value=True)


def fixed(plan: ImagePlan | TimmPlan) -> bool:
    """Whether its weights belong to one size of picture: positions are learnt."""
    if isinstance(plan, ImagePlan):
        return plan.family == "vit"
    published = timm.get_pretrained_cfg(plan.name)
    return published is not None and published.fixed_input_size


def told(plan: ImagePlan | TimmPlan) -> dict[str, Any]:
    """A plan in words, for the digest of a card: later fields only where they say something."""
    words = asdict(plan)
    return {name: value for name, value in words.items() if name not in LATER or value != DEFAULTS[name]}


DEFAULTS = {"bands": 3, "class_token": False}


def _vit(plan: ImagePlan, size: tuple[int, int]) -> ViT:
    _fits(plan, size, stages=1)
    width = plan.widths[0]
    if plan.patch.bit_count() != 1 or width % plan.heads:
        raise BadInput(f"a vit needs a patch that is a power of two and a width divisible by its heads; got {plan}")
    return ViT(
        VisionTransformer(
            img_size=size,
            patch_size=plan.patch,
            in_chans=plan.bands,
            embed_dim=width,
            depth=plan.depths[0],
            num_heads=plan.heads,
            class_token=plan.class_token,
            global_pool="token" if plan.class_token else "avg",
            fc_norm=False,
            num_classes=0,
            embed_layer=ConvStem,
            weight_init="jax",
        )
    )


def _convnext(plan: ImagePlan, size: tuple[int, int]) -> ConvNet:
    """The ConvNeXt of Liu et al. 2022 with the depths and widths of a toy."""
    _fits(plan, size, stages=4)
    net = ConvNeXt(
        in_chans=plan.bands,
        patch_size=plan.patch,
        depths=plan.depths,
        dims=plan.widths,
        kernel_sizes=(7, 7, 5, 3),  # larger ones would look beyond the small maps of the later stages
        output_stride=16,
        ls_init_value=None,  # the tiny scales of large models would cost a toy its whole training
        num_classes=0,
    )
    for part in net.modules():
        if isinstance(part, nn.Linear | nn.Conv2d):  # timm's constant 0.02 is made for ten times the width
            nn.init.normal_(part.weight, std=part.weight[0].numel() ** -0.5)
    return ConvNet(net, plan.widths[-1])


def _timm(plan: TimmPlan, size: tuple[int, int]) -> Trunk:
    if plan.name not in timm.list_models():
        raise UnknownName("model of timm", plan.name, timm.list_models())
    sized = {"img_size": size} if fixed(plan) else {}
    try:
        net = timm.create_model(plan.name, num_classes=0, in_chans=plan.bands, **sized, **plan.options)
    except REJECTIONS as error:
        reason = one_line(error)
        raise BadInput(f"timm does not build {plan.name} for {size[0]} x {size[1]} pixels: {reason}") from error
    if type(net) is VisionTransformer and net.pos_embed is not None:
        _divides(net.patch_embed.patch_size, size)
        net.patch_embed.strict_img_size = False  # `ViT` brings the positions to size
        return ViT(net)
    return ConvNet(net, _width(plan, net, size))


def _width(plan: TimmPlan, net: Any, size: tuple[int, int]) -> int:
    """Of the pooled features, found by looking: timm's own figures leave out what some heads add."""
    try:
        with torch.no_grad():
            features = net.eval().forward_features(torch.zeros(1, plan.bands, *size))
            pooled = net.forward_head(features, pre_logits=True)
            dense = tokens_of(net, features)
    except REJECTIONS as error:
        reason = one_line(error)
        raise BadInput(f"{plan.name} does not read pictures of {size[0]} x {size[1]} pixels: {reason}") from error
    if pooled.ndim != 2 or not dense:
        raise BadInput(f"{plan.name} does not give one vector per picture and one per place")
    net.train()
    return int(pooled.shape[1])


BUILDERS: Mapping[str, Callable[[Any, tuple[int, int]], Trunk]] = {"vit": _vit, "convnext": _convnext, "timm": _timm}


def _fits(plan: ImagePlan, size: tuple[int, int], *, stages: int) -> None:
    if not stages == len(plan.widths) == len(plan.depths):
        raise BadInput(f"a {plan.family} has {stages} width(s) and depth(s); got {plan.widths} and {plan.depths}")
    _divides((plan.patch, plan.patch), size)


def _divides(patch: tuple[int, int], size: tuple[int, int]) -> None:
    if size[0] % patch[0] or size[1] % patch[1]:
        raise BadInput(f"the sides of pictures must be divisible by the patch of {patch[0]}; got {size[0]}x{size[1]}")
