"""The procedural world as a dataset: pictures made by rule, of which everything is known.

``world`` is scenes, labelled by what they are about; ``world:writing``, ``world:people`` and ``world:documents`` are
pictures of text, portraits of persons with names, and pages, labelled by what they are or whom they show.
``world:logic`` and the other files of ``staged/`` are what single exams are taken on when they are given ``world``.

Options: ``size`` in pixels (64; documents 256), ``test`` and ``train`` (how many items, 1000 and 4000), ``split``
(test, or valid), ``seed`` (0); of scenes also ``language`` (en, or zh), ``draw`` (balanced, or long-tailed) and
``hold_out`` (what training never shows: "colour,place,state" and "concept", or "no"); of people also ``draw``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import blake2b
from typing import overload

from PIL import Image

from eyechart import plugins
from eyechart.core import Dataset, Item, Region
from eyechart.data.lazy import Lazy
from eyechart.data.name import accept, spell
from eyechart.data.reels import Order, Reel, ShownScene, open_reel
from eyechart.data.staged import Stage
from eyechart.errors import BadInput
from eyechart.world.painting.render import Mask

OPTIONS = ("size", "test", "train", "split", "seed", "draw", "hold_out", "language")
LICENCE = "CC0-1.0"
_COUNTS = {"test": 1000, "train": 4000}


def load(location: str, options: Mapping[str, str]) -> Dataset:
    """The examined split, with the training split beside it.

    Raises:
        UnknownName: there is no such kind of picture, option, split, draw, language or combination to hold out.
        BadInput: a value is not a whole number in range, or not for this kind of picture.
    """
    accept(options, OPTIONS, "world")
    if location in plugins.names("staged"):
        return _stage(location, options)
    order = Order(
        of=location or "scenes",
        seed=_number("seed", options, 0),
        size=_number("size", options, 0),
        draw=options.get("draw", ""),
        hold_out=_listed(options.get("hold_out")),
        language=options.get("language", "en"),
    )
    test, train = (_number(name, options, usual) for name, usual in _COUNTS.items())
    if test < 1:
        raise BadInput(f"the world needs at least one test item; given test={test}")
    split = options.get("split", "test")
    if split == "train":
        raise BadInput("the world's split 'train' is what is learnt from; examine split=test or split=valid")
    name = spell("world", location, options)
    data = dataset(open_reel(order, split), name, test)
    if train:
        data = replace(data, train=dataset(open_reel(order, "train"), name, train))
    if order.of == "scenes":
        chosen = {key: value for key, value in options.items() if key not in ("draw", "hold_out")}
        data = replace(data, staged={exam: partial(_stage, exam, chosen) for exam in plugins.names("staged")})
    return data


def _stage(exam: str, options: Mapping[str, str]) -> Dataset:
    """What one exam is taken on; the options are those of scenes."""
    test, train = (_number(name, options, usual) for name, usual in _COUNTS.items())
    stage = Stage(
        seed=_number("seed", options, 0),
        size=_number("size", options, 0) or 64,
        split=options.get("split", "test"),
        test=test,
        train=train,
        language=options.get("language", "en"),
    )
    data: Dataset = plugins.find("staged", exam)(stage)
    return replace(data, name=spell("world", exam, options))


def dataset(reel: Reel, name: str, count: int) -> Dataset:
    """The first `count` pictures of a reel; nothing is drawn."""
    subject = reel.subject
    return Dataset(
        name=name,
        split=reel.world.split,
        revision=reel.digest[:16],
        items=Lazy(count, lambda index: item(reel, index), by_rule=True),
        classes=subject.classes,
        templates=subject.templates,
        taxonomy=subject.taxonomy,
        licence=LICENCE,
    )


def item(reel: Reel, index: int) -> Item:
    """One picture with all that is known of it."""
    shown, world = reel[index], reel.world
    return Item(
        id=f"{world.seed}/{world.split}/{index:06d}",
        picture=ByRule(reel, index),
        label=shown.label,
        captions=shown.captions,
        distractors=tuple(false.text for false in shown.falsehoods),
        regions=Regions(reel, index, shown.names),
        facts=shown.facts,
    )


@dataclass(frozen=True, slots=True)
class ByRule:
    """A picture that is drawn when it is asked for."""

    reel: Reel
    index: int

    def digest(self) -> str:
        """Of what decides the pixels: the digest of its world, and its number there."""
        return blake2b(f"{self.reel.digest}/{self.index}".encode(), digest_size=16).hexdigest()

    def load(self) -> Image.Image:
        """RGB, 8 bits, square."""
        return Image.fromarray(self.reel[self.index].drawn().pixels)

    def later(self) -> Image.Image | None:
        """The scene after every thing has moved, turned and grown a little; None where it is no scene."""
        shown = self.reel[self.index]
        return Image.fromarray(shown.later()) if isinstance(shown, ShownScene) else None


class Regions(Sequence[Region]):
    """The parts of a picture; their number and names cost nothing, they are drawn when the first is asked for."""

    def __init__(self, reel: Reel, index: int, names: tuple[str, ...]) -> None:
        self._reel, self._index, self._names = reel, index, names
        self._made: tuple[Region, ...] = ()

    def __len__(self) -> int:
        return len(self._names)

    @overload
    def __getitem__(self, index: int) -> Region: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Region]: ...
    def __getitem__(self, index: int | slice) -> Region | Sequence[Region]:
        return self._regions()[index]

    def __iter__(self) -> Iterator[Region]:
        return iter(self._regions())

    def _regions(self) -> tuple[Region, ...]:
        if self._names and not self._made:
            drawn = self._reel[self._index].drawn()
            self._made = tuple(
                Region(label=name, box=box, mask=None if drawn.masks is None else self._mask(number))
                for number, (name, box) in enumerate(zip(self._names, drawn.boxes, strict=True))
            )
        return self._made

    def _mask(self, number: int) -> Callable[[], Mask]:
        """Draws it again rather than keep it: a box is small, a mask is not."""
        return lambda: _masks(self._reel, self._index)[number]


def _masks(reel: Reel, index: int) -> Mask:
    masks = reel[index].drawn().masks
    if masks is None:
        raise BadInput(f"the {reel.kind} have boxes and no masks")
    return masks


def _number(name: str, options: Mapping[str, str], usual: int) -> int:
    text = options.get(name, str(usual))
    if not text.isascii() or not text.isdigit():
        raise BadInput(f"the option {name!r} of the world is a whole number of 0 or more; given {text!r}.")
    return int(text)


def _listed(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else () if text == "no" else tuple(name.strip() for name in text.split(","))


PUBLIC = load
