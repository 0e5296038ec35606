"""``zoo:<name>``: the small models that ship with the package; ``recipes/`` tells how each was trained."""

from __future__ import annotations

from pathlib import Path

from eyechart import plugins
from eyechart.errors import UnknownName
from eyechart.models.checkpoint import Own, read
from eyechart.models.wish import Wish

FOLDER = Path(__file__).parents[1] / "zoo"


def names() -> tuple[str, ...]:
    """What ships: ``vit-clip``, and with its study what was taught for comparison, ``objectives/mae-vit``."""
    return tuple(plugins.shipped())


def load(location: str, wish: Wish) -> Own:
    """A shipped model. Raises `UnknownName` with the nearest names."""
    if location not in names():
        raise UnknownName("model of the zoo", location, names())
    return read(FOLDER / location, f"zoo:{location}", wish)


PUBLIC = load
