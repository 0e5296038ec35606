"""Streams of pictures besides scenes: the splits, where chance comes from, and what all of it digests to."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from eyechart.errors import BadInput, UnknownName
from eyechart.world.dice import Dice

SPLITS = ("train", "valid", "test")
_PURPOSES = 8  # of one kind of picture; scenes have the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """What decides all pictures of one kind. Two splits share no chance, nor do two kinds."""

    kind: str  # one of KINDS
    version: int
    seed: int
    size: int
    split: str
    smallest: int  # pixels
    largest: int
    draw: str = ""  # how often each class is shown; empty where there is but one way

    def __post_init__(self) -> None:
        if self.split not in SPLITS:
            raise UnknownName(f"split of the {self.kind}", self.split, SPLITS)
        if not self.smallest <= self.size <= self.largest:
            raise BadInput(
                f"the {self.kind} are drawn at {self.smallest} to {self.largest} pixels; given size={self.size}."
            )
        if not 0 <= self.seed < 2**62:
            raise BadInput(f"a seed is a whole number from 0 to 2^62 - 1; given {self.seed}.")

    def check(self, index: int) -> int:
        """The index, if there is such a picture."""
        if index < 0:
            raise BadInput(f"the {self.kind} have no first or last picture; give an index of 0 or more, not {index}.")
        return index

    def dice(self, index: int, purpose: int = 0) -> Dice:
        """The chance that decides one aspect of one picture."""
        kind = 1 + KINDS.index(self.kind)
        return Dice(self.seed * len(SPLITS) + SPLITS.index(self.split), index, kind * _PURPOSES + purpose)

    @property
    def digest(self) -> str:
        """Of everything that decides a pixel or a word."""
        parts = (self.kind, self.version, self.seed, self.size, self.split, self.draw)
        return sha256("/".join(map(str, parts)).encode()).hexdigest()[:16]


KINDS = ("writing", "documents", "people")


@dataclass(frozen=True, slots=True)
class Falsehood:
    """A false caption and the kind of fact in which it differs from a true one."""

    text: str
    change: str
