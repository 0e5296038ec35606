"""Twins: two scenes that differ in one fact, and so two pictures that differ only where that fact is seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, islice, permutations

from eyechart.errors import BadInput, UnknownName
from eyechart.world import changes
from eyechart.world.dice import Dice
from eyechart.world.language import tell_apart
from eyechart.world.language.sights import visible
from eyechart.world.painting.render import hidden
from eyechart.world.scene import RELATIONS, Scene, Thing
from eyechart.world.splits import unseen
from eyechart.world.staging.crowding import shown

KINDS = (*changes.OF_A_THING, "presence", "count", "place", "feature")
EXCHANGES = ("colours", "positions")
_OF_THE_PLACE = ("place", "feature")
_TOUCH = ("on", "under", "inside", "holding", "held by")
_SIDES = ("left of", "right of", "above", "below")
_SINGLE = re.compile(r"(?P<kind>[a-z]+)(?: of object (?P<thing>[1-9]))?")
_DOUBLE = re.compile(r"(?P<kind>[a-z]+) of objects (?P<thing>[1-9]) and (?P<other>[1-9])")
_MOST_HIDDEN = 0.25, 0.6  # of the main thing, of what is changed
_TOLD = 4  # candidates for which words are looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Which fact differs: "colour of object 2", "place", "colours of objects 1 and 2" (exchanged)."""

    kind: str  # one of KINDS or EXCHANGES
    thing: int = 0  # 1 is the main thing; 0: none, it is a fact about the place
    other: int = 0  # with which it exchanges

    def __str__(self) -> str:
        if self.other:
            return f"{self.kind} of objects {self.thing} and {self.other}"
        return f"{self.kind} of object {self.thing}" if self.thing else self.kind

    @property
    def code(self) -> int:
        """A whole number of its own."""
        return ((*KINDS, *EXCHANGES).index(self.kind) * 10 + self.thing) * 10 + self.other


def parsed(text: str) -> Change:
    """The change that is so called; where no object is named, the main one is meant.

    Raises UnknownName when there is no such kind.
    """
    found = _DOUBLE.fullmatch(text) or _SINGLE.fullmatch(text)
    kinds = EXCHANGES if found and found.re is _DOUBLE else (*KINDS, *EXCHANGES)
    if not found or found["kind"] not in kinds:
        raise UnknownName("change", text, [str(change) for change in _known(4)])
    kind = found["kind"]
    if kind in EXCHANGES:
        pair = (int(found["thing"]), int(found["other"])) if found.re is _DOUBLE else (1, 2)
        return Change(kind=kind, thing=min(pair), other=max(pair))
    return Change(kind=kind, thing=0 if kind in _OF_THE_PLACE else int(found["thing"] or 1))


def conceivable(scene: Scene) -> Iterator[Change]:
    """All changes that one can ask for, possible or not."""
    return _known(len(scene.things))


def _known(count: int) -> Iterator[Change]:
    numbers = range(1, count + 1)
    yield from (Change(kind=kind, thing=k) for k in numbers for kind in KINDS if kind not in _OF_THE_PLACE)
    yield from (Change(kind=kind) for kind in _OF_THE_PLACE)
    yield from (Change(kind=kind, thing=a, other=b) for a, b in combinations(numbers, 2) for kind in EXCHANGES)


def changed(scene: Scene, change: Change, dice: Dice, withheld: tuple[str, ...] = ()) -> Scene | None:
    """A scene that differs in this and in nothing else that is known, as words can tell; None where there is none.

    Nothing in it is withheld that was not there before.
    """
    if max(change.thing, change.other) > len(scene.things):
        return None
    sound = (
        other
        for other in _candidates(scene, change, dice)
        if _sound(scene, other, change) and not _withheld(scene, other, withheld)
    )
    return next((other for other in islice(sound, _TOLD) if _told_apart(scene, other)), None)


def _candidates(scene: Scene, change: Change, dice: Dice) -> Iterator[Scene]:
    number = change.thing - 1
    if change.kind == "place":
        return changes.with_place(scene, dice)
    if change.kind == "feature":
        return changes.with_feature(scene, dice)
    if change.kind == "presence":
        return changes.without(scene, number)
    if change.kind == "count":
        return changes.counted(scene, number, dice)
    if change.kind in EXCHANGES:
        return changes.exchanged(scene, (number, change.other - 1), change.kind)
    ways = changes.OF_A_THING[change.kind](scene, number, dice)
    return (
        replace(scene, things=(*scene.things[:number], thing, *scene.things[number + 1 :]))
        for thing in ways
        if _differs_alone(scene.things[number], thing, change.kind)
    )


