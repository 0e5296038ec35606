"""The world: pictures per second and core, with and without masks, and where the time goes.

Scenes are composed beforehand (that is measured by itself), grounds are painted beforehand, no two scenes are alike.
Processor time of one thread, best of several runs; the same pixels as `World()[i].pixels` gives.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from _work import tell

from eyechart.world.painting.render import ground, masks, render, render_with_masks
from eyechart.world.scene import Scene
from eyechart.world.world import World

# Of `render_with_masks`, by the function that does it.
_STEPS = {
    "fill the parts": "_filled",
    "rim and lines": "_finish",
    "texture, material, style": "areas",
    "look up colours": "painted",
    "average down": "_summed",
    "lay over the place": "_picture",
    "masks": "_shares",
}
_INSIDE = {"look up colours": "areas"}  # is part of the one named first, and counted apart
_ROUND = 24  # scenes between two uses of one, at least: more than layers are kept


def per_second(work: Callable[[Scene], object], scenes: Sequence[Scene], repeats: int) -> float:
    """Scenes per second of processor time, best of `repeats` runs over all of them."""
    best = float("inf")
    for _ in range(repeats):
        fresh = [replace(scene, things=tuple(replace(thing) for thing in scene.things)) for scene in scenes]  # as new
        start = time.process_time()
        for scene in fresh:
            work(scene)
        best = min(best, time.process_time() - start)
    return len(scenes) / best


def shares(scenes: Sequence[Scene], size: int) -> dict[str, float]:
    """Which share of the profiled time each step takes."""
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    for scene in scenes:
        render_with_masks(scene, size)
    profile.disable()
    spent: dict[str, float] = {}
    for (_, _, name), (_, _, _, cumulative, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        spent[name] = spent.get(name, 0.0) + cumulative
    whole = spent["render_with_masks"]
    parts = {
        step: (spent[name] - (spent[_INSIDE[step]] if step in _INSIDE else 0)) / whole for step, name in _STEPS.items()
    }
    return {step: round(share, 3) for step, share in (parts | {"the rest": 1 - sum(parts.values())}).items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=600)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    world = World()
    start = time.process_time()
    scenes = [world[index].scene for index in range(max(asked.scenes, _ROUND))]
    composing = len(scenes) / (time.process_time() - start)
    tell("world composing", scenes_per_second=round(composing), things=sum(len(s.things) for s in scenes) / len(scenes))
    for size in (64, 224):
        some = scenes if size == 64 else scenes[: max(_ROUND, len(scenes) // 4)]
        for scene in some:
            ground(scene, size)
        rates = {
            "pixels_and_masks": per_second(
                lambda scene, size=size: render_with_masks(scene, size), some, asked.repeats
            ),  # type: ignore[misc]
            "pixels": per_second(lambda scene, size=size: render(scene, size), some, asked.repeats),  # type: ignore[misc]
            "masks": per_second(lambda scene, size=size: masks(scene, size), some, asked.repeats),  # type: ignore[misc]
        }
        tell(
            f"world {size} px",
            images=len(some),
            images_per_second={name: round(rate) for name, rate in rates.items()},
            masks_cost=rates["pixels"] / rates["pixels_and_masks"] - 1,
            profile=shares(some, size),
        )


if __name__ == "__main__":
    main()
