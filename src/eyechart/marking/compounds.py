"""Compounds of a thing and an attribute: who has seen which, what each is told apart from, and what it is matched with.

Read from the facts of items: "concept" and "attribute"; "kind", the kind of attribute (colour, state, texture,
material, size; colour where it is not told); "unseen", whether the compound is new to whoever learns (else: whether the
train split lacks it); "other_concept" and "other_attribute", what it is told apart from (else drawn from the rest).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from eyechart.core import Dataset, Item
from eyechart.errors import Refused
from eyechart.marking.order import order, rank
from eyechart.marking.ties import expected_hits
from eyechart.world.language import say
from eyechart.world.language.statement import Exists, Mention

SLOTS = ("colour", "state", "texture", "material", "size")
CHOICES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Compound:
    """What an item shows, as far as this goes; `at` is its place among the items."""

    id: str
    at: int
    kind: str
    concept: str
    attribute: str
    unseen: bool
    others: tuple[str, str] = ("", "")  # concept and attribute that it is told apart from
    language: str = "en"

    @property
    def name(self) -> tuple[str, str, str]:
        """Kind, concept and attribute."""
        return self.kind, self.concept, self.attribute

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """The right one first; then with the other attribute, with the other concept, with both."""
        concept, attribute = self.others
        return (
            (self.concept, self.attribute),
            (self.concept, attribute),
            (concept, self.attribute),
            (concept, attribute),
        )

    @property
    def phrases(self) -> tuple[str, ...]:
        """The choices in words, such as "a broken tank"."""
        slot = self.kind if self.kind in SLOTS else SLOTS[0]
        mentions = (replace(Mention(concept=concept), **{slot: word}) for concept, word in self.choices)
        return tuple(say(Exists(subject=mention), "bare", self.language) for mention in mentions)


def compounds(data: Dataset) -> tuple[list[Compound], list[Compound]]:
    """Those to examine, with what they are told apart from, and those to learn from, each in an order nobody chose.

    Raises:
        Refused: no item has the facts, or there are not two concepts and two attributes of a kind.
    """
    learnt = [_read(at, data.train.items[at]) for at in order(data.train.items)] if data.train is not None else []
    train = [compound for compound in learnt if compound is not None]
    known = {compound.name for compound in train if not compound.unseen}
    read = [_read(at, data.items[at]) for at in order(data.items)]
    test = [compound for compound in read if compound is not None]
    if not test:
        raise Refused(
            f"compounds needs pictures with the facts 'concept' and 'attribute' (such as tank, broken); {data.name} "
            "has none"
        )
    told = {compound.at: "unseen" in data.items[compound.at].facts for compound in test}
    test = [each if told[each.at] else replace(each, unseen=each.name not in known) for each in test]
    return [_with_others(compound, test) for compound in test], train


def _read(at: int | np.int64, item: Item) -> Compound | None:
    facts = item.facts
    if not {"concept", "attribute"} <= set(facts):
        return None
    return Compound(
        id=item.id,
        at=int(at),
        kind=str(facts.get("kind", SLOTS[0])),
        concept=str(facts["concept"]),
        attribute=str(facts["attribute"]),
        unseen=bool(facts.get("unseen", False)),
        others=(str(facts.get("other_concept", "")), str(facts.get("other_attribute", ""))),
        language=str(facts.get("language", "en")),
    )


def _with_others(compound: Compound, among: Sequence[Compound]) -> Compound:
    concept, attribute = compound.others
    peers = [other for other in among if other.kind == compound.kind]
    concept = concept or _drawn({other.concept for other in peers} - {compound.concept}, compound)
    attribute = attribute or _drawn({other.attribute for other in peers} - {compound.attribute}, compound)
    return replace(compound, others=(concept, attribute))


def _drawn(names: set[str], compound: Compound) -> str:
    if not names:
        raise Refused(f"compounds needs two concepts and two attributes of the kind {compound.kind!r} to tell apart")
    return min(names, key=lambda name: rank(f"{name} {compound.name}"))


def matched(test: Sequence[Compound], items: Sequence[Item]) -> list[tuple[Compound, Compound]]:
    """Each unseen compound with a seen one: of its group before others, of its concept before its attribute.

    Raises:
        Refused: there is no unseen compound, or one has no match.
    """
    keys: tuple[Callable[[Compound], tuple[str, ...]], ...] = (
        lambda one: (items[one.at].cluster, one.kind, one.concept, ""),
        lambda one: (items[one.at].cluster, one.kind, "", one.attribute),
        lambda one: ("", one.kind, one.concept, ""),
        lambda one: ("", one.kind, "", one.attribute),
    )
    unseen, seen = (
        sorted((each for each in test if each.unseen == new), key=lambda each: each.id) for new in (True, False)
    )
    shelves: list[dict[tuple[str, ...], list[Compound]]] = [defaultdict(list) for _ in keys]
    for each in seen:
        for key, shelf in zip(keys, shelves, strict=True):
            shelf[key(each)].append(each)
    turns: dict[tuple[str, ...], int] = defaultdict(int)
    found = []
    for each in unseen:
        near = next((key(each) for key, shelf in zip(keys, shelves, strict=True) if key(each) in shelf), None)
        if near is not None:
            shelf = next(shelf for shelf in shelves if near in shelf)
            found.append((each, shelf[near][turns[near] % len(shelf[near])]))
            turns[near] += 1
    if not found:
        raise Refused(
            f"compounds compares unseen combinations with seen ones of the same concept or attribute; of {len(test)} "
            f"pictures {len(unseen)} show unseen ones, and none of them has a match"
        )
    return found


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a probe learns from: seen compounds, and examples of unseen ones to add."""

    seen: tuple[Compound, ...]
    unseen: tuple[tuple[Compound, ...], ...]  # by compound

    @property
    def most(self) -> int:
        """Examples that there are of every unseen compound."""
        return min((len(pool) for pool in self.unseen), default=0)

    def taught(self, compound: Compound) -> bool:
        """Whether there are examples to add of this one; where there are none of any, nothing is asked for."""
        return not self.unseen or any(pool[0].name == compound.name for pool in self.unseen)

    def with_shots(self, count: int, draw: int) -> list[Compound]:
        """All seen ones with `count` of each unseen one; a larger count keeps what a smaller one has."""
        added = (sorted(pool, key=lambda one: rank(f"{draw} {one.id}"))[:count] for pool in self.unseen)
        return [*self.seen, *(one for pool in added for one in pool)]


def lesson(train: Sequence[Compound], test: Sequence[Compound]) -> Lesson:
    """What there is to learn from, where the unseen compounds are those of the examined pictures."""
    names = {each.name for each in test if each.unseen}
    pools = [tuple(each for each in train if each.name == name) for name in sorted(names)]
    return Lesson(tuple(each for each in train if each.name not in names), tuple(pool for pool in pools if pool))


def first_of(scores: Float[Tensor, "n k"]) -> NDArray[np.float64]:
    """Chance that the first of the choices, which is right, scores highest."""
    return expected_hits(scores, torch.zeros(len(scores), dtype=torch.long)).numpy()
