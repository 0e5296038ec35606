"""Skins for cue conflict: the shape of one concept under a dense pattern of small pictures of another."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import product

import numpy as np

from eyechart.errors import UnknownName
from eyechart.world.concepts import CONCEPTS, NAMES
from eyechart.world.dice import Dice
from eyechart.world.painting.finish import Paints, packed, paints
from eyechart.world.painting.paint import Colours, painted
from eyechart.world.painting.palette import COLOURS, RIM, brightness, mix
from eyechart.world.painting.stamp import Grid, Stamp, sampled, stamp
from eyechart.world.scene import Thing

_SPAN = 256  # points of a tile, both ways
_REPEATS = 1.3  # of the tile along the side of a thing
_ACROSS = 3  # pictures along the side of a tile
_SIDE = 0.4  # of a picture, of the tile
_ANY = ("blue", "orange", "green", "red", "purple", "brown", "yellow")  # for what has no colour of its own


def skinned(thing: Thing, on: Stamp, side: int, *, dark_ground: bool) -> Colours:
    """The colour of each point of a thing's stamp when the thing is covered by its skin, rim excepted."""
    if thing.skin not in CONCEPTS:
        raise UnknownName("concept", thing.skin, NAMES)
    colours = sampled(_tile(thing.skin), thing, on, side, _REPEATS)
    rim = paints(natural(thing.skin), "outlined", "painted", dark_ground=dark_ground)[RIM]
    colours[on.roles == RIM] = rim
    colours[on.roles == 0] = 0
    return colours


def natural(concept: str) -> str:
    """The colour that a concept usually has; where any will do, always the same."""
    own = CONCEPTS[concept].colours
    return own[0] if own else _ANY[NAMES.index(concept) % len(_ANY)]


@lru_cache(maxsize=128)
def _tile(concept: str) -> Colours:
    """Small pictures, variously turned, that go on over the edges of the tile: ``[_SPAN, _SPAN]``."""
    colour, dice = natural(concept), Dice(0x5C1, NAMES.index(concept))
    tile = np.full((_SPAN, _SPAN), _ground(colour), dtype=np.uint64)
    for k in range(_ACROSS * _ACROSS):
        row, column = divmod(k, _ACROSS)
        x = (column + 0.5 + dice.between(-0.12, 0.12)) / _ACROSS
        y = (row + 0.5 + dice.between(-0.12, 0.12)) / _ACROSS
        turn, flipped = dice.between(-70, 70), dice.chance(0.5)
        small = Thing(concept=concept, colour=colour, side=_SIDE, x=x, y=y, turn=turn, flipped=flipped)
        for right, down in product((-1, 0, 1), repeat=2):
            _lay(tile, replace(small, x=x + right, y=y + down))
    tile.setflags(write=False)
    return tile


def _lay(tile: Colours, small: Thing) -> None:
    """The picture onto the tile, as far as it is on it."""
    on = stamp(small, Grid(_SPAN, 1))
    colours = painted(small, on, _SPAN, dark_ground=False)
    height, width = colours.shape
    y0, x0, y1, x1 = max(0, on.top), max(0, on.left), min(_SPAN, on.top + height), min(_SPAN, on.left + width)
    if y0 < y1 and x0 < x1:
        part = colours[y0 - on.top : y1 - on.top, x0 - on.left : x1 - on.left]
        np.copyto(tile[y0:y1, x0:x1], part, where=part > 0)


def _ground(colour: str) -> Paints:
    """Behind the pictures: the same colour, much lighter, or darker where it is light itself."""
    body = COLOURS[colour]
    return packed(np.array(mix(body, (0, 0, 0), 0.4) if brightness(body) > 0.7 else mix(body, (255, 255, 255), 0.72)))
