"""The world: picture number `i` with everything that is known of it, a pure function of a seed and `i`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from eyechart.core import Box, Fact
from eyechart.errors import BadInput
from eyechart.world.concepts import NAMES
from eyechart.world.dice import Dice
from eyechart.world.language import Falsehood, captions, falsehoods
from eyechart.world.layout import compose, unseen
from eyechart.world.render import LARGEST, SMALLEST, Mask, Pixels, box_of, hidden, masks, render
from eyechart.world.scene import Scene

VERSION = 1  # goes up whenever a pixel or a word of any scene changes
SPLITS = ("train", "test")
_SCENE, _CAPTIONS, _FALSEHOODS = range(3)


@dataclass(frozen=True, kw_only=True)
class World:
    """All pictures of one seed, size and split, addressed by a whole number.

    The splits draw from different streams, so they share no scene; scenes of "train" never show a combination of
    concept and colour that is `unseen`.
    """

    seed: int = 0
    size: int = 64  # pixels, both sides
    split: str = "train"

    def __post_init__(self) -> None:
        if self.split not in SPLITS:
            raise BadInput(f"the world has no split {self.split!r}; expected one of {', '.join(SPLITS)}.")
        if not SMALLEST <= self.size <= LARGEST:
            raise BadInput(f"the world draws pictures of {SMALLEST} to {LARGEST} pixels; given size={self.size}.")
        if not 0 <= self.seed < 2**62:
            raise BadInput(f"the seed of the world is a whole number from 0 to 2^62 - 1; given {self.seed}.")

    def __getitem__(self, index: int) -> View:
        if index < 0:
            raise BadInput(f"the world has no first or last picture; give an index of 0 or more, not {index}.")
        return View(self, index)

    def dice(self, index: int, purpose: int) -> Dice:
        """The chance that decides one aspect of one picture."""
        return Dice(self.seed * len(SPLITS) + SPLITS.index(self.split), index, purpose)

    def batch(self, indices: Iterable[int]) -> tuple[Pixels, list[tuple[str, ...]]]:
        """Pictures ``uint8[n, size, size, 3]`` and the five captions of each; the fast way for training."""
        views = [self[index] for index in indices]
        pixels = np.empty((len(views), self.size, self.size, 3), dtype=np.uint8)
        for row, view in zip(pixels, views, strict=True):
            row[...] = view.pixels
        return pixels, [view.captions for view in views]


class View:
    """One picture of a world. Everything is worked out when it is asked for."""

    def __init__(self, world: World, index: int) -> None:
        self.world, self.index = world, index

    @cached_property
    def scene(self) -> Scene:
        """What is there."""
        return compose(self.world.dice(self.index, _SCENE), hold_out=self.world.split == "train")

    @property
    def name(self) -> str:
        """The concept of the main thing."""
        return self.scene.main.concept

    @property
    def label(self) -> int:
        """Its number among the concepts."""
        return NAMES.index(self.name)

    @property
    def pixels(self) -> Pixels:
        """``uint8[size, size, 3]``, drawn anew at each call."""
        return render(self.scene, self.world.size)

    @property
    def image(self) -> Image.Image:
        """The same as a Pillow image."""
        return Image.fromarray(self.pixels)

    @property
    def masks(self) -> Mask:
        """``bool[things, size, size]``; the first is the main thing."""
        return masks(self.scene, self.world.size)

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Around each mask, in pixels."""
        return tuple(box_of(mask) for mask in self.masks)

    @cached_property
    def captions(self) -> tuple[str, ...]:
        """Five true captions, the fullest first."""
        return captions(self.scene, self.world.dice(self.index, _CAPTIONS))

    @property
    def caption(self) -> str:
        """The first of them."""
        return self.captions[0]

    @cached_property
    def falsehoods(self) -> tuple[Falsehood, ...]:
        """Three to five false captions, each wrong in one fact."""
        return falsehoods(self.scene, self.world.dice(self.index, _FALSEHOODS))

    @property
    def facts(self) -> dict[str, Fact]:
        """What is known, by name; positions and sizes as shares of the image side."""
        main = self.scene.main
        return {
            "concept": main.concept,
            "colour": main.colour,
            "texture": main.texture,
            "place": self.scene.place,
            "size": main.size,
            "side": round(main.side, 4),
            "x": round(main.x, 4),
            "y": round(main.y, 4),
            "turn": round(main.turn, 2),
            "count": len(self.scene.things),
            "others": ", ".join(f"{thing.colour} {thing.concept}" for thing in self.scene.others),
            "occlusion": round(hidden(self.scene), 4),
            "unseen": unseen(main.concept, main.colour),
        }
