"""How rates move over a run."""

from __future__ import annotations

import math
from typing import Literal

Shape = Literal["cosine", "constant", "wsd"]


def warm_cosine(step: int, *, steps: int, warmup: int) -> float:
    """The share of the peak rate at `step`: linear up to 1 over `warmup` steps, then half a cosine towards 0.

    Source: Loshchilov & Hutter 2017 (SGDR) without restarts; offsets as in open_clip, where step 0 already moves.
    """
    return (step + 1) / warmup if step < warmup else cosine(1.0, 0.0, (step - warmup) / (steps - warmup))


def warm_constant(step: int, *, steps: int, warmup: int, cooldown: int = 0) -> float:
    """Linear up to 1 over `warmup` steps, then 1, then linear towards 0 over the last `cooldown` steps.

    With a cooldown it is called WSD (Hu et al. 2024, MiniCPM): warm-up, stable, decay; offsets as in open_clip.
    """
    if step < warmup:
        return (step + 1) / warmup
    return 1.0 if step <= steps - cooldown else linear(1.0, 0.0, (step - steps + cooldown) / cooldown)


def share(step: int, steps: int, shape: Shape, warmup: int, cooldown: int) -> float:
    """The share of the peak rate at `step` (from 0) of `steps`."""
    if shape == "cosine":
        return warm_cosine(step, steps=steps, warmup=warmup)
    return warm_constant(step, steps=steps, warmup=warmup, cooldown=cooldown if shape == "wsd" else 0)


def cosine(start: float, end: float, way: float) -> float:
    """From `start` (at `way` 0) to `end` (at 1) along half a cosine."""
    return end + (start - end) * (1 + math.cos(math.pi * way)) / 2


def linear(start: float, end: float, way: float) -> float:
    """From `start` (at `way` 0) to `end` (at 1) in a straight line."""
    return start + (end - start) * way
