"""Carve a validation part out of what may be learnt from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eyechart.core import Item
from eyechart.errors import Refused
from eyechart.marking.order import order, rank


def carve(
    items: Sequence[Item], truth: NDArray[np.int64], fraction: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices to fit on and indices to choose on, each in digest order.

    Stratified by label; a group is never split (it counts with the label of its first item by digest); every class
    keeps at least one group to fit on, and gives at least one to choose on if it has two.

    Raises:
        Refused: nothing is left to choose on.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for index in order(items):
        groups[items[index].cluster].append(int(index))
    strata: dict[int, list[str]] = defaultdict(list)
    for name in sorted(groups, key=rank):
        strata[int(truth[groups[name][0]])].append(name)
    held = {name for names in strata.values() for name in names[: _share(len(names), fraction)]}
    if not held:
        raise Refused(
            f"nothing to choose on: a validation part of {fraction:.0%} was asked of {len(items)} train pictures "
            "whose classes have one independent picture each; give at least two per class"
        )
    kept = [index for name, members in groups.items() if name not in held for index in members]
    chosen = [index for name, members in groups.items() if name in held for index in members]
    return np.array(kept, dtype=np.int64), np.array(chosen, dtype=np.int64)


def _share(available: int, fraction: float) -> int:
    return min(max(round(available * fraction), 1), available - 1)
