"""Two things and two scenes, crossed: each thing is at home in one scene and has no business in the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import binary_dilation

from eyechart.core import Dataset, Item, Picture
from eyechart.data.spoil.pasted import Cutout, Pasted, cut, disc
from eyechart.errors import Refused
from eyechart.marking.habits import FOREIGN, HOME, Habits, habits
from eyechart.marking.order import rank

ENLARGED = 2.0  # times, at most: what is blown up further is a blur
WIDEST = 0.8  # side of the box of a thing at its largest, in sides of a square as large as the picture
FEWEST = 4  # crossings, below which there is no interval worth its name
SIDES = (0, 1)  # the two scenes of a crossing; the thing that is at home in a scene has its number
VISITS = 6  # pictures per place: each thing at home, then each away from home, then a disc in each scene
# Which visits happen in a scene: of the thing at home there, of the other one, of the disc.
IN_SCENE = ((0, 3, 4), (1, 2, 5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A thing in a picture of the data."""

    label: int
    item: int
    region: int
    id: str  # of the item


@dataclass(frozen=True)
class Kept:
    """A picture that is decoded once, because many are made from it."""

    picture: Picture

    def digest(self) -> str:
        """The picture's own."""
        return self.picture.digest()

    def load(self) -> Image.Image:
        """The picture, as it was when it was first asked for."""
        return self._image

    @cached_property
    def _image(self) -> Image.Image:
        return self.picture.load()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A picture with its things, all of them masked."""

    item: Item
    labels: tuple[int, ...]
    masks: NDArray[np.bool_]  # things h w
    picture: Kept

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.masks.shape[2], self.masks.shape[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Two things with two scenes; the first is at home in the first and the second in the second."""

    sources: tuple[Source, Source]
    things: tuple[Cutout, Cutout]
    scenes: tuple[Scene, Scene]

    def visits(self, x: float, y: float, scale: float, soft: float) -> tuple[tuple[int, Pasted], ...]:
        """Scene and change of the six pictures of one place, in the order of `VISITS`."""
        guests = (*self.things, *self.things, disc(), disc())
        return tuple(
            (scene, Pasted(guest, x, y, scale, soft)) for scene, guest in zip((0, 1, 1, 0, 0, 1), guests, strict=True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The crossings of a dataset, the names of all that has a mask in it, and how it is known what is at home where."""

    labels: tuple[str, ...]
    told_by: str
    crossings: tuple[Crossing, ...]


@dataclass(slots=True)
class _Search:
    """What is still free while crossings are sought; every picture, and every group of pictures, is used once."""

    data: Dataset
    seen: Sequence[Mapping[int, int]]  # per picture the labels by region
    habits: Habits
    largest: float
    free: NDArray[np.bool_]
    order: NDArray[np.int64]  # of scenes: in good company first, then by digest
    uses: Counter[int] = field(default_factory=Counter)

    def is_free(self, item: int) -> bool:
        return bool(self.free[item])

    def spend(self, *items: int) -> None:
        spent = {self.data.items[item].cluster for item in items}
        for number, item in enumerate(self.data.items):
            if item.cluster in spent:
                self.free[number] = False

    def scenes(self, one: Source, other: Source) -> tuple[int, int] | None:
        """The first free scene in which `one` is at home and `other` is not, and the first of the contrary."""
        relation, taken = self.habits.relation, {self.data.items[source.item].cluster for source in (one, other)}
        found: list[int] = []
        for host, guest in ((one.label, other.label), (other.label, one.label)):
            fitting = (relation[host] == HOME) & (relation[guest] == FOREIGN) & self.free
            for number in self.order[fitting[self.order]]:
                cluster = self.data.items[number].cluster
                if cluster not in taken:
                    taken.add(cluster)
                    found.append(int(number))
                    break
            else:
                return None
        return found[0], found[1]

    def thing(self, source: Source) -> Cutout | None:
        """The thing cut out, if all of it is seen and it is large enough to be pasted."""
        item = self.data.items[source.item]
        masks = _masks(item)
        own = masks[source.region]
        rim = binary_dilation(np.pad(own, 1))
        hidden = np.delete(masks, source.region, 0).any(0)
        if rim[[0, -1]].any() or rim[:, [0, -1]].any() or (rim[1:-1, 1:-1] & hidden).any():
            return None  # it goes on beyond the frame, or behind something
        if own.mean() < (self.largest / ENLARGED) ** 2:
            return None
        found = cut(item.picture.load(), own)
        wide = self.largest * max(found.image.size) / found.area**0.5
        return found if wide <= WIDEST else None

    def scene(self, number: int) -> Scene:
        item, labels = self.data.items[number], self.seen[number]
        masks = _masks(item)[list(labels)]
        return Scene(item=item, labels=tuple(labels.values()), masks=masks, picture=Kept(item.picture))


def cast(data: Dataset, wanted: int, largest: float, only: Sequence[str] = ()) -> Cast:
    """As many crossings as are wanted, or as there are; no picture takes part in two of them.

    Labels take turns. Pictures with a thing that has no mask, or with things that nobody counted, are left out.

    Args:
        data: with masks.
        wanted: crossings.
        largest: scale at which things will be pasted.
        only: labels that exist for this exam; empty: all.

    Raises:
        Refused: fewer than two labels, or hardly any crossing.
    """
    named = [_labels(item, only) for item in data.items]
    names = tuple(sorted({name for labels in named for name in labels.values()}))
    place = {name: number for number, name in enumerate(names)}
    seen = [{region: place[name] for region, name in labels.items()} for labels in named]
    if len(names) < 2:
        raise Refused(f"elephant needs masks of two kinds of things at least; {data.name} has {len(names)}")
    known = habits(data.items, [frozenset(labels.values()) for labels in seen], len(names))
    order = sorted(range(len(data)), key=lambda number: (len(seen[number]) < 2, rank(data.items[number].id)))
    search = _Search(data, seen, known, largest, np.ones(len(data), dtype=bool), np.array(order, dtype=np.int64))
    found = list(_crossings(search, _in_turns(data, seen), wanted))
    if len(found) < FEWEST:
        raise Refused(
            f"elephant needs things that are at home in one picture and foreign in another, crosswise, {FEWEST} "
            f"times at least; {data.name} has it {len(found)} times "
            f"among {len(data)} pictures and {len(names)} kinds of thing, "
            f"as its {_WORDS[known.told_by]} tells; give more pictures, or name their places in a fact 'place'"
        )
    return Cast(labels=names, told_by=known.told_by, crossings=tuple(found))


_WORDS = {"place": "fact 'place'", "company": "company of labels"}


def _crossings(search: _Search, sources: Sequence[Source], wanted: int) -> Iterator[Crossing]:
    cut_out: dict[Source, Cutout | None] = {}

    def thing(source: Source) -> Cutout | None:
        if source not in cut_out:
            cut_out[source] = search.thing(source)
        return cut_out[source]

    made = 0
    for source in sources:
        if made == wanted:
            return
        if not search.is_free(source.item) or (first := thing(source)) is None:
            continue
        for partner, scenes in _partners(search, source, sources):
            if (second := thing(partner)) is None:
                continue
            search.spend(source.item, partner.item, *scenes)
            search.uses.update((source.label, partner.label))
            made += 1
            one, other = (search.scene(number) for number in scenes)
            yield Crossing(sources=(source, partner), things=(first, second), scenes=(one, other))
            break


def _partners(search: _Search, source: Source, sources: Sequence[Source]) -> Iterator[tuple[Source, tuple[int, int]]]:
    """Things of other labels with which it can be crossed, the least used labels first, and the scenes for it."""
    by_label = sorted((other for other in sources if other.label != source.label), key=lambda one: one.label)
    grouped = {label: list(members) for label, members in groupby(by_label, key=lambda one: one.label)}
    turn = {other.label: number for number, other in reversed(list(enumerate(sources)))}
    for label in sorted(grouped, key=lambda one: (search.uses[one], turn[one])):
        for other in grouped[label]:
            if not search.is_free(other.item) or other.item == source.item:
                continue
            scenes = search.scenes(source, other)
            if scenes is None:
                break  # nor for any other thing of this label, but for rare chances
            yield other, scenes


def _in_turns(data: Dataset, seen: Sequence[Mapping[int, int]]) -> list[Source]:
    """All things: the first of each label, then the second of each, in an order that nobody chose."""
    sources = [
        Source(label=label, item=number, region=region, id=data.items[number].id)
        for number, labels in enumerate(seen)
        for region, label in labels.items()
    ]
    named = sorted(sources, key=lambda one: rank(f"{one.id} {one.region}"))
    turns: Counter[int] = Counter()
    placed: list[tuple[int, int, Source]] = []
    for source in named:
        placed.append((turns[source.label], len(placed), source))
        turns[source.label] += 1
    return [source for _, _, source in sorted(placed, key=lambda entry: entry[:2])]


def _labels(item: Item, only: Sequence[str]) -> dict[int, str]:
    """Of the things in a picture by region; none where one has no mask, or where some were not counted."""
    regions = tuple(item.regions)
    if item.facts.get("crowds") or any(region.mask is None for region in regions):
        return {}
    return {number: region.label for number, region in enumerate(regions) if not only or region.label in only}


def _masks(item: Item) -> NDArray[np.bool_]:
    return np.stack([region.mask() for region in item.regions if region.mask is not None]).astype(bool)
