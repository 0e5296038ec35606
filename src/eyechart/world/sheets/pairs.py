"""Sheets of what a scene has beside its picture: twins, motion, depth, masks, bands."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from eyechart.world.painting.bands import bands
from eyechart.world.painting.depth import depth
from eyechart.world.painting.motion import Flow, flow
from eyechart.world.painting.palette import MATERIALS
from eyechart.world.painting.render import Pixels, masks, render
from eyechart.world.painting.spectra import wavelengths
from eyechart.world.scene import Scene, Thing
from eyechart.world.sheets.paper import Page, Row, Tile, grid
from eyechart.world.twins import EXCHANGES, KINDS, parsed
from eyechart.world.world import Twin, World

_WORLD = World(split="test")
_SOUGHT = 120  # pictures among which twins of every kind are looked for
_PAIRS = 4  # in a row
_BANDS = 8
_TINTS = np.array([(206, 62, 52), (46, 108, 214), (54, 156, 84), (236, 170, 30), (146, 84, 190)], dtype=np.float64)


def twins() -> Page:
    """For every kind of change some pictures with their twins, and for each a sentence that is true of it alone."""
    found: dict[str, list[Tile]] = {kind: [] for kind in (*KINDS, *EXCHANGES)}
    for index in range(_SOUGHT):
        for change in {
            parsed(text).kind: text for text in reversed(_WORLD.changes(index))
        }.values():  # of the main thing
            row = found[parsed(change).kind]
            if len(row) < _PAIRS:
                row.append(_pair(_WORLD.twin(index, change)))
        if all(len(row) == _PAIRS for row in found.values()):
            break
    rows = [Row(name=kind, tiles=tuple(tiles)) for kind, tiles in found.items() if tiles]
    return Page(title="Twins: all but one fact is the same", rows=tuple(rows))


def _pair(twin: Twin) -> Tile:
    sentences = (sentence.removeprefix("there is ").removeprefix("there are ") for sentence in twin.told())
    pictures = (partial(render, scene) for scene in (twin.before.scene, twin.scene))
    return Tile(draw=_beside(*pictures), name="\n".join(sentences))


def motions() -> Page:
    """A picture, the next one, and which way every pixel went."""
    tiles = []
    for index in range(12):
        motion = _WORLD[index].motion
        before, after = _WORLD[index].scene, motion.after.scene
        tiles.append(Tile(draw=_beside(partial(render, before), partial(render, after), partial(_flow, before, after))))
    return Page(title="A moment later, and the flow: the colour tells the direction", rows=grid(tiles, 3))


def depths() -> Page:
    """A picture, how near everything is (bright: near), and the masks of the things."""
    scenes = [_WORLD[index].scene for index in range(12)]
    tiles = [
        Tile(draw=_beside(partial(render, scene), partial(_depth, scene), partial(_masks, scene))) for scene in scenes
    ]
    return Page(title="Depth and masks", rows=grid(tiles, 3))


def spectra() -> Page:
    """One thing in one colour, of every material: alike to the eye, apart beyond it."""
    lengths = [f"{length:.0f} nm" for length in wavelengths(_BANDS)]
    rows = []
    for material in MATERIALS:
        thing = Thing(concept="cup", colour="green", material=material, side=0.7, x=0.5, y=0.5)
        scene = Scene(place="park", variant=0, things=(thing,))
        seen = [Tile(draw=partial(_band, scene, k), name=length) for k, length in enumerate(lengths)]
        rows.append(Row(name=material, tiles=(Tile(draw=partial(render, scene), name="to the eye"), *seen)))
    return Page(title="Bands from 400 to 1000 nm: every material has a spectrum of its own", rows=tuple(rows))


def _beside(*pictures: Callable[[int], Pixels]) -> Callable[[int], Pixels]:
    """Side by side, a hair apart."""

    def drawn(size: int) -> Pixels:
        hair = np.full((size, 2, 3), 255, dtype=np.uint8)
        parts = [part for picture in pictures for part in (hair, picture(size))]
        return np.concatenate(parts[1:], axis=1)

    return drawn


def _depth(scene: Scene, size: int) -> Pixels:
    return _gray(np.sqrt(1 - depth(scene, size)))


def _band(scene: Scene, number: int, size: int) -> Pixels:
    return _gray(np.sqrt(bands(scene, size, _BANDS)[number]))


def _masks(scene: Scene, size: int) -> Pixels:
    """A colour for each thing."""
    picture = np.full((size, size, 3), 232.0)
    for number, mask in enumerate(masks(scene, size)):
        picture[mask] = _TINTS[number % len(_TINTS)]
    return picture.astype(np.uint8)


def _flow(before: Scene, after: Scene, size: int) -> Pixels:
    """The direction as a hue, the length as how far it is from white; gray where it ends behind something."""
    moved: Flow = flow(before, after, size)
    right, down = np.moveaxis(moved.displacement.astype(np.float64), -1, 0)
    hue = (np.arctan2(down, right) / (2 * np.pi)) % 1
    strength = np.clip(np.hypot(right, down) / max(1.0, 0.08 * size), 0, 1)
    turns = np.abs((hue[..., None] * 6 + np.array([0, 4, 2])) % 6 - 3) - 1
    colour = 255 * (1 - strength[..., None] * (1 - np.clip(turns, 0, 1)))
    colour[~moved.visible] *= 0.6
    return colour.round().astype(np.uint8)


def _gray(values: NDArray[np.floating]) -> Pixels:
    """0 as black, 1 as white."""
    levels = np.clip(values * 255, 0, 255).round().astype(np.uint8)
    return np.repeat(levels[..., None], 3, axis=2)
