"""How far an image may move: a ball around it, cut by the cube of images that can be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import torch
from einops import rearrange
from jaxtyping import Float, Int
from torch import Tensor

from eyechart.attack.chance import normal, uniform
from eyechart.errors import BadInput

Metric = Literal["linf", "l2"]
_TINY = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Ball:
    """All images within `radius` of one, by the largest change of any value ("linf") or the Euclidean norm ("l2")."""

    metric: Metric
    radius: float  # pixels being in [0, 1]

    def __post_init__(self) -> None:
        if self.metric not in get_args(Metric) or not self.radius > 0:
            raise BadInput(f"a ball has a metric of linf or l2 and a radius above 0; got {self.metric} {self.radius}")

    def project(self, images: Float[Tensor, "n c h w"], centres: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c h w"]:
        """Into the ball and into [0, 1]; the nearest point where the two do not cut each other."""
        if self.metric == "linf":
            return torch.clamp(images, (centres - self.radius).clamp_min(0), (centres + self.radius).clamp_max(1))
        away = images - centres
        length = _wide(_euclidean(away), images).clamp_min(_TINY)
        return (centres + away * (self.radius / length).clamp_max(1)).clamp(0, 1)

    def direction(self, gradients: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c h w"]:
        """The step of length 1 that follows the gradient as far as possible."""
        if self.metric == "linf":
            return gradients.sign()
        return gradients / _wide(_euclidean(gradients), gradients).clamp_min(_TINY)

    def distance(self, images: Float[Tensor, "n c h w"], centres: Float[Tensor, "n c h w"]) -> Float[Tensor, " n"]:
        """In the metric of the ball."""
        return length(self.metric, images - centres)

    def somewhere(
        self, centres: Float[Tensor, "n c h w"], seeds: Int[Tensor, " n"], step: int
    ) -> Float[Tensor, "n c h w"]:
        """A random image on the surface of the ball, cut to [0, 1]."""
        count = centres[0].numel()
        draw = uniform(seeds, step, count) * 2 - 1 if self.metric == "linf" else normal(seeds, step, count)
        away = draw.view_as(centres)
        return (centres + self.radius * away / _wide(length(self.metric, away), away).clamp_min(_TINY)).clamp(0, 1)


def length(metric: Metric, away: Float[Tensor, "n c h w"]) -> Float[Tensor, " n"]:
    """Of each change, in this metric."""
    return rearrange(away, "n c h w -> n (c h w)").abs().amax(dim=1) if metric == "linf" else _euclidean(away)


def _euclidean(away: Float[Tensor, "n c h w"]) -> Float[Tensor, " n"]:
    return rearrange(away, "n c h w -> n (c h w)").norm(dim=1)


def _wide(values: Float[Tensor, " n"], like: Tensor) -> Tensor:
    return values.view(-1, *(1 for _ in like.shape[1:]))
