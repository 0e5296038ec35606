"""What is attacked of a model: logits as a function of pixels, and signs that they hide from attacks."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import normalize

from eyechart.attack.losses import Logits, answers, cross_entropy, slope
from eyechart.core import Classifier, ImageEncoder


def of_classifier(model: Classifier, columns: list[int]) -> Logits:
    """Its own logits, in the order of the dataset's classes."""
    return lambda pixels: model.classify(pixels).float()[:, columns]


def of_prompts(model: ImageEncoder, heads: Float[Tensor, "c d"]) -> Logits:
    """Cosines with one text vector per class, before the temperature.

    A temperature of 1/100 would flatten the cross-entropy of every image that is told with confidence to a gradient of
    zero in fp32, and a model would seem to stand where only the loss is blind. The order of classes is the same.
    """
    there = heads.to(model.device)
    return lambda pixels: normalize(model.encode_image(pixels).float(), dim=-1) @ there.T


def of_probe(model: ImageEncoder, weight: Float[Tensor, "d c"], bias: Float[Tensor, " c"]) -> Logits:
    """Logits of a linear probe on what the model makes of pixels."""
    over, level = weight.to(model.device), bias.to(model.device)
    return lambda pixels: model.encode_image(pixels).float() @ over + level


def signs(logits: Logits, images: Float[Tensor, "n c h w"], truth: Int[Tensor, " n"]) -> Float[Tensor, "n 3"]:
    """What makes a robust accuracy doubtful, 1 where an image shows it: see `SIGNS`.

    Source: Carlini et al. 2019, "On evaluating adversarial robustness", section 5; Croce & Hein 2020.
    """
    images = images.detach().requires_grad_()
    with torch.enable_grad():
        given = logits(images)
        found = slope(cross_entropy(given, truth, truth), images)
    again = answers(logits, images)
    given = given.detach()
    inside = (given >= 0).all(dim=1) & (given <= 1).all(dim=1) & ((given.sum(dim=1) - 1).abs() < 1e-4)
    flat = found.flatten(1).abs().amax(dim=1) == 0
    return torch.stack([(given != again).any(dim=1), flat, inside], dim=1).float()


SIGNS = (
    "answers differ between two looks",
    "the loss has no gradient",
    "logits are probabilities already",
)
