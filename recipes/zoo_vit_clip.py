"""zoo:vit-clip, a small vision transformer and a small text tower that learnt from the world alone.

Aim        an own model for every exam without a download; 70 % or more zero-shot on test scenes.
Command    python recipes/zoo_vit_clip.py
Cost       about 4 core-minutes to render 80 000 scenes (once for both recipes), then 57 minutes of one core of an AMD
           EPYC without avx512, in fp32: 1.0 to 1.25 steps a second beside other work; 448 000 samples, half their
           tokens dropped.
Reached    2026-11-21, on 1 000 test scenes of another seed: zero-shot top-1 43.7 % among 79 names (chance 1.3 %).
           The schedule was changed once while it ran: a cosine over 2 400 steps to its end (39.6 %), then over 3 500.
"""

from __future__ import annotations

from _clip_on_world import main

from eyechart.learn.loop import Recipe
from eyechart.models.towers import ImagePlan

IMAGE = ImagePlan(family="vit", patch=8, widths=(128,), depths=(6,), heads=4)
RECIPE = Recipe(steps=3500, batch=128, rate=1.5e-3, warmup=150, ema=0.995)
PICTURES = {"scenes": 80_000}

if __name__ == "__main__":
    main("vit-clip", IMAGE, RECIPE, pictures=PICTURES, lessons=700, drop=0.5)
