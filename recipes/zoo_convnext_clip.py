"""zoo:convnext-clip, a small ConvNeXt and a small text tower that learnt from the world alone.

Aim        the convolutional companion of zoo:vit-clip: same data, same text tower, same loss.
Command    python recipes/zoo_convnext_clip.py
Cost       TODO
Reached    TODO
"""

from __future__ import annotations

from _clip_on_world import main

from eyechart.learn.loop import Recipe
from eyechart.models.towers import ImagePlan

IMAGE = ImagePlan(family="convnext", patch=2, widths=(32, 64, 128, 192), depths=(2, 2, 3, 2))
RECIPE = Recipe(
    steps=1800, rate=2e-3, warmup=150, ema=0.995, precision="bf16", save_every=100, watch_every=500, log_every=20
)

if __name__ == "__main__":
    main("convnext-clip", IMAGE, RECIPE, batch=128, scenes=60_000)
