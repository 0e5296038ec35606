"""One learned cross-attention query over frozen tokens and a linear head; a small grid of budgets trained at once.

With one query the key projection folds into it (qᵀ W_k x = (W_kᵀ q)ᵀ x, one free vector per head), and the value
projection commutes with the attention-weighted mean, so it is applied after pooling. An image costs t·h·d + d² products
and not t·d². Sources: attentive probe of CAE (Chen et al. 2022, section 4.2) and V-JEPA (Bardes et al. 2024, appendix
D), here without a second non-linear block. Tokens are layer-normalised, then standardised per feature as in the linear
probe of MAE (He et al. 2022, appendix A.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, cos, gcd, pi, sqrt

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy, layer_norm

from eyechart.store.rows import Rows

SAMPLE = 1024  # pictures whose tokens give the mean and deviation per feature
DAMPING = 0.01  # of the mean spread, when the values are made round
CHUNK = 256  # pictures read at once when nothing is learnt
MOMENTA = 0.9, 0.999  # of AdamW (Loshchilov and Hutter 2019)
WARM = 0.05  # share of the steps that the rate needs to rise; then it falls along half a cosine


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What training may cost, equal for every model; the grid is the product of rates and decays."""

    epochs: int = 10
    batch: int = 128  # at most; small sets take less, so that there are enough steps
    heads: int = 8  # at most; a divisor of the feature width is taken
    rates: tuple[float, ...] = (5e-3, 2e-2)
    decays: tuple[float, ...] = (0.01, 0.2)
    seed: int = 0

    @property
    def grid(self) -> tuple[tuple[float, float], ...]:
        """Pairs of learning rate and weight decay."""
        return tuple(product(self.rates, self.decays))


