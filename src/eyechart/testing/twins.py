"""Dead models: they see nothing, and every exam must find chance in them or refuse them.

The fourth dead twin, permuted labels, is no model: examine any on `eyechart.testing.permuted(data)`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

import numpy as np
import torch
from PIL import Image
from torch import Tensor, from_numpy
from torch.nn.functional import normalize

from eyechart.core import ModelCard, Preprocessing

TOKENS: Final = 4
SCALE: Final = 20.0  # logits over cosines
SIDE: Final = 16


class Embedder(ABC):
    """A model that can do all that frozen features allow; how it sees and reads is left open.

    It is an ImageEncoder, PatchEncoder and DualEncoder. Its digest is empty, so that no store remembers it.
    """

    width: int

    @abstractmethod
    def see(self, pixels: Tensor) -> Tensor:
        """``n 3 h w`` → ``n t d``."""

    @abstractmethod
    def read(self, texts: Sequence[str]) -> Tensor:
        """``m d``."""

    @property
    def card(self) -> ModelCard:
        """Named after the class."""
        return ModelCard(
            name=type(self).__name__.lower(),
            digest="",
            params=0,
            flops=0,
            width=self.width,
            preprocessing=Preprocessing(size=(SIDE, SIDE), resize="squash", interpolation="bilinear"),
            taps=("image", "pooled", "patches"),
            link="softmax",
        )

    @property
    def device(self) -> str:
        """The CPU."""
        return "cpu"

    def preprocess(self, image: Image.Image) -> Tensor:
        """16 × 16, in [0, 1]."""
        small = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
        return from_numpy(np.asarray(small, dtype=np.float32) / 255).permute(2, 0, 1)

    def encode_image(self, pixels: Tensor) -> Tensor:
        """The mean token."""
        return self.see(pixels).mean(1)

    def encode_patches(self, pixels: Tensor) -> Tensor:
        """The tokens."""
        return self.see(pixels)

    def encode_taps(self, pixels: Tensor, taps: Sequence[str]) -> dict[str, Tensor]:
        """Any of "image", "pooled" and "patches"."""
        tokens = self.see(pixels)
        every = {"image": tokens.mean(1), "pooled": tokens.mean(1), "patches": tokens}
        return {tap: every[tap] for tap in taps}

    def encode_text(self, texts: Sequence[str]) -> Tensor:
        """As `read` has it."""
        return self.read(texts)

    def logits(self, image: Tensor, text: Tensor) -> Tensor:
        """Twenty times the cosine."""
        return SCALE * normalize(image.float(), dim=-1) @ normalize(text.float(), dim=-1).T


class Constant(Embedder):
    """The same answer to everything."""

    width = 32

    def see(self, pixels: Tensor) -> Tensor:
        return torch.linspace(-0.3, 1, self.width).expand(len(pixels), TOKENS, -1)

    def read(self, texts: Sequence[str]) -> Tensor:
        return torch.linspace(1, -0.2, self.width).expand(len(texts), -1)


class NaN(Embedder):
    """Not a number, whatever is shown."""

    width = 32

    def see(self, pixels: Tensor) -> Tensor:
        return torch.full((len(pixels), TOKENS, self.width), torch.nan)

    def read(self, texts: Sequence[str]) -> Tensor:
        return torch.full((len(texts), self.width), torch.nan)


class Random(Embedder):
    """Directions drawn from the digest of what is shown: repeatable, and without meaning."""

    width = 32

    def see(self, pixels: Tensor) -> Tensor:
        drawn = [direction(image.numpy().tobytes(), TOKENS * self.width) for image in pixels.detach().cpu().float()]
        return torch.stack(drawn).unflatten(1, (TOKENS, self.width))

    def read(self, texts: Sequence[str]) -> Tensor:
        return torch.stack([direction(text.encode(), self.width) for text in texts])


def direction(content: bytes, width: int) -> Tensor:
    """A Gaussian vector that is a pure function of some bytes."""
    seed = int.from_bytes(blake2b(content, digest_size=8).digest(), "little")
    return from_numpy(np.random.default_rng(seed).standard_normal(width).astype(np.float32))
