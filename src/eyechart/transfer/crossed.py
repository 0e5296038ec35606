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
from eyechart.transfer.logistic import fit_path

PENALTY = 1e-2  # fixed beforehand, for there is nothing to choose it on


def crossed(features: Rows, items: Sequence[Item], labels: NDArray[np.int64], folds: int) -> Tensor:
    """Logits of the classes that occur, in rising order, ``n c``; whole groups go into folds by digest.

    Raises:
        Refused: there are fewer groups than folds, or fewer than two folds.
    """
    known, codes = np.unique(labels, return_inverse=True)
    clusters = sorted({item.cluster for item in items}, key=rank)
    if not 2 <= folds <= len(clusters):
        raise Refused(f"a probe is fitted in {folds} parts and there are {len(clusters)} independent pictures")
    fold_of = {name: place % folds for place, name in enumerate(clusters)}
    folded = np.array([fold_of[item.cluster] for item in items])
    found = torch.zeros(len(items), len(known))
    for fold in range(folds):
        inside, outside = np.flatnonzero(folded != fold), np.flatnonzero(folded == fold)
        rows, truth = features.take(inside), torch.from_numpy(codes[inside])
        path = fit_path(rows, truth, rows, truth, classes=len(known), penalties=(PENALTY,))
        found[outside] = path.probe.logits(features.take(outside).tensor())
    return found
