from __future__ import annotations

from eyechart.core import Fact, Item
from eyechart.marking.habits import habits
from eyechart.testing.datasets import Patch

DOG, BED, FISH, BOAT = range(4)


def seen(number: int, **facts: Fact) -> Item:
    return Item(id=str(number), picture=Patch(hue=0.0, seed=number), facts=facts)


def test_a_place_where_a_thing_was_never_seen_is_foreign() -> None:
    shown = [frozenset({DOG})] * 6 + [frozenset({FISH})] * 6 + [frozenset({BED}), frozenset({BOAT})]
    places = ["room"] * 6 + ["sea"] * 6 + ["room", "sea"]
    found = habits([seen(n, place=place) for n, place in enumerate(places)], shown, 4)
    assert found.told_by == "place"
    assert found.relation[DOG, 12:].tolist() == [1, -1]
    assert found.relation[FISH, 12:].tolist() == [-1, 1]
    assert found.relation[DOG, :6].tolist() == [0] * 6  # it is there already
    assert not found.relation[BED].any()  # seen too seldom


def test_strangers_make_no_home_and_spoil_a_scene() -> None:
    shown = [frozenset({DOG})] * 6 + [frozenset({DOG, FISH})] * 3 + [frozenset({FISH})] * 6
    items = [seen(n, place="room") for n in range(6)]
    items += [seen(n, place="sea", strangers="dog") for n in range(6, 9)]
    items += [seen(n, place="sea", strangers="") for n in range(9, 15)]
    found = habits(items, shown, 3)
    assert found.relation[DOG].tolist() == [0] * 9 + [-1] * 6


def test_who_turns_up_somewhere_new_all_the_time_is_foreign_nowhere() -> None:
    places = [f"place {n}" for n in range(8)]
    items = [seen(n, place=place) for n, place in enumerate([*places, *["sea"] * 6])]
    found = habits(items, [frozenset({DOG})] * 8 + [frozenset({FISH})] * 6, 3)
    assert not found.relation[DOG].any()


def test_without_places_company_tells() -> None:
    shown = [frozenset({DOG, BED})] * 6 + [frozenset({FISH, BOAT})] * 6
    shown += [frozenset({BED}), frozenset({BOAT}), frozenset({BED, BOAT}), frozenset()]
    found = habits([seen(n) for n in range(len(shown))], shown, 4)
    assert found.told_by == "company"
    assert found.relation[DOG, 12:14].tolist() == [1, -1]
    assert found.relation[DOG, 15] == 0
    assert found.relation[FISH, 12:].tolist() == [-1, 1, 0, 0]
