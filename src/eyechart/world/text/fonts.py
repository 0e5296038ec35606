"""Fonts: typefaces that come with dependencies, text of any size, and text fitted into a box.

Each glyph is rasterised once at a few large sizes by the FreeType that the Pillow wheel carries; text is glyphs side
by side, averaged down to the size that is wanted. So its length is proportional to its size, sizes need not be whole,
and the same Pillow draws the same pixels in every process.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from itertools import combinations
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFont

from eyechart.errors import BadInput, UnknownName

Ink = NDArray[np.uint8]
Frame = tuple[float, float, float, float]  # left, top, right, bottom
_EMS = (48, 144, 448)  # sizes of type, in pixels, at which glyphs are kept
_LEADING = 1.15  # from one baseline to the next, in sizes of type
_INKED = 96  # of 255: from this coverage on a pixel counts as ink
_MOST_LINES = 4
_SLIP = 1e-6  # pixels that are the fault of rounding

# What every font can draw.
CHARACTERS = frozenset(map(chr, range(32, 127))) | frozenset("£€×÷°’“”–—…é")


@dataclass(frozen=True, slots=True, kw_only=True)
class Font:
    """A typeface: the package that carries it, its file there, and how its letters are called."""

    package: str  # on PyPI
    file: str
    words: str  # "in … letters"


FONTS: dict[str, Font] = {
    "sans": Font(package="font-lato", file="font_lato/files/Lato-Regular.ttf", words="plain"),
    "bold": Font(package="font-lato", file="font_lato/files/Lato-Black.ttf", words="bold"),
    "serif": Font(package="font-caladea", file="font_caladea/files/Caladea-Regular.ttf", words="bookish"),
    "italic": Font(package="font-caladea", file="font_caladea/files/Caladea-Italic.ttf", words="slanted"),
    "mono": Font(package="python-barcode", file="barcode/fonts/DejaVuSansMono.ttf", words="typewriter"),
    "condensed": Font(package="font-fjallaone", file="font_fjallaone/files/FjallaOne-Regular.ttf", words="narrow"),
    "hand": Font(package="font-intuitive", file="font_intuitive/files/Intuitive.ttf", words="handwritten"),
    "slab": Font(package="font-caladea", file="font_caladea/files/Caladea-Bold.ttf", words="heavy bookish"),
    "rounded": Font(package="font-fredoka-one", file="font_fredoka_one/files/FredokaOne-Regular.ttf", words="round"),
}
# Never shown in training.
UNSEEN_FONTS: tuple[str, ...] = ("slab", "rounded")
SEEN_FONTS: tuple[str, ...] = tuple(name for name in FONTS if name not in UNSEEN_FONTS)


@lru_cache(maxsize=1024)
def inked(text: str, width: int, height: int, font: str = "sans") -> Ink:
    """The text as large as it fits into the box, centred: how far each pixel is covered, ``uint8[height, width]``.

    Lines are broken where that makes the letters larger, never inside a word. The array is shared: it is read-only.
    """
    if width < 1 or height < 1:
        raise BadInput(f"text is written in a box of at least 1 × 1 pixel; given {width} × {height}.")
    size, lines = fitted(text, width, height, font)
    left, top, right, bottom = extent(lines, font)
    x, y = (width / size - left - right) / 2, (height / size - top - bottom) / 2
    return _frozen(_averaged(lines, size, font, (-x, -y, width / size - x, height / size - y)))


@lru_cache(maxsize=1024)
def lettered(text: str, width: int, height: int, font: str = "sans") -> NDArray[np.bool_]:
    """Where there is ink: `inked` without shades, ``bool[height, width]``, read-only."""
    on = inked(text, width, height, font) >= _INKED
    on.setflags(write=False)
    return on


def written(text: str, size: float, font: str = "sans") -> tuple[Ink, int, int]:
    """Text with type of that size in pixels: its ink ``uint8[h, w]``, and where the ink's upper left corner lies.

    That is right of and below the point where the pen starts on the first baseline (so the second is negative);
    lines, parted by line breaks, are centred on that point.
    """
    lines, frame = tuple(text.split("\n")), bounds(text, size, font)
    ink = _averaged(lines, size, font, (frame[0] / size, frame[1] / size, frame[2] / size, frame[3] / size))
    return ink, frame[0], frame[1]


def bounds(text: str, size: float, font: str = "sans") -> tuple[int, int, int, int]:
    """The pixels that `written` needs, about the point where the pen starts: left, top, right, bottom."""
    left, top, right, bottom = (edge * size for edge in extent(tuple(text.split("\n")), font))
    return floor(left + _SLIP), floor(top + _SLIP), ceil(right - _SLIP), ceil(bottom - _SLIP)


@lru_cache(maxsize=8192)
def advance(text: str, font: str = "sans") -> float:
    """How far the pen moves to the right, in sizes of type."""
    return sum(_metrics(character, font)[0] for character in text)


@lru_cache(maxsize=8192)
def extent(lines: tuple[str, ...], font: str = "sans") -> Frame:
    """The frame of the ink, in sizes of type: a line starts at 0 (several: each is centred there), on baseline 0."""
    frames = [
        (x + left, y + top, x + right, y + bottom)
        for x, y, character in _placed(lines, font)
        for _, (left, top, right, bottom) in [_metrics(character, font)]
        if right > left
    ]
    if not frames:
        raise BadInput("there is no text to be written; give at least one letter.")
    lefts, tops, rights, bottoms = zip(*frames, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def fitted(text: str, width: float, height: float, font: str = "sans") -> tuple[float, tuple[str, ...]]:
    """The largest size of type at which some breaking into lines fits, and these lines; fewer lines win a tie."""
    best = 0.0
    chosen: tuple[str, ...] = ()
    for lines in _breakings(text):
        left, top, right, bottom = extent(lines, font)
        size = min(width / (right - left), height / (bottom - top))
        if size > best:
            best, chosen = size, lines
    return best, chosen


def _breakings(text: str) -> Iterator[tuple[str, ...]]:
    """Into one line, then for each number of lines the breaking whose longest line is shortest."""
    words = text.split()
    yield (" ".join(words),)
    for count in range(2, min(len(words), _MOST_LINES) + 1):
        ways = (_broken(words, cuts) for cuts in combinations(range(1, len(words)), count - 1))
        yield min(ways, key=_longest)


def _broken(words: list[str], cuts: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(" ".join(words[a:b]) for a, b in zip((0, *cuts), (*cuts, len(words)), strict=True))


def _longest(lines: tuple[str, ...]) -> int:
    return max(map(len, lines))


def _placed(lines: tuple[str, ...], font: str) -> Iterator[tuple[float, float, str]]:
    """Where the pen stands before each character, in sizes of type, and the character."""
    for k, line in enumerate(lines):
        x = -advance(line, font) / 2 if len(lines) > 1 else 0.0
        for character in line:
            yield x, k * _LEADING, character
            x += _metrics(character, font)[0]


def _averaged(lines: tuple[str, ...], size: float, font: str, frame: Frame) -> Ink:
    """What of the lines lies in the frame (in sizes of type), in pixels of which `size` make one size of type."""
    em = next((em for em in _EMS if em >= size), _EMS[-1])
    left, top, right, bottom = extent(lines, font)
    margin = 2 + ceil(em / size)
    x0, y0 = floor(min(left, frame[0]) * em) - margin, floor(min(top, frame[1]) * em) - margin
    x1, y1 = ceil(max(right, frame[2]) * em) + margin, ceil(max(bottom, frame[3]) * em) + margin
    sheet = np.zeros((y1 - y0, x1 - x0), dtype=np.uint8)
    for x, y, character in _placed(lines, font):
        ink, dx, dy = _glyph(character, font, em)
        column, row = round(x * em) + dx - x0, round(y * em) + dy - y0
        under = sheet[row : row + ink.shape[0], column : column + ink.shape[1]]
        np.maximum(under, ink, out=under)
    pixels = round((frame[2] - frame[0]) * size), round((frame[3] - frame[1]) * size)
    box = frame[0] * em - x0, frame[1] * em - y0, frame[2] * em - x0, frame[3] * em - y0
    return np.asarray(Image.fromarray(sheet).resize(pixels, Image.Resampling.HAMMING, box=box))


@cache
def _metrics(character: str, font: str) -> tuple[float, Frame]:
    """How far the pen moves, and the frame of the ink about the pen's start, in sizes of type."""
    if character not in CHARACTERS:
        raise BadInput(f"the fonts cannot draw {character!r}; write with the characters of English.")
    em = _EMS[-1]
    ink, x, y = _glyph(character, font, em)
    moved = _typeface(font, em).getlength(character)
    return moved / em, (x / em, y / em, (x + ink.shape[1]) / em, (y + ink.shape[0]) / em)


