"""Contact sheets: the world at a glance, by what one wants to look at."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from eyechart.errors import BadInput, UnknownName
from eyechart.world.painting.render import LARGEST, SMALLEST
from eyechart.world.sheets import pairs, papers, somewhere, things
from eyechart.world.sheets.paper import Page, lay

# By name, with the size of tile at which it is shown best.
SHEETS: dict[str, tuple[Callable[[], Page], int]] = {
    "concept": (things.concepts, 96),
    "taxonomy": (things.taxonomy, 80),
    "state": (things.states, 72),
    "colour": (things.colours, 80),
    "texture": (things.textures, 80),
    "material": (things.materials, 80),
    "style": (things.styles, 80),
    "size": (things.sizes, 80),
    "pose": (things.poses, 80),
    "skin": (things.skins, 96),
    "world": (somewhere.world, 136),
    "place": (somewhere.places, 96),
    "habit": (somewhere.habits, 96),
    "scene": (somewhere.scenes, 96),
    "relation": (somewhere.relations, 96),
    "twin": (pairs.twins, 96),
    "motion": (pairs.motions, 96),
    "depth": (pairs.depths, 96),
    "spectrum": (pairs.spectra, 80),
    "writing": (papers.writings, 80),
    "font": (papers.fonts, 96),
    "look-alike": (papers.look_alikes, 72),
    "document": (papers.documents, 224),
    "people": (papers.people, 88),
    "face": (papers.faces, 88),
}


def sheet(by: str = "concept", *, size: int = 0, labels: bool = True) -> Image.Image:
    """A picture of many pictures, with or without names.

    Args:
        by: one of `SHEETS`.
        size: of each, in pixels; 0: as it is shown best.
        labels: without them there are pictures and nothing else.

    Raises:
        UnknownName: there is no such sheet.
        BadInput: the size is out of range.
    """
    if by not in SHEETS:
        raise UnknownName("contact sheet", by, SHEETS)
    page, usual = SHEETS[by]
    if size and not SMALLEST <= size <= LARGEST:
        raise BadInput(f"a contact sheet has tiles of {SMALLEST} to {LARGEST} pixels; given size={size}.")
    return lay(page(), size or usual, labels=labels)
