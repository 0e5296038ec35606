"""The training loop beside the bare forward, backward and optimiser step: what everything else costs.

Time is that of the processor, over all threads, which other work on the machine disturbs little.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import torch
from _work import tell

from eyechart.core import Preprocessing
from eyechart.learn.chance import Chance
from eyechart.learn.loop import Batch, Recipe, Watch, train
from eyechart.learn.objectives.clip import Clip
from eyechart.models.tokens import Words
from eyechart.models.towers import ImagePlan, Plan, TextPlan, TwoTowers

BATCH, STEPS, ROUNDS = 32, 9, 8  # a round is one training in each way; the first step of each warms up
TEXTS = tuple(f"a picture of thing number {number}" for number in range(BATCH))
WORDS = Words.learn(TEXTS, entries=300, context=16)
RECIPE = Recipe(steps=STEPS, batch=BATCH, warmup=4)
WATCH = Watch(log_every=4)  # more than by default (50); saved, looked at and examined once in the end


def objective() -> Clip:
    """The towers of zoo:vit-clip."""
    size = Preprocessing(size=(64, 64), resize="crop", mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))
    image = ImagePlan(family="vit", patch=8, widths=(128,), depths=(6,), heads=4)
    text = TextPlan(entries=WORDS.entries, context=WORDS.context, width=128, depth=3)
    torch.manual_seed(0)
    return Clip(TwoTowers(Plan(image=image, text=text, space=128, preprocessing=size)), WORDS)


def source(_: int) -> Batch:
    return BATCHED


BATCHED = Batch(pixels=torch.rand(BATCH, 3, 64, 64, generator=torch.Generator().manual_seed(0)), texts=TEXTS)


def bare() -> list[float]:
    """Seconds of each step of the plainest loop."""
    clip, marks = objective().train(), []
    matrices = [weight for weight in clip.parameters() if weight.ndim > 1]
    others = [weight for weight in clip.parameters() if weight.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": 0.2}, {"params": others, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.98), eps=1e-6, fused=True)
    for step in range(STEPS):
        optimiser.zero_grad()
        loss = clip.loss(source(step), Chance(0, step)).total
        loss.backward()
        torch.nn.utils.clip_grad_norm_(clip.parameters(), 1.0)
        optimiser.step()
        marks.append(time.process_time())
    return [b - a for a, b in pairwise(marks)]


class Clock:
    """A progress that only remembers when each step was done."""

    def __init__(self) -> None:
        self.marks: list[float] = []

    @contextmanager
    def track(self, what: str, total: int) -> Iterator[Callable[[int], None]]:  # noqa: ARG002
        yield lambda done: self.marks.append(time.process_time()) if done else None

    def say(self, sentence: str) -> None:
        pass


def looped(recipe: Recipe) -> list[float]:
    """Seconds of each step of the loop, with all that happens between two of them."""
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        train(objective(), source, recipe, Path(folder), WATCH, clock)
    return [b - a for a, b in zip(clock.marks, clock.marks[1:], strict=False)]


def main() -> None:
    averaged = Recipe(steps=STEPS, batch=BATCH, warmup=4, ema=0.995)
    ways: dict[str, Callable[[], list[float]]] = {
        "bare": bare,
        "loop": lambda: looped(RECIPE),
        "loop_with_average": lambda: looped(averaged),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):  # in turn, so that what else the machine does falls on all alike
        for name, way in ways.items():
            seconds[name] += way()
    middle = {name: statistics.median(found) for name, found in seconds.items()}
    tell(
        "loop",
        batch=BATCH,
        milliseconds_per_step={name: round(1000 * value, 2) for name, value in middle.items()},
        loop_over_bare=middle["loop"] / middle["bare"],
        loop_over_bare_at_best=min(seconds["loop"]) / min(seconds["bare"]),
        loop_with_average_over_bare=middle["loop_with_average"] / middle["bare"],
    )


if __name__ == "__main__":
    main()
