"""The records of a shelf as rows to choose from, and read again only when some came or went."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import final

from eyechart.core import Estimate, Record, Result
from eyechart.reporting import words
from eyechart.reporting.comparison import identity, norm_digest
from eyechart.reporting.pictures import Bar, bar, track
from eyechart.store.digest import of_json
from eyechart.store.shelf import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record in words."""

    name: str  # of the record on this page
    model: str
    exam: str
    question: str
    data: str
    norm: str  # the first digits of its digest
    headline: str
    value: str
    interval: str
    chance: str
    level: str
    bar: Bar
    made: str  # day and minute, UTC

    def holds(self, words: Sequence[str]) -> bool:
        """Each of the words stands somewhere in the row."""
        text = " ".join((self.model, self.exam, self.question, self.data, self.norm, self.headline, self.made)).lower()
        return all(word in text for word in words)


@final
class Records:
    """What lies on a shelf, newest first."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._files: list[str] | None = None
        self._rows: tuple[tuple[Row, Record], ...] = ()
        self._lock = Lock()

    def rows(self) -> tuple[Row, ...]:
        """All of them as they lie there now. Raises `Corrupt` naming a file that is no record."""
        return tuple(row for row, _ in self._read())

    def results(self, names: Collection[str]) -> list[Result]:
        """The records of these rows with their sheets, oldest first; names that are gone are left out."""
        found = [record for row, record in reversed(self._read()) if row.name in names]
        return [Result(record, self.shelf.sheet(record.sheet)) for record in found]

    def count(self) -> int:
        """How many there are; reads none of them."""
        return len(self.shelf.place.names("records", ".json"))

    def _read(self) -> tuple[tuple[Row, Record], ...]:
        with self._lock:
            files = self.shelf.place.names("records", ".json")
            if files != self._files:
                self._rows = tuple((_row(record), record) for record in reversed(self.shelf.records()))
                self._files = files
            return self._rows


def listed(rows: Sequence[Row], typed: str, chosen: Collection[str]) -> list[Row]:
    """What was chosen, and below it what holds every typed word."""
    words_typed = typed.lower().split()
    first = [row for row in rows if row.name in chosen]
    return [*first, *(row for row in rows if row.name not in chosen and row.holds(words_typed))]


def _row(record: Record) -> Row:
    headline: Estimate = record.estimates[record.headline]
    digest = norm_digest(record.norm)
    return Row(
        name=of_json([digest, identity(record.card), record.made])[:12],
        model=record.card.name,
        exam=record.norm.exam,
        question=record.question,
        data=record.norm.data,
        norm=digest[:8],
        headline=record.headline,
        value=words.amount(headline.value, headline),
        interval=words.ends(headline),
        chance="" if headline.chance is None else words.amount(headline.chance, headline),
        level=words.level(headline),
        bar=bar(headline, track([headline])),
        made=record.made[:16].replace("T", " "),
    )