def _differs_alone(before: Thing, after: Thing, kind: str) -> bool:
    """Whether of what is seen of the thing nothing else is different, and that is."""
    one, other = visible(before), visible(after)
    if kind == "concept":
        ignored = {"state", "facing", "pose"}
        return {k: v for k, v in one.items() if k not in ignored} == {
            k: v for k, v in other.items() if k not in ignored
        }
    if kind == "position":
        return one == other
    differing = {name for name in (*one, *other) if one.get(name) != other.get(name)}
    return differing == {kind} or (kind == "pose" and differing == {"pose", "facing"})


def _sound(before: Scene, after: Scene, change: Change) -> bool:
    """Whether all relations are as they should be and everything can still be seen."""
    if not all(shown(after, name) for name in after.features):
        return False
    if change.kind in _OF_THE_PLACE or change.kind in ("colour", "texture", "material", "text", "colours"):
        return before != after
    return _in_frame(before, after) and _related(before, after, change) and _seen(after, change)


def _related(before: Scene, after: Scene, change: Change) -> bool:
    if change.kind in ("presence", "count"):
        gone = [thing for thing in before.things if thing not in after.things]
        return not any(_touching(thing, other) for thing in gone for other in before.things)
    one, other = _relations(before), _relations(after)
    touching = {(a, b, name) for a, b, name in one if name in _TOUCH}
    if change.kind == "position":
        return not any(change.thing - 1 in (a, b) for a, b, _ in touching) and _turned(_sides(one), _sides(other))
    if change.kind == "positions":
        a, b = change.thing - 1, change.other - 1
        swapped = {name for x, y, name in _sides(one) if (x, y) == (b, a)}
        now = {name for x, y, name in _sides(other) if (x, y) == (a, b)}
        return bool(now) and now == swapped and not any({a, b} & {x, y} for x, y, _ in touching)
    return one == other


def _relations(scene: Scene) -> set[tuple[int, int, str]]:
    return {
        (a, b, name)
        for a, b in permutations(range(len(scene.things)), 2)
        for name, holds in RELATIONS.items()
        if holds(scene.things[a], scene.things[b])
    }


def _sides(relations: set[tuple[int, int, str]]) -> set[tuple[int, int, str]]:
    return {row for row in relations if row[2] in _SIDES}


def _turned(before: set[tuple[int, int, str]], after: set[tuple[int, int, str]]) -> bool:
    """Whether something is now on another side of something."""
    return any((a, b) == (x, y) and name != new for a, b, name in before for x, y, new in after)


def _touching(one: Thing, other: Thing) -> bool:
    """Whether the other is on, inside or in the hand of the one."""
    return one is not other and any(RELATIONS[name](other, one) for name in ("on", "inside", "held by"))


def _in_frame(before: Scene, after: Scene) -> bool:
    """Whether nothing reaches beyond the frame that did not."""
    known = set(before.things)
    return all(
        min(thing.bounds[:2]) >= 0 and max(thing.bounds[2:]) <= 1 for thing in after.things if thing not in known
    )


def _seen(after: Scene, change: Change) -> bool:
    numbers = {0, *(k - 1 for k in (change.thing, change.other) if 0 < k <= len(after.things))}
    if change.kind == "count":
        numbers.add(len(after.things) - 1)
    most = [_MOST_HIDDEN[0] if k == 0 else _MOST_HIDDEN[1] for k in sorted(numbers)]
    return all(hidden(after, k) <= limit for k, limit in zip(sorted(numbers), most, strict=True))


def _told_apart(before: Scene, after: Scene) -> bool:
    try:
        tell_apart(before, after)
    except BadInput:
        return False
    return True


def _withheld(before: Scene, after: Scene, kinds: tuple[str, ...]) -> bool:
    known = {(thing, before.place) for thing in before.things}
    new = [thing for thing in after.things if (thing, after.place) not in known]
    return any(kind in kinds for thing in new for kind in unseen(thing, after.place))


def refused(scene: Scene, change: Change, possible: tuple[str, ...]) -> BadInput:
    """What to say when a scene cannot be changed so."""
    known = ", ".join(possible) or "none"
    return BadInput(
        f"in this scene ({len(scene.things)} things) nothing can differ in {str(change)!r}; possible: {known}."
    )
