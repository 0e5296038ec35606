"""Supervised: name the class of each picture."""

from __future__ import annotations

import math
from typing import ClassVar, final

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

from eyechart.errors import BadInput
from eyechart.learn.chance import Chance
from eyechart.learn.objective import Batch, Loss, Objective
from eyechart.models.namer import Namer, named, namer_of
from eyechart.models.towers import OneTower


def cross_entropy(logits: Float[Tensor, "n c"], labels: Int[Tensor, " n"], smoothing: float = 0.0) -> Float[Tensor, ""]:
    """Mean surprise at the true class, of which the share `smoothing` is spread evenly over all classes.

    Source: Szegedy et al. 2016 (Inception v3), section 7, for the smoothing.
    """
    return F.cross_entropy(logits, labels, label_smoothing=smoothing)


@final
class Supervised(Objective):
    """A linear head on the pooled picture, of zeros at first (Beyer et al. 2022, "Better plain ViT baselines")."""

    independent: ClassVar[bool] = True

    def __init__(self, tower: OneTower, *, smoothing: float = 0.0) -> None:
        """Raises `BadInput` when the plan of the tower names fewer than two classes."""
        super().__init__()
        if len(tower.plan.classes) < 2:
            raise BadInput(f"supervised needs two classes at least; the tower's plan names {len(tower.plan.classes)}")
        if not 0 <= smoothing < 1:
            raise BadInput(f"smoothing={smoothing} was given; expected a share from 0 to below 1")
        self.tower = tower
        self.smoothing = smoothing

    def loss(self, batch: Batch, chance: Chance) -> Loss:  # noqa: ARG002  # nothing is random here
        labels = self._labels(batch)
        logits = named(self.tower, self.tower.depths(batch.pixels).pooled).float()
        with torch.autocast(logits.device.type, enabled=False):
            total = cross_entropy(logits, labels.to(logits.device), self.smoothing)
        right = (logits.argmax(dim=1) == labels.to(logits.device)).float().mean()
        return Loss(total, {"naming": total.detach(), "accuracy": right})

    def product(self) -> Namer:
        return namer_of(self.tower, "supervised", {"objective": "supervised"})

    def prior(self, count: int) -> float:  # noqa: ARG002  # it depends on the classes alone
        return math.log(len(self.tower.plan.classes))

    def _labels(self, batch: Batch) -> Tensor:
        classes = len(self.tower.plan.classes)
        if batch.labels is None:
            raise BadInput("supervised learns from a label per picture; the batch has none")
        if not bool(((batch.labels >= 0) & (batch.labels < classes)).all()):
            raise BadInput(
                f"labels go from {int(batch.labels.min())} to {int(batch.labels.max())}; there are {classes}"
            )
        return batch.labels


PUBLIC = Supervised
