"""What a run is asked to show while it learns; nothing of it changes what is learnt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from eyechart.core import ImageEncoder, Model
from eyechart.learn.health import Limits
from eyechart.learn.objective import Batch

Exam = Callable[[int, Model], Mapping[str, float]]  # after so many steps, of the product with the weights that count


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How often to look, at what, and when to stop. Everything is looked at in the end as well."""

    log_every: int = 50
    save_every: int = 500
    look_every: int = 500  # at the health of features and of frozen parts
    exam_every: int = 500
    exam: Exam | None = None
    writers: tuple[str, ...] = ()  # besides log.jsonl: "tensorboard", "wandb", "mlflow"
    limits: Limits = Limits()  # noqa: RUF009  # frozen


def features(model: Model, batch: Batch) -> Tensor | None:
    """What the product sees in a batch, ``n d``; None where it sees no pictures by themselves."""
    if not isinstance(model, ImageEncoder):
        return None
    with torch.inference_mode():
        return model.encode_image(batch.pixels).float()


@contextmanager
def at_rest(module: nn.Module) -> Iterator[None]:
    """Within the block every part is in eval mode; afterwards each is in the mode that it was in."""
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for part, training in modes:
            part.training = training