@cache
def _glyph(character: str, font: str, em: int) -> tuple[Ink, int, int]:
    """The ink of one character and its place about the pen's start on the baseline."""
    mask, (x, y) = _typeface(font, em).getmask2(character, mode="L", anchor="ls")
    ink = np.frombuffer(bytes(mask), dtype=np.uint8).reshape(mask.size[::-1])
    rows, columns = np.flatnonzero(ink.max(axis=1, initial=0)), np.flatnonzero(ink.max(axis=0, initial=0))
    if not rows.size:
        return np.zeros((0, 0), dtype=np.uint8), 0, 0
    trimmed = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return trimmed, int(x) + int(columns[0]), int(y) + int(rows[0])


@cache
def _typeface(font: str, em: int) -> ImageFont.FreeTypeFont:
    if font not in FONTS:
        raise UnknownName("font", font, FONTS)
    wanted = FONTS[font]
    try:
        path = distribution(wanted.package).locate_file(wanted.file)
    except PackageNotFoundError:
        raise BadInput(
            f"the font {font!r} comes with the package {wanted.package!r}, which is not installed; "
            f"run: pip install {wanted.package}"
        ) from None
    return ImageFont.truetype(str(path), em, layout_engine=ImageFont.Layout.BASIC)


def _frozen(ink: Ink) -> Ink:
    ink.setflags(write=False)
    return ink
