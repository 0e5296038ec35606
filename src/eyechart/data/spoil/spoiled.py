"""A picture after a change."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol, runtime_checkable

from PIL import Image

from eyechart.core import Picture


@runtime_checkable
class Change(Protocol):
    """What is done to a picture: a frozen value, of which `key` decides every pixel of the result."""

    @property
    def key(self) -> str:
        """Name, version and settings."""

    def __call__(self, image: Image.Image) -> Image.Image:
        """RGB in, RGB out; the input is not touched."""


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A picture after a change; nothing is decoded before it is asked for."""

    picture: Picture
    change: Change

    def digest(self) -> str:
        """Of the picture and of the change."""
        return blake2b(f"{self.picture.digest()} {self.change.key}".encode(), digest_size=16).hexdigest()

    def load(self) -> Image.Image:
        """The changed picture. Raises `Unreadable` where the picture cannot be shown."""
        return self.change(self.picture.load())
