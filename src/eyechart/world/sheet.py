"""Contact sheets: the world at a glance, one row or tile per concept, colour, texture or place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import cycle, islice

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from eyechart.errors import UnknownName
from eyechart.world.concepts import NAMES
from eyechart.world.palette import COLOURS, TEXTURES
from eyechart.world.places import PLACES, VARIANTS
from eyechart.world.render import render
from eyechart.world.scene import Scene, Thing

_GAP, _PAPER, _INK = 4, (250, 250, 248), (40, 40, 48)
Tile = tuple[str, Scene]


def sheet(by: str = "concept", *, size: int = 96, labels: bool = True) -> Image.Image:
    """A picture of many pictures of `size` pixels, with or without the names underneath.

    `by` is "concept" (each once), "colour" or "texture" (a row each), or "place" (a row of variants each).
    """
    if by not in _SHEETS:
        raise UnknownName("contact sheet", by, _SHEETS)
    columns, tiles = _SHEETS[by]()
    return _lay(tiles, columns, size, size // 5 if labels else 0)


def _lay(tiles: Sequence[Tile], columns: int, size: int, legend: int) -> Image.Image:
    wide, high = size + _GAP, size + legend + _GAP
    rows = -(-len(tiles) // columns)
    paper = Image.new("RGB", (columns * wide + _GAP, rows * high + _GAP), _PAPER)
    draw = ImageDraw.Draw(paper)
    for k, (name, scene) in enumerate(tiles):
        x, y = _GAP + k % columns * wide, _GAP + k // columns * high
        paper.paste(Image.fromarray(render(scene, size)), (x, y))
        if legend:
            font = ImageFont.load_default(size=max(8, legend * 0.66))
            draw.text((x + size / 2, y + size + legend / 2), name, fill=_INK, font=font, anchor="mm")
    return paper


def _by_concept() -> tuple[int, list[Tile]]:
    tiles = []
    for k, name in enumerate(NAMES):
        place = PLACES[tuple(PLACES)[k * 5 % len(PLACES)]]
        colour = place.colours[k * 3 % len(place.colours)]
        tiles.append((name, _scene(place.name, k, name, colour, TEXTURES[k % 2 * (k // 2 % len(TEXTURES))])))
    return 9, tiles


def _by_colour() -> tuple[int, list[Tile]]:
    tiles = []
    for row, colour in enumerate(COLOURS):
        shown = cycle(place for place in PLACES.values() if colour in place.colours)
        for k, place in enumerate(islice(shown, 9)):
            tiles.append((colour, _scene(place.name, k + row, NAMES[(row * 9 + k) % len(NAMES)], colour, "plain")))
    return 9, tiles


def _by_texture() -> tuple[int, list[Tile]]:
    tiles = []
    for row, texture in enumerate(TEXTURES):
        for k, place in enumerate(PLACES.values()):
            colour = place.colours[(row + k) % len(place.colours)]
            tiles.append((texture, _scene(place.name, row, NAMES[(row + k * 4) % len(NAMES)], colour, texture)))
    return len(PLACES), tiles


def _by_place() -> tuple[int, list[Tile]]:
    tiles = [(name, Scene(place=name, variant=variant, things=())) for name in PLACES for variant in range(VARIANTS)]
    return VARIANTS, tiles


def _scene(place: str, variant: int, concept: str, colour: str, texture: str) -> Scene:
    turn = float(np.sin(variant * 2.4) * 6)
    thing = Thing(concept=concept, colour=colour, texture=texture, side=0.72, x=0.5, y=0.5, turn=turn)
    return Scene(place=place, variant=variant % VARIANTS, things=(thing,))


_SHEETS: dict[str, Callable[[], tuple[int, list[Tile]]]] = {
    "concept": _by_concept,
    "colour": _by_colour,
    "texture": _by_texture,
    "place": _by_place,
}
