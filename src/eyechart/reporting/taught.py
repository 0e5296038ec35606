"""What several ways of teaching came to, each table under one norm of learning: a chapter of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from eyechart.reporting.figures import Figure


class Way(NamedTuple):
    """One way of teaching, over its seeds."""

    name: str
    mean: str
    interval: str  # of what other seeds would give; empty where there are too few
    seeds: str
    behind: str  # those that are surely better


@dataclass(frozen=True, slots=True, kw_only=True)
class Equals:
    """Ways of teaching that may be ranked, best first."""

    title: str
    norm: str
    chance: str
    ways: tuple[Way, ...]
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """Everything that was taught and compared."""

    name: str
    said: str
    tables: tuple[Equals, ...]
