"""What an attack climbs: one number per image, from logits and the true class.

Source: Croce & Hein 2020 ("Reliable evaluation of adversarial robustness …"), sections 4 and 5, appendix A.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F

Logits = Callable[[Tensor], Tensor]  # differentiable: ``n c h w`` in [0, 1] to ``n k``
Loss = Callable[[Tensor, Tensor, Tensor], Tensor]  # logits ``n k``, true and wished classes ``n`` to ``n``
_TINY = 1e-12


def answers(logits: Logits, images: Float[Tensor, "n c h w"]) -> Float[Tensor, "n k"]:
    """The logits of images, and no way back."""
    with torch.no_grad():
        return logits(images)


def cross_entropy(logits: Float[Tensor, "n k"], truth: Int[Tensor, " n"], _: Tensor) -> Float[Tensor, " n"]:
    """Of the true class, wherever the image goes instead."""
    return F.cross_entropy(logits, truth, reduction="none")


def margin(logits: Float[Tensor, "n k"], truth: Int[Tensor, " n"]) -> Float[Tensor, " n"]:
    """By how much the true class leads; the model is right where it is above 0."""
    right = logits.gather(1, truth[:, None])[:, 0]
    return right - logits.scatter(1, truth[:, None], -torch.inf).amax(dim=1)


def dlr(logits: Float[Tensor, "n k"], truth: Int[Tensor, " n"], _: Tensor) -> Float[Tensor, " n"]:
    """Difference of logits ratio: no change of scale or offset of the logits moves it; three classes at least."""
    ranked = logits.topk(3, dim=1).values
    return -margin(logits, truth) / (ranked[:, 0] - ranked[:, 2] + _TINY)


def targeted_dlr(
    logits: Float[Tensor, "n k"], truth: Int[Tensor, " n"], target: Int[Tensor, " n"]
) -> Float[Tensor, " n"]:
    """The same towards one class; four classes at least."""
    ranked = logits.topk(4, dim=1).values
    return lead(logits, truth, target) / (ranked[:, 0] - (ranked[:, 2] + ranked[:, 3]) / 2 + _TINY)


def lead(logits: Float[Tensor, "n k"], truth: Int[Tensor, " n"], target: Int[Tensor, " n"]) -> Float[Tensor, " n"]:
    """By how much the wished class leads the true one."""
    return (logits.gather(1, target[:, None]) - logits.gather(1, truth[:, None]))[:, 0]


def slope(values: Float[Tensor, " n"], images: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c h w"]:
    """The gradient of each value by its image; zero where the values do not depend on pixels differentiably."""
    if not values.requires_grad:
        return torch.zeros_like(images)
    (found,) = torch.autograd.grad(values.sum(), images, allow_unused=True)
    return torch.zeros_like(images) if found is None else found
