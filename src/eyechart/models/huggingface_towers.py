"""The image towers of transformers, opened so that one pass gives every tap."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from einops import rearrange, repeat
from torch import Tensor, nn

from eyechart.models.encoders import LOGITS
from eyechart.models.sight import Tower

MASKED = "vit_mae"
COARSEST = 32  # pixels per cell of networks that do not tell their patch


def tower_of(model: Any) -> Tower:
    """The image side of a model, by its class; classes that are not known here are read as plain towers."""
    return OPENED.get(type(model).__name__, plain)(model)


def projected(vision: Any, projection: Any) -> Tower:
    """CLIP and its kin: the normalised class token, projected; patches get the same last normalisation."""

    def look(pixels: Tensor, _taps: Sequence[str]) -> Mapping[str, Tensor]:
        out = vision(pixel_values=pixels)
        pooled = out.pooler_output
        patches = vision.post_layernorm(out.last_hidden_state[:, 1:])
        return {"image": projection(pooled), "pooled": pooled, "patches": patches}

    return look


def pooled_by_attention(vision: Any) -> Tower:
    """SigLIP: an attention pool without a projection, so that "pooled" is "image"."""

    def look(pixels: Tensor, _taps: Sequence[str]) -> Mapping[str, Tensor]:
        out = vision(pixel_values=pixels)
        return {"image": out.pooler_output, "pooled": out.pooler_output, "patches": out.last_hidden_state}

    return look


def of_any_aspect(vision: Any) -> Tower:
    """SigLIP 2 NaFlex, which takes patches instead of pictures: one picture is one full grid of them.

    Patches are flattened as ``convert_image_to_patches`` of its processor does, bands last.
    """
    patch = vision.config.patch_size

    def look(pixels: Tensor, _taps: Sequence[str]) -> Mapping[str, Tensor]:
        rows, columns = pixels.shape[2] // patch, pixels.shape[3] // patch
        cut = pixels[:, :, : rows * patch, : columns * patch]
        patches = rearrange(cut, "n b (r p) (c q) -> n (r c) (p q b)", p=patch, q=patch)
        out = vision(
            pixel_values=patches,
            pixel_attention_mask=torch.ones(patches.shape[:2], dtype=torch.int64, device=pixels.device),
            spatial_shapes=torch.tensor([[rows, columns]]).repeat(len(pixels), 1),
        )
        return {"image": out.pooler_output, "pooled": out.pooler_output, "patches": out.last_hidden_state}

    return look


def plain(model: Any) -> Tower:
    """A vision tower of any kind, with the head of `model` where it has one.

    "image" is the library's pooled output; without one, the class token; without that, the mean of the patches.
    "pooled" is "image", except that the dense layer of a BERT-like pooler counts as a projection.
    """
    name = type(model).__name__
    tower = model.base_model if "For" in name else model  # some bare towers give the name to a part of themselves
    if tower.config.model_type == MASKED:
        tower.config.mask_ratio = 0.0
    dense = "pooler.dense.weight" in tower.state_dict()
    headed = "ForImageClassification" in name

    def look(pixels: Tensor, taps: Sequence[str]) -> Mapping[str, Tensor]:
        found: dict[str, Tensor] = {}
        if headed and LOGITS in taps:
            out, found[LOGITS] = _both(model, tower, pixels)
        else:
            out = tower(pixel_values=pixels, **_unmasked(tower, pixels))
        tokens, prefix = _tokens(out.last_hidden_state, tower, pixels)
        whole = tokens[:, 0] if prefix else tokens.mean(dim=1)
        pooler = getattr(out, "pooler_output", None)  # not a field of every output
        found["image"] = whole if pooler is None else pooler.flatten(1)
        found["pooled"] = whole if dense else found["image"]
        return {**found, "patches": tokens[:, prefix:]}

    return look


def _both(model: Any, tower: Any, pixels: Tensor) -> tuple[Any, Tensor]:
    """What the tower gave on the way to the logits."""
    passed: list[Any] = []
    hook = tower.register_forward_hook(lambda _module, _inputs, output: passed.append(output))
    try:
        logits = model(pixel_values=pixels).logits
    finally:
        hook.remove()
    return passed[0], logits


def _unmasked(tower: Any, pixels: Tensor) -> dict[str, Tensor]:
    """A masked autoencoder shuffles its patches by noise, even with nothing masked; rising noise keeps the order."""
    if tower.config.model_type != MASKED:
        return {}
    return {
        "noise": repeat(torch.arange(_cells(tower, pixels), device=pixels.device).float(), "t -> n t", n=len(pixels))
    }


def _tokens(last: Tensor, tower: Any, pixels: Tensor) -> tuple[Tensor, int]:
    """``n t d``, and how many tokens stand before the patches."""
    if last.ndim == 4:
        return rearrange(last, "n d h w -> n (h w) d"), 0
    return last, max(0, last.shape[1] - _cells(tower, pixels))


def _cells(tower: Any, pixels: Tensor) -> int:
    """How many patches the picture has; hierarchical towers have fewer tokens than that, and none before them."""
    told = getattr(tower.config, "patch_size", None) or COARSEST  # absent where there are no patches
    down, across = (told, told) if isinstance(told, int) else (int(told[-2]), int(told[-1]))
    return (pixels.shape[-2] // down) * (pixels.shape[-1] // across)


OPENED: Mapping[str, Callable[[Any], Tower]] = {
    "CLIPModel": lambda model: projected(model.vision_model, model.visual_projection),
    "CLIPVisionModelWithProjection": lambda model: projected(model.vision_model, model.visual_projection),
    "CLIPVisionModel": lambda model: projected(model, nn.Identity()),
    "MetaClip2Model": lambda model: projected(model.vision_model, model.visual_projection),
    "SiglipModel": lambda model: pooled_by_attention(model.vision_model),
    "Siglip2Model": lambda model: of_any_aspect(model.vision_model),
}
