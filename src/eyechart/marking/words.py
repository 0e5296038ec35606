"""Classes in words, and what a dual encoder makes of them."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import normalize

from eyechart.bench import Bench
from eyechart.core import Dataset, DualEncoder


def logits(model: DualEncoder, images: Tensor, texts: Tensor) -> Tensor:
    """The model's own logits on the CPU in fp32, wherever the model lives. Shapes: ``n d``, ``m d`` → ``n m``."""
    return model.logits(images.to(model.device), texts.to(model.device)).detach().float().cpu()


def prompts(model: DualEncoder, data: Dataset, bench: Bench) -> Tensor:
    """Every class name in every template, normalised: ``templates classes d``."""
    texts = [template.replace("{}", name) for template in data.templates for name in data.classes]
    return normalize(bench.texts(model, texts), dim=-1).unflatten(0, (len(data.templates), len(data.classes)))


def heads(wordings: Tensor) -> Tensor:
    """One vector per class, ``classes d``: the mean over normalised templates, normalised again."""
    return normalize(wordings.mean(0), dim=-1)
