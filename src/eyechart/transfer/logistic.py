"""Multinomial logistic regression on frozen features, along a whole path of L2 penalties, chosen on validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from eyechart.store.rows import Rows
from eyechart.transfer.descent import Ridge, minimise
from eyechart.transfer.design import Axes, Design, axes_of, table

PENALTIES = tuple(10 ** (-8 * step / 44) for step in range(45))  # 1 … 1e-8
SKETCH, FINAL = 1e-6, 1e-9  # tolerances on the path and of the refit
SHARED = 48  # columns of logits that one product should have at least
REACH = 0.8  # how far along the last stretch of the path the next start is set


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """A linear classifier of raw features."""

    weight: Float[Tensor, "d c"]
    bias: Float[Tensor, " c"]

    def logits(self, features: Float[Tensor, "n d"]) -> Float[Tensor, "n c"]:
        """Unnormalised log-probabilities."""
        return features.float() @ self.weight + self.bias


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """What each penalty gave on validation, which one was chosen, and the classifier refitted on everything with it."""

    penalties: tuple[float, ...]
    losses: tuple[float, ...]  # on validation, in nats
    accuracies: tuple[float, ...]  # on validation
    chosen: int
    probe: Linear


def fit_path(
    train: Rows,
    labels: Int[Tensor, " n"],
    valid: Rows,
    valid_labels: Int[Tensor, " m"],
    *,
    classes: int,
    penalties: Sequence[float] = PENALTIES,
) -> Path:
    """Fit on train for every penalty, choose the one of least loss on validation, refit on both.

    Minimises (1/n) Σ cross-entropy + ½ λ ‖W‖², bias free, after the features were centred and divided by one number,
    the root mean square of their norms; the geometry stays the model's own. In scikit-learn's terms C = 1 / (n λ) on
    features so scaled; for two classes, where scikit-learn fits one vector in place of two, C = 2 / (n λ).
    The least loss and not the best accuracy chooses, because it tells more from few pictures. Strong penalties come
    first and each block starts from where the path was heading.
    """
    axes = axes_of(train, valid)
    near, far = table(train, labels, axes), table(valid, valid_labels, axes)
    ordered = torch.tensor(sorted(penalties, reverse=True))
    weights = _walk(Design(axes=axes, tables=(near,)), ordered, classes)
    losses, accuracies = Design(axes=axes, tables=(far,)).marks(weights)
    chosen = int(losses.argmin())
    both = Ridge(design=Design(axes=axes, tables=(near, far)), penalties=ordered[chosen : chosen + 1])
    (refit,) = minimise(both, weights[chosen : chosen + 1], FINAL)
    return Path(
        penalties=tuple(ordered.tolist()),
        losses=tuple(losses.tolist()),
        accuracies=tuple(accuracies.tolist()),
        chosen=chosen,
        probe=_raw(refit, axes),
    )


def _walk(design: Design, penalties: Float[Tensor, " p"], classes: int) -> Float[Tensor, "p q c"]:
    """The minima of all penalties, some at a time."""
    done = torch.zeros(0, design.size, classes)
    for block in penalties.split(max(1, min(9, SHARED // classes))):
        start = _ahead(done, len(block), design.size, classes)
        done = torch.cat([done, minimise(Ridge(design=design, penalties=block), start, SKETCH)])
    return done


def _ahead(done: Float[Tensor, "p q c"], count: int, size: int, classes: int) -> Float[Tensor, "b q c"]:
    """Starts for the next penalties: from zero, from the last minimum, or along the line through the last two."""
    if len(done) < 2:
        last = done[-1] if len(done) else torch.zeros(size, classes)
        return last.repeat(count, 1, 1)
    strides = torch.arange(1, count + 1).clamp(max=2)[:, None, None]
    return done[-1] + REACH * strides * (done[-1] - done[-2])


def _raw(weights: Float[Tensor, "q c"], axes: Axes) -> Linear:
    """Undo the turn onto the axes."""
    weight = axes.basis @ weights[:-1]
    return Linear(weight=weight, bias=weights[-1] - axes.mean @ weight)
