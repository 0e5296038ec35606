"""What a healthy run does not do, as functions of what was seen; each says in plain words what is wrong, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When to stop. None or 0 steps of patience: never for this reason."""

    prior_patience: int = 2000  # steps in a row that the loss may stay where it was before anything was learnt
    prior_share: float = 0.01  # within this share of the prior, the loss is at it
    collapse_patience: int = 2000  # steps in a row that features may be collapsed
    least_rank: float = 1.5  # RankMe; 1 is a single direction
    least_deviation: float = 0.01  # of features, as a share of what directions drawn at random have


class Seen(NamedTuple):
    """What was seen after so many steps."""

    step: int
    loss: float
    prior: float | None
    rank: float | None
    deviation: float | None


def verdict(history: Sequence[Seen], limits: Limits) -> str | None:
    """The first thing that is wrong with a run, or None."""
    return at_prior(history, limits) or collapsed(history, limits)


def at_prior(history: Sequence[Seen], limits: Limits) -> str | None:
    """A loss that has not left the value of a network that knows nothing."""
    since = _since(
        history, [s.prior is not None and abs(s.loss - s.prior) <= limits.prior_share * abs(s.prior) for s in history]
    )
    if since is None or not limits.prior_patience or history[-1].step - since < limits.prior_patience:
        return None
    return (
        f"from step {since} to {history[-1].step} the loss stayed at {history[-1].loss:.4g}, which a network that "
        f"knows nothing has as well ({history[-1].prior:.4g}); try another rate or a longer warm-up"
    )


def collapsed(history: Sequence[Seen], limits: Limits) -> str | None:
    """Features that no longer tell one picture from another."""
    poor = [
        seen.rank is not None
        and seen.deviation is not None
        and (seen.rank < limits.least_rank or seen.deviation < limits.least_deviation)
        for seen in history
    ]
    since = _since(history, poor)
    if since is None or not limits.collapse_patience or history[-1].step - since < limits.collapse_patience:
        return None
    return (
        f"from step {since} to {history[-1].step} the features were collapsed: they span {history[-1].rank:.3g} "
        f"direction(s) and deviate by {history[-1].deviation:.2g} of what directions drawn at random do; "
        "all pictures look alike to this model"
    )


def rankme(features: Float[Tensor, "n d"]) -> float:
    """How many directions the features span, softly: the exponential of the entropy of their singular values.

    Between 1 and min(n, d). Source: Garrido et al. 2023 (RankMe), equations 1 and 2.
    """
    values = torch.linalg.svdvals(features.detach().double())
    shares = values / values.sum().clamp_min(torch.finfo(values.dtype).tiny)
    return torch.exp(torch.special.entr(shares).sum()).item()


def deviation(features: Float[Tensor, "n d"]) -> float:
    """How far features of unit length scatter, per feature, as a share of directions drawn at random: 1/√d.

    0 where all pictures have one feature vector. Source: Chen & He 2021 (SimSiam), section 4.1.
    """
    rows = torch.nn.functional.normalize(features.detach().double(), dim=1)
    return (rows.std(dim=0, correction=0).mean() * rows.shape[1] ** 0.5).item()


def not_finite(named: Mapping[str, Tensor | None] | Iterable[tuple[str, Tensor | None]]) -> list[str]:
    """Names of the tensors that hold NaN or infinity."""
    pairs = named.items() if isinstance(named, Mapping) else named
    return [name for name, value in pairs if value is not None and not torch.isfinite(value).all()]


def fingerprint(tensors: Mapping[str, Tensor]) -> dict[str, int]:
    """A number per tensor that changes when it changes: the sum of its bytes' words, which no rounding touches."""
    return {name: _sum(value) for name, value in tensors.items()}


def moved(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    """Names of the tensors whose fingerprint is another one."""
    return [name for name, number in before.items() if after[name] != number]


def _sum(value: Tensor) -> int:
    flat = value.detach().contiguous().flatten()
    words = {1: torch.int8, 2: torch.int16, 4: torch.int32, 8: torch.int64}[flat.element_size()]
    return int(flat.view(words).sum(dtype=torch.int64))


def _since(history: Sequence[Seen], wrong: Sequence[bool]) -> int | None:
    """The step since which it is wrong without a break, up to the last."""
    since = None
    for seen, is_wrong in zip(history, wrong, strict=True):
        since = (seen.step if since is None else since) if is_wrong else None
    return since
