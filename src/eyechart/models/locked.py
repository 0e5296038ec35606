"""A pair of towers on eyes that have learnt already: the image side of a model, and a text tower that is new."""

from __future__ import annotations

from typing import Literal

import torch
from torch import nn

from eyechart.models.dual import Dual
from eyechart.models.eye import Eye
from eyechart.models.namer import Namer
from eyechart.models.towers import Plan, TextPlan, TwoTowers


def locked(eyes: Dual | Eye | Namer, text: TextPlan, link: Literal["softmax", "sigmoid"] = "softmax") -> TwoTowers:
    """Towers whose image side is a copy of that of `eyes`, without gradients; the text tower is random.

    What the eyes' ``encode_image`` gives is the shared space: of a model without text its pooled features, which no
    projection follows (Zhai et al. 2022, LiT, section 4.2).
    """
    plan = eyes.towers.plan if isinstance(eyes, Dual) else eyes.tower.plan
    towers = TwoTowers(
        Plan(image=plan.image, text=text, space=eyes.card.width, preprocessing=plan.preprocessing, link=link)
    ).to(eyes.device)
    trunk = eyes.towers.image if isinstance(eyes, Dual) else eyes.tower.image
    towers.image.load_state_dict(trunk.state_dict())
    with torch.no_grad():
        if isinstance(eyes, Dual):
            towers.image_projection.weight.copy_(eyes.towers.image_projection.weight)
        else:
            nn.init.eye_(towers.image_projection.weight)
    lock(towers)
    return towers


def lock(towers: TwoTowers) -> None:
    """No gradient reaches the image side from now on, and it is read as in an examination."""
    for part in (towers.image, towers.image_projection):
        part.requires_grad_(requires_grad=False).eval()
