"""Writing: pictures of letters, numbers, words, sentences, sums, signs and buttons, of which every stroke is known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from eyechart.core import Box, Fact
from eyechart.world.stream import Falsehood, Stream
from eyechart.world.text.fonts import UNSEEN_FONTS
from eyechart.world.text.inscription import Inscription, adds_up, inscription
from eyechart.world.text.lettering import Lettering, letter, paint
from eyechart.world.text.quoting import captions, falsehoods

VERSION = 1  # goes up whenever a pixel or a word of any picture changes
SMALLEST, LARGEST = 32, 512
_INSCRIPTION, _CAPTIONS, _FALSEHOODS = range(3)


@dataclass(frozen=True, kw_only=True)
class Writing:
    """All written pictures of one seed, size and split, addressed by a whole number.

    Training and validation never show UNSEEN_FONTS, nor UNSEEN_WORDS by themselves.
    """

    seed: int = 0
    size: int = 64  # pixels, both sides
    split: str = "train"

    def __post_init__(self) -> None:
        self.stream  # noqa: B018 - refuses what cannot be drawn

    @property
    def stream(self) -> Stream:
        """Where chance comes from."""
        return Stream(
            kind="writing",
            version=VERSION,
            seed=self.seed,
            size=self.size,
            split=self.split,
            smallest=SMALLEST,
            largest=LARGEST,
        )

    @property
    def digest(self) -> str:
        """Of everything that decides a pixel or a word."""
        return self.stream.digest

    def __getitem__(self, index: int) -> WrittenView:
        return WrittenView(self, self.stream.check(index))


class WrittenView:
    """One written picture. Everything is worked out when it is asked for."""

    def __init__(self, writing: Writing, index: int) -> None:
        self.writing, self.index = writing, index

    @cached_property
    def inscription(self) -> Inscription:
        """What is written, how and on what."""
        return inscription(self.writing.stream.dice(self.index, _INSCRIPTION), hold_out=self.writing.split != "test")

    @property
    def text(self) -> str:
        """What is written."""
        return self.inscription.text

    @cached_property
    def _lettering(self) -> Lettering:
        return letter(self.inscription, self.writing.size)

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """``uint8[size, size, 3]``, drawn anew at each call."""
        return paint(self.inscription, self._lettering, self.writing.size)

    @property
    def image(self) -> Image.Image:
        """The same as a Pillow image."""
        return Image.fromarray(self.pixels)

    @property
    def box(self) -> Box:
        """Around the ink, in pixels."""
        return self._lettering.box

    @cached_property
    def captions(self) -> tuple[str, ...]:
        """Five true captions, the fullest first."""
        return captions(self.inscription, self.writing.stream.dice(self.index, _CAPTIONS))

    @property
    def caption(self) -> str:
        """The first of them."""
        return self.captions[0]

    @cached_property
    def falsehoods(self) -> tuple[Falsehood, ...]:
        """Two to five false captions, each wrong in one fact."""
        return falsehoods(self.inscription, self.writing.stream.dice(self.index, _FALSEHOODS))

    @property
    def distractors(self) -> tuple[str, ...]:
        """The words of the falsehoods."""
        return tuple(falsehood.text for falsehood in self.falsehoods)

    @property
    def facts(self) -> dict[str, Fact]:
        """What is known, by name; heights in pixels, turns in degrees clockwise."""
        what, twin = self.inscription, self.inscription.look_alike
        return {
            "kind": what.kind,
            "text": what.text,
            "length": len(what.text),
            "font": what.font,
            "unseen_font": what.font in UNSEEN_FONTS,
            "height": round(self._lettering.height, 2),
            "turn": what.turn,
            "ink": what.ink,
            "paper": what.paper,
            "look_alike": twin.partner if twin else "",
            "in_context": bool(twin and twin.in_context),
            "genuine": twin.genuine if twin else True,
            "correct": what.kind != "sum" or adds_up(what.text),
        }
