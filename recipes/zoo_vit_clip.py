"""zoo:vit-clip, a small vision transformer and a small text tower that learnt from the world alone.

Aim        an own model for every exam without a download; at least 70 % zero-shot on test scenes (36 names).
Command    python recipes/zoo_vit_clip.py
Cost       TODO
Reached    TODO
"""

from __future__ import annotations

from _clip_on_world import main

from eyechart.learn.loop import Recipe
from eyechart.models.towers import ImagePlan

IMAGE = ImagePlan(family="vit", patch=8, widths=(128,), depths=(6,), heads=4)
RECIPE = Recipe(
    steps=1300, rate=1.5e-3, warmup=150, ema=0.995, precision="bf16", save_every=100, watch_every=250, log_every=20
)

if __name__ == "__main__":
    main("vit-clip", IMAGE, RECIPE, batch=128, scenes=60_000)
