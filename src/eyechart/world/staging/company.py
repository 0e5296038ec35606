"""Who may be where, and with whom: which concepts can be drawn for each part in a scene."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from eyechart.world.concepts import CONCEPTS, NAMES
from eyechart.world.dice import Dice
from eyechart.world.language.statement import is_a
from eyechart.world.places import PLACES
from eyechart.world.splits import frequency, unseen_concept, unseen_place
from eyechart.world.staging.measures import LENGTHS

_PORTABLE = ("food", "device", "clothing", "symbol", "container")
_SUPPORTING = ("furniture", "container")
_LONGEST_BURDEN = 1.0  # metres


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What scenes may show."""

    draw: str = "balanced"  # or "long-tailed": how often each concept is met
    withheld: tuple[str, ...] = ()  # kinds of combinations that are never shown
    sought: tuple[str, ...] = ()  # kinds that are shown more often than by chance


def belongs(concept: str, place: str) -> bool:
    """Whether it is at home there; what has no homes belongs anywhere."""
    homes = CONCEPTS[concept].homes
    return not homes or place in homes


@cache
def allowed(plan: Plan, place: str = "") -> tuple[str, ...]:
    """All concepts that the plan lets be seen, there."""
    names = NAMES
    if "concept" in plan.withheld:
        names = tuple(name for name in names if not unseen_concept(name))
    if place and "place" in plan.withheld:
        names = tuple(name for name in names if unseen_place(name) != place)
    return names


@cache
def residents(plan: Plan, place: str) -> tuple[str, ...]:
    """What belongs there."""
    return tuple(name for name in allowed(plan, place) if belongs(name, place))


@cache
def strangers(plan: Plan, place: str) -> tuple[str, ...]:
    """What does not belong there."""
    return tuple(name for name in allowed(plan, place) if not belongs(name, place))


@cache
def neighbours(plan: Plan, place: str, main: str) -> tuple[str, ...]:
    """What belongs there besides the main thing."""
    return tuple(name for name in residents(plan, place) if name != main)


@cache
def goods(plan: Plan, place: str, main: str) -> tuple[str, ...]:
    """What can stand on the main thing there."""
    return tuple(
        name
        for name in neighbours(plan, place, main)
        if CONCEPTS[name].stance == "surface" and _length(name) < _length(main)
    )


@cache
def contents(plan: Plan, place: str, main: str) -> tuple[str, ...]:
    """What can be inside the main thing there: in a dish food, in others what is small beside them."""
    small = [name for name in goods(plan, place, main) if not CONCEPTS[name].drawing.inside]
    edible = tuple(name for name in small if is_a(name, "food"))
    if is_a(main, "container") and edible:
        return edible
    near = [name for name in neighbours(plan, place, main) if CONCEPTS[name].stance in ("ground", "surface")]
    return tuple(name for name in near if _length(name) < 0.5 * _length(main)) or tuple(small)


@cache
def burdens(plan: Plan, place: str, main: str) -> tuple[str, ...]:
    """What the main thing can hold there."""
    return tuple(
        name
        for name in neighbours(plan, place, main)
        if _length(name) <= _LONGEST_BURDEN and (name == "flower" or any(is_a(name, kind) for kind in _PORTABLE))
    )


@cache
def holders(plan: Plan, place: str) -> tuple[str, ...]:
    """What has a hand, and belongs there."""
    return tuple(name for name in residents(plan, place) if CONCEPTS[name].drawing.hand)


@cache
def supports(plan: Plan, place: str, main: str) -> tuple[str, ...]:
    """What the main thing can stand on there."""
    if CONCEPTS[main].stance != "surface":
        return ()
    return tuple(
        name
        for name in neighbours(plan, place, main)
        if CONCEPTS[name].drawing.top and _length(name) > _length(main) and any(is_a(name, k) for k in _SUPPORTING)
    )


@cache
def places(plan: Plan, concept: str, *, at_home: bool) -> tuple[str, ...]:
    """Where the concept belongs, or where it does not; anywhere if there is no such place."""
    free = [name for name in PLACES if not ("place" in plan.withheld and unseen_place(concept) == name)]
    return tuple(name for name in free if belongs(concept, name) == at_home) or tuple(free)


def drawn(plan: Plan, options: tuple[str, ...], dice: Dice) -> str:
    """One of the concepts, as often as the plan's draw wants."""
    if plan.draw == "balanced":
        return dice.pick(options)
    steps = _steps(plan.draw, options)
    return options[bisect_right(steps, dice.unit() * steps[-1])]


def somewhere(options: tuple[str, ...], dice: Dice) -> str:
    """One of the places, rather one where few things are at home, so that all places are met about as often."""
    steps = _rarities(options)
    return options[bisect_right(steps, dice.unit() * steps[-1])]


@cache
def _steps(draw: str, options: tuple[str, ...]) -> tuple[float, ...]:
    shares = frequency(draw)
    return tuple(accumulate(shares[name] for name in options))


@cache
def _rarities(options: tuple[str, ...]) -> tuple[float, ...]:
    crowds = {
        place: sum(1 / len(CONCEPTS[name].homes or PLACES) for name in NAMES if belongs(name, place))
        for place in options
    }
    return tuple(accumulate(1 / (1 + crowd) for crowd in crowds.values()))


def _length(name: str) -> float:
    return LENGTHS.get(name, 0.5)
