"""The image towers of open_clip, opened so that one pass gives every tap."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from einops import rearrange
from open_clip.modified_resnet import AttentionPool2d, ModifiedResNet
from open_clip.timm_model import TimmModel
from open_clip.transformer import VisionTransformer
from torch import Tensor
from torch.nn import functional as F

from eyechart.errors import Refused
from eyechart.models.sight import Tower
from eyechart.models.trunks import tokens_of


def tower_of(visual: Any, name: str) -> Tower:
    """The tower as a call. Raises `Refused` for a kind of tower that open_clip added since."""
    for kind, open_up in OPENED.items():
        if isinstance(visual, kind):
            return open_up(visual)
    raise Refused(f"{name} has an image tower of kind {type(visual).__name__}, whose taps are not known")


def _transformer(visual: VisionTransformer) -> Tower:
    """Follows ``VisionTransformer.forward``; with attentional pooling the patches are those before the pooler."""

    def look(pixels: Tensor, _taps: Sequence[str]) -> Mapping[str, Tensor]:
        last = visual.transformer(visual._embeds(pixels))
        pooled, tokens = visual._pool(last)
        image = pooled if visual.proj is None else pooled @ visual.proj
        patches = tokens if visual.attn_pool is None and visual.pool_type != "none" else last[:, 1:]
        return {"image": image, "pooled": pooled, "patches": patches}

    return look


def _resnet(visual: ModifiedResNet) -> Tower:
    """Follows ``ModifiedResNet.forward``; the last linear map of the attention pool is the projection."""

    def look(pixels: Tensor, _taps: Sequence[str]) -> Mapping[str, Tensor]:
        cells = visual.stem(pixels)
        for layer in (visual.layer1, visual.layer2, visual.layer3, visual.layer4):
            cells = layer(cells)
        patches = rearrange(cells, "n d h w -> n (h w) d")
        pooled = _attended(visual.attnpool, patches)
        return {"image": visual.attnpool.c_proj(pooled), "pooled": pooled, "patches": patches}

    return look


def _attended(pool: AttentionPool2d, patches: Tensor) -> Tensor:
    """Follows ``AttentionPool2d.forward`` up to its projection, for the one query whose answer is kept."""
    tokens = torch.cat([patches.mean(dim=1, keepdim=True), patches], dim=1)
    tokens = tokens + pool.positional_embedding.to(tokens.dtype)
    query, key, value = (
        rearrange(linear(some), "n t (k d) -> n k t d", k=pool.num_heads)
        for linear, some in ((pool.q_proj, tokens[:, :1]), (pool.k_proj, tokens), (pool.v_proj, tokens))
    )
    return rearrange(F.scaled_dot_product_attention(query, key, value), "n k 1 d -> n (k d)")


def _trunk(visual: TimmModel) -> Tower:
    """Follows ``TimmModel.forward``: a timm trunk, which may end in a head of its own, then a projection."""
    trunk = visual.trunk

    def look(pixels: Tensor, taps: Sequence[str]) -> Mapping[str, Tensor]:
        features = trunk.forward_features(pixels)
        pooled = trunk.forward_head(features)
        image = visual.head(pooled)
        if "pooled" in taps and trunk.num_classes:  # the trunk's own head is the projection
            pooled = trunk.forward_head(features, pre_logits=True)
        return {"image": image, "pooled": pooled if pooled.ndim == 2 else image, **tokens_of(trunk, features)}

    return look


OPENED: Mapping[type, Callable[[Any], Tower]] = {
    VisionTransformer: _transformer,
    ModifiedResNet: _resnet,
    TimmModel: _trunk,
}
