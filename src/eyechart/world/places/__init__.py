"""Places: what is behind the things. Soft colours, so that things stand out; a few variants of each."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from eyechart.world.dice import Dice
from eyechart.world.places.country import DESERT, FOREST, HILLS, SNOW
from eyechart.world.places.easel import Easel
from eyechart.world.places.features import FEATURES, LAND, SKY, Layer
from eyechart.world.places.indoors import KITCHEN, ROOM
from eyechart.world.places.place import VARIANTS, Band, Place
from eyechart.world.places.town import PARK, STREET
from eyechart.world.places.wide import BEACH, NIGHT, RIVER, SEA
from eyechart.world.places.wide import SKY as OPEN_SKY

__all__ = ["FEATURES", "PLACES", "VARIANTS", "Band", "Place", "backdrop"]

_ALL = (ROOM, KITCHEN, STREET, PARK, FOREST, HILLS, RIVER, BEACH, DESERT, SEA, OPEN_SKY, SNOW, NIGHT)
PLACES: dict[str, Place] = {place.name: place for place in _ALL}

_SEED = 0x9C1
_MANY = 400  # pixels; smaller backdrops are kept by the hundred, larger ones only a few


def backdrop(place: str, variant: int, side: int, features: tuple[str, ...] = ()) -> NDArray[np.uint8]:
    """The place without things: ``[side, side, 3]``, read-only. A feature changes nothing but what it covers."""
    return (_kept if side <= _MANY else _kept_briefly)(place, variant, side, features)


def _painted(place: str, variant: int, side: int, features: tuple[str, ...]) -> NDArray[np.uint8]:
    easel, number = Easel(side), tuple(PLACES).index(place) * 1000 + variant
    there, dice = PLACES[place], Dice(_SEED, number)
    there.far(easel, dice)
    _add(SKY, features, easel, there, number)
    there.near(easel, dice)
    _add(LAND, features, easel, there, number)
    pixels = np.array(easel.image)
    if variant % 2:
        pixels = np.ascontiguousarray(pixels[:, ::-1])
    pixels.setflags(write=False)
    return pixels


def _add(layers: dict[str, Layer], features: tuple[str, ...], easel: Easel, place: Place, number: int) -> None:
    """Each with dice of its own, so that the rest of the place does not depend on it."""
    for name, paint in layers.items():
        if name in features:
            paint(easel, Dice(_SEED, number, 1 + FEATURES.index(name)), place)


_kept = lru_cache(maxsize=512)(_painted)
_kept_briefly = lru_cache(maxsize=24)(_painted)
