"""CLIP: each picture finds its caption among the batch, and each caption its picture."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from eyechart.learn import pairs
from eyechart.learn.chance import Chance
from eyechart.learn.gather import everyone, processes, rank
from eyechart.learn.objective import Batch, Loss, Objective
from eyechart.models.dual import Dual
from eyechart.models.tokens import Words
from eyechart.models.towers import TwoTowers


def info_nce(
    image: Float[Tensor, "n d"],
    text: Float[Tensor, "n d"],
    scale: Float[Tensor, ""],
    alike: Int[Tensor, " n"] | None = None,
) -> Float[Tensor, ""]:
    """Symmetric cross-entropy over the scaled cosines; row i of both sides belongs together.

    Neither side need be normalised. `scale` is what the cosine is multiplied by (1 / temperature). Rows of equal
    `alike` were told the same and all belong together: the target is spread evenly over them; by default no two are.
    Of several processes, each compares its own rows with those of all.
    Source: Radford et al. 2021 (CLIP), section 2.3; van den Oord et al. 2018; for `alike` Yang et al. 2022 (UniCL),
    section 3.
    """
    image, text = scale * F.normalize(image, dim=-1), F.normalize(text, dim=-1)
    if alike is None:
        alike = torch.arange(len(image), device=image.device) + rank() * len(image)
    if processes() == 1:
        by_image = image @ text.T
        by_text, other = by_image.T, alike
    else:
        images, texts, other = everyone(image), everyone(text), everyone(alike)
        by_image, by_text = image @ texts.T, text @ images.T
    same = alike[:, None] == other
    return (surprise(by_image, same).mean() + surprise(by_text, same).mean()) / 2


def surprise(scores: Float[Tensor, "n m"], same: Tensor) -> Float[Tensor, " n"]:
    """Cross-entropy of each row of scores with a target that is spread evenly over where `same` is true."""
    share = same.to(scores.dtype)
    return scores.logsumexp(dim=1) - (share * scores).sum(dim=1) / share.sum(dim=1)


@final
class Clip(Objective):
    """Texts that are equal within a batch belong to all the pictures that were told them.

    The temperature is learnt and kept from multiplying the cosine by more than 100 (Radford et al. 2021, section 2.5).
    """

    def __init__(self, towers: TwoTowers, words: Words) -> None:
        """Raises `BadInput` when `words` is not the tokenizer that the towers were planned for."""
        super().__init__()
        pairs.check(towers, words)
        self.towers = towers
        self.words = words

    def loss(self, batch: Batch, chance: Chance) -> Loss:
        return self.compare(self.features(batch, chance), batch)

    def features(self, batch: Batch, chance: Chance) -> dict[str, Tensor]:  # noqa: ARG002  # nothing is random here
        texts = pairs.told(batch, "clip")
        return {
            "image": self.towers.encode_image(batch.pixels).float(),
            "text": pairs.read(self.towers, self.words, texts).float(),
        }

    def compare(self, features: Mapping[str, Tensor], batch: Batch) -> Loss:
        image, scale = features["image"], self.towers.scale
        with torch.autocast(image.device.type, enabled=False):
            total = info_nce(image, features["text"], scale, pairs.numbered(batch.texts, image.device))
        return Loss(total, {"contrast": total.detach(), "scale": scale.detach()})

    def product(self) -> Dual:
        return pairs.product(self.towers, self.words, "clip")

    def after_step(self, step: int, steps: int) -> None:  # noqa: ARG002
        pairs.hold_scale(self.towers)

    def prior(self, count: int) -> float:
        return math.log(count)


PUBLIC = Clip
