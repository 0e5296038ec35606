"""The project's own classifier: an image tower with a head over named classes, and its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import final

from jaxtyping import Float
from torch import Tensor

from eyechart.core import Fact, ModelCard
from eyechart.errors import BadInput
from eyechart.models.encoders import LOGITS
from eyechart.models.eye import Eye, OfEye, eye_of
from eyechart.models.image_trunks import told
from eyechart.models.towers import OneTower
from eyechart.models.weights import identity


@final
class Namer(OfEye):
    """An `Eye` that also names what it sees; implements `PatchEncoder` and `Classifier`."""

    def __init__(self, eye: Eye, card: ModelCard) -> None:
        """The tower of `eye` has a head; `card` is its card with the logits among the taps."""
        self.eye = eye
        self.card = card

    @property
    def classes(self) -> tuple[str, ...]:
        """In the order of the logits."""
        return self.tower.plan.classes

    def encode_taps(self, pixels: Float[Tensor, "n b h w"], taps: Sequence[str]) -> dict[str, Tensor]:
        """Several depths of one forward pass, the logits among them. Raises `Refused` for a tap that it has not."""
        deep = [tap for tap in taps if tap != LOGITS]
        found = self.eye.encode_taps(pixels, [*deep, "pooled"] if LOGITS in taps else deep)
        if LOGITS in taps:
            found[LOGITS] = named(self.tower, found["pooled"])
        return {tap: found[tap] for tap in taps}

    def classify(self, pixels: Float[Tensor, "n b h w"]) -> Float[Tensor, "n c"]:
        """The head's logits."""
        return named(self.tower, self.eye.encode_image(pixels))


def named(tower: OneTower, pooled: Float[Tensor, "n d"]) -> Float[Tensor, "n c"]:
    """The logits of pictures whose pooled vectors these are. Raises `BadInput` where the tower has no head."""
    if tower.head is None:
        raise BadInput("the tower has no head; its EyePlan names no classes")
    logits: Tensor = tower.head(pooled)
    return logits


def namer_of(tower: OneTower, name: str, facts: Mapping[str, Fact]) -> Namer:
    """The model of a tower as it is now, of the same tensors.

    Raises:
        BadInput: the tower has no head.
        Refused: it rejects pictures of its own size.
    """
    if tower.head is None:
        raise BadInput(f"{name} has no head; its EyePlan names no classes")
    eye, plan = eye_of(tower, name, facts), tower.plan
    digest = identity(tower, {"image": told(plan.image), "classes": plan.classes})
    return Namer(eye, replace(eye.card, digest=digest, taps=(*eye.card.taps, LOGITS)))
