"""A word on a card, laid on a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from eyechart.errors import BadInput, UnknownName
from eyechart.world.text.fonts import CHARACTERS, FONTS, inked

VERSION = 1  # goes up whenever a pixel changes
# Where the card lies in the room that it leaves: how far to the right, how far down.
PLACES: dict[str, tuple[float, float]] = {
    "top left": (0.06, 0.06),
    "top right": (0.94, 0.06),
    "middle": (0.5, 0.5),
    "bottom left": (0.06, 0.94),
    "bottom right": (0.94, 0.94),
}
LETTER = 0.5  # width that the card has for a letter, in heights of the line
INSIDE = 0.74  # of the card's height is the line
WIDEST = 0.98  # of the picture's width
PAPER, INK, EDGE = (252, 252, 248), (16, 16, 20), (90, 90, 96)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A change of pictures: black text on a white card, one line where it fits.

    The card depends on `letters` and not on the text, so that cards with different words hide the same pixels.
    """

    text: str
    letters: int = 0  # that the card has room for; 0: as many as the text has
    place: str = "middle"  # one of PLACES
    size: float = 0.3  # height of the card, of the picture's shorter side
    font: str = "sans"  # one of `world.text.fonts.FONTS`

    def __post_init__(self) -> None:
        if self.place not in PLACES:
            raise UnknownName("place of a card", self.place, PLACES)
        if self.font not in FONTS:
            raise UnknownName("font", self.font, FONTS)
        if not 0 < self.size <= 1:
            raise BadInput(f"a card is above 0 and at most 1 of the picture's shorter side high; given {self.size}.")
        if not can_write(self.text):
            raise BadInput(f"the fonts cannot draw {self.text!r}; write with the characters of English.")

    @property
    def key(self) -> str:
        """Of everything that decides a pixel."""
        return f"written {VERSION} {self.text!r} {self.letters} {self.place} {self.size!r} {self.font}"

    def __call__(self, image: Image.Image) -> Image.Image:
        """The picture with the card on it."""
        changed = image.convert("RGB")
        wide, high = self._card(changed.width, changed.height)
        across, down = PLACES[self.place]
        left, top = round(across * (changed.width - wide)), round(down * (changed.height - high))
        changed.paste(_card(self.text, wide, high, self.font), (left, top))
        return changed

    def _card(self, width: int, height: int) -> tuple[int, int]:
        """Its width and height on a picture so wide and high, in pixels."""
        high = max(6, round(self.size * min(width, height)))
        letters = max(2, self.letters or len(self.text))
        wide = round(high * (INSIDE * LETTER * letters + 1 - INSIDE))
        return max(3, min(wide, round(WIDEST * width))), min(high, height)


def can_write(text: str) -> bool:
    """Whether there is something to write, and every font has all of its letters."""
    return bool(text.strip()) and set(text) <= CHARACTERS


def _card(text: str, wide: int, high: int, font: str) -> Image.Image:
    """The card alone, with an edge where there is room for one."""
    edge = 1 if high >= 12 else 0
    margin = max(edge + 1, round(high * (1 - INSIDE) / 2))
    card = np.empty((high, wide, 3), dtype=np.float32)
    card[...] = EDGE
    card[edge : high - edge, edge : wide - edge] = PAPER
    line = max(1, wide - 2 * margin), max(1, high - 2 * margin)
    cover = inked(text, *line, font)[..., None].astype(np.float32) / 255
    under = card[margin : margin + line[1], margin : margin + line[0]]
    under[...] = under * (1 - cover) + np.array(INK, dtype=np.float32) * cover
    return Image.fromarray((card + 0.5).astype(np.uint8))
