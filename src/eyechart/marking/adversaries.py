"""A fight over pictures, and what there is to see of it: as it was, as it fell, and what was added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from eyechart.attack.auto import STANDS, Fight, Stage, go_on
from eyechart.attack.ball import Ball
from eyechart.attack.losses import Logits, answers
from eyechart.attack.sweep import fought, goal
from eyechart.core import Classifier, ImageEncoder, Item, Sheet
from eyechart.data.pictures import Pixels
from eyechart.gallery import Exhibit, Pictured
from eyechart.models.folding import folded

SHOWN = 6  # pictures, each in three versions
DEEP = 0.45  # of the range from black to white: how far the largest change is enlarged
NOTE = (
    "In threes: the picture and what it is; the same after the smallest attack that fells it, and what the model calls "
    "it now; what was added, enlarged: grey is no change, brighter is more and darker is less."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Siege:
    """What is attacked, from where, and by what."""

    logits: Logits
    told: Mapping[str, int]  # the right answer by the digest of a picture
    names: Sequence[str]  # of the answers
    balls: Sequence[Ball]  # the smallest first
    stages: Sequence[Stage]

    def laid(self, digests: Sequence[str], pixels: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n k"]:
        """The fight in every ball, as `fought` tells it."""
        return fought(self.logits, goal(digests, pixels, self.told), self.balls, self.stages)

    def again(self, item: Item, pixels: Float[Tensor, "1 3 h w"], fall: tuple[int, int]) -> Float[Tensor, "1 3 h w"]:
        """The picture as it fell, ``(ball, stage)``; or as it was, where rounding has it stand this time."""
        ball, stage = fall
        aim = goal([item.picture.digest()], pixels, self.told)
        start = Fight(images=aim.images, felled=torch.full((1,), STANDS, device=pixels.device), done=stage)
        return go_on(self.logits, start, aim, self.balls[ball], self.stages).images

    def said(self, item: Item, pixels: Float[Tensor, "1 3 h w"]) -> str:
        """What a picture that fell is taken for: the best of the wrong answers, with which the right one may tie."""
        scores = answers(self.logits, pixels)[0].clone()
        scores[self.told[item.picture.digest()]] = -torch.inf
        return self.names[int(scores.argmax())]


def fallen(sheet: Sheet) -> list[int]:
    """Some rows that were right and fell, in the smallest balls first; at equal radius the answers take turns."""
    stood = np.asarray(sheet["stands"], dtype=np.float64).sum(1)
    fell = np.flatnonzero((sheet["clean"] == 1) & (stood < sheet["stands"].shape[1]))
    turns: dict[str, int] = {}
    order = []
    for row in fell[np.argsort(stood[fell], kind="stable")].tolist():
        name = str(sheet["truth"][row])
        turns[name] = turns.get(name, -1) + 1
        order.append((turns[name], float(stood[row]), row))
    return [row for *_, row in sorted(order)[:SHOWN]]


def exhibits(sheet: Sheet, siege: Siege, items: Mapping[int, Item], model: ImageEncoder | Classifier) -> list[Exhibit]:
    """Three pictures for each of some rows, given with their items, as they enter the model."""
    with folded(getattr(model, "network", None)):  # as when they fell
        pictures = _pictures(sheet, siege, items, model)
    return [Exhibit(title="Seen otherwise", note=NOTE, pictures=tuple(pictures), together=3)] if pictures else []


def _pictures(
    sheet: Sheet, siege: Siege, items: Mapping[int, Item], model: ImageEncoder | Classifier
) -> list[Pictured]:
    pictures: list[Pictured] = []
    for row, item in items.items():
        pixels = model.preprocess(item.picture.load())[None].to(model.device)
        ball = int(np.asarray(sheet["stands"][row]).sum())
        moved = siege.again(item, pixels, (ball, int(sheet["stage"][row])))
        added = _numbers(moved - pixels)
        if not added.any():
            continue
        times = DEEP / float(np.abs(added).max())
        pictures += [
            Pictured(Pixels(_bytes(_numbers(pixels))), str(sheet["truth"][row])),
            Pictured(Pixels(_bytes(_numbers(moved))), f"{siege.said(item, moved)}, within {_size(siege.balls[ball])}"),
            Pictured(Pixels(_bytes(0.5 + added * times)), f"added, × {times:.0f}"),
        ]
    return pictures


def _numbers(images: Tensor) -> NDArray[Any]:
    return np.asarray(images[0].detach().cpu().permute(1, 2, 0).double().numpy())


def _bytes(image: NDArray[Any]) -> NDArray[np.uint8]:
    return np.asarray((image.clip(0, 1) * 255).round().astype(np.uint8))


def _size(ball: Ball) -> str:
    return f"{ball.radius * 255:g} of 255" if ball.metric == "linf" else f"a length of {ball.radius:g}"
