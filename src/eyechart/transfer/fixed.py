"""Logistic regression at a penalty that is fixed beforehand, where there are too few examples to choose one by."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from eyechart.store.rows import Rows
from eyechart.transfer.descent import Ridge, minimise
from eyechart.transfer.design import Design, axes_of, table
from eyechart.transfer.logistic import FINAL, Linear


def fit_fixed(features: Float[Tensor, "n d"], labels: Int[Tensor, " n"], *, classes: int, penalty: float) -> Linear:
    """Minimises (1/n) Σ cross-entropy + ½ λ ‖W‖² on features that are centred and divided by the root mean square of
    their norms, bias free; the same problem as `fit_path` solves for each of its penalties.
    """
    rows = Rows.of(features)
    axes = axes_of(rows)
    design = Design(axes=axes, tables=(table(rows, labels, axes),))
    problem = Ridge(design=design, penalties=torch.tensor([penalty]))
    (found,) = minimise(problem, torch.zeros(1, design.size, classes), FINAL)
    weight = axes.basis @ found[:-1]
    return Linear(weight=weight, bias=found[-1] - axes.mean @ weight)


def log_shares(
    features: Float[Tensor, "n d"], names: Sequence[str], asked: Float[Tensor, "m d"], penalty: float
) -> dict[str, Float[Tensor, " m"]]:
    """Log-probability of each name for the asked rows, by a probe that learnt the names of some features."""
    known = sorted(set(names))
    labels = torch.tensor([known.index(name) for name in names])
    probe = fit_fixed(features, labels, classes=len(known), penalty=penalty)
    return dict(zip(known, probe.logits(asked).log_softmax(1).T, strict=True))


def belonging(
    one: Float[Tensor, "n d"], other: Float[Tensor, "k d"], asked: Float[Tensor, "m d"], penalty: float
) -> Float[Tensor, " m"]:
    """How likely it is that the asked rows are of the first kind, by a probe that learnt from some of both kinds."""
    labels = torch.cat([torch.ones(len(one), dtype=torch.long), torch.zeros(len(other), dtype=torch.long)])
    probe = fit_fixed(torch.cat([one, other]), labels, classes=2, penalty=penalty)
    return probe.logits(asked).softmax(1)[:, 1]
