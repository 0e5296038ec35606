"""Many ridge-penalised multinomial regressions minimised at once: L-BFGS preconditioned by Böhning's bound.

The Hessian of the mean cross-entropy is at most ½ (I - 11ᵀ/c) ⊗ XᵀX/n (Böhning 1992, Annals of the Institute of
Statistical Mathematics 44). On the principal axes XᵀX is diagonal, so its inverse with any penalty costs one
multiplication per coefficient; curvature that the bound overrates is learnt by L-BFGS (Nocedal and Wright 2006,
algorithm 7.4) on top. All penalties of a block share each product with the features; those that have converged leave.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from eyechart.transfer.design import Design

MEMORY = 10  # pairs of step and change of slope
ROUNDING = 1e-6  # of the value in fp32: a rise of less is none
FLOOR = 0.01  # nats: below, the value is not resolved any finer than here
ARMIJO = 1e-4
SHORTER = 0.3
STEPS = 1000
HALVINGS = 20


@dataclass(slots=True)
class Trace:
    """The last steps of each problem, the changes of slope they brought, and one over their products."""

    steps: list[Tensor] = field(default_factory=list)
    changes: list[Tensor] = field(default_factory=list)
    inverses: list[Tensor] = field(default_factory=list)

    def add(self, step: Float[Tensor, "p q c"], change: Float[Tensor, "p q c"]) -> None:
        product = _dot(step, change)
        self.steps.append(step)
        self.changes.append(change)
        self.inverses.append(torch.where(product > 0, 1 / product, 0.0))  # 0: this problem did not move
        for column in (self.steps, self.changes, self.inverses):
            del column[:-MEMORY]

    def keep(self, alive: Tensor) -> None:
        for column in (self.steps, self.changes, self.inverses):
            column[:] = [entry[alive] for entry in column]

    def direction(self, slope: Float[Tensor, "p q c"], inverse: Float[Tensor, "p q 1"]) -> Float[Tensor, "p q c"]:
        """Minus the approximate inverse Hessian times the slope (two-loop recursion)."""
        pull, shares = slope, []
        for step, change, one_over in zip(self.steps[::-1], self.changes[::-1], self.inverses[::-1], strict=True):
            share = one_over * _dot(step, pull)
            shares.append(share)
            pull = pull - _column(share) * change
        pull = inverse * pull
        if self.steps:
            along = _dot(self.steps[-1], self.changes[-1])
            bent = _dot(self.changes[-1], inverse * self.changes[-1])
            pull = pull * _column(torch.where(along > 0, along / bent, 1.0))
        for step, change, one_over, share in zip(
            self.steps, self.changes, self.inverses, reversed(shares), strict=True
        ):
            pull = pull + _column(share - one_over * _dot(change, pull)) * step
        return -pull


@dataclass(frozen=True, slots=True, kw_only=True)
class Ridge:
    """Mean cross-entropy on a design plus ½ λ ‖W‖² for each of several λ; the bias is free."""

    design: Design
    penalties: Float[Tensor, " p"]

    def only(self, alive: Tensor) -> Ridge:
        return Ridge(design=self.design, penalties=self.penalties[alive])

    @property
    def stiffness(self) -> Float[Tensor, "p q 1"]:
        """λ per coefficient, none for the bias."""
        free = torch.ones(self.design.size)
        free[-1] = 0
        return (self.penalties[:, None] * free)[..., None]

    @property
    def inverse_bound(self) -> Float[Tensor, "p q 1"]:
        """One over Böhning's bound of the curvature, per coefficient."""
        spread = torch.cat([self.design.axes.variance, torch.ones(1)])
        return 1 / (0.5 * spread[:, None] + self.stiffness)

    def value_and_slope(self, weights: Float[Tensor, "p q c"]) -> tuple[Float64[Tensor, " p"], Float[Tensor, "p q c"]]:
        loss, slope = self.design.loss_and_slope(weights)
        pull = self.stiffness * weights
        return loss + 0.5 * (pull.double() * weights).sum((1, 2)), slope + pull


def minimise(problem: Ridge, start: Float[Tensor, "p q c"], tolerance: float) -> Float[Tensor, "p q c"]:
    """The minimum for every penalty, from `start`.

    A problem has converged when what is left to gain, ½ gᵀ H⁻¹ g, is at most tolerance × value (or × 0.01 nats where
    that is more); H is what L-BFGS has learnt of the Hessian, or Böhning's bound where that promises more.
    """
    found, waiting = start.clone(), torch.arange(len(start))
    weights, trace = start, Trace()
    value, slope = problem.value_and_slope(weights)
    for _ in range(STEPS):
        inverse = problem.inverse_bound
        direction = trace.direction(slope, inverse)
        descent = _dot(slope, direction).double()
        gain = 0.5 * torch.maximum(-descent, _dot(slope, inverse * slope).double())
        alive = gain > tolerance * value.clamp_min(FLOOR)
        if not alive.all():
            found[waiting[~alive]] = weights[~alive]
            waiting, weights, value, slope = waiting[alive], weights[alive], value[alive], slope[alive]
            direction, descent = direction[alive], descent[alive]
            problem = problem.only(alive)
            trace.keep(alive)
        if not len(waiting):
            return found
        moved, value, turned = _search(problem, weights, value, direction, descent)
        trace.add(moved - weights, turned - slope)
        weights, slope = moved, turned
    found[waiting] = weights
    return found


def _search(
    problem: Ridge,
    weights: Float[Tensor, "p q c"],
    value: Float64[Tensor, " p"],
    direction: Float[Tensor, "p q c"],
    descent: Float64[Tensor, " p"],
) -> tuple[Float[Tensor, "p q c"], Float64[Tensor, " p"], Float[Tensor, "p q c"]]:
    """Shorten the steps that do not descend (Armijo's condition, with room for rounding)."""
    length = torch.ones(len(weights))
    for _ in range(HALVINGS):
        moved = weights + _column(length) * direction
        reached, turned = problem.value_and_slope(moved)
        short = reached > value + ARMIJO * length * descent + ROUNDING * value.clamp_min(FLOOR)
        if not short.any():
            break
        length = torch.where(short, SHORTER * length, length)
    return moved, reached, turned


def _dot(a: Float[Tensor, "p q c"], b: Float[Tensor, "p q c"]) -> Float[Tensor, " p"]:
    return (a * b).sum((1, 2))


def _column(values: Float[Tensor, " p"]) -> Float[Tensor, "p 1 1"]:
    return values[:, None, None]
