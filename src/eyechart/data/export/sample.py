"""One picture with everything that is known of it, encoded and ready to be written in any format."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image

from eyechart.core import Box, Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A thing in the picture: its name, its box, and its mask as compressed run lengths ("" where it was left out)."""

    name: str
    box: Box
    runs: str
    area: int  # pixels of the mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A picture as PNG, and beside it what is true and false of it."""

    number: int  # of the picture in its world
    id: str
    png: bytes
    size: tuple[int, int]  # height, width
    label: int
    captions: tuple[str, ...]
    falsehoods: tuple[Mapping[str, Any], ...]
    questions: tuple[Mapping[str, Any], ...]
    facts: Mapping[str, Fact]
    parts: tuple[Part, ...]

    @property
    def key(self) -> str:
        """What its files are called, but for the ending."""
        return f"{self.number:07d}"

    def told(self) -> dict[str, Any]:
        """All but the pixels, as JSON knows it."""
        return {
            "id": self.id,
            "label": self.label,
            "captions": self.captions,
            "falsehoods": self.falsehoods,
            "questions": self.questions,
            "facts": self.facts,
            "things": [self._told(part) for part in self.parts],
        }

    def mask(self, part: Part) -> dict[str, Any]:
        """The mask as COCO writes it."""
        return {"size": list(self.size), "counts": part.runs}

    def _told(self, part: Part) -> dict[str, Any]:
        bare = {"name": part.name, "box": [round(edge) for edge in part.box]}
        return {**bare, "mask": self.mask(part)} if part.runs else bare


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What holds for all samples: the classes in the order of the labels, and what is said of them."""

    title: str  # what was exported, as one types it
    revision: str
    classes: tuple[str, ...]
    templates: tuple[str, ...]
    taxonomy: Mapping[str, str]
    parts: tuple[str, ...]  # every name that a part may have
    licence: str


def png(image: Image.Image) -> bytes:
    """The picture, without loss; the same bytes for the same pixels."""
    stream = io.BytesIO()
    image.save(stream, "PNG", compress_level=6)
    return stream.getvalue()


def text(value: Any) -> str:
    """JSON in one line, the same for the same value."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
