"""Sheets of single things: every concept, and every way in which a thing can look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import cycle, islice

from eyechart.world.concepts import CONCEPTS, NAMES, TAXONOMY
from eyechart.world.language.english import ENGLISH
from eyechart.world.language.statement import Mention
from eyechart.world.painting.palette import COLOURS, MATERIALS, STYLES, TEXTURES
from eyechart.world.painting.render import render
from eyechart.world.places import PLACES, VARIANTS
from eyechart.world.scene import Scene, Thing
from eyechart.world.sheets.paper import Page, Row, Tile, grid

SIDE = 0.74  # of a thing that has a picture to itself
_BRANCH = 3  # concepts that a row of the tree has at least
_SHOWN = ("car", "fish", "house", "balloon", "cup", "cat", "shirt", "tree", "umbrella", "elephant")  # broad bodies


def concepts() -> Page:
    """Every concept once, at home, in the order of the labels."""
    tiles = [_named(name, k) for k, name in enumerate(NAMES)]
    return Page(title=f"{len(NAMES)} concepts", rows=grid(tiles, full(len(tiles), range(9, 13))))


def taxonomy() -> Page:
    """Every concept under its branch of the tree, with what it is a kind of."""
    branches = Counter(branch for name in NAMES for branch in _branches(name))
    rows: dict[str, list[Tile]] = {}
    for k, name in enumerate(NAMES):
        path = _branches(name)
        branch = next(one for one in reversed(path[:3]) if branches[one] >= _BRANCH or one == path[0])
        kind = "" if branch.endswith(TAXONOMY[name]) else f"\n({TAXONOMY[name]})"
        rows.setdefault(branch, []).append(tile(usual(name, k), name + kind, k))
    branched = [
        Row(name=branch if not k else "", tiles=row.tiles)
        for branch, tiles in sorted(rows.items())
        for k, row in enumerate(grid(tiles, 11))
    ]
    return Page(title="The tree of concepts", rows=tuple(branched))


def states() -> Page:
    """Every concept in its states."""
    tiles = [
        tile(replace(usual(name, k), state=state), f"{name}: {state}", k)
        for k, name in enumerate(NAMES)
        for state in CONCEPTS[name].states
    ]
    return Page(title="States", rows=grid(tiles, full(len(tiles), range(12, 17, 2))))


def colours() -> Page:
    """Every colour on the same things."""
    return _rows("Colours", COLOURS, lambda thing, colour: replace(thing, colour=colour))


def textures() -> Page:
    """Every texture on the same things."""
    return _rows("Textures", TEXTURES, lambda thing, texture: replace(thing, texture=texture))


def materials() -> Page:
    """The same things of every material."""
    return _rows("Materials", MATERIALS, lambda thing, material: replace(thing, material=material))


def styles() -> Page:
    """The same things in every style."""
    return _rows("Styles", STYLES, lambda thing, style: replace(thing, style=style))


def poses() -> Page:
    """Upright and looking to either side, tilted, upside down."""
    names = ("car", "fish", "elephant", "bird", "snail", "rabbit", "airplane", "train", "turtle")
    things = [usual(name, k) for k, name in enumerate(names)]
    shown = {
        "upright, facing left": [_facing(thing, "left") for thing in things if thing.facing],
        "upright, facing right": [_facing(thing, "right") for thing in things if thing.facing],
        "tilted": [replace(thing, turn=50.0) for thing in things],
        "upside down": [replace(thing, turn=180.0) for thing in things],
    }
    rows = [
        Row(name=pose, tiles=tuple(tile(thing, "", k) for k, thing in enumerate(posed)))
        for pose, posed in shown.items()
    ]
    return Page(title="Poses", rows=tuple(rows))


def sizes() -> Page:
    """The same things small and large."""
    sides = {"small": 0.3, "large": 0.74}
    return _rows("Sizes", sides, lambda thing, size: replace(thing, side=sides[size]))


def skins() -> Page:
    """The shape of one concept under the pictures of another: cues in conflict."""
    shapes = ("cat", "car", "guitar", "fish", "elephant", "cup", "house", "shirt")
    rows = [
        Row(
            name="covered with " + ENGLISH.many(Mention(concept=cover)),
            tiles=tuple(tile(replace(usual(name, k), skin=cover), name, k) for k, name in enumerate(shapes)),
        )
        for cover in ("apple", "star", "bird", "key", "flower")
    ]
    return Page(title="The shape of one thing, the texture of another", rows=tuple(rows))


def usual(name: str, k: int) -> Thing:
    """The concept as one knows it, in the middle of a picture; `k` varies what may vary."""
    natural = CONCEPTS[name].colours or tuple(COLOURS)
    return Thing(concept=name, colour=natural[k % len(natural)], side=SIDE, x=0.5, y=0.5)


def tile(thing: Thing, name: str, k: int) -> Tile:
    """A picture of the thing alone, at home where its colour shows there."""
    scene = Scene(place=home(thing, k), variant=k % VARIANTS, things=(thing,))
    return Tile(draw=partial(render, scene), name=name)


def home(thing: Thing, k: int) -> str:
    """A place where the thing belongs, or at least one on which its colour shows."""
    shows = [place for place in CONCEPTS[thing.concept].homes if thing.colour in PLACES[place].colours]
    fitting = shows or [name for name, place in PLACES.items() if thing.colour in place.colours]
    return fitting[k % len(fitting)]


def _named(name: str, k: int) -> Tile:
    return tile(usual(name, k), name, k)


def _rows(title: str, values: Iterable[str], change: Callable[[Thing, str], Thing]) -> Page:
    """A row for each value, shown by the same things."""
    rows = [
        Row(name=value, tiles=tuple(tile(change(thing, value), "", k) for k, thing in enumerate(_examples(row))))
        for row, value in enumerate(values)
    ]
    return Page(title=title, rows=tuple(rows))


def _examples(row: int) -> Sequence[Thing]:
    """Things with broad bodies, in colours that differ from row to row."""
    bright = [name for name in COLOURS if name not in ("black", "white", "gray")]
    return [
        replace(usual(name, k), colour=colour)
        for (k, name), colour in zip(enumerate(_SHOWN), islice(cycle(bright), row * 3, None), strict=False)
    ]


def _facing(thing: Thing, side: str) -> Thing:
    return thing if thing.facing == side else replace(thing, flipped=not thing.flipped)


def full(count: int, columns: Iterable[int]) -> int:
    """With how many columns the last row is fullest."""
    return min(columns, key=lambda width: -count % width)


def _branches(name: str) -> list[str]:
    """From below the root down to the parent, each with all above it: "artifact", "artifact > vehicle" …"""
    path = [TAXONOMY[name]]
    while TAXONOMY[path[0]] in TAXONOMY:
        path.insert(0, TAXONOMY[path[0]])
    return [" > ".join(path[: depth + 1]) for depth in range(len(path))]
