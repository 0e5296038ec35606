"""The trunks of timm, opened: tokens out of whatever a family of networks calls its features."""

from __future__ import annotations

from typing import Any

from einops import rearrange
from torch import Tensor


def tokens_of(trunk: Any, features: Any) -> dict[str, Tensor]:
    """``{"patches": n t d}`` from what ``forward_features`` returned, or nothing where there are no patches in it.

    Maps are read row by row; class and register tokens are left out. Most transformers of timm say how many of those
    there are; the older ones at least keep their class token under one name.
    """
    if not isinstance(features, Tensor):
        return {}
    if features.ndim == 4:
        layout = str(getattr(trunk, "output_fmt", "NCHW"))  # a str enum, or absent: channels come first then
        return {"patches": rearrange(features, "n h w d -> n (h w) d" if "NHWC" in layout else "n d h w -> n (h w) d")}
    if features.ndim == 3 and (prefix := _prefix(trunk)) < features.shape[1]:
        return {"patches": features[:, prefix:]}
    return {}


def _prefix(trunk: Any) -> int:
    told = getattr(trunk, "num_prefix_tokens", None)
    if told is not None:
        return int(told)
    token = getattr(trunk, "cls_token", None)  # 1 k d, with a distillation token among the k where there is one
    return int(token.shape[1]) if isinstance(token, Tensor) and token.ndim == 3 else 0
