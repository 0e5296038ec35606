"""The world for training: a map-style dataset of torch, drawn as it is asked for, the same in every worker.

    pictures = Pictures(world=World(size=64), count=100_000)
    loader = DataLoader(pictures, batch_size=256, num_workers=4, collate_fn=collate)

A worker needs nothing but the seed, so nothing is read from disk and nothing is copied between processes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from eyechart.errors import BadInput


class Seen(Protocol):
    """What a dataset of pictures needs of a view."""

    @property
    def pixels(self) -> Any: ...

    @property
    def label(self) -> int: ...

    @property
    def captions(self) -> tuple[str, ...]: ...


class Sights(Protocol):
    """Views by number: a `World`, or any of the other vocabularies."""

    def __getitem__(self, index: int, /) -> Seen: ...


class Example(NamedTuple):
    """One picture, what is true of it, and what it is."""

    pixels: Tensor  # uint8[3 h w], or what the transform makes of it
    captions: tuple[str, ...]  # the fullest first
    label: int


class Examples(NamedTuple):
    """A batch."""

    pixels: Tensor  # n 3 h w
    captions: list[tuple[str, ...]]
    labels: Tensor  # int64[n]


def bytes_as_they_are(pixels: Tensor) -> Tensor:
    """The transform that changes nothing."""
    return pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures(Dataset[Example]):
    """Pictures `first` to ``first + count`` of a world. It can be pickled, so that workers can have it.

    `transform` is given bytes, ``uint8[3 h w]``, as the transforms of torchvision (v2) take them; a function of a
    module or such a transform can be pickled, a lambda cannot.
    """

    world: Sights
    count: int
    first: int = 0
    transform: Callable[[Tensor], Tensor] = bytes_as_they_are

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Example:
        """One example. Raises `IndexError` beyond the last, so that a loop ends."""
        if not -self.count <= index < self.count:
            raise IndexError(f"there are {self.count} pictures; there is no number {index}")
        view = self.world[self.first + index % self.count]
        pixels = torch.from_numpy(np.ascontiguousarray(view.pixels.transpose(2, 0, 1)))
        return Example(self.transform(pixels), view.captions, view.label)


def collate(examples: Sequence[Example]) -> Examples:
    """A batch of examples whose pixels have one shape. Raises `BadInput` where there are none."""
    if not examples:
        raise BadInput("a batch is made of at least one example; got none")
    pixels, captions, labels = zip(*examples, strict=True)
    return Examples(torch.stack(pixels), list(captions), torch.tensor(labels))
