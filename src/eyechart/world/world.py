"""The world: picture number `i` with everything that is known of it, a pure function of a seed and `i`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from eyechart.core import Box, Fact
from eyechart.errors import BadInput, UnknownName
from eyechart.world import facts as known
from eyechart.world import rules, twins
from eyechart.world.concepts import NAMES
from eyechart.world.dice import Dice
from eyechart.world.language import Falsehood, Question, captions, falsehoods, questions, tell_apart
from eyechart.world.painting import depth as distances
from eyechart.world.painting.bands import bands
from eyechart.world.painting.motion import Flow, flow
from eyechart.world.painting.render import LARGEST, SMALLEST, Mask, Pixels, box_of, masks, render, render_with_masks
from eyechart.world.scene import Scene
from eyechart.world.splits import DRAWS, SPLITS, WITHHELD, digest
from eyechart.world.staging.company import Plan
from eyechart.world.staging.layout import compose
from eyechart.world.staging.steps import a_moment_later

VERSION = 2  # goes up whenever a pixel or a word of any scene changes
_SCENE, _CAPTIONS, _FALSEHOODS, _QUESTIONS, _MOTION = range(5)
_TWINS = 1 << 16  # and up, by the code of the change


@dataclass(frozen=True, kw_only=True)
class World:
    """All pictures of one seed, size, split and draw, addressed by a whole number.

    The splits draw from different streams, so they share no scene. Scenes of "train" and "valid" never show what
    `hold_out` names: the colour, the place or the state in which a concept is not to be learnt, or whole concepts.
    Those of "test" show all of it, more often than by chance.
    """

    seed: int = 0
    size: int = 64  # pixels, both sides
    split: str = "train"
    draw: str = "balanced"  # or "long-tailed": concepts by Zipf's law
    hold_out: tuple[str, ...] = ("colour", "place", "state")  # or "concept", or less

    def __post_init__(self) -> None:
        if self.split not in SPLITS:
            raise BadInput(f"the world has no split {self.split!r}; expected one of {', '.join(SPLITS)}.")
        if self.draw not in DRAWS:
            raise UnknownName("draw of the world", self.draw, DRAWS)
        for kind in self.hold_out:
            if kind not in WITHHELD:
                raise UnknownName("kind of combination to hold out", kind, WITHHELD)
        if not SMALLEST <= self.size <= LARGEST:
            raise BadInput(f"the world draws pictures of {SMALLEST} to {LARGEST} pixels; given size={self.size}.")
        if not 0 <= self.seed < 2**62:
            raise BadInput(f"the seed of the world is a whole number from 0 to 2^62 - 1; given {self.seed}.")

    def __getitem__(self, index: int) -> View:
        if index < 0:
            raise BadInput(f"the world has no first or last picture; give an index of 0 or more, not {index}.")
        return View(self, index)

    @cached_property
    def plan(self) -> Plan:
        """What its scenes may show."""
        hidden = tuple(kind for kind in WITHHELD if kind in self.hold_out)
        if self.split == "test":
            return Plan(draw=self.draw, sought=hidden)
        return Plan(draw=self.draw, withheld=hidden)

    @cached_property
    def digest(self) -> str:
        """Of everything that decides its pictures: two worlds with one digest show the same."""
        kinds = [kind for kind in WITHHELD if kind in self.hold_out]
        return digest("world", VERSION, self.seed, self.size, self.split, self.draw, *kinds)

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

    def changes(self, index: int) -> tuple[str, ...]:
        """What can differ in a twin of this picture."""
        scene = self[index].scene
        return tuple(str(change) for change in twins.conceivable(scene) if self._changed(index, scene, change))

    def twin(self, index: int, change: str = "colour") -> Twin:
        """The same picture but for one fact, such as "colour of object 2"; object 1, the main one, if none is named.

        Raises:
            UnknownName: there is no such kind of change.
            BadInput: this picture cannot be changed so; the message lists how it can.
        """
        before = self[index]
        wanted = twins.parsed(change)
        after = self._changed(index, before.scene, wanted)
        if after is None:
            raise twins.refused(before.scene, wanted, self.changes(index))
        return Twin(change=wanted, before=before, view=View(self, index, after))

    def _changed(self, index: int, scene: Scene, change: twins.Change) -> Scene | None:
        return twins.changed(scene, change, self.dice(index, _TWINS + change.code), self.plan.withheld)


@dataclass(frozen=True, slots=True)
class Told:
    """A picture in the words of one language."""

    captions: tuple[str, ...]  # five true ones, the fullest first
    falsehoods: tuple[Falsehood, ...]  # three to five, each wrong in one fact
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """What happens next."""

    after: View
    flow: Flow  # from the picture to the one after it


class View:
    """One picture of a world. Everything is worked out when it is asked for."""

    def __init__(self, world: World, index: int, scene: Scene | None = None) -> None:
        """`scene` instead of the one that the world has at the index, such as a twin of it."""
        self.world, self.index = world, index
        if scene is not None:
            self.scene = scene

    @cached_property
    def scene(self) -> Scene:
        """What is there."""
        return compose(self.world.dice(self.index, _SCENE), self.world.plan)

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
    def pixels_and_masks(self) -> tuple[Pixels, Mask]:
        """Both in one pass, which is faster."""
        return render_with_masks(self.scene, self.world.size)

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Around each mask, in pixels."""
        return tuple(box_of(mask) for mask in self.masks)

    @property
    def depth(self) -> NDArray[np.float32]:
        """How far away each pixel is, ``float32[size, size]``: 0 nearest, 1 the place behind all things."""
        return distances.depth(self.scene, self.world.size)

    def bands(self, count: int) -> NDArray[np.float32]:
        """The picture in so many bands of a spectrum, ``float32[count, size, size]``."""
        return bands(self.scene, self.world.size, count)

    @cached_property
    def later(self) -> View:
        """The picture a moment later."""
        return View(self.world, self.index, a_moment_later(self.scene, self.world.dice(self.index, _MOTION)))

    @cached_property
    def motion(self) -> Moved:
        """The picture a moment later, and how every pixel got there."""
        return Moved(after=self.later, flow=flow(self.scene, self.later.scene, self.world.size))

    @cached_property
    def captions(self) -> tuple[str, ...]:
        """Five true captions in English, the fullest first."""
        return captions(self.scene, self.world.dice(self.index, _CAPTIONS))

    @property
    def caption(self) -> str:
        """The first of them."""
        return self.captions[0]

    @cached_property
    def falsehoods(self) -> tuple[Falsehood, ...]:
        """Three to five false captions in English, each wrong in one fact."""
        return falsehoods(self.scene, self.world.dice(self.index, _FALSEHOODS))

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """In English, with answers."""
        return questions(self.scene, self.world.dice(self.index, _QUESTIONS))

    def told(self, language: str) -> Told:
        """The same captions, falsehoods and questions in any language that the world speaks."""
        scene, dice = self.scene, self.world.dice
        return Told(
            captions=captions(scene, dice(self.index, _CAPTIONS), language),
            falsehoods=falsehoods(scene, dice(self.index, _FALSEHOODS), language),
            questions=questions(scene, dice(self.index, _QUESTIONS), language),
        )

    @property
    def scene_concepts(self) -> tuple[str, ...]:
        """Names of the scenes that this is one of, such as "traffic" or "still life"."""
        return rules.scene_concepts(self.scene)

    @property
    def facts(self) -> dict[str, Fact]:
        """What is known, by name; positions and sizes as shares of the image side."""
        return known.facts(self.scene, self.world.plan.withheld or self.world.plan.sought)


@dataclass(frozen=True, slots=True)
class Twin:
    """A picture that differs from another in one fact."""

    change: twins.Change
    before: View
    view: View

    @property
    def scene(self) -> Scene:
        """What is there."""
        return self.view.scene

    def told(self, language: str = "en") -> tuple[str, str]:
        """A sentence for each, in the same words but for the fact; each is true of its own picture alone."""
        return tell_apart(self.before.scene, self.scene, language)
