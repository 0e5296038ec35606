"""What a model is asked to become better at, as the loop sees it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Protocol, runtime_checkable

from jaxtyping import Float, Int
from torch import Tensor, nn

from eyechart.core import Box, Model
from eyechart.learn.chance import Chance


class Named(NamedTuple):
    """A part of a picture and what it is called."""

    box: Box  # in pixels of the batch
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one process sees in one step; row i of everything belongs to picture i. What the data lack is empty."""

    pixels: Float[Tensor, "n b h w"]  # in [0, 1]; b bands
    texts: Sequence[str] = ()
    labels: Int[Tensor, " n"] | None = None
    later: Float[Tensor, "n b h w"] | None = None  # the same scenes a moment later
    regions: Sequence[Sequence[Named]] = ()

    def __len__(self) -> int:
        return len(self.pixels)


class Loss(NamedTuple):
    """What is descended, and what it is made of (for the log; detached or not)."""

    total: Float[Tensor, ""]
    parts: Mapping[str, Tensor]


class Objective(nn.Module, ABC):
    """A task with the networks that learn it, and those that are only needed to learn (heads, teachers, decoders).

    Several processes each hold a part of a batch. The mean of `Loss.total` over the processes is the loss of the whole
    batch, and so is the mean of the gradients, in whatever way the batch is dealt out: what compares pictures with each
    other gathers them first (`eyechart.learn.gather`), and what is random of a picture is drawn by `Chance`.

    Parameters that no gradient shall reach (teachers, locked towers) are given with ``requires_grad=False``. What else
    changes from step to step is a persistent buffer, so that it is kept, and changes in `after_step` alone.
    """

    independent: ClassVar[bool] = False  # the loss is a mean over pictures, none of which matters to another

    @abstractmethod
    def loss(self, batch: Batch, chance: Chance) -> Loss:
        """Differentiable, fp32; raises `BadInput` when the batch lacks what the objective learns from."""

    @abstractmethod
    def product(self) -> Model:
        """What remains when the training is over: the model that is examined, of the same tensors (no copy)."""

    def after_step(self, step: int, steps: int) -> None:
        """What follows an optimiser step that was the `step`-th (from 0) of `steps`: teachers, centres, clamps."""

    def prior(self, count: int) -> float | None:  # noqa: ARG002  # for those who have one
        """The loss of a network that knows nothing yet, on a batch of `count`; None where there is no such number."""
        return None


@runtime_checkable
class Replayable(Protocol):
    """An objective that compares the pictures of a batch only through their features.

    Its features can then be computed in pieces, compared at once, and backpropagated in pieces (Gao et al. 2021,
    GradCache). `loss` is ``compare(features(batch))``.
    """

    def features(self, batch: Batch, chance: Chance) -> dict[str, Tensor]:
        """One row per picture (or per text) of the batch, under each name."""

    def compare(self, features: Mapping[str, Tensor], batch: Batch) -> Loss:
        """The loss of a batch whose features these are; gathers them from all processes first."""
