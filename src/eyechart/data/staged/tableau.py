"""Scenes made to order: named things side by side somewhere, so that scenes can be equal but for one fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TypeVar

from PIL import Image

from eyechart.core import Box, Dataset, Fact, Item, Region
from eyechart.data.lazy import Lazy
from eyechart.data.staged.stage import Stage
from eyechart.errors import BadInput
from eyechart.world.dice import Dice
from eyechart.world.painting.render import render
from eyechart.world.places import PLACES, VARIANTS
from eyechart.world.scene import Scene, Thing
from eyechart.world.splits import SPLITS, digest, unseen
from eyechart.world.staging.company import Plan, allowed
from eyechart.world.staging.crowding import kept_inside
from eyechart.world.staging.freely import main_side
from eyechart.world.staging.looks import Fashion, Look, Spot, other_look, style, thing
from eyechart.world.world import VERSION

T = TypeVar("T")
WITHHELD = ("colour", "place", "state")  # what the training split of the world does not show
SIDE = 0.43  # of the image: things beside others
_ROWS = {
    2: (((0.27, 0.5), (0.73, 0.5)), ((0.5, 0.27), (0.5, 0.73))),
    3: (((0.27, 0.73), (0.73, 0.73), (0.5, 0.27)), ((0.5, 0.74), (0.27, 0.27), (0.73, 0.27))),
}
_PURPOSE = 1 << 24  # of the dice: streams of their own, beyond those of the world
_TRIES = 200


@dataclass(frozen=True, slots=True)
class Drawn:
    """The picture of a scene; it is drawn when it is asked for."""

    scene: Scene
    size: int

    def digest(self) -> str:
        """Of the scene and of all that decides how it is drawn."""
        return digest("scene", VERSION, self.size, repr(self.scene))

    def load(self) -> Image.Image:
        """RGB, 8 bits, square."""
        return Image.fromarray(render(self.scene, self.size))


@dataclass(frozen=True, slots=True, kw_only=True)
class Backdrop:
    """Where it is, and how everything there is drawn."""

    place: str
    variant: int
    style: str

    @property
    def colours(self) -> tuple[str, ...]:
        """Those that stand out here."""
        return tuple(PLACES[self.place].showing(self.style))

    @property
    def concepts(self) -> tuple[str, ...]:
        """What training shows here, too."""
        return allowed(Plan(withheld=WITHHELD), self.place)


def backdrop(dice: Dice) -> Backdrop:
    """Any place, in the styles and shares of the world."""
    return Backdrop(place=dice.pick(tuple(PLACES)), variant=dice.below(VARIANTS), style=style(dice))


def looks(concepts: Sequence[str], there: Backdrop, dice: Dice) -> list[Look]:
    """One of each, in different colours, none of which is withheld; without writing.

    Raises:
        Unfit: there are not so many colours.
    """
    found: list[Look] = []
    for concept in concepts:
        look = other_look(concept, Fashion(there.place, there.style, WITHHELD), dice)._replace(text="")
        for _ in range(_TRIES):
            if look.colour not in {other.colour for other in found}:
                break
            look = other_look(concept, Fashion(there.place, there.style, WITHHELD), dice)._replace(text="")
        else:
            raise Unfit
        found.append(look)
    return found


def spots(count: int, dice: Dice) -> list[Spot]:
    """Beside or above each other, in any order; a single one anywhere, small or large."""
    if count == 1:
        return [Spot(dice.between(0.35, 0.65), dice.between(0.35, 0.65), main_side(dice), 0.5)]
    return [Spot(x, y, SIDE, 0.5) for x, y in dice.shuffled(dice.pick(_ROWS[count]))]


def scene(there: Backdrop, placed: Iterable[tuple[Look, Spot]]) -> Scene:
    """These things there."""
    things = tuple(thing(look, kept_inside(look, spot)) for look, spot in placed)
    return Scene(place=there.place, variant=there.variant, things=things)


def common(shown: Scene) -> bool:
    """Whether training shows every one of the things there."""
    return not any(kind in WITHHELD for one in shown.things for kind in unseen(one, shown.place))


class Unfit(Exception):
    """What the dice have thrown does not do; they are thrown again."""


def thrown(make: Callable[[Dice], T], stage: Stage, stream: str, index: int) -> T:
    """The first that does of what is made with ever new dice of this stage, stream and index.

    Raises:
        BadInput: hardly anything does.
    """
    seed = stage.seed * len(SPLITS) + SPLITS.index(stage.split)
    offset = int.from_bytes(stream.encode()[:4].ljust(4, b"\0"), "big")
    for attempt in range(_TRIES):
        try:
            return make(Dice(seed, index, _PURPOSE + (offset << 16) + attempt))
        except Unfit:
            continue
    raise BadInput(f"no scene number {index} of {stream} was found in {_TRIES} tries; take another seed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A scene of a group, with what is said of it."""

    scene: Scene
    captions: tuple[str, ...]
    distractors: tuple[str, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    group: str = ""  # where several groups of scenes belong together


def items(
    stage: Stage, stream: str, sizes: tuple[int, int], make: Callable[[int], Sequence[Telling]]
) -> Sequence[Item]:
    """``(groups, members)``: so many groups, each made when one of its members is asked for."""
    groups, members = sizes
    made = cache(make)

    def one(index: int) -> Item:
        number, member = divmod(index, members)
        told = made(number)[member]
        split = f"{stream}/{stage.seed}/{stage.split}"
        return Item(
            id=f"{split}/{number:05d}/{member}",
            picture=Drawn(told.scene, stage.size),
            captions=told.captions,
            distractors=told.distractors,
            regions=tuple(Region(label=one.concept, box=_box(one, stage.size)) for one in told.scene.things),
            group=f"{split}/{told.group or format(number, '05d')}",
            facts=told.facts,
        )

    return Lazy(groups * members, one, by_rule=True)


def _box(one: Thing, size: int) -> Box:
    """Around a thing without its rim, within the frame."""
    left, top, right, bottom = (min(max(edge, 0.0), 1.0) * size for edge in one.bounds)
    return Box(left, top, right, bottom)


def dataset(stage: Stage, exam: str, examined: Sequence[Item], learnt: Sequence[Item] | None = None) -> Dataset:
    """The staged dataset of an exam, with what it learns from if it learns."""
    parts = (exam, VERSION, stage.seed, stage.size, stage.split, stage.test, stage.train, stage.language)
    data = Dataset(
        name=f"world:{exam}",
        split=stage.split,
        revision=digest(*parts)[:16],
        items=examined,
        licence="CC0-1.0",
    )
    return data if learnt is None else replace(data, train=replace(data, split="train", items=learnt))
