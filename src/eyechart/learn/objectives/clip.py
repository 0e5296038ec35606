"""CLIP: each picture finds its caption among the batch, and each caption its picture."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F


def info_nce(
    image: Float[Tensor, "n d"],
    text: Float[Tensor, "n d"],
    scale: Float[Tensor, ""],
    alike: Int[Tensor, " n"] | None = None,
) -> Float[Tensor, ""]:
    """Symmetric cross-entropy over the scaled cosines; row i of both sides belongs together.

    Neither side need be normalised. `scale` is what the cosine is multiplied by (1 / temperature). Rows of equal
    `alike` were told the same and all belong together: the target is spread evenly over them; by default no two are.
    Source: Radford et al. 2021 (CLIP), section 2.3; van den Oord et al. 2018; for `alike` Yang et al. 2022 (UniCL),
    section 3.
    """
    scores = scale * F.normalize(image, dim=-1) @ F.normalize(text, dim=-1).T
    if alike is None:
        alike = torch.arange(len(scores), device=scores.device)
    same = (alike[:, None] == alike).to(scores.dtype)
    target = same / same.sum(dim=1, keepdim=True)
    return (F.cross_entropy(scores, target) + F.cross_entropy(scores.T, target)) / 2


PUBLIC = info_nce
