"""Rules over parts: which pictures show which corner of a rule, and which of them a probe is shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eyechart.core import Item
from eyechart.errors import BadInput
from eyechart.marking.order import order

Places = NDArray[np.int64]
_WHOLE, _NEAR = 0, 1  # parts that are missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Corners:
    """The pictures of one rule by corner, as indices in an order that nobody chose.

    A corner is a text of 0 and 1, one for each part of the rule; the rule holds where all of them are 1.
    """

    of: Mapping[str, Places]

    @property
    def whole(self) -> Places:
        """The pictures of which the rule holds."""
        return self.gather(corner for corner in self.of if corner.count("0") == _WHOLE)

    @property
    def near(self) -> tuple[str, ...]:
        """The corners that lack one part, sorted."""
        return tuple(sorted(corner for corner in self.of if corner.count("0") == _NEAR))

    @property
    def far(self) -> tuple[str, ...]:
        """Those that lack more."""
        return tuple(sorted(corner for corner in self.of if corner.count("0") > _NEAR))

    @property
    def complete(self) -> bool:
        """Whether there are pictures of all three."""
        return bool(len(self.whole) and self.near and self.far)

    def gather(self, corners: Iterable[str]) -> Places:
        """All pictures of some corners, taken from each in turn."""
        columns = [self.of[corner] for corner in corners]
        longest = max((len(column) for column in columns), default=0)
        turns = [column[k] for k in range(longest) for column in columns if k < len(column)]
        return np.array(turns, dtype=np.int64)

    def by_one_part(self, wrong: Places) -> NDArray[np.float64]:
        """Marks of one who lets pass whatever has one part of the rule, that by which most of `wrong` is turned away:
        1 where it is, one half (for what he rightly lets pass) where it is not.
        """
        corner = {int(at): corner for corner, places in self.of.items() for at in places}
        lacks = np.array([[part == "0" for part in corner[int(at)]] for at in wrong])
        return (1 + lacks[:, lacks.mean(0).argmax()]) / 2

    def lesson(self, wrong: Sequence[str], most: int) -> tuple[Places, Places]:
        """At most so many pictures of which the rule holds, and as many of these corners."""
        whole, other = self.whole, self.gather(wrong)
        count = min(len(whole), len(other), most)
        return whole[:count], other[:count]


def by_rule(items: Sequence[Item]) -> dict[str, Corners]:
    """From the facts "rule" and "corner".

    Raises:
        BadInput: a corner is no text of 0 and 1, or those of one rule differ in length.
    """
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place in order(items):
        facts = items[place].facts
        if "rule" in facts:
            corner = str(facts.get("corner", ""))
            if not corner or set(corner) - {"0", "1"}:
                raise BadInput(f"the item {items[place].id!r} has the corner {corner!r}; expected 0 or 1 for each part")
            found[str(facts["rule"])][corner].append(int(place))
    for rule, corners in found.items():
        if len({len(corner) for corner in corners}) > 1:
            raise BadInput(f"the corners of the rule {rule!r} differ in length: {', '.join(sorted(corners))}")
    return {
        rule: Corners(of={corner: np.array(places, dtype=np.int64) for corner, places in corners.items()})
        for rule, corners in sorted(found.items())
    }
