"""Thumbnails and small drawings that live inside the page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import NamedTuple, Protocol

from PIL import Image, UnidentifiedImageError

from eyechart.core import Estimate
from eyechart.errors import EyechartError

ROOM = 4 << 20  # bytes of encoded pictures that one page takes along


class Album(Protocol):
    """Where thumbnails lie; the shelf is one."""

    def thumbnail(self, name: str) -> bytes:
        """The encoded picture. Raises an `EyechartError` when it is not there."""


class Bar(NamedTuple):
    """Where an interval stands on its track, in percent of the track's length."""

    low: float
    high: float
    value: float
    chance: float | None


class Thumbnail(NamedTuple):
    """A picture as a data URI, with its size in pixels."""

    address: str
    width: int
    height: int


class Embedded(NamedTuple):
    """Pictures, for each picture's name which of them it is, and the names for which there was no room."""

    pictures: tuple[Thumbnail, ...]
    places: Mapping[str, int]
    left_out: frozenset[str]


def embedded(wishes: Iterable[Sequence[str]], album: Album, room: int = ROOM) -> Embedded:
    """Each distinct thumbnail once, until the room is used up; those that the album lacks are left out.

    Args:
        wishes: names that are taken together or not at all, in the order in which room is given to them.
        album: where the pictures are.
        room: bytes that all pictures may take.
    """
    waiting = iter(wishes)
    places: dict[str, int] = {}
    contents: dict[bytes, int] = {}
    late: Sequence[str] = ()
    for wish in waiting:
        fresh = {name: content for name in wish if name not in places and (content := _content(name, album))}
        room -= sum(len(content) for content in set(fresh.values()) if content not in contents)
        if room < 0:
            late = wish
            break
        places |= {name: contents.setdefault(content, len(contents)) for name, content in fresh.items()}
    left_out = frozenset(name for wish in (late, *waiting) for name in wish if name not in places)
    return Embedded(tuple(_thumbnail(content) for content in contents), places, left_out)


def _content(name: str, album: Album) -> bytes:
    """The encoded picture; empty where there is none that a browser could show."""
    try:
        content = album.thumbnail(name)
        with Image.open(BytesIO(content)) as image:
            return content if image.format in {"PNG", "JPEG", "WEBP", "GIF"} else b""
    except (EyechartError, UnidentifiedImageError):
        return b""  # records travel without their pictures; the words under them stay


def _thumbnail(content: bytes) -> Thumbnail:
    with Image.open(BytesIO(content)) as image:
        kind = str(image.format).lower()
        return Thumbnail(f"data:image/{kind};base64,{b64encode(content).decode()}", *image.size)


def bar(estimate: Estimate, track: tuple[float, float]) -> Bar:
    """Where the estimate stands between the ends of the track."""
    start, end = track
    length = (end - start) or 1.0

    def at(value: float) -> float:
        return round(100 * min(max((value - start) / length, 0.0), 1.0), 2)

    chance = None if estimate.chance is None else at(estimate.chance)
    return Bar(low=at(estimate.low), high=at(estimate.high), value=at(estimate.value), chance=chance)


def track(estimates: Sequence[Estimate]) -> tuple[float, float]:
    """From 0 to 1 where everything lies there, otherwise from end to end."""
    low = min(min(estimate.low, estimate.chance or estimate.low) for estimate in estimates)
    high = max(max(estimate.high, estimate.chance or estimate.high) for estimate in estimates)
    return (0.0, 1.0) if low >= 0 and high <= 1 else (min(low, 0.0), high)