@dataclass(frozen=True, slots=True, kw_only=True)
class Attentive:
    """`g` probes side by side: query per head, value projection per head, linear head."""

    mean: Float[Tensor, " d"]
    deviation: Float[Tensor, " d"]
    query: Float[Tensor, "g h d"]
    value: Float[Tensor, "g h d e"]
    weight: Float[Tensor, "g d c"]
    bias: Float[Tensor, "g c"]

    @property
    def learnt(self) -> tuple[Tensor, ...]:
        """The parameters, in the order of the fields."""
        return self.query, self.value, self.weight, self.bias

    def logits(self, tokens: Float[Tensor, "n t d"]) -> Float[Tensor, "n g c"]:
        """Unnormalised log-probabilities of every probe."""
        gain = 1 / self.deviation
        seen = layer_norm(tokens.float(), tokens.shape[-1:], gain, -self.mean * gain)
        scores = torch.einsum("ntd,ghd->nght", seen, self.query) / sqrt(seen.shape[-1])
        pooled = torch.einsum("nght,ntd->nghd", scores.softmax(-1), seen)
        mixed = torch.einsum("nghd,ghde->nghe", pooled, self.value).flatten(2)
        return torch.einsum("ngd,gdc->ngc", mixed, self.weight) + self.bias


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What each point of the grid gave on validation, the one chosen, and the probe refitted on everything with it."""

    grid: tuple[tuple[float, float], ...]  # learning rate, weight decay
    losses: tuple[float, ...]  # on validation, in nats
    chosen: int
    probe: Attentive


def fit(
    tokens: Rows,
    labels: Int[Tensor, " n"],
    parts: tuple[NDArray[np.int64], NDArray[np.int64]],
    *,
    classes: int,
    budget: Budget,
) -> Choice:
    """Train the grid on the first part, choose the least loss on the second, train that point anew on both.

    `tokens` holds ``n t d``. Repeatable: the start is fixed and the order of the pictures comes from the budget's seed.
    """
    near, far = parts
    both = np.concatenate(parts)
    blank = _blank(tokens, both, classes, budget)
    probes = _train(blank, tokens, labels, near, budget.grid, budget)
    losses = _losses(probes, tokens, labels, far)
    chosen = int(losses.argmin())
    probe = _train(blank, tokens, labels, both, budget.grid[chosen : chosen + 1], budget)
    return Choice(grid=budget.grid, losses=tuple(losses.tolist()), chosen=chosen, probe=probe)


def _blank(tokens: Rows, rows: NDArray[np.int64], classes: int, budget: Budget) -> Attentive:
    """The start: attention to all tokens alike, values that make the mean token round, no opinion."""
    sample = torch.from_numpy(tokens[rows[:SAMPLE]])
    width = sample.shape[-1]
    heads = gcd(width, budget.heads)
    seen = layer_norm(sample, (width,))
    mean, deviation = seen.mean((0, 1)), seen.std((0, 1), correction=0) + 1e-3
    return Attentive(
        mean=mean,
        deviation=deviation,
        query=torch.zeros(1, heads, width),
        value=_round((seen.mean(1) - mean) / deviation).unflatten(1, (heads, -1)).transpose(0, 1)[None],
        weight=torch.zeros(1, width, classes),
        bias=torch.zeros(1, classes),
    )


def _round(features: Float[Tensor, "n d"]) -> Float[Tensor, "d d"]:
    """The symmetric root of the inverse covariance, damped: narrow directions are learnt as fast as wide ones."""
    values, axes = torch.linalg.eigh(features.double().T.cov(correction=0))
    spread = values.clamp_min(0)
    return (axes / (spread + DAMPING * spread.mean() + 1e-6).sqrt() @ axes.T).float()


def _train(
    blank: Attentive,
    tokens: Rows,
    labels: Int[Tensor, " n"],
    rows: NDArray[np.int64],
    grid: Sequence[tuple[float, float]],
    budget: Budget,
) -> Attentive:
    """AdamW with one rate and one decay per probe; all probes see the same batches."""
    learnt = [part.repeat(len(grid), *[1] * (part.ndim - 1)) for part in blank.learnt]
    rates, decays = torch.tensor(grid).T
    state = [(torch.zeros_like(part), torch.zeros_like(part)) for part in learnt]
    batches = list(_batches(len(rows), budget))
    for step, batch in enumerate(batches, start=1):
        picked = rows[batch.numpy()]
        slopes = _slopes(_with(blank, learnt), torch.from_numpy(tokens[picked]), labels[torch.from_numpy(picked)])
        rate = rates * min(1.0, step / (WARM * len(batches))) * (1 + cos(pi * step / len(batches))) / 2
        for part, slope, moments in zip(learnt, slopes, state, strict=True):
            _update(part, slope, moments, rate, decays, step)
    return _with(blank, learnt)


def _batches(count: int, budget: Budget) -> Iterator[Int[Tensor, " b"]]:
    """Shuffled batches of all epochs; at least 32 of them per epoch unless they would hold fewer than 16 pictures."""
    generator = torch.Generator().manual_seed(budget.seed)
    size = ceil(count / max(1, round(count / min(budget.batch, max(16, count // 32)))))
    for _ in range(budget.epochs):
        yield from torch.randperm(count, generator=generator).split(size)


def _with(blank: Attentive, learnt: Sequence[Tensor]) -> Attentive:
    query, value, weight, bias = learnt
    return Attentive(mean=blank.mean, deviation=blank.deviation, query=query, value=value, weight=weight, bias=bias)


def _slopes(probes: Attentive, tokens: Float[Tensor, "n t d"], labels: Int[Tensor, " n"]) -> tuple[Tensor, ...]:
    """Gradient of the mean cross-entropy of each probe, by parameter."""
    with torch.enable_grad():
        leaves = [part.detach().requires_grad_() for part in probes.learnt]
        logits = _with(probes, leaves).logits(tokens)
        loss = cross_entropy(logits.flatten(0, 1), labels.repeat_interleave(logits.shape[1])) * logits.shape[1]
        return torch.autograd.grad(loss, leaves)


def _update(
    part: Tensor, slope: Tensor, moments: tuple[Tensor, Tensor], rate: Tensor, decay: Tensor, step: int
) -> None:
    """One step of AdamW, in place on what this module made; biases do not decay."""
    first, second = moments
    first.lerp_(slope, 1 - MOMENTA[0])
    second.mul_(MOMENTA[1]).addcmul_(slope, slope, value=1 - MOMENTA[1])
    ripe = sqrt(1 - MOMENTA[1] ** step)  # the moments start at zero and are scaled by how far they have come
    scale = second.sqrt().add_(1e-8 * ripe)
    for probe, (speed, shrink) in enumerate(zip(rate.tolist(), decay.tolist(), strict=True)):
        if part.ndim > 2:
            part[probe].mul_(1 - speed * shrink)
        part[probe].addcdiv_(first[probe], scale[probe], value=-speed * ripe / (1 - MOMENTA[0] ** step))


def _losses(probes: Attentive, tokens: Rows, labels: Int[Tensor, " n"], rows: NDArray[np.int64]) -> Float[Tensor, " g"]:
    """Mean cross-entropy of each probe on some rows."""
    total = torch.zeros(len(probes.bias))
    for start in range(0, len(rows), CHUNK):
        picked = rows[start : start + CHUNK]
        logits = probes.logits(torch.from_numpy(tokens[picked])).transpose(1, 2)
        truth = labels[torch.from_numpy(picked), None].expand(-1, len(probes.bias))
        total += cross_entropy(logits, truth, reduction="none").sum(0)
    return total / len(rows)
