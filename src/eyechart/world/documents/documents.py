"""Documents: pictures of letters, receipts, articles, web pages and forms, each block of which is known and boxed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from eyechart.core import Box, Fact, Region
from eyechart.world.documents.asking import PageQuestion, captions, falsehoods, questions
from eyechart.world.documents.page import LARGEST, SMALLEST, Page
from eyechart.world.documents.paperwork import Document, document
from eyechart.world.documents.printing import printed
from eyechart.world.documents.typesetting import typeset
from eyechart.world.stream import Falsehood, Stream
from eyechart.world.text.fonts import UNSEEN_FONTS

VERSION = 1  # goes up whenever a pixel or a word of any picture changes
_DOCUMENT, _FALSEHOODS = range(2)


@dataclass(frozen=True, kw_only=True)
class Documents:
    """All documents of one seed, size and split, addressed by a whole number.

    From 128 pixels on all text is legible; below 96 only large blocks are there. Training and validation never show
    UNSEEN_FONTS.
    """

    seed: int = 0
    size: int = 256  # pixels, both sides
    split: str = "train"

    def __post_init__(self) -> None:
        self.stream  # noqa: B018 - refuses what cannot be drawn

    @property
    def stream(self) -> Stream:
        """Where chance comes from."""
        return Stream(
            kind="documents",
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

    def __getitem__(self, index: int) -> DocumentView:
        return DocumentView(self, self.stream.check(index))


class DocumentView:
    """One document. Everything is worked out when it is asked for."""

    def __init__(self, documents: Documents, index: int) -> None:
        self.documents, self.index = documents, index

    @cached_property
    def document(self) -> Document:
        """All that it holds, whether or not it finds room."""
        return document(self.documents.stream.dice(self.index, _DOCUMENT), hold_out=self.documents.split != "test")

    @cached_property
    def page(self) -> Page:
        """What is seen, and where."""
        return typeset(self.document, self.documents.size)

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """``uint8[size, size, 3]``, drawn anew at each call."""
        return printed(self.page)

    @property
    def image(self) -> Image.Image:
        """The same as a Pillow image."""
        return Image.fromarray(self.pixels)

    @property
    def text(self) -> str:
        """All text that is seen, a line for each block."""
        return "\n".join(block.text for block in self.page.blocks if block.text)

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Around each block of the page, in pixels."""
        return tuple(block.box for block in self.page.blocks)

    @property
    def regions(self) -> tuple[Region, ...]:
        """The boxes with their labels."""
        return tuple(Region(label=block.label, box=block.box) for block in self.page.blocks)

    @cached_property
    def questions(self) -> tuple[PageQuestion, ...]:
        """All that can be asked of it, with answers in words and, where something is to be pointed at, boxes."""
        return questions(self.page)

    @cached_property
    def captions(self) -> tuple[str, ...]:
        """Two to five true captions, the fullest first."""
        return captions(self.page)

    @property
    def caption(self) -> str:
        """The first of them."""
        return self.captions[0]

    @cached_property
    def falsehoods(self) -> tuple[Falsehood, ...]:
        """At least two false captions, each wrong in one fact."""
        return falsehoods(self.page, self.documents.stream.dice(self.index, _FALSEHOODS))

    @property
    def distractors(self) -> tuple[str, ...]:
        """The words of the falsehoods."""
        return tuple(falsehood.text for falsehood in self.falsehoods)

    @property
    def facts(self) -> dict[str, Fact]:
        """What is known, by name."""
        titles, pictures = self.page.having("title"), self.page.having("picture")
        scene = pictures[0].scene if pictures else None
        return {
            "kind": self.page.kind,
            "title": titles[0].text if titles else "",
            "blocks": len(self.page.blocks),
            "buttons": len(self.page.having("button")),
            "links": len(self.page.having("link")),
            "words": len(self.text.split()),
            "picture": scene.main.concept if scene else "",
            "body": self.document.body,
            "head": self.document.head,
            "unseen_font": self.document.head in UNSEEN_FONTS,
        }
