"""Which pictures are seen in which step, how they are shifted, and what is said of them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from eyechart.core import Box
from eyechart.learn.ahead import order
from eyechart.learn.lessons import Lessons
from eyechart.learn.objective import Batch, Named


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """A source of batches: a pure function of the step.

    Place and colour are learnt at once and would suffice to tell most pictures apart, so that shapes would be learnt
    late. So the first `lessons` steps show easy pictures, of which only the class is said; over as many steps again the
    others and fuller captions come in. Pictures are shifted and never mirrored: left is left.

    What is coarse is learnt from small pictures at a fraction of the cost: up to each step of `smaller`, pictures are
    shrunk to its size. Source: Touvron et al. 2019 (FixRes), section 4; Tan & Le 2021 (EfficientNetV2), section 4;
    Li et al. 2023 (RECLIP), section 3.
    """

    of: Lessons
    batch: int
    seed: int = 0
    lessons: int = 0  # steps
    smaller: tuple[tuple[int, int], ...] = ()  # size in pixels, and the step before which it holds; steps ascend
    shift: int = 3  # pixels of the full size at most, each way
    named: float = 0.4  # share of the texts that only name the class, once the lessons are over

    def __call__(self, step: int) -> Batch:
        """The pictures of a step with all that is known of them."""
        rng = np.random.default_rng([self.seed, 1, step])
        later = min(max(step / self.lessons - 1, 0.0), 1.0) if self.lessons and len(self.of.easy) >= self.batch else 1.0
        rows = self._rows(step, easy=rng.random() >= later)
        named = 1 - later * (1 - self.named)
        texts = [self._text(int(row), named, rng) for row in rows]
        shifts = rng.integers(-self.shift, self.shift + 1, size=(self.batch, 2))
        labels = torch.from_numpy(self.of.labels[rows])
        size = self.size(step)
        return Batch(
            pixels=_shrunk(_pixels(self.of.pixels, rows, shifts), size),
            texts=texts if all(texts) else (),
            labels=labels if bool((labels >= 0).all()) else None,
            later=None if self.of.later is None else _shrunk(_pixels(self.of.later, rows, shifts), size),
            regions=self._regions(rows, shifts, size) if any(self.of.regions[row] for row in rows) else (),
        )

    def size(self, step: int) -> int:
        """Of the pictures of a step, in pixels."""
        reached = bisect_right([until for _, until in self.smaller], step)
        return self.smaller[reached][0] if reached < len(self.smaller) else self.of.pixels.shape[1]

    def _rows(self, step: int, *, easy: bool) -> NDArray[np.int64]:
        if easy:
            return self.of.easy[order(step, batch=self.batch, total=len(self.of.easy), seed=self.seed)]
        return order(step, batch=self.batch, total=len(self.of), seed=self.seed + 1)

    def _text(self, row: int, named: float, rng: np.random.Generator) -> str:
        label, captions = int(self.of.labels[row]), self.of.captions[row]
        if label >= 0 and (rng.random() < named or not captions):
            return self.of.templates[int(rng.integers(len(self.of.templates)))].format(self.of.classes[label])
        return captions[int(rng.integers(len(captions)))] if captions else ""

    def _regions(self, rows: NDArray[np.int64], shifts: NDArray[np.int64], size: int) -> list[list[Named]]:
        full = self.of.pixels.shape[1]
        return [
            [
                found._replace(box=Box(*(value * size / full for value in found.box)))
                for named in self.of.regions[row]
                if (found := _moved(named, int(down), int(right), full))
            ]
            for row, (down, right) in zip(rows, shifts, strict=True)
        ]


def _pixels(kept: NDArray[np.uint8], rows: NDArray[np.int64], shifts: NDArray[np.int64]) -> Tensor:
    shifted = np.stack(
        [_shifted(kept[row], int(down), int(right)) for row, (down, right) in zip(rows, shifts, strict=True)]
    )
    return torch.from_numpy(shifted).permute(0, 3, 1, 2).float() / 255


def _shrunk(pixels: Tensor, size: int) -> Tensor:
    """By linear interpolation that averages where it shrinks."""
    if size == pixels.shape[-1]:
        return pixels
    return F.interpolate(pixels, size=(size, size), mode="bilinear", antialias=True)


def _shifted(picture: NDArray[np.uint8], down: int, right: int) -> NDArray[np.uint8]:
    """What leaves on one side is replaced by the repeated edge on the other."""
    rows = np.clip(np.arange(picture.shape[0]) - down, 0, picture.shape[0] - 1)
    columns = np.clip(np.arange(picture.shape[1]) - right, 0, picture.shape[1] - 1)
    return picture[rows][:, columns]


def _moved(named: Named, down: int, right: int, size: int) -> Named | None:
    """The region after the shift; None where nothing of it is left."""
    box = named.box
    cut = Box(
        max(box.left + right, 0.0),
        max(box.top + down, 0.0),
        min(box.right + right, float(size)),
        min(box.bottom + down, float(size)),
    )
    return Named(cut, named.text) if cut.right - cut.left >= 1 and cut.bottom - cut.top >= 1 else None
