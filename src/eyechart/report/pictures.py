"""Thumbnails and small drawings that live inside the page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from eyechart.core import Estimate
from eyechart.errors import EyechartError

KINDS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"RIFF": "webp", b"GIF8": "gif"}


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


class Embedded(NamedTuple):
    """Data URIs, and for each picture's name which of them it is."""

    addresses: tuple[str, ...]
    places: Mapping[str, int]


def embedded(names: Iterable[str], album: Album) -> Embedded:
    """Each distinct thumbnail once; those that the album lacks are left out."""
    places: dict[str, int] = {}
    addresses: dict[str, int] = {}
    for name in dict.fromkeys(names):
        try:
            content = album.thumbnail(name)
        except EyechartError:
            continue  # records travel without their pictures; the words under them stay
        kind = next((kind for start, kind in KINDS.items() if content.startswith(start)), None)
        if kind is not None:
            address = f"data:image/{kind};base64,{b64encode(content).decode()}"
            places[name] = addresses.setdefault(address, len(addresses))
    return Embedded(addresses=tuple(addresses), places=places)


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
