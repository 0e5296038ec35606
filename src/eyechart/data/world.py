"""The procedural world as a dataset: pictures made by rule, of which everything is known.

Options: ``size`` in pixels (64), ``test`` and ``train`` (how many items, 1000 and 4000), ``seed`` (0).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import overload

from PIL.Image import Image

from eyechart.core import Dataset, Item, Region
from eyechart.errors import BadInput, UnknownName
from eyechart.world import NAMES, TAXONOMY, VERSION, View, World
from eyechart.world.render import Mask, box_of

TEMPLATES = (
    "a photo of a {}",
    "a picture of a {}",
    "a drawing of a {}",
    "an image of a {}",
    "there is a {}",
    "a {}",
)
_DEFAULTS = {"size": 64, "test": 1000, "train": 4000, "seed": 0}


def load(location: str, options: Mapping[str, str]) -> Dataset:
    """The test split, with the training split beside it.

    Raises:
        BadInput: a location was given, or a value is not a whole number in range.
        UnknownName: there is no such option.
    """
    if location:
        raise BadInput(f"the world is made by rule and has no location; given {location!r}, write just 'world'.")
    given = _DEFAULTS | {name: _number(name, text) for name, text in options.items()}
    if given["test"] < 1:
        raise BadInput(f"the world needs at least one test item; given test={given['test']}.")
    train = _split("train", given, None) if given["train"] else None
    return _split("test", given, train)


def _number(name: str, text: str) -> int:
    if name not in _DEFAULTS:
        raise UnknownName("option of the world", name, _DEFAULTS)
    if not text.isascii() or not text.isdigit():
        raise BadInput(f"the option {name!r} of the world is a whole number of 0 or more; given {text!r}.")
    return int(text)


def _split(split: str, given: Mapping[str, int], train: Dataset | None) -> Dataset:
    world = World(seed=given["seed"], size=given["size"], split=split)
    return Dataset(
        name="world",
        split=split,
        revision=f"{VERSION}-seed{world.seed}-size{world.size}",
        items=Items(world, given[split]),
        classes=NAMES,
        templates=TEMPLATES,
        taxonomy=TAXONOMY,
        licence="CC0-1.0",
        train=train,
    )


class Items(Sequence[Item]):
    """The first `count` pictures of a world as items, each made when it is first asked for and then kept."""

    def __init__(self, world: World, count: int) -> None:
        self._world = world
        self._made: list[Item | None] = [None] * count

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | Sequence[Item]:
        numbers = range(len(self))[index]
        return self._item(numbers) if isinstance(numbers, int) else [self._item(number) for number in numbers]

    def _item(self, index: int) -> Item:
        item = self._made[index]
        if item is None:
            item = self._made[index] = _item(self._world[index])
        return item


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that is drawn when it is asked for."""

    view: View

    def digest(self) -> str:
        """Of what decides the pixels: the world's version, seed and split, the index and the size."""
        world = self.view.world
        text = f"world {VERSION} {world.seed} {world.split} {self.view.index} {world.size}"
        return blake2b(text.encode(), digest_size=16).hexdigest()

    def load(self) -> Image:
        """RGB, 8 bits, square."""
        return self.view.image


class Regions(Sequence[Region]):
    """The things of a picture, the main one first; their number and names cost nothing, their masks are drawn once."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._made: tuple[Region, ...] = ()

    def __len__(self) -> int:
        return len(self._view.scene.things)

    @overload
    def __getitem__(self, index: int) -> Region: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Region]: ...
    def __getitem__(self, index: int | slice) -> Region | Sequence[Region]:
        return self._regions()[index]

    def __iter__(self) -> Iterator[Region]:
        return iter(self._regions())

    def _regions(self) -> tuple[Region, ...]:
        if not self._made:
            things = zip(self._view.scene.things, self._view.masks, strict=True)
            self._made = tuple(
                Region(label=thing.concept, box=box_of(mask), mask=_mask_of(self._view, k))
                for k, (thing, mask) in enumerate(things)
            )
        return self._made


def _mask_of(view: View, number: int) -> Callable[[], Mask]:
    """Draws it again rather than keep it: a box is small, a mask is not."""
    return lambda: view.masks[number]


def _item(view: View) -> Item:
    return Item(
        id=f"{view.world.seed}/{view.world.split}/{view.index:06d}",
        picture=Drawn(view),
        label=view.label,
        captions=view.captions,
        distractors=tuple(false.text for false in view.falsehoods),
        regions=Regions(view),
        facts=view.facts,
    )


PUBLIC = load
