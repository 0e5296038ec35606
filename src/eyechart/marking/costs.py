"""What a model cost to make and costs to run, and how it grew up; what nobody tells is None."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor

from eyechart.bench import DTYPES, Bench
from eyechart.core import Fact, ImageEncoder, TappedEncoder
from eyechart.models.pace import held, pace

BYTES = {"fp32": 4, "bf16": 4, "fp16": 4}  # of a weight: autocast keeps them in fp32 and rounds copies


@runtime_checkable
class Storied(Protocol):
    """A model whose card has more to tell: its study, its objective, the operations of its training."""

    @property
    def facts(self) -> Mapping[str, Fact]: ...


def made(model: ImageEncoder) -> dict[str, Any]:
    """From the card: parameters, operations, samples seen, and pictures × tokens × epochs.

    `epochs` is samples seen over distinct pictures; `tokens_seen` samples seen times tokens per picture.
    """
    card, told = model.card, dict(model.facts) if isinstance(model, Storied) else {}
    seen, pictures, tokens = card.samples_seen, told.get("pictures"), _tokens(model)
    return {
        "parameters": card.params or None,
        "flops": card.flops or None,
        "samples_seen": seen,
        "pictures": pictures,
        "tokens_per_picture": tokens,
        "epochs": seen / float(pictures) if seen and pictures else None,
        "tokens_seen": seen * tokens if seen and tokens else None,
        "training_flops": told.get("flops_in_all"),
        "trained_on": card.trained_on,
        **{name: str(told[name]) if name in told else None for name in ("study", "objective", "tower", "seed")},
    }


def run(model: ImageEncoder, bench: Bench, *, looks: int, batch: int) -> dict[str, Any]:
    """Measured: seconds of one picture and of a batch, and the memory that weights and activations take."""
    card, size = model.card, model.card.preprocessing.size
    precision = bench.precision_of(model)
    kind = model.device.split(":")[0]

    def see(pixels: Tensor) -> Tensor:
        with torch.inference_mode(), torch.autocast(kind, DTYPES[precision], enabled=precision != "fp32"):
            return model.encode_image(pixels)

    found: dict[str, Any] = {"precision": precision, "weights_bytes": BYTES[precision] * card.params or None}
    for name, pictures in (("one", 1), ("batch", batch)):
        found[f"activations_bytes_{name}"] = held(see, size, model.device, pictures=pictures)
        if looks:
            took = pace(see, size, model.device, pictures=pictures, looks=looks)
            found[f"seconds_{name}"] = took.seconds
            found[f"seconds_{name}_quartiles"] = [took.low, took.high]
    return found


def _tokens(model: ImageEncoder) -> int | None:
    """Per picture, without class and register tokens; cells of the last map, of a CNN."""
    if not isinstance(model, TappedEncoder) or "patches" not in model.card.taps:
        return None
    black = torch.zeros(1, 3, *model.card.preprocessing.size, device=model.device)
    with torch.inference_mode():
        return int(model.encode_taps(black, ("patches",))["patches"].shape[1])
