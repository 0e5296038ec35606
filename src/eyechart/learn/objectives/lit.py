"""LiT: a text tower learns to speak of what a locked image tower sees."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import final

import torch
from torch import Tensor

from eyechart.learn import pairs
from eyechart.learn.chance import Chance
from eyechart.learn.objective import Batch, Loss, Objective
from eyechart.learn.objectives.clip import info_nce
from eyechart.learn.objectives.siglip import sigmoid_loss
from eyechart.learn.remembered import Remembered
from eyechart.models.dual import Dual
from eyechart.models.locked import lock
from eyechart.models.tokens import Words
from eyechart.models.towers import TwoTowers

ROOM = 1 << 18  # pictures whose features are kept: 128 MiB of 128 numbers each


@final
class Lit(Objective):
    """The image side of the towers is locked: no gradient, no dropout, the statistics of its norms as they are.

    Each picture is looked at once and its features are kept by the digest of its pixels; so pictures should come plain
    or in a few fixed forms. The contrast is CLIP's, or SigLIP's where the towers are planned with ``link="sigmoid"``.
    `eyechart.models.locked` makes such towers of a model that was taught otherwise.
    Source: Zhai et al. 2022 (LiT), section 3.
    """

    def __init__(
        self, towers: TwoTowers, words: Words, *, scale: float | None = 10.0, bias: float = -10.0, room: int = ROOM
    ) -> None:
        """Scale and bias start at these values; with `scale` None both stay as the towers have them.

        Raises `BadInput` when `words` is not the tokenizer that the towers were planned for.
        """
        super().__init__()
        pairs.check(towers, words)
        lock(towers)
        if scale is not None:
            torch.nn.init.constant_(towers.log_scale, math.log(scale))
            if towers.bias is not None:
                torch.nn.init.constant_(towers.bias, bias)
        self.towers = towers
        self.words = words
        self.remembered = Remembered(towers.encode_image, room)

    def train(self, mode: bool = True) -> Lit:
        """The image side stays as in an examination."""
        super().train(mode)
        lock(self.towers)
        return self

    def loss(self, batch: Batch, chance: Chance) -> Loss:
        return self.compare(self.features(batch, chance), batch)

    def features(self, batch: Batch, chance: Chance) -> dict[str, Tensor]:  # noqa: ARG002  # nothing is random here
        text = pairs.read(self.towers, self.words, pairs.told(batch, "lit"))
        return {"image": self.remembered(batch.pixels), "text": text.float()}

    def compare(self, features: Mapping[str, Tensor], batch: Batch) -> Loss:
        image, text, scale, bias = features["image"], features["text"], self.towers.scale, self.towers.bias
        alike = pairs.numbered(batch.texts, image.device)
        with torch.autocast(image.device.type, enabled=False):
            if bias is None:
                total = info_nce(image, text, scale, alike)
            else:
                total = sigmoid_loss(image, text, scale, bias, alike=alike)
        return Loss(total, {"contrast": total.detach(), "scale": scale.detach()})

    def product(self) -> Dual:
        return pairs.product(self.towers, self.words, "lit")

    def after_step(self, step: int, steps: int) -> None:  # noqa: ARG002
        if self.towers.bias is None:
            pairs.hold_scale(self.towers)

    def prior(self, count: int) -> float | None:
        """Of the softmax; where the sigmoid begins is `Siglip`'s to say."""
        return math.log(count) if self.towers.bias is None else None


PUBLIC = Lit
