"""Patches in the space of the texts: the capability, and how the project's own towers come by it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from einops import rearrange
from jaxtyping import Float
from torch import Tensor

from eyechart.core import PatchEncoder
from eyechart.errors import Refused
from eyechart.models.image_trunks import ViT
from eyechart.models.towers import TwoTowers

MAPS = {"NCHW": "(n t) d 1 1", "NHWC": "(n t) 1 1 d"}  # how timm lays out a map, in its own words


@runtime_checkable
class AlignedEncoder(PatchEncoder, Protocol):
    """An encoder whose patches can be compared with texts, one by one."""

    def align(self, patches: Float[Tensor, "n t d"]) -> Float[Tensor, "n t e"]:
        """What `encode_patches` gave, in the space of `encode_image`; not normalised."""


def pooled_alone(towers: TwoTowers, patches: Float[Tensor, "n t d"]) -> Float[Tensor, "n t e"]:
    """Each patch through pooling and projection as if it were the whole picture.

    Where a picture is the mean of its patches this is exact: the picture's vector is the mean of these.

    Raises:
        Refused: the trunk does not pool one patch alone.
    """
    net = towers.image.net
    one = "(n t) 1 d" if isinstance(towers.image, ViT) else MAPS[str(getattr(net, "output_fmt", "NCHW"))[-4:]]
    try:
        pooled = net.forward_head(rearrange(patches, f"n t d -> {one}"), pre_logits=True)
    except (RuntimeError, ValueError) as error:
        raise Refused(f"a {type(net).__name__} cannot pool one patch alone: {error}") from error
    return rearrange(towers.image_projection(pooled), "(n t) e -> n t e", n=len(patches))
