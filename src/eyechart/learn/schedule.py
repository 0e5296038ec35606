"""How the learning rate moves over a run."""

from __future__ import annotations

import math


def warm_cosine(step: int, *, steps: int, warmup: int) -> float:
    """The share of the peak rate at `step`: linear up to 1 over `warmup` steps, then half a cosine towards 0.

    Source: Loshchilov & Hutter 2017 (SGDR) without restarts; offsets as in open_clip, where step 0 already moves.
    """
    if step < warmup:
        return (step + 1) / warmup
    return (1 + math.cos(math.pi * (step - warmup) / (steps - warmup))) / 2
