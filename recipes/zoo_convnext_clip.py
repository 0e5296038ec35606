"""zoo:convnext-clip, a small ConvNeXt and a small text tower that learnt from the world alone.

Aim        the convolutional companion of zoo:vit-clip: same data, same text tower, same loss; 70 % or more zero-shot.
Command    python recipes/zoo_convnext_clip.py
Cost       about 4 core-minutes to render 80 000 scenes (once for both recipes), then 44 minutes of one core of an AMD
           EPYC without avx512, in fp32: 1.0 to 1.25 steps a second beside other work; 384 000 samples.
Reached    2026-11-21, on 1 000 test scenes of another seed: zero-shot top-1 62.8 % among 79 names (chance 1.3 %);
           it was 55.5 % at half the run and had not levelled off.
"""

from __future__ import annotations

from _clip_on_world import main

from eyechart.learn.loop import Recipe
from eyechart.models.towers import ImagePlan

IMAGE = ImagePlan(family="convnext", patch=2, widths=(32, 64, 128, 192), depths=(2, 2, 3, 2))
RECIPE = Recipe(steps=6500, batch=128, rate=2e-3, warmup=150, ema=0.995)
PICTURES = {"scenes": 80_000, "people": 10_000, "writing": 10_000}

if __name__ == "__main__":
    main("convnext-clip", IMAGE, RECIPE, pictures=PICTURES, lessons=700)
