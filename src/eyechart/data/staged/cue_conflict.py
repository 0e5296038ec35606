"""Pictures whose cues disagree: the shape of one concept under the skin of another, and each cue by itself.

Of sixteen concepts with an outline and colours of their own, every shape under every other skin: 240 conflicts a round,
each a group of four pictures at the same place, in the same size and pose. The *conflict* has the outline of one
concept and, all over it, pictures of the other, about a third as long as the frame. The *silhouette* is the same
outline in black, the *patch* nothing but the skin, as large, from edge to edge of the frame, and the *intact* one the
first concept as the world draws it.

After Geirhos et al. 2019, whose textures were laid on by style transfer. The design is balanced: who always gives the
same answer takes as many shapes as textures. To learn from there are intact pictures, of other sizes and in all colours
that a concept has, for encoders that name nothing by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np
from PIL import Image

from eyechart.core import Dataset, Item
from eyechart.data.lazy import Lazy
from eyechart.data.reels import Order, noun, open_reel
from eyechart.data.staged.stage import Stage
from eyechart.world.concepts import CONCEPTS as WORLD
from eyechart.world.dice import Dice
from eyechart.world.painting.finish import Paints, unpacked
from eyechart.world.painting.layers import framed
from eyechart.world.painting.render import Pixels, fineness, ground, render
from eyechart.world.painting.skins import natural, skinned
from eyechart.world.painting.stamp import Grid, Stamp, stamp
from eyechart.world.scene import Scene, Thing
from eyechart.world.splits import SPLITS, digest
from eyechart.world.world import VERSION

CONCEPTS = (
    *("apple", "banana", "bicycle", "butterfly", "cactus", "car", "carrot", "clock"),
    *("drum", "elephant", "flower", "grapes", "guitar", "ice cream", "penguin", "pizza"),
)
PAIRS = tuple(permutations(CONCEPTS, 2))
CUES = ("conflict", "silhouette", "patch", "intact")
PLACES = ("room", "desert", "snow", "hills")  # plain ones
ENLARGED = 2.0  # the skin, over that of `Thing.skin`, whose pictures are too small to be told at 64 pixels
COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "brown", "gray")  # of what may have any
_PURPOSE = 0xC0E << 20


def stage(wanted: Stage) -> Dataset:
    """As many whole rounds as fit into the test items, and one at least; there is nothing to learn from."""
    rounds = max(1, wanted.test // (len(PAIRS) * len(CUES)))
    order = Order(of="scenes", seed=wanted.seed, size=wanted.size, language=wanted.language)
    subject = open_reel(order, wanted.split).subject
    examined = Dataset(
        name="world:cue_conflict",
        split=wanted.split,
        revision=digest("cue conflict", VERSION, wanted.seed, wanted.size, wanted.split)[:16],
        items=Lazy(rounds * len(PAIRS) * len(CUES), lambda number: _item(wanted, *divmod(number, len(CUES)))),
        classes=tuple(noun(concept, wanted.language) for concept in CONCEPTS),
        templates=subject.templates,
        taxonomy=subject.taxonomy,
        licence="CC0-1.0",
    )
    if not wanted.train:
        return examined
    lessons = Lazy(wanted.train, lambda number: _lesson(wanted, number))
    return replace(examined, train=replace(examined, split="train", items=lessons))


def _lesson(wanted: Stage, number: int) -> Item:
    """One of the pictures to learn from: the concepts by turns."""
    return Item(
        id=f"{wanted.seed}/train/{number:05d}",
        picture=Lesson(wanted.seed, wanted.size, number),
        label=number % len(CONCEPTS),
    )


def _item(wanted: Stage, group: int, number: int) -> Item:
    cue, (shape, texture) = CUES[number], PAIRS[group % len(PAIRS)]
    name = f"{wanted.seed}/{wanted.split}/{group:05d}"
    named = {"shape": noun(shape, wanted.language), "texture": noun(texture, wanted.language)}
    return Item(
        id=f"{name}/{cue}",
        picture=Cue(wanted.seed, wanted.split, wanted.size, group, cue),
        label=CONCEPTS.index(texture if cue == "patch" else shape),
        group=name,
        facts={"cue": cue, "conflict": group, **named},
    )


@dataclass(frozen=True, slots=True)
class Cue:
    """One picture of a group, drawn when it is asked for."""

    seed: int
    split: str
    size: int
    group: int
    cue: str

    def digest(self) -> str:
        """Of all that decides the pixels."""
        return digest("cue conflict", VERSION, self.seed, self.size, self.split, self.group, self.cue)

    def load(self) -> Image.Image:
        """RGB, 8 bits, square."""
        scene = self._scene()
        skin = replace(scene.main, skin=PAIRS[self.group % len(PAIRS)][1], side=scene.main.side * ENLARGED)
        if self.cue == "patch":
            return Image.fromarray(_patch(skin, self.size))
        if self.cue == "conflict":
            return Image.fromarray(_covered(scene, skin, self.size))
        black = replace(scene, things=(replace(scene.main, style="silhouette", colour="black"),))
        return Image.fromarray(render(black if self.cue == "silhouette" else scene, self.size))

    def _scene(self) -> Scene:
        """The same for all four pictures of a group."""
        shape = PAIRS[self.group % len(PAIRS)][0]
        dice = Dice(self.seed * len(SPLITS) + SPLITS.index(self.split), self.group, _PURPOSE)
        thing = Thing(
            concept=shape,
            colour=natural(shape),
            side=dice.between(0.74, 0.86),
            x=dice.between(0.46, 0.54),
            y=dice.between(0.46, 0.54),
            turn=dice.between(-8, 8),
            flipped=dice.chance(0.5),
        )
        return Scene(place=dice.pick(PLACES), variant=dice.below(4), things=(thing,))


@dataclass(frozen=True, slots=True)
class Lesson:
    """A concept by itself, in any of its colours."""

    seed: int
    size: int
    number: int

    def digest(self) -> str:
        """Of all that decides the pixels."""
        return digest("cue conflict lesson", VERSION, self.seed, self.size, self.number)

    def load(self) -> Image.Image:
        """RGB, 8 bits, square."""
        concept = CONCEPTS[self.number % len(CONCEPTS)]
        dice = Dice(self.seed * len(SPLITS) + SPLITS.index("train"), self.number, _PURPOSE)
        thing = Thing(
            concept=concept,
            colour=dice.pick(WORLD[concept].colours or COLOURS),
            side=dice.between(0.4, 0.86),
            x=dice.between(0.4, 0.6),
            y=dice.between(0.4, 0.6),
            turn=dice.between(-20, 20),
            flipped=dice.chance(0.5),
        )
        return Image.fromarray(
            render(Scene(place=dice.pick(PLACES), variant=dice.below(4), things=(thing,)), self.size)
        )


def _patch(skin: Thing, size: int) -> Pixels:
    """The skin over the whole frame."""
    side = size * fineness(size)
    return _averaged(skinned(skin, Stamp(np.ones((side, side), dtype=np.uint8), 0, 0), side, dark_ground=False), size)


def _covered(scene: Scene, skin: Thing, size: int) -> Pixels:
    """The thing of a scene, under the skin that another thing at its place would have, with a rim of its own."""
    fine = fineness(size)
    on = stamp(scene.main, Grid(size * fine, fine))
    colours, left, top = framed(skinned(skin, on, size * fine, dark_ground=False), on.left, on.top, size * fine)
    points = ground(scene, size).repeat(fine, axis=0).repeat(fine, axis=1)
    np.copyto(points[top : top + colours.shape[0], left : left + colours.shape[1]], colours, where=colours > 0)
    return _averaged(points, size)


def _averaged(points: Paints, size: int) -> Pixels:
    """The mean colour of the fine points of each pixel."""
    fine = fineness(size)
    blocks = unpacked(points).reshape(size, fine, size, fine, 3)
    return np.asarray(blocks.mean(axis=(1, 3)).round().astype(np.uint8))


PUBLIC = stage
