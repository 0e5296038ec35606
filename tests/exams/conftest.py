from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from PIL import Image
from torch import Tensor

from eyechart.bench import Bench
from eyechart.core import ModelCard, Preprocessing


@pytest.fixture
def bench() -> Bench:
    return Bench()


class Hues:
    """A bare vision model, and a classifier by hue: it looks at the mean colour."""

    def __init__(self, classes: tuple[str, ...] = ()) -> None:
        self.classes = classes

    @property
    def card(self) -> ModelCard:
        return ModelCard(
            name="hues",
            digest="",
            params=0,
            flops=None,
            width=3,
            preprocessing=Preprocessing(size=(4, 4), resize="squash"),
        )

    @property
    def device(self) -> str:
        return "cpu"

    def preprocess(self, image: Image.Image) -> Tensor:
        colour = image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
        return (torch.tensor(colour) / 255)[:, None, None].expand(3, 4, 4).contiguous()


class Eye(Hues):
    """An ImageEncoder without "pooled" and without patches."""

    def encode_image(self, pixels: Tensor) -> Tensor:
        return pixels.mean((2, 3)) - 0.5


class Judge(Hues):
    """A Classifier whose classes are red, green and blue in an order of its own."""

    def __init__(self, classes: Sequence[str] = ("Blue", "red", "green")) -> None:
        super().__init__(tuple(classes))

    def classify(self, pixels: Tensor) -> Tensor:
        red, green, blue = pixels.mean((2, 3)).T
        return 20 * torch.stack([blue, red, green], 1)


@pytest.fixture
def eye() -> Eye:
    return Eye()


@pytest.fixture
def judge() -> Judge:
    return Judge()
