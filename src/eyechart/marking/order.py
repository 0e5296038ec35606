"""An order of names that nobody chose."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from eyechart.core import Item


def rank(name: str) -> bytes:
    """Where a name stands in an order that nobody chose and that adding other names does not change."""
    return blake2b(name.encode(), digest_size=16).digest()


def order(items: Sequence[Item]) -> NDArray[np.int64]:
    """Indices of the items by the digest of their ids: the same order however they were listed."""
    return np.array(sorted(range(len(items)), key=lambda index: rank(items[index].id)), dtype=np.int64)
