"""Contact sheets: pictures in rows, with names that fit."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from eyechart.errors import BadInput, UnknownName
from eyechart.world import sheet
from eyechart.world.painting.render import Pixels
from eyechart.world.sheet import SHEETS
from eyechart.world.sheets.paper import Page, Row, Tile, grid, lay

SLOW = {"habit", "relation", "twin", "spectrum"}  # they look for examples for seconds
PAPER = (250, 250, 247)


def painted(level: int, size: int, *, wide: int = 1) -> Pixels:
    return np.full((size, size * wide, 3), level, dtype=np.uint8)


def tiles(count: int, name: str = "") -> list[Tile]:
    return [Tile(draw=partial(painted, 10 * number), name=name) for number in range(count)]


def levels(image: np.ndarray) -> set[int]:  # type: ignore[type-arg]
    """Which of the painted tiles are seen."""
    flat = image[(image == image[..., :1]).all(axis=-1)][:, 0]
    return {int(level) for level in np.unique(flat) if level % 10 == 0 and level < 100}


@pytest.mark.parametrize("by", [pytest.param(by, marks=pytest.mark.nightly) if by in SLOW else by for by in SHEETS])
def test_every_sheet_is_drawn_with_names_and_without(by: str) -> None:
    named, bare = sheet(by, size=64), sheet(by, size=64, labels=False)
    assert named.height > bare.height > 64
    assert named.width >= bare.width > 200


def test_a_sheet_is_the_same_every_time() -> None:
    assert sheet("pose", size=32).tobytes() == sheet("pose", size=32).tobytes()


def test_all_tiles_are_there_without_a_name_on_them() -> None:
    paper = np.asarray(lay(Page(title="ten", rows=grid(tiles(10), 4)), 32, labels=False))
    assert levels(paper) == set(range(0, 100, 10))
    assert paper.shape[1] > paper.shape[0]


def test_a_row_may_be_short_or_empty_and_tiles_may_be_wide() -> None:
    wide = Tile(draw=partial(painted, 90, wide=3))
    rows = (Row(name="three", tiles=tuple(tiles(3))), Row(name="none", tiles=()), Row(name="wide", tiles=(wide,)))
    paper = np.asarray(lay(Page(title="rows", rows=rows), 40, labels=True))
    assert {0, 10, 20, 90} <= levels(paper)


def test_names_never_run_into_the_next_picture() -> None:
    name = "a name that is much longer than the picture under which it is to be written"
    long, short = (
        np.asarray(lay(Page(title="", rows=grid(tiles(4, text), 2)), 48, labels=True)) for text in (name, "x")
    )
    assert long.shape[1] == short.shape[1]  # it is broken into lines, and the rest is left out
    between = long[:, 6 + 48 + 1 : 6 + 48 + 3]
    assert (between == PAPER).all(axis=-1).mean() > 0.9


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(UnknownName, match="did you mean 'place'"):
        sheet("places")
    with pytest.raises(BadInput, match="32 to 512"):
        sheet("concept", size=8)
