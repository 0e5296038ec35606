"""CLIP: each picture finds its caption among the batch, and each caption its picture."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F


def info_nce(image: Float[Tensor, "n d"], text: Float[Tensor, "n d"], scale: Float[Tensor, ""]) -> Float[Tensor, ""]:
    """Symmetric cross-entropy over the scaled cosines; row i of both sides belongs together.

    Neither side need be normalised. `scale` is what the cosine is multiplied by (1 / temperature).
    Source: Radford et al. 2021 (CLIP), section 2.3; van den Oord et al. 2018.
    """
    scores = scale * F.normalize(image, dim=-1) @ F.normalize(text, dim=-1).T
    pairs = torch.arange(len(scores), device=scores.device)
    return (F.cross_entropy(scores, pairs) + F.cross_entropy(scores.T, pairs)) / 2


PUBLIC = info_nce
