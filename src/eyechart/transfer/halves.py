"""Two halves that examine each other: how well a straight line tells classes apart where there is no train split."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from eyechart.core import Item
from eyechart.marking.ties import expected_hits
from eyechart.store.rows import Rows
from eyechart.transfer.carve import carve
from eyechart.transfer.logistic import PENALTIES, fit_path


def crossed(
    items: Sequence[Item], features: Float[Tensor, "n d"], truth: NDArray[np.int64], classes: int
) -> NDArray[np.float64]:
    """Hits of a logistic regression on every picture, each fitted on the other half; groups stay in one half.

    The penalty is chosen among four on a fifth of the half that is fitted. Raises `Refused` as `carve` does.
    """
    halves, rows, hits = carve(items, truth, 0.5), Rows.of(features), np.zeros(len(items))
    for fitted, tried in (halves, halves[::-1]):
        near, far = (fitted[part] for part in carve([items[at] for at in fitted], truth[fitted], 0.2))
        path = fit_path(
            rows.take(near),
            torch.from_numpy(truth[near]),
            rows.take(far),
            torch.from_numpy(truth[far]),
            classes=classes,
            penalties=PENALTIES[11:28:5],
        )
        scores = path.probe.logits(rows.take(tried).tensor())
        hits[tried] = expected_hits(scores, torch.from_numpy(truth[tried])).numpy()
    return hits
