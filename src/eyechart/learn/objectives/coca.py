"""CoCa: each picture finds its caption among the batch, and a decoder writes the caption word by word."""

from __future__ import annotations

import math
from typing import final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn import functional as F

from eyechart.learn import pairs
from eyechart.learn.chance import Chance
from eyechart.learn.gather import mean_of_all
from eyechart.learn.objective import Batch, Loss, Objective
from eyechart.learn.objectives.clip import info_nce
from eyechart.models.decoder import CaptionDecoder, DecoderPlan
from eyechart.models.dual import Dual
from eyechart.models.tokens import Words
from eyechart.models.towers import TwoTowers


def caption_loss(
    logits: Float[Tensor, "n t v"], ids: Int[Tensor, "n t"], told: Bool[Tensor, "n t"]
) -> Float[Tensor, ""]:
    """Mean surprise at each word that was `told`, in all texts of all processes; row t of `logits` is about token t."""
    surprise = F.cross_entropy(logits.flatten(0, 1), ids.flatten(), reduction="none")
    count = told.sum().to(surprise.dtype)
    return torch.where(told.flatten(), surprise, 0.0).sum() / mean_of_all(count)


@final
class CoCa(Objective):
    """Contrast and captioning, with weights 1 and 2 (Yu et al. 2022, section 4.1).

    The text tower is the lower, unimodal half of the decoder, and its end token the text as a whole; the upper half
    looks at the picture through a few learnt queries. Unlike in the paper, the picture as a whole is what its tower
    gives, and not one more query: so the towers that remain are those of every other objective. All words are
    predicted, the first and the end included.
    """

    def __init__(
        self,
        towers: TwoTowers,
        words: Words,
        decoder: DecoderPlan | None = None,
        *,
        contrast: float = 1.0,
        caption: float = 2.0,
    ) -> None:
        """`decoder` is as deep as the text tower unless told otherwise; `contrast` and `caption` are the weights.

        Raises `BadInput` when `words` is not the tokenizer that the towers were planned for.
        """
        super().__init__()
        pairs.check(towers, words)
        text, image = towers.plan.text, pairs.sample(towers).patches.shape[-1]
        plan = decoder or DecoderPlan(depth=text.depth, heads=text.heads, mlp_ratio=text.mlp_ratio)
        self.towers = towers
        self.words = words
        self.decoder = CaptionDecoder(plan, width=text.width, image=image, entries=text.entries)
        self.contrast, self.caption = contrast, caption

    def loss(self, batch: Batch, chance: Chance) -> Loss:  # noqa: ARG002  # nothing is random here
        towers, device = self.towers, self.towers.log_scale.device
        ids, end = self.words(pairs.told(batch, "coca")).to(device)
        depths, states = towers.depths(batch.pixels), towers.text.states(ids)
        image = towers.image_projection(depths.pooled).float()
        text = towers.text_projection(states[torch.arange(len(ids), device=device), end]).float()
        logits = self.decoder(states, depths.patches).float()
        with torch.autocast(device.type, enabled=False):
            contrast = info_nce(image, text, towers.scale, pairs.numbered(batch.texts, device))
            caption = caption_loss(logits, ids, torch.arange(ids.shape[1], device=device) <= end[:, None])
        parts = {"contrast": contrast.detach(), "caption": caption.detach(), "scale": towers.scale.detach()}
        return Loss(self.contrast * contrast + self.caption * caption, parts)

    def product(self) -> Dual:
        return pairs.product(self.towers, self.words, "coca")

    def after_step(self, step: int, steps: int) -> None:  # noqa: ARG002
        pairs.hold_scale(self.towers)

    def prior(self, count: int) -> float:
        """Of words as surprising as logits of unit deviation make them: half a nat more than even odds."""
        return self.contrast * math.log(count) + self.caption * (math.log(self.words.entries) + 0.5)


PUBLIC = CoCa
