"""From a page to pixels: panels, pictures and type."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from eyechart.core import Box
from eyechart.world.documents.page import Page, Panel, Placed, Run
from eyechart.world.painting.palette import Rgb
from eyechart.world.painting.render import render
from eyechart.world.text.fonts import written

Pixels = NDArray[np.uint8]
_FINE = 4  # canvas pixels to the pixel, for rounded corners
_SMALLEST = 64  # pixels: smaller pictures are averaged down from twice their size


def printed(page: Page) -> Pixels:
    """The page, ``uint8[size, size, 3]``."""
    sheet = np.empty((page.size, page.size, 3), dtype=np.uint8)
    sheet[...] = page.paper
    for panel in page.ground:
        _fill(sheet, panel)
    for block in page.blocks:
        _print(sheet, block)
    return sheet


def _print(sheet: Pixels, block: Placed) -> None:
    for panel in block.panels:
        _fill(sheet, panel)
    if block.scene is not None:
        left, top, right, bottom = map(int, block.box)
        side = right - left
        scene = render(block.scene, max(side, _SMALLEST))
        small = Image.fromarray(scene).resize((side, side), Image.Resampling.BOX)
        sheet[top:bottom, left:right] = np.asarray(small)
    for run in block.runs:
        _write(sheet, run)


def _write(sheet: Pixels, run: Run) -> None:
    ink, x, y = written(run.text, run.size, run.font)
    _lay(sheet, ink, run.colour, run.x + x, run.baseline + y)


def _fill(sheet: Pixels, panel: Panel) -> None:
    left, top, right, bottom = map(int, panel.box)
    cover = _rounded(right - left, bottom - top, panel.corner)
    if panel.edge is None:
        _lay(sheet, cover, panel.fill, left, top)
        return
    _lay(sheet, cover, panel.edge, left, top)
    inner = _rounded(right - left - 2, bottom - top - 2, max(0, panel.corner - 1))
    _lay(sheet, inner, panel.fill, left + 1, top + 1)


@lru_cache(maxsize=256)
def _rounded(wide: int, high: int, corner: int) -> Pixels:
    """A rectangle with rounded corners: how far each pixel is covered."""
    if not corner:
        return np.full((high, wide), 255, dtype=np.uint8)
    canvas = Image.new("L", (wide * _FINE, high * _FINE))
    frame = (0, 0, wide * _FINE - 1, high * _FINE - 1)
    ImageDraw.Draw(canvas).rounded_rectangle(frame, corner * _FINE, fill=255)
    return np.asarray(canvas.reduce(_FINE))


def _lay(sheet: Pixels, cover: Pixels, colour: Rgb, x: int, y: int) -> None:
    """Colour over the sheet, as far as it is covered; what lies outside is lost."""
    high, wide = cover.shape
    box = Box(max(0, x), max(0, y), min(sheet.shape[1], x + wide), min(sheet.shape[0], y + high))
    left, top, right, bottom = map(int, box)
    under = sheet[top:bottom, left:right].astype(np.uint16)
    share = cover[top - y : bottom - y, left - x : right - x, None].astype(np.uint16)
    ink = np.array(colour, dtype=np.uint16)
    sheet[top:bottom, left:right] = (under * (255 - share) + ink * share + 127) // 255
