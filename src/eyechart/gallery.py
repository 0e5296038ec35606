"""Which rows of a sheet are worth looking at, and how large their pictures are kept."""

from __future__ import annotations

import numpy as np
from PIL import Image

from eyechart.core import Picture, Sheet

SHOWN = ("truth", "answer", "confidence")  # without these columns there is nothing to say under a picture


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
