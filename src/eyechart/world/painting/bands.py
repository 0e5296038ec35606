"""Pictures in any number of bands: what each pixel reflects, from its pigment and from what it is made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from eyechart.errors import BadInput
from eyechart.world.concepts import TAXONOMY
from eyechart.world.painting.finish import DARK_INK, KINDS, LIGHT_INK, Paints, paints, unpacked
from eyechart.world.painting.layers import framed
from eyechart.world.painting.paint import areas
from eyechart.world.painting.palette import RIM
from eyechart.world.painting.render import fineness, ground
from eyechart.world.painting.skins import skinned
from eyechart.world.painting.spectra import Curve, linear, rates, wavelengths
from eyechart.world.painting.stamp import LINE, Grid, Roles, Stamp, stamp
from eyechart.world.places import PLACES
from eyechart.world.scene import Scene, Thing
from eyechart.world.shapes import ROLES

Light = NDArray[np.float32]  # h w 4: linear red, green and blue, and the share of the pixel that has them
Bands = NDArray[np.float32]  # bands h w

MOST = 512
_INDOORS = ("room", "kitchen")
_SOIL = {"room": "wooden", "snow": "snow"}  # where feet stand, if not on stone, on plants or in water
# Of roles; what is not listed is painted.
_ROLES = {
    "glass": "glass",
    "metal": "metal",
    "gold": "metal",
    "wood": "wooden",
    "leaf": "leaf",
    "skin": "skin",
    "hair": "fur",
    "stone": "stone",
    "fluid": "water",
    "glow": "light",
}
# What the body of a kind is made of, where only its paint would be said.
_LIVING = {"animal": "fur", "plant": "leaf", "plant part": "leaf", "fungus": "moist", "food": "moist"}


def bands(scene: Scene, size: int, count: int) -> Bands:
    """Reflectance, 0 to 1, at `count` wavelengths spread evenly from 400 to 1000 nm: ``float32[count, size, size]``.

    The edges of things are shared out as in `render`. Each area takes its visible light from the colour that it has
    in the picture and the rest from its material (`spectra`): a thing's own areas from the thing's, other parts from
    their roles, the pixels of the place from what is likely there. So two things of one colour and different
    materials look equal in RGB and differ here. What only shines by itself (a flame) counts as if it reflected.

    Raises:
        BadInput: not 1 to 512 bands.
    """
    if not 1 <= count <= MOST:
        raise BadInput(f"a picture has 1 to {MOST} bands; given {count}.")
    at = wavelengths(count)
    picture = _place(scene, size, at)
    for k in scene.far_to_near():
        _lay(picture, scene.things[k], Grid(size * fineness(size), fineness(size)), PLACES[scene.place].dark, at)
    return picture


def _lay(picture: Bands, thing: Thing, grid: Grid, dark_ground: bool, at: Curve) -> None:
    """The thing over what is behind it."""
    on = stamp(thing, grid)
    if not on.roles.size:
        return
    colours, roles = _looks(thing, on, grid.side, dark_ground)
    light = np.concatenate([linear(unpacked(colours)), np.ones((*colours.shape, 1), dtype=np.float32)], axis=-1)
    light *= (roles > 0)[..., None]
    share, window = _pixels(light, on, grid)
    picture[:, *window] *= 1 - share[..., 3]
    names = _materials(thing)
    for name in sorted(set(names)):
        own = np.array([other == name for other in names])[roles]
        part, _ = _pixels(light * own[..., None], on, grid)
        picture[:, *window] += np.einsum("bc,hwc->bhw", rates(name, at), part)


def _looks(thing: Thing, on: Stamp, side: int, dark_ground: bool) -> tuple[Paints, Roles]:
    """Colour and role of each point."""
    if thing.skin:
        return skinned(thing, on, side, dark_ground=dark_ground), on.roles
    table = paints(thing.colour, thing.style, thing.substance, dark_ground=dark_ground)
    numbers = areas(thing, on, side, table)
    return table.take(numbers), (numbers % KINDS).astype(np.uint8)


def _pixels(light: Light, on: Stamp, grid: Grid) -> tuple[Light, tuple[slice, slice]]:
    """Averaged over the points of each pixel, and the window of the picture on which these lie."""
    height, width, parts = light.shape
    fine = grid.fine
    blocks = light.reshape(height // fine, fine, width // fine, fine, parts).mean(axis=(1, 3))
    seen, left, top = framed(blocks, on.left // fine, on.top // fine, grid.side // fine)
    return seen, (slice(top, top + seen.shape[0]), slice(left, left + seen.shape[1]))


def _materials(thing: Thing) -> tuple[str, ...]:
    """What each number in a map of roles is made of."""
    own = thing.substance
    if own == "painted" and not thing.material:
        own = next((_LIVING[node] for node in _ancestors(thing.concept) if node in _LIVING), own)
    if thing.skin:
        own = "painted"
    names = ["painted"] * KINDS
    for number, role in enumerate(ROLES):
        names[number] = own if thing.skin or role in ("body", "shade", "tint") else _ROLES.get(role, "painted")
    names[RIM] = names[LINE] = names[DARK_INK] = names[LIGHT_INK] = "ink"
    return tuple(names)


def _ancestors(concept: str) -> list[str]:
    path = [concept]
    while path[-1] in TAXONOMY:
        path.append(TAXONOMY[path[-1]])
    return path


def _place(scene: Scene, size: int, at: Curve) -> Bands:
    """The place without things: the material of each of its pixels follows from its colour and height."""
    colours = unpacked(ground(scene, size))
    light = np.concatenate([linear(colours), np.ones((size, size, 1), dtype=np.float32)], axis=-1)
    red, green, blue = np.moveaxis(colours.astype(np.int64), -1, 0)
    rows = (np.arange(size)[:, None] + 0.5) / size
    below = np.broadcast_to(rows > PLACES[scene.place].horizon, (size, size))
    inside = scene.place in _INDOORS
    green_there = (green > red + 6) & (green > blue + 6) & np.bool_(not inside)
    water = below & (blue > red + 16) & ~green_there & np.bool_(not inside and scene.place != "snow")
    which = np.where(below, _SOIL.get(scene.place, "stone"), "painted" if inside else "sky")
    which = np.where(green_there, "leaf", np.where(water, "water", which))
    picture = np.zeros((len(at), size, size), dtype=np.float32)
    for name in np.unique(which).tolist():
        own = which == name
        picture[:, own] = (rates(name, at) @ light[own].T).astype(np.float32)
    return picture
