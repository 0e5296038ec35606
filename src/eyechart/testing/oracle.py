"""Models with a known answer: one that knows everything that its dataset says, and one that only listens."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import normalize

from eyechart.core import Dataset, Item
from eyechart.errors import Refused
from eyechart.testing.twins import SIDE, TOKENS, Embedder, direction

BITS = 24  # of the number under which a picture is known


class Oracle(Embedder):
    """Knows label and captions of every picture of a dataset and of its train split.

    It recognises a picture by its pixels and hands the encoder its number, written in the pixels of a small image. The
    embedding of a picture is the sum of the directions of its class and of its captions.
    """

    width = 256

    def __init__(self, data: Dataset) -> None:
        """Decodes every picture once."""
        items = [*data.items, *(data.train.items if data.train is not None else ())]
        self._number = {_digest(item.picture.load()): number for number, item in enumerate(items)}
        self._class_of = {template.replace("{}", name): name for template in data.templates for name in data.classes}
        self._known = torch.stack([self._embed(item, data.classes) for item in items])

    def preprocess(self, image: Image.Image) -> Tensor:
        """The picture's number as black and white pixels. Raises `Refused` for a picture it has never seen."""
        number = self._number.get(_digest(image))
        if number is None:
            raise Refused("the oracle was made from other pictures than it is shown")
        bits = [float(number >> place & 1) for place in range(BITS)]
        return torch.tensor(bits + [0.0] * (3 * SIDE * SIDE - BITS)).view(3, SIDE, SIDE)

    def see(self, pixels: Tensor) -> Tensor:
        bits = pixels.flatten(1)[:, :BITS].round().long()
        return self._known[bits @ (1 << torch.arange(BITS))][:, None].expand(-1, TOKENS, -1)

    def read(self, texts: Sequence[str]) -> Tensor:
        return torch.stack([self._direction(text) for text in texts])

    def _embed(self, item: Item, classes: Sequence[str]) -> Tensor:
        said = [self._direction(caption) for caption in item.captions]
        named = [] if item.label is None else [self._named(classes[item.label])]
        return normalize(torch.stack([*said, *named]).sum(0), dim=0)

    def _direction(self, text: str) -> Tensor:
        name = self._class_of.get(text)
        return direction(text.encode(), self.width) if name is None else self._named(name)

    def _named(self, name: str) -> Tensor:
        return direction(b"class " + name.encode(), self.width)


class Blind(Embedder):
    """Understands every text as the oracle does and sees the same in every picture."""

    width = Oracle.width

    def __init__(self, data: Dataset) -> None:
        self._oracle = Oracle(data)

    def see(self, pixels: Tensor) -> Tensor:
        return direction(b"nothing", self.width).expand(len(pixels), TOKENS, -1)

    def read(self, texts: Sequence[str]) -> Tensor:
        return self._oracle.read(texts)


def _digest(image: Image.Image) -> bytes:
    return blake2b(image.convert("RGB").tobytes(), digest_size=16).digest()
