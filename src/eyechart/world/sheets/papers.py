"""Sheets of what is written and of who is who: writing, fonts, look-alikes, documents, people."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from eyechart.world.documents.documents import Documents
from eyechart.world.documents.paperwork import KINDS as PAPERS
from eyechart.world.painting.render import Pixels
from eyechart.world.persons.names import NAMES_OF_PEOPLE
from eyechart.world.persons.people import People
from eyechart.world.sheets.paper import Page, Row, Tile, grid
from eyechart.world.text.fonts import FONTS
from eyechart.world.text.inscription import KINDS as WRITTEN
from eyechart.world.text.inscription import Inscription
from eyechart.world.text.lettering import letter, paint
from eyechart.world.text.lookalikes import PAIRS
from eyechart.world.text.writing import Writing

K = TypeVar("K", str, int)
_SOUGHT = 20_000  # pictures among which examples are looked for
_SAMPLES = ("Ag", "12345", "Hello", "The quick fox", "STOP", "rn m", "l 1 I", "O 0 Q")


def writings() -> Page:
    """Every kind of writing, as it comes."""
    views = Writing(split="test")
    found = _sorted(lambda index: views[index].inscription.kind, WRITTEN, 9)
    rows = [Row(name=kind, tiles=tuple(Tile(draw=partial(_written, one)) for one in found[kind])) for kind in WRITTEN]
    return Page(title="Writing", rows=tuple(rows))


def fonts() -> Page:
    """The same words in every font."""
    rows = [
        Row(
            name=f"{name}\n({font.words})",
            tiles=tuple(
                _lettered(Inscription(kind="word", text=text, font=name, ink="black", paper="white"))
                for text in _SAMPLES
            ),
        )
        for name, font in FONTS.items()
    ]
    return Page(title=f"{len(FONTS)} fonts", rows=tuple(rows))


def look_alikes() -> Page:
    """Texts that differ in hardly any ink."""
    tiles = [
        _lettered(Inscription(kind="look-alike", text=text, font=font, ink="black", paper="white"))
        for one, other in PAIRS
        for font in ("sans", "mono")
        for text in (one, other)
    ]
    return Page(title="Look-alikes: what hardly any ink tells apart", rows=grid(tiles, 12))


def documents() -> Page:
    """Every kind of document."""
    views = Documents(split="test")
    found = _sorted(lambda index: views[index].document.kind, PAPERS, 5)
    rows = [Row(name=kind, tiles=tuple(Tile(draw=partial(_document, one)) for one in found[kind])) for kind in PAPERS]
    return Page(title="Documents", rows=tuple(rows))


def people() -> Page:
    """The persons whom one meets most often, then one in the middle and the last, each several times."""
    ranks = (0, 1, 2, 3, 4, 5, len(NAMES_OF_PEOPLE) // 2, len(NAMES_OF_PEOPLE) - 1)
    found = _sorted(lambda index: _PEOPLE(split="test")[index].label, ranks, 8)
    rows = [
        Row(
            name=f"{NAMES_OF_PEOPLE[rank]}\n(number {rank + 1})",
            tiles=tuple(Tile(draw=partial(_person, one)) for one in found[rank]),
        )
        for rank in ranks
    ]
    return Page(title=f"{len(NAMES_OF_PEOPLE)} persons: one name, one face", rows=tuple(rows))


def faces() -> Page:
    """One portrait of each of the persons whom one meets most often."""
    ranks = range(60)
    found = _sorted(lambda index: _PEOPLE(split="test")[index].label, ranks, 1)
    tiles = [Tile(draw=partial(_person, found[rank][0]), name=NAMES_OF_PEOPLE[rank]) for rank in ranks]
    return Page(title="The persons whom one meets most often", rows=grid(tiles, 12))


_PEOPLE = partial(People, draw="balanced")


def _sorted(kind: Callable[[int], K], wanted: Iterable[K], count: int) -> dict[K, list[int]]:
    """The numbers of the first `count` pictures of every kind that is wanted."""
    found: dict[K, list[int]] = {name: [] for name in wanted}
    lacking = len(found) * count
    for index in range(_SOUGHT):
        row = found.get(kind(index))
        if row is not None and len(row) < count:
            row.append(index)
            lacking -= 1
        if not lacking:
            break
    return found


def _written(index: int, size: int) -> Pixels:
    return Writing(split="test", size=size)[index].pixels


def _document(index: int, size: int) -> Pixels:
    return Documents(split="test", size=size)[index].pixels


def _person(index: int, size: int) -> Pixels:
    return _PEOPLE(split="test", size=size)[index].pixels


def _lettered(what: Inscription, name: str = "") -> Tile:
    return Tile(draw=lambda size: paint(what, letter(what, size), size), name=name)
