"""Small datasets that live in memory: coloured patches with labels and captions."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
from PIL import Image

from eyechart.core import Dataset, Item

COLOURS = ("red", "yellow", "green", "cyan", "blue", "magenta")
TEMPLATES = ("a {} patch.", "a photo of a {} patch.", "something {}.", "a picture in {}.", "{}.")
SIDE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """One hue with noise on it; a pure function of its fields."""

    hue: float
    seed: int

    def digest(self) -> str:
        """Of hue and seed."""
        return blake2b(f"patch {self.hue} {self.seed}".encode(), digest_size=16).hexdigest()

    def load(self) -> Image.Image:
        """RGB, 32 × 32."""
        colour = np.array(colorsys.hsv_to_rgb(self.hue, 0.8, 0.8)) * 255
        noise = np.random.default_rng(self.seed).normal(0, 25, (SIDE, SIDE, 3))
        return Image.fromarray(np.clip(colour + noise, 0, 255).astype(np.uint8))


def toy(n: int = 60, classes: int = 3, *, captions: int = 2, seed: int = 0) -> Dataset:
    """`n` patches to be examined on and `n` others to learn from, of `classes` hues in turn.

    Every patch has `captions` captions of its own, which name its hue and its number.
    """
    names = tuple(COLOURS[index] if classes <= len(COLOURS) else f"hue {index}" for index in range(classes))

    def split(kind: str, offset: int) -> Dataset:
        items = [_item(kind, index, names, captions, offset + index) for index in range(n)]
        return Dataset(
            name="toy", split=kind, revision="1", items=items, classes=names, templates=TEMPLATES, licence="CC0-1.0"
        )

    return replace(split("test", 10_000_000 * seed), train=split("train", 10_000_000 * seed + n))


def _item(kind: str, index: int, names: Sequence[str], captions: int, seed: int) -> Item:
    label = index % len(names)
    said = tuple(f"patch {kind} {index} in {names[label]}, view {view}" for view in range(captions))
    return Item(
        id=f"{kind}-{index}",
        picture=Patch(hue=label / len(names), seed=seed),
        label=label,
        captions=said,
        facts={"hue": label / len(names)},
    )


def permuted(data: Dataset, seed: int = 0) -> Dataset:
    """The same pictures with what is said of them (labels, captions, distractors, regions) dealt out anew."""
    rng = np.random.default_rng(seed)
    dealt = [
        replace(
            item,
            label=other.label,
            captions=other.captions,
            distractors=other.distractors,
            regions=other.regions,
            facts=other.facts,
        )
        for item, other in zip(data.items, (data.items[at] for at in rng.permutation(len(data.items))), strict=True)
    ]
    return replace(data, items=dealt, train=None if data.train is None else permuted(data.train, seed + 1))
