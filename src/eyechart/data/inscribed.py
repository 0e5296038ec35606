"""A picture of something written, drawn by rule when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

from PIL import Image

from eyechart.world.text.inscription import Inscription
from eyechart.world.text.lettering import letter, paint
from eyechart.world.text.writing import VERSION


@dataclass(frozen=True, slots=True)
class Inscribed:
    """An inscription on a square of `size` pixels."""

    what: Inscription
    size: int

    def digest(self) -> str:
        """Of all that decides the pixels."""
        return blake2b(f"inscribed {VERSION} {self.size} {self.what!r}".encode(), digest_size=16).hexdigest()

    def load(self) -> Image.Image:
        """RGB, 8 bits, square."""
        return Image.fromarray(paint(self.what, letter(self.what, self.size), self.size))
