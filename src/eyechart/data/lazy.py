"""A sequence whose members are made when they are asked for, so that a million items cost a few columns of memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar, overload

T = TypeVar("T")
KEPT = 200_000  # of this many members at most, those that were made are kept: pictures remember their digests


@dataclass(frozen=True, slots=True)
class Lazy(Sequence[T], Generic[T]):
    """`length` members, the i-th of which is ``make(i)``; a slice is lazy too."""

    length: int
    make: Callable[[int], T]
    by_rule: bool = False  # our own rule makes them, so that there is nothing to check beforehand
    _made: dict[int, T] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        numbers = range(self.length)[index]  # knows negative indices and raises IndexError
        if isinstance(numbers, range):
            return Lazy(len(numbers), lambda number: self[numbers[number]], self.by_rule)
        if numbers in self._made:
            return self._made[numbers]
        member = self.make(numbers)
        if self.length <= KEPT:
            self._made[numbers] = member
        return member
