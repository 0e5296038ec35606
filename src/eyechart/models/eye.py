"""The project's own image encoder without a text side: a tower and its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import final

from jaxtyping import Float
from PIL.Image import Image
from torch import Tensor, nn

from eyechart.core import Fact, ModelCard
from eyechart.errors import Refused
from eyechart.models.flops import at_rest, survey
from eyechart.models.geometry import to_pixels
from eyechart.models.image_trunks import fresh, told
from eyechart.models.towers import OneTower
from eyechart.models.weights import identity

TAPS = ("image", "pooled", "patches")


@final
class Eye:
    """Sees and does not read; implements `PatchEncoder`. The taps "image" and "pooled" are the same."""

    def __init__(self, tower: OneTower, card: ModelCard, facts: Mapping[str, Fact]) -> None:
        """`facts` is what the card has no field for: the loss, the hardware, the scores that it reached."""
        self.tower = tower
        self.card = card
        self.facts = facts

    @property
    def device(self) -> str:
        """Where the weights are."""
        return str(next(self.tower.parameters()).device)

    @property
    def network(self) -> nn.Module:
        """The trunk, which may learn further (`eyechart.models.trainable`)."""
        return self.tower.image

    def renewed(self, seed: int) -> nn.Module:
        """A trunk of the same plan that has learnt nothing."""
        return fresh(self.tower.plan.image, self.tower.plan.preprocessing.size, seed).to(self.device)

    def preprocess(self, image: Image) -> Float[Tensor, "3 h w"]:
        """Geometry only, pixels in [0, 1]. Raises `Refused` where the model does not read colours."""
        if self.tower.plan.image.bands != 3:
            raise Refused(f"{self.card.name} reads {self.tower.plan.image.bands} band(s); pictures have three")
        return to_pixels(image, self.card.preprocessing)

    def encode_image(self, pixels: Float[Tensor, "n b h w"]) -> Float[Tensor, "n d"]:
        """Differentiable in the pixels; not normalised."""
        return self.tower.depths(pixels).pooled

    def encode_taps(self, pixels: Float[Tensor, "n b h w"], taps: Sequence[str]) -> dict[str, Tensor]:
        """Several depths of one forward pass. Raises `Refused` for a tap that it has not."""
        if unknown := sorted(set(taps) - set(TAPS)):
            raise Refused(f"{self.card.name} has no tap {', '.join(unknown)}; its taps are {', '.join(TAPS)}")
        depths = self.tower.depths(pixels)
        found = {"image": depths.pooled, "pooled": depths.pooled, "patches": depths.patches}
        return {tap: found[tap] for tap in taps}

    def encode_patches(self, pixels: Float[Tensor, "n b h w"]) -> Float[Tensor, "n t d"]:
        """The tokens of the last layer (of a CNN, the cells of its last map, row by row)."""
        return self.tower.depths(pixels).patches


class OfEye:
    """What a model that sees through an `Eye` has of it; it adds what it makes of what is seen."""

    eye: Eye

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What the card has no field for."""
        return self.eye.facts

    @property
    def device(self) -> str:
        """Where the weights are."""
        return self.eye.device

    @property
    def tower(self) -> OneTower:
        """What sees, with its head where it has one."""
        return self.eye.tower

    @property
    def network(self) -> nn.Module:
        """The trunk, which may learn further (`eyechart.models.trainable`)."""
        return self.eye.network

    def renewed(self, seed: int) -> nn.Module:
        """A trunk of the same plan that has learnt nothing."""
        return self.eye.renewed(seed)

    def preprocess(self, image: Image) -> Float[Tensor, "3 h w"]:
        """Geometry only, pixels in [0, 1]. Raises `Refused` where the model does not read colours."""
        return self.eye.preprocess(image)

    def encode_image(self, pixels: Float[Tensor, "n b h w"]) -> Float[Tensor, "n d"]:
        """What the tower pools; differentiable in the pixels; not normalised."""
        return self.eye.encode_image(pixels)

    def encode_taps(self, pixels: Float[Tensor, "n b h w"], taps: Sequence[str]) -> dict[str, Tensor]:
        """Several depths of one forward pass. Raises `Refused` for a tap that it has not."""
        return self.eye.encode_taps(pixels, taps)

    def encode_patches(self, pixels: Float[Tensor, "n b h w"]) -> Float[Tensor, "n t d"]:
        """The tokens of the last layer (of a CNN, the cells of its last map, row by row)."""
        return self.eye.encode_patches(pixels)


def eye_of(tower: OneTower, name: str, facts: Mapping[str, Fact]) -> Eye:
    """The model of a tower as it is now, of the same tensors. Raises `Refused` where it rejects its own size."""
    plan, seen = tower.plan, facts.get("samples_seen")
    device = str(next(tower.parameters()).device)
    size, bands = plan.preprocessing.size, plan.image.bands
    with at_rest(tower):
        looked = survey(lambda pixels: {"image": tower.depths(pixels).pooled}, size, device, name, bands=bands)
    card = ModelCard(
        name=name,
        digest=identity(tower, {"image": told(plan.image)}),
        params=sum(parameter.numel() for parameter in tower.parameters()),
        flops=looked.flops,
        width=tower.image.width,
        preprocessing=plan.preprocessing,
        taps=TAPS,
        trained_on=str(facts.get("trained_on", "unknown")),
        samples_seen=None if seen is None else int(seen),
        licence=str(facts.get("licence", "unknown")),
    )
    return Eye(tower, card, facts)
