"""The parts that models of every source are put together from: what sees, what reads, what names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, final

import torch
from jaxtyping import Float
from PIL.Image import Image
from torch import Tensor, nn
from torch.nn import functional as F

from eyechart.core import Preprocessing
from eyechart.errors import UnknownName

Tower = Callable[[Tensor, Sequence[str]], Mapping[str, Tensor]]
Tokens = Mapping[str, Tensor]


@final
class Sight:
    """An image tower with the way to it: geometry before, mean and deviation inside."""

    def __init__(
        self,
        geometry: Callable[[Image], Tensor],
        tower: Tower,
        preprocessing: Preprocessing,
        device: str,
        network: nn.Module | None = None,
    ) -> None:
        """`tower` takes normalised pixels and the names of taps, and gives each of those in one pass.

        `network` is what `tower` looks through; None where torch does not compute it.
        """
        self.network = network
        self.geometry, self.tower, self.preprocessing, self.device = geometry, tower, preprocessing, device
        self.mean = torch.tensor(preprocessing.mean, device=device).view(3, 1, 1)
        self.std = torch.tensor(preprocessing.std, device=device).view(3, 1, 1)

    def look(self, pixels: Float[Tensor, "n 3 h w"], taps: Sequence[str]) -> dict[str, Tensor]:
        """The taps that are asked for, from one forward pass; differentiable in the pixels."""
        found = self.tower((pixels.to(self.device) - self.mean) / self.std, taps)
        for tap in taps:
            if tap not in found:
                raise UnknownName("tap of this model", tap, found)
        return {tap: found[tap] for tap in taps}


class Spelling(NamedTuple):
    """A tokenizer as a file: the JSON of the library tokenizers, and the token that fills short texts."""

    json: str
    pad: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A text tower with its tokenizer, and the temperature and bias that it shares with the image tower."""

    tokenise: Callable[[Sequence[str]], Tokens]
    tower: Callable[[Tokens], Tensor]
    scale: Float[Tensor, ""]  # what the cosine is multiplied by, not its logarithm
    bias: Float[Tensor, ""]
    spelling: Spelling | None = None

    def read(self, texts: Sequence[str]) -> Float[Tensor, "m d"]:
        """One vector per text, not normalised."""
        return self.tower({name: ids.to(self.scale.device) for name, ids in self.tokenise(texts).items()})

    def logits(self, image: Float[Tensor, "n d"], text: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:
        """Scaled and shifted cosine in fp32, whatever precision surrounds it; on the device of `image`."""
        device = image.device
        with torch.autocast(device.type, enabled=False):
            cosine = F.normalize(image.float(), dim=-1) @ F.normalize(text.to(device).float(), dim=-1).T
            return self.scale.to(device) * cosine + self.bias.to(device)
