"""What fell an image, and why a robust accuracy may not be believed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eyechart.attack.auto import STANDS, WRONG, Stage
from eyechart.attack.heads import SIGNS

SLACK = 0.002  # of the images; AutoAttack's own limit for the black box being stronger than the white


def tally(felled: NDArray[np.int64], stages: Sequence[Stage]) -> dict[str, int]:
    """How many images each attack felled, in the order of attack. Shape of `felled`: ``n``."""
    counts = {"wrong before": int((felled == WRONG).sum()), **{stage.name: 0 for stage in stages}}
    for place, stage in enumerate(stages):
        counts[stage.name] += int((felled == place).sum())
    return counts | {"stands": int((felled == STANDS).sum())}


def endured(clean: NDArray[Any], felled: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """How often each image is right in each ball, ``n b``, and the stage that felled it in the smallest ball, ``n``.

    An image that was tied without any attack counts as often as it is right by chance. The stage is `STANDS` where
    nothing felled it, and `WRONG` where nothing had to.
    """
    stands = np.where(felled == WRONG, clean[:, None], felled == STANDS).astype(np.float32)
    first = (felled == STANDS).sum(1).clip(max=felled.shape[1] - 1)
    return stands, felled[np.arange(len(felled)), first]


def doubts(flags: NDArray[Any], felled: NDArray[np.int64], stages: Sequence[Stage]) -> list[str]:
    """Why the robust accuracy should not be believed, in words; a gradient that is hidden looks like robustness."""
    right = felled[:, 0] != WRONG
    found = [
        f"{sign}: {int(count)} images" for sign, count in zip(SIGNS, flags[right].sum(axis=0), strict=True) if count
    ]
    for place in range(felled.shape[1]):
        black = int((felled[:, place] == len(stages) - 1).sum())
        if black > max(1.0, SLACK * len(felled)):
            found.append(f"the attack without gradients fells {black} images that those with gradients do not")
            break
    return found
