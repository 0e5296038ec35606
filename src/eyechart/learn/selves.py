"""Self-distillation: a student tells what its teacher says of another view, over prototypes that nobody has named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as F

from eyechart.errors import BadInput
from eyechart.learn.gather import everyone, mean_of_all, processes, rank

EPS = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadPlan:
    """The shape of a projection head; the defaults suit trunks of a million parameters.

    The paper of DINO: hidden 2048, bottleneck 256, 65536 prototypes.
    """

    hidden: int = 512
    bottleneck: int = 128
    prototypes: int = 2048
    gains: bool = False  # whether each prototype learns a length of its own (DINOv2); else all have length 1


@final
class Head(nn.Module):
    """Three layers, then the cosine with every prototype.

    Source: Caron et al. 2021 (DINO), appendix C; initialisation as in its released code.
    """

    def __init__(self, plan: HeadPlan, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(width, plan.hidden),
            nn.GELU(),
            nn.Linear(plan.hidden, plan.hidden),
            nn.GELU(),
            nn.Linear(plan.hidden, plan.bottleneck),
        )
        self.prototypes = nn.Parameter(torch.empty(plan.prototypes, plan.bottleneck))
        self.gains = nn.Parameter(torch.ones(plan.prototypes)) if plan.gains else None
        for part in self.layers:
            if isinstance(part, nn.Linear):
                nn.init.trunc_normal_(part.weight, std=0.02)
                nn.init.zeros_(part.bias)
        nn.init.normal_(self.prototypes)

    def forward(self, rows: Float[Tensor, "*n d"], *, still: bool = False) -> Float[Tensor, "*n k"]:
        """Logits; the prototypes do not learn from them while they are `still`."""
        prototypes, gains = self.prototypes, self.gains
        if still:
            prototypes, gains = prototypes.detach(), None if gains is None else gains.detach()
        found = F.linear(F.normalize(self.layers(rows), dim=-1), F.normalize(prototypes, dim=-1))
        return found if gains is None else found * gains


def pair_losses(teacher: Float[Tensor, "t n k"], student: Float[Tensor, "v n k"]) -> Float[Tensor, "t v"]:
    """Cross-entropy of what the student says of each view from what the teacher says of each, meaned over pictures.

    `teacher`: probabilities; `student`: logarithms of probabilities.
    """
    return -torch.einsum("tnk,vnk->tv", teacher, student) / student.shape[1]


def across(pairs: Float[Tensor, "t v"]) -> Float[Tensor, ""]:
    """The mean over all pairs of different views; view i of both is the same.

    Source: Caron et al. 2021 (DINO), equation 3. DINOv2's local and global terms sum to the same.
    """
    views, others = pairs.shape
    same = torch.eye(views, others, dtype=torch.bool, device=pairs.device)
    return pairs[~same].mean()


def centred(logits: Float[Tensor, "*n k"], centre: Float[Tensor, " k"], temperature: float) -> Float[Tensor, "*n k"]:
    """What a teacher says, without its habit of saying the same of all."""
    return ((logits - centre) / temperature).softmax(dim=-1)


def moved(centre: Float[Tensor, " k"], mean: Float[Tensor, " k"], momentum: float) -> Float[Tensor, " k"]:
    """The centre after a batch with this mean. Source: Caron et al. 2021 (DINO), equation 4."""
    return momentum * centre + (1 - momentum) * mean


def sinkhorn(logits: Float[Tensor, "n k"], temperature: float, rounds: int = 3) -> Float[Tensor, "n k"]:
    """What a teacher says if over the whole batch all prototypes are said equally often.

    Each process may hold another number of rows. Source: Caron et al. 2020 (SwAV), section 3.1, as in DINOv2's code.
    """
    scaled = logits.detach() / temperature
    high = scaled.max() if len(scaled) else scaled.new_tensor(-torch.inf)
    shares = torch.exp(scaled - everyone(high[None]).max())
    rows = mean_of_all(shares.new_tensor(float(len(shares)))) * processes()
    for _ in range(rounds):
        often = mean_of_all(shares.sum(dim=0)) * processes()
        shares = shares / (often * shares.shape[1])
        shares = shares / (shares.sum(dim=1, keepdim=True) * rows)
    return shares * rows


def masked_loss(
    teacher: Float[Tensor, "m k"], student: Float[Tensor, "m k"], hidden: Bool[Tensor, "n t"]
) -> Float[Tensor, ""]:
    """Cross-entropy at hidden patches, meaned within a view, then over all views, those without any included.

    `teacher`: probabilities; `student`: their logarithms; row by row in the order of `hidden`.
    Source: Zhou et al. 2022 (iBOT), equation 2, with the divisor of DINOv2's released code.
    """
    weight = (1 / hidden.sum(dim=1).clamp(min=1))[:, None].expand_as(hidden)[hidden]
    return -(weight * (teacher * student).sum(dim=1)).sum() / len(hidden)


def koleo(rows: Float[Tensor, "n d"]) -> Float[Tensor, ""]:
    """Minus the mean logarithm of the distance to the nearest other row, of all processes; rows of length 1.

    Source: Sablayrolles et al. 2019, equation 2; as in DINOv2's released code. Raises `BadInput` for a single row.
    """
    rows = F.normalize(rows, dim=-1, eps=EPS)
    others = everyone(rows)
    if len(others) < 2:
        raise BadInput("the nearest other picture is sought in a batch of one; take a batch of two at least")
    with torch.no_grad():
        near = rows @ others.T
        own = torch.arange(len(rows), device=rows.device)
        near[own, own + rank() * len(rows)] = -torch.inf
        nearest = near.argmax(dim=1)
    return -torch.log(F.pairwise_distance(rows, others[nearest], eps=EPS) + EPS).mean()


@final
class Centre(nn.Module):
    """The running mean of what a teacher says, moved once per step by all that was said in it."""

    value: Tensor

    def __init__(self, prototypes: int, momentum: float) -> None:
        super().__init__()
        self.register_buffer("value", torch.zeros(prototypes))
        self._momentum = momentum
        self._said: list[Tensor] = []

    def forward(self, logits: Float[Tensor, "*n k"], temperature: float) -> Float[Tensor, "*n k"]:
        """Probabilities about the centre as it is; what was said is remembered for `step`."""
        rows = logits.detach().flatten(0, -2)
        if torch.is_grad_enabled():
            self._said.append(torch.cat([rows.sum(dim=0), rows.new_tensor([float(len(rows))])]))
        return centred(logits, self.value, temperature)

    def step(self) -> None:
        """Moves the centre to the mean over all rows of all pieces and processes."""
        if not self._said:
            return
        total = mean_of_all(torch.stack(self._said).sum(dim=0))
        self._said.clear()
        if total[-1] > 0:
            self.value.copy_(moved(self.value, total[:-1] / total[-1], self._momentum))
