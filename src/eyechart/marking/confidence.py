"""What a model's logits say in probabilities, and the rescaling that makes them honest on validation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from scipy.optimize import minimize
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, one_hot

from eyechart import stats
from eyechart.core import Estimate, Sheet, Statistics
from eyechart.errors import Refused
from eyechart.marking.overlap import Floats, reversed_interval
from eyechart.marking.ties import expected_hits

Link = Literal["softmax", "sigmoid"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Logits are multiplied by `slope`; the sigmoid link has an `offset` too, because it tells how rare a match is."""

    slope: float = 1.0
    offset: float = 0.0

    def apply(self, logits: Float[Tensor, "n c"]) -> Float[Tensor, "n c"]:
        """The rescaled logits."""
        return logits * self.slope + self.offset


def probabilities(logits: Float[Tensor, "n c"], link: Link) -> Float[Tensor, "n c"]:
    """Over the classes (softmax), or of each class for itself (sigmoid)."""
    return logits.softmax(1) if link == "softmax" else logits.sigmoid()


def losses(logits: Float[Tensor, "n c"], truth: Int[Tensor, " n"], link: Link) -> Float[Tensor, " n"]:
    """Negative log-likelihood of each row in nats; under the sigmoid link summed over the classes' yes and no."""
    if link == "softmax":
        return cross_entropy(logits, truth, reduction="none")
    wanted = one_hot(truth, logits.shape[1]).to(logits.dtype)
    return binary_cross_entropy_with_logits(logits, wanted, reduction="none").sum(1)


def fit(logits: Float[Tensor, "n c"], truth: Int[Tensor, " n"], link: Link) -> Scale:
    """The scale of least loss on validation. Source: Guo et al. 2017 (section 4.2); Platt 1999 with the offset.

    Raises:
        Refused: there is nothing to fit on.
    """
    if not len(truth):
        raise Refused("a temperature is fitted on validation pictures and there are none")
    table = logits.double()

    def loss_and_slope(values: np.ndarray) -> tuple[float, np.ndarray]:
        at = torch.tensor(values, dtype=torch.float64, requires_grad=True)
        with torch.enable_grad():
            total = losses(table * at[0].exp() + at[1:].sum(), truth, link).mean()
            (slope,) = torch.autograd.grad(total, at)
        return total.item(), slope.numpy()

    start = np.zeros(1 if link == "softmax" else 2)
    bounds = [(-7.0, 7.0), (-50.0, 50.0)][: len(start)]
    found = minimize(loss_and_slope, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return Scale(slope=float(np.exp(found[0])), offset=float(found[1:].sum()))


def confidences(
    logits: Float[Tensor, "n c"], truth: Int[Tensor, " n"], graded: Bool[Tensor, " n"], link: Link
) -> tuple[dict[str, NDArray[Any]], Scale]:
    """Per row, before and after the scale fitted on the rows that are not graded: how sure of its answer the model is,
    its Brier score Σ (p - y)² and its loss; and whether it is right.
    """
    scale = fit(logits[~graded], truth[~graded], link)
    columns = {"right": expected_hits(logits, truth).numpy()}
    wanted = one_hot(truth, logits.shape[1])
    for name, table in (("as_is", logits), ("fitted", scale.apply(logits))):
        shares = probabilities(table.double(), link)
        columns[f"sure_{name}"] = shares.amax(1).numpy()
        columns[f"brier_{name}"] = (shares - wanted).square().sum(1).numpy()
        columns[f"nll_{name}"] = losses(table.double(), truth, link).numpy()
    return columns, scale


def clueless(classes: int, link: Link) -> dict[str, float]:
    """Brier score and loss of one who gives every class the same share."""
    share = 1 / classes
    rest = -(classes - 1) * log(1 - share) if link == "sigmoid" else 0.0
    return {"brier": 1 - share, "nll": log(classes) + rest}


def calibration(sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
    """ECE over 15 bins of equal width and of equal mass, Brier score and NLL of the graded half of a sheet that holds
    the columns of `confidences`, before ("as_is") and after ("fitted") the scale. Sources: Guo et al. 2017; Nixon et
    al. 2019.
    """
    half = sheet["graded"]
    groups, right = sheet["group"][half], sheet["right"][half]
    blind = clueless(len(sheet.facts["classes"]), sheet.facts["link"])
    found = {}
    for state in ("as_is", "fitted"):
        sure = sheet[f"sure_{state}"][half]
        for name, equal in (("ece", False), ("ece_equal_mass", True)):
            error = stats.bootstrap(_error(sure, right, equal), groups, statistics, better="lower")
            found[f"{name}_{state}"] = reversed_interval(error)
        for name, chance in blind.items():
            rows = sheet[f"{name}_{state}"][half]
            found[f"{name}_{state}"] = stats.mean(rows, groups, statistics, chance=chance, better="lower")
    return found


def _error(sure: Floats, right: Floats, equal_mass: bool) -> Callable[[Floats], float]:
    return lambda weights: stats.calibration_error(sure, right, equal_mass=equal_mass, weights=weights)
