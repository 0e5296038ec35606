"""SigLIP: of each picture and each caption of the batch, do they belong together or not?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from eyechart.errors import BadInput
from eyechart.learn import pairs
from eyechart.learn.chance import Chance
from eyechart.learn.gather import everyone, rank
from eyechart.learn.objective import Batch, Loss, Objective
from eyechart.models.dual import Dual
from eyechart.models.tokens import Words
from eyechart.models.towers import TwoTowers

CHUNK = 4096  # texts that every picture is compared with at once


def sigmoid_loss(
    image: Float[Tensor, "n d"],
    text: Float[Tensor, "n d"],
    scale: Float[Tensor, ""],
    bias: Float[Tensor, ""],
    *,
    alike: Int[Tensor, " n"] | None = None,
    chunk: int = CHUNK,
) -> Float[Tensor, ""]:
    """Minus the log-likelihood of all pairs under ``σ(± (scale · cosine + bias))``, divided by the pictures.

    Row i of both sides belongs together, and so do rows of equal `alike`; all others do not. The divisor is the number
    of pictures, not of pairs. Of several processes, each compares its own pictures with the texts of all. No more than
    `chunk` columns are held at a time; the gradient computes them anew.
    Source: Zhai et al. 2023 (SigLIP), algorithm 1.
    """
    image, text = scale * F.normalize(image, dim=-1), F.normalize(text, dim=-1)
    if alike is None:
        alike = torch.arange(len(image), device=image.device) + rank() * len(image)
    columns = list(zip(everyone(text).split(chunk), everyone(alike).split(chunk), strict=True))
    if len(columns) == 1:
        return _unlikely(image, *columns[0], alike, bias) / len(image)
    sums = [checkpoint(_unlikely, image, *column, alike, bias, use_reentrant=False) for column in columns]
    return torch.stack(sums).sum() / len(image)


def _unlikely(image: Tensor, text: Tensor, other: Tensor, alike: Tensor, bias: Tensor) -> Tensor:
    sign = torch.where(alike[:, None] == other, 1.0, -1.0).to(image.dtype)
    return -F.logsigmoid(sign * (image @ text.T + bias)).sum()


@final
class Siglip(Objective):
    """The towers are planned with ``link="sigmoid"``, so that the learnt bias is part of what remains.

    Source: Zhai et al. 2023 (SigLIP), section 3.2, for where scale and bias begin. In batches of a few hundred, ln of
    one in the batch is a better start than the −10 that large ones need.
    """

    def __init__(self, towers: TwoTowers, words: Words, *, scale: float | None = 10.0, bias: float = -10.0) -> None:
        """Scale and bias start at these values; with `scale` None both stay as the towers have them.

        Raises `BadInput` when the towers have no bias, or another tokenizer.
        """
        super().__init__()
        pairs.check(towers, words)
        if scale is not None:
            torch.nn.init.constant_(towers.log_scale, math.log(scale))
            torch.nn.init.constant_(_bias(towers), bias)
        self.towers = towers
        self.words = words
        self._start = float(_bias(towers).item())

    def loss(self, batch: Batch, chance: Chance) -> Loss:
        return self.compare(self.features(batch, chance), batch)

    def features(self, batch: Batch, chance: Chance) -> dict[str, Tensor]:  # noqa: ARG002  # nothing is random here
        texts = pairs.told(batch, "siglip")
        return {
            "image": self.towers.encode_image(batch.pixels).float(),
            "text": pairs.read(self.towers, self.words, texts).float(),
        }

    def compare(self, features: Mapping[str, Tensor], batch: Batch) -> Loss:
        image, text, scale, bias = features["image"], features["text"], self.towers.scale, _bias(self.towers)
        alike = pairs.numbered(batch.texts, image.device)
        with torch.autocast(image.device.type, enabled=False):
            total = sigmoid_loss(image, text, scale, bias, alike=alike)
        return Loss(total, {"contrast": total.detach(), "scale": scale.detach(), "bias": bias.detach()})

    def product(self) -> Dual:
        return pairs.product(self.towers, self.words, "siglip")

    def prior(self, count: int) -> float:
        """Of pictures and texts at right angles, with the bias at its start."""
        odds = math.exp(self._start)
        return math.log1p(1 / odds) + (count - 1) * math.log1p(odds)


def _bias(towers: TwoTowers) -> Tensor:
    if towers.bias is None:
        raise BadInput("siglip needs a bias; plan the towers with link='sigmoid'")
    return towers.bias


PUBLIC = Siglip
