"""What a model can do that says what it sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from jaxtyping import Float
from PIL.Image import Image
from torch import Tensor

from eyechart.core import Model


@runtime_checkable
class Captioner(Model, Protocol):
    """Says what it sees."""

    def preprocess(self, image: Image) -> Float[Tensor, "3 h w"]: ...

    def caption(self, pixels: Float[Tensor, "n 3 h w"]) -> list[str]:
        """One text per image, each word the likeliest after those before it."""

    def log_likelihood(self, pixels: Float[Tensor, "n 3 h w"], texts: Sequence[str]) -> Float[Tensor, " n"]:
        """Of text i as the whole caption of image i, in nats, summed over its tokens and its end; fp32."""
