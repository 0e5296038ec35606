"""What is worth looking at: the pictures an exam shows, the rows it was wrong in, and how large pictures are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from PIL import Image

from eyechart.core import Dataset, Picture, Sheet

if TYPE_CHECKING:
    from eyechart.bench import Bench

SHOWN = ("truth", "answer", "confidence")  # without these columns there is nothing to say under a picture


class Pictured(NamedTuple):
    """A picture to look at, and what stands under it."""

    picture: Picture
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """Pictures that belong side by side, as an exam gives them to be hung."""

    title: str
    note: str  # what there is to see, in one sentence
    pictures: tuple[Pictured, ...]
    side: int = 128  # pixels of the longer side at which they are kept
    together: int = 1  # so many, from the first on, are one group and stay in one line


@runtime_checkable
class Curator(Protocol):
    """An exam that has pictures to show beside its numbers."""

    def exhibits(self, sheet: Sheet, model: Any, data: Dataset, bench: Bench) -> Sequence[Exhibit]: ...


def worst(sheet: Sheet, count: int = 24) -> list[int]:
    """Rows that were answered wrongly: lowest score first, then highest confidence; each item once.

    A tie in which the right answer happened to be named first is no mistake that one could see.
    Empty when nothing is wrong, or when the sheet has no truth, answer and confidence to show.
    """
    if not set(SHOWN) <= set(sheet.columns):
        return []
    scores, sure = np.asarray(sheet["score"], dtype=np.float64), np.asarray(sheet["confidence"], dtype=np.float64)
    wrong = np.flatnonzero((scores < 1) & (np.asarray(sheet["truth"]) != np.asarray(sheet["answer"])))
    order = wrong[np.lexsort((wrong, -sure[wrong], scores[wrong]))]
    _, first = np.unique(np.asarray(sheet["id"])[order], return_index=True)
    return [int(row) for row in order[np.sort(first)][:count]]


def thumbnail(picture: Picture, side: int = 96) -> Image.Image:
    """The picture within a square of `side` pixels; smaller ones are enlarged without smoothing.

    Raises:
        Unreadable: the picture cannot be shown.
    """
    image = picture.load().convert("RGB")
    scale = side / max(image.size)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.NEAREST if scale > 1 else Image.Resampling.LANCZOS)
