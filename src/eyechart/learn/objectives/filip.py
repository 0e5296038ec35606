"""FILIP: each part of a picture finds its word in the caption, and each word its part of the picture."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn import functional as F

from eyechart.learn import pairs
from eyechart.learn.chance import Chance
from eyechart.learn.gather import everyone, processes, rank
from eyechart.learn.objective import Batch, Loss, Objective
from eyechart.learn.objectives.clip import info_nce, surprise
from eyechart.models.dual import Dual
from eyechart.models.tokens import Words
from eyechart.models.towers import TwoTowers

HELD = 1 << 24  # cosines of tokens at once


def late_interaction(
    image: Float[Tensor, "n k d"], text: Float[Tensor, "m r d"], held: Bool[Tensor, "m r"]
) -> tuple[Float[Tensor, "n m"], Float[Tensor, "m n"]]:
    """How well each picture is told by each text, and each text shown by each picture: means of best cosines.

    For a picture the mean is over its tokens, each of which takes the best token of the text; for a text over its
    tokens, each of which takes the best of the picture. Tokens that are not `held` are padding and take no part.
    Source: Yao et al. 2022 (FILIP), equations 4 and 5.
    """
    image, text = F.normalize(image, dim=-1), F.normalize(text, dim=-1)
    size = max(1, HELD // (image.shape[1] * text.shape[0] * text.shape[1]))
    told, shown = zip(*(_compared(part, text, held) for part in image.split(size)), strict=True)
    return torch.cat(told), torch.cat(shown).T


def _compared(image: Tensor, text: Tensor, held: Tensor) -> tuple[Tensor, Tensor]:
    cosines = (image.flatten(0, 1) @ text.flatten(0, 1).T).view(*image.shape[:2], *text.shape[:2])  # n k m r
    told = cosines.masked_fill(~held, -math.inf).max(dim=3).values.mean(dim=1)
    best = cosines.max(dim=1).values.masked_fill(~held, 0.0)
    return told, best.sum(dim=2) / held.sum(dim=1)


def filip_loss(
    image: Float[Tensor, "n k d"],
    text: Float[Tensor, "n r d"],
    held: Bool[Tensor, "n r"],
    scale: Float[Tensor, ""],
    alike: Int[Tensor, " n"] | None = None,
) -> Float[Tensor, ""]:
    """Contrast as in `info_nce`, by token-wise similarities in place of one cosine.

    Of several processes, all pad their texts to one length; each compares its own rows with those of all.
    Source: Yao et al. 2022 (FILIP), section 3.1.
    """
    if alike is None:
        alike = torch.arange(len(image), device=image.device) + rank() * len(image)
    other = everyone(alike)
    if processes() == 1:
        by_image, by_text = late_interaction(image, text, held)
    else:
        by_image, _ = late_interaction(image, everyone(text), everyone(held.byte()).bool())
        _, by_text = late_interaction(everyone(image), text, held)
    same = alike[:, None] == other
    return (surprise(scale * by_image, same).mean() + surprise(scale * by_text, same).mean()) / 2


@final
class Filip(Objective):
    """Tokens of both towers go through the projections by which pictures and texts as a whole reach the shared space.

    What remains is read as a whole by the exams: the mean of a picture's tokens and the last of a text's. `whole` is
    the weight of CLIP's contrast between those; the paper has none.
    """

    def __init__(self, towers: TwoTowers, words: Words, *, whole: float = 0.0) -> None:
        """Raises `BadInput` when the tokenizer or the tokens of the image tower do not fit."""
        super().__init__()
        pairs.check(towers, words)
        pairs.check_tokens(towers, "filip", whole)
        self.towers = towers
        self.words = words
        self.whole = whole

    def loss(self, batch: Batch, chance: Chance) -> Loss:
        return self.compare(self.features(batch, chance), batch)

    def features(self, batch: Batch, chance: Chance) -> dict[str, Tensor]:  # noqa: ARG002  # nothing is random here
        towers, tokens = self.towers, self.words(pairs.told(batch, "filip")).to(self.towers.log_scale.device)
        depths = towers.depths(batch.pixels)
        states = towers.text_projection(towers.text.states(tokens.ids))
        found = {
            "image": towers.image_projection(depths.patches).float(),
            "text": F.pad(states, (0, 0, 0, self.words.context - states.shape[1])).float(),
        }
        if self.whole:
            found["whole"] = towers.image_projection(depths.pooled).float()
        return found

    def compare(self, features: Mapping[str, Tensor], batch: Batch) -> Loss:
        image, text, scale = features["image"], features["text"], self.towers.scale
        end = self.words(batch.texts).end.to(image.device)
        length = int(everyone(end).max()) + 1  # what is beyond is padding in all texts of all processes
        held = torch.arange(length, device=image.device) <= end[:, None]
        alike = pairs.numbered(batch.texts, image.device)
        with torch.autocast(image.device.type, enabled=False):
            total = filip_loss(image, text[:, :length], held, scale, alike)
            parts = {"tokens": total.detach(), "scale": scale.detach()}
            if self.whole:
                last = text[torch.arange(len(text), device=text.device), end]
                whole = info_nce(features["whole"], last, scale, alike)
                total, parts["whole"] = total + self.whole * whole, whole.detach()
        return Loss(total, parts)

    def product(self) -> Dual:
        return pairs.product(self.towers, self.words, "filip")

    def after_step(self, step: int, steps: int) -> None:  # noqa: ARG002
        pairs.hold_scale(self.towers)

    def prior(self, count: int) -> float:
        return (1 + self.whole) * math.log(count)


PUBLIC = Filip
