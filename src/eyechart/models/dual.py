"""The project's own dual encoder: a pair of towers, its tokenizer and its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import final

from jaxtyping import Float
from PIL.Image import Image
from torch import Tensor, nn
from torch.nn import functional as F

from eyechart.core import Fact, ModelCard
from eyechart.errors import Refused
from eyechart.models.aligned import pooled_alone
from eyechart.models.flops import Look, survey
from eyechart.models.geometry import to_pixels
from eyechart.models.image_trunks import fresh, told
from eyechart.models.tokens import Words
from eyechart.models.towers import TwoTowers
from eyechart.models.weights import identity

TAPS = ("image", "pooled", "patches")


@final
class Dual:
    """Image and text in one space, with three depths to read from; implements `DualEncoder` and `PatchEncoder`."""

    def __init__(self, towers: TwoTowers, words: Words, card: ModelCard, facts: Mapping[str, Fact]) -> None:
        """`facts` is what the card has no field for: the loss, the hardware, the scores that it reached."""
        self.towers = towers
        self.words = words
        self.card = card
        self.facts = facts

    @property
    def device(self) -> str:
        """Where the weights are."""
        return str(self.towers.log_scale.device)

    @property
    def network(self) -> nn.Module:
        """The image trunk, which may learn further (`eyechart.models.trainable`); its projection stays."""
        return self.towers.image

    def renewed(self, seed: int) -> nn.Module:
        """An image trunk of the same plan that has learnt nothing."""
        return fresh(self.towers.plan.image, self.towers.plan.preprocessing.size, seed).to(self.device)

    def preprocess(self, image: Image) -> Float[Tensor, "3 h w"]:
        """Geometry only, pixels in [0, 1]."""
        return to_pixels(image, self.card.preprocessing)

    def encode_image(self, pixels: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n d"]:
        """Differentiable in the pixels; not normalised."""
        return self.towers.encode_image(pixels)

    def encode_taps(self, pixels: Float[Tensor, "n 3 h w"], taps: Sequence[str]) -> dict[str, Tensor]:
        """Several depths of one forward pass. Raises `Refused` for a tap that it has not."""
        if unknown := sorted(set(taps) - set(TAPS)):
            raise Refused(f"{self.card.name} has no tap {', '.join(unknown)}; its taps are {', '.join(TAPS)}")
        depths = self.towers.depths(pixels)
        image = self.towers.image_projection(depths.pooled)
        found = {"image": image, "pooled": depths.pooled, "patches": depths.patches}
        return {tap: found[tap] for tap in taps}

    def encode_patches(self, pixels: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n t d"]:
        """The tokens of the last layer (of a CNN, the cells of its last map, row by row)."""
        return self.towers.depths(pixels).patches

    def align(self, patches: Float[Tensor, "n t d"]) -> Float[Tensor, "n t e"]:
        """The same tokens in the space of the texts, each pooled and projected alone."""
        return pooled_alone(self.towers, patches)

    def encode_text(self, texts: Sequence[str]) -> Float[Tensor, "m d"]:
        """Not normalised; what exceeds the context is cut."""
        return self.towers.encode_tokens(self.words(texts).to(self.device))

    def logits(self, image: Float[Tensor, "n d"], text: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:
        """The cosine times the learnt scale, plus the learnt bias where there is one; fp32."""
        cosine = F.normalize(image.float(), dim=-1) @ F.normalize(text.float(), dim=-1).T
        scaled = self.towers.scale.float().to(cosine.device) * cosine
        return scaled if self.towers.bias is None else scaled + self.towers.bias.float().to(cosine.device)


def describe(towers: TwoTowers, words: Words, name: str, facts: Mapping[str, Fact]) -> ModelCard:
    """The card of a pair of towers as it is now. Raises `Refused` when they do not accept their own picture size."""
    plan, seen = towers.plan, facts.get("samples_seen")
    read_by = {"image": told(plan.image), "text": asdict(plan.text), "words": words.to_json()}
    return ModelCard(
        name=name,
        digest=identity(towers, read_by),
        params=sum(parameter.numel() for parameter in towers.parameters()),
        flops=survey(
            _look(towers), plan.preprocessing.size, str(towers.log_scale.device), name, bands=plan.image.bands
        ).flops,
        width=plan.space,
        preprocessing=plan.preprocessing,
        taps=TAPS,
        link=plan.link,
        trained_on=str(facts.get("trained_on", "unknown")),
        samples_seen=None if seen is None else int(seen),
        licence=str(facts.get("licence", "unknown")),
    )


def _look(towers: TwoTowers) -> Look:
    return lambda pixels: {"image": towers.encode_image(pixels)}
