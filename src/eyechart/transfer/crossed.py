"""A linear probe on the examined pictures themselves: each is judged by one that was fitted without its group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from eyechart.core import Item
from eyechart.errors import Refused
from eyechart.marking.order import rank
from eyechart.store.rows import Rows
from eyechart.transfer.carve import carve
from eyechart.transfer.logistic import fit_path

PENALTIES = (1e-1, 1e-2, 1e-3)
HELD = 0.2  # of what a probe is fitted on, to choose its penalty


def crossed(features: Rows, items: Sequence[Item], labels: NDArray[np.int64], folds: int) -> Tensor:
    """Logits of the classes that occur, in rising order, ``n c``; whole groups go into folds by digest.

    Raises:
        Refused: there are fewer groups than folds.
    """
    known, codes = np.unique(labels, return_inverse=True)
    clusters = sorted({item.cluster for item in items}, key=rank)
    if len(clusters) < folds:
        raise Refused(f"a probe is fitted in {folds} parts and there are {len(clusters)} independent pictures only")
    fold_of = {name: place % folds for place, name in enumerate(clusters)}
    folded = np.array([fold_of[item.cluster] for item in items])
    found = torch.zeros(len(items), len(known))
    for fold in range(folds):
        inside, outside = np.flatnonzero(folded != fold), np.flatnonzero(folded == fold)
        near, far = carve([items[int(row)] for row in inside], codes[inside], HELD)
        fit, choose = inside[near], inside[far]
        path = fit_path(
            features.take(fit),
            torch.from_numpy(codes[fit]),
            features.take(choose),
            torch.from_numpy(codes[choose]),
            classes=len(known),
            penalties=PENALTIES,
        )
        found[outside] = path.probe.logits(features.take(outside).tensor())
    return found
