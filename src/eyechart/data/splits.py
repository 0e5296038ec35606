"""Which items are examined, which are learnt from, and which few are drawn: always by digest, never by position.

An item's place in every order here is the digest of its id, or of its group where a group stays together, so it does
not depend on the order of files or rows, and a draw of 100 is part of the draw of 200.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b

from eyechart.core import Dataset, Item
from eyechart.data.lazy import Lazy
from eyechart.errors import BadInput, Unreadable

ORDER = ("test", "validation", "all", "train")  # the first that there is, is examined
SHARE = 0.5  # of a single split that is learnt from: as many to judge by as to learn from

CHEAP = 20_000  # pictures: so many are read to find those that are both examined and learnt from

_ALIASES = {"training": "train", "testing": "test", "val": "validation", "valid": "validation", "dev": "validation"}
_TOLD = re.compile(r"(?:^|[^a-z])(train|training|test|testing|val|valid|validation|dev)(?![a-z])")


def told_by(name: str) -> str:
    """The split that a file or a folder is called after, "all" where it is not."""
    told = _TOLD.search(name.lower())
    return _ALIASES.get(told[1], told[1]) if told else "all"


def is_split(folder: str) -> bool:
    """Whether a folder is called as splits are, and nothing else."""
    return _ALIASES.get(folder.lower(), folder.lower()) in ("train", "test", "validation")


def examined(found: Sequence[str], wanted: str | None, where: str) -> str:
    """Which of the splits found is examined: the one that is wanted, else the first of `ORDER`, else the first.

    Raises:
        BadInput: the one that is wanted is not among them.
    """
    if wanted is None:
        return next((split for split in ORDER if split in found), found[0])
    same = _named(found, wanted)
    if same is None:
        raise BadInput(f"{where} has no split {wanted!r}; it has {', '.join(found)}")
    return same


def learnt(found: Sequence[str], split: str, wanted: str | None) -> str | None:
    """Which of the splits found is learnt from: the one that is wanted, else "train"; None where it is not there."""
    other = _named(found, wanted or "train")
    return None if other == split else other


def rank(key: str, seed: int = 0) -> int:
    """A place in an order that depends on nothing but the key and the seed."""
    return int.from_bytes(blake2b(f"{seed}:{key}".encode("utf-8", "surrogatepass"), digest_size=8).digest())


def carve(items: Sequence[Item], share: float = SHARE) -> tuple[list[Item], list[Item]]:
    """Items to examine and items to learn from: `share` of every class, no group on both sides.

    A group of several classes goes where its smallest label goes.
    """
    strata: dict[int, set[str]] = defaultdict(set)
    for cluster, label in _labels(items).items():
        strata[label].add(cluster)
    learnt: set[str] = set()
    for clusters in strata.values():
        learnt.update(sorted(clusters, key=rank)[: int(len(clusters) * share)])
    return _parted(items, learnt)


def draw(items: Sequence[Item], count: int, seed: int = 0) -> Sequence[Item]:
    """At most `count` items, of every class in proportion, in their own order."""
    if count >= len(items):
        return items
    classes: dict[int, list[int]] = defaultdict(list)
    for row, item in enumerate(items):
        classes[-1 if item.label is None else item.label].append(row)
    ranks = [rank(item.id, seed) for item in items]
    places: list[tuple[float, int, int]] = []
    for rows in classes.values():
        rows.sort(key=ranks.__getitem__)
        places += [((place + 0.5) / len(rows), ranks[row], row) for place, row in enumerate(rows)]
    return [items[row] for _, _, row in sorted(sorted(places)[:count], key=lambda place: place[2])]


def whole(items: Sequence[Item], count: int) -> Sequence[Item]:
    """Whole groups, of at most `count` items in all or a single group, in their own order."""
    sizes = Counter(item.cluster for item in items)
    kept: set[str] = set()
    total = 0
    for cluster in sorted(sizes, key=rank):
        if kept and total + sizes[cluster] > count:
            break
        kept.add(cluster)
        total += sizes[cluster]
    return [item for item in items if item.cluster in kept]


def few(data: Dataset, shots: int, seed: int = 0) -> tuple[str, ...]:
    """Ids of `shots` items of every class, at most one of a group while there are enough; larger draws hold smaller.

    Raises:
        BadInput: a class has fewer items than that.
    """
    classes: dict[int, list[Item]] = {label: [] for label in range(len(data.classes))}
    for item in data.items:
        if item.label is not None:
            classes[item.label].append(item)
    short = {data.classes[label]: len(found) for label, found in classes.items() if len(found) < shots}
    if short:
        name, found = min(short.items(), key=lambda pair: pair[1])
        raise BadInput(f"{shots} shots of each class were asked for; {name!r} has {found} items ({len(short)} too few)")
    return tuple(identity for found in classes.values() for identity in _spread(found, shots, seed))


def chosen(data: Dataset, ids: Iterable[str]) -> Dataset:
    """The items of these ids, in that order, as stored splits and draws give them.

    Raises:
        BadInput: there is no such item.
    """
    known = {item.id: item for item in data.items}
    ids = list(ids)
    missing = [identity for identity in ids if identity not in known]
    if missing:
        raise BadInput(f"{data.name} has no item {missing[0]!r} ({len(missing)} of {len(ids)} ids are unknown)")
    return data.keep([known[identity] for identity in ids])


def apart(items: Sequence[Item], train: Sequence[Item], *, by_picture: bool = False) -> list[Item]:
    """The items of `train` that are not examined: no shared id, group or, where asked for, encoded picture."""
    ids = {item.id for item in items}
    groups = {item.group for item in items if item.group}
    kept = [item for item in train if item.id not in ids and item.group not in groups]
    if not by_picture:
        return kept
    seen = {_digest(item) for item in items} - {""}
    return [item for item in kept if _digest(item) not in seen]


def beside(
    data: Dataset, train: Sequence[Item] | None, *, share: float | None = None, by_picture: bool = False
) -> Dataset:
    """The dataset with something to learn from beside it.

    Args:
        data: all items of the examined split.
        train: the items of the split to learn from; None: there is none, so it is carved out of `data`.
        share: of the items that is carved out; None: `SHARE` where there are labels to learn, nothing elsewhere.
        by_picture: whether encoded pictures are compared too, which reads all of them.
    """
    items: Sequence[Item] = data.items
    if train is None:
        usual = SHARE if any(item.label is not None for item in items) else 0.0
        items, train = carve(items, usual if share is None else share)
    train = apart(items, train, by_picture=by_picture)
    learnt = replace(data, split="train", items=train, train=None) if train else None
    return replace(data, items=items, train=learnt)


def sound(data: Dataset) -> Dataset:
    """The dataset as it is, after a check of what every exam relies on.

    Raises:
        BadInput: there are no items; an id occurs twice; a class lacks a name; a label has no class.
    """
    if not len(data.items):
        raise BadInput(f"{data.name} has no pictures in its split {data.split!r}; nothing could be examined")
    if not all(name.strip() for name in data.classes):
        raise BadInput(f"a class of {data.name} has no name (number {_blank(data.classes)}); name every class")
    ids: set[str] = set()
    for item in () if isinstance(data.items, Lazy) and data.items.by_rule else data.items:
        if item.id in ids:
            raise BadInput(f"the id {item.id!r} occurs twice in {data.name}; every item needs an id of its own")
        ids.add(item.id)
        if item.label is not None and not 0 <= item.label < len(data.classes):
            raise BadInput(
                f"the item {item.id!r} of {data.name} has the label {item.label}; expected 0 to {len(data.classes) - 1}"
            )
    if data.train is not None and len(data.train):
        sound(data.train)
    return data


def _named(found: Sequence[str], wanted: str) -> str | None:
    """The split that is meant, where "val" is as good as "validation"."""
    alike = (split for split in found if wanted in (split, _ALIASES.get(split)) or split == _ALIASES.get(wanted))
    return wanted if wanted in found else next(alike, None)


def _labels(items: Sequence[Item]) -> dict[str, int]:
    """The smallest label of every cluster; -1 stands for none."""
    labels: dict[str, int] = {}
    for item in items:
        label = -1 if item.label is None else item.label
        labels[item.cluster] = min(label, labels.get(item.cluster, label))
    return labels


def _parted(items: Sequence[Item], learnt: set[str]) -> tuple[list[Item], list[Item]]:
    sides: tuple[list[Item], list[Item]] = ([], [])
    for item in items:
        sides[item.cluster in learnt].append(item)
    return sides


def _spread(items: Sequence[Item], count: int, seed: int) -> list[str]:
    """The first of every group before the second of any."""
    turns: dict[str, int] = defaultdict(int)
    places: list[tuple[int, int, str]] = []
    for item in sorted(items, key=lambda item: rank(item.id, seed)):
        places.append((turns[item.cluster], rank(item.cluster, seed), item.id))
        turns[item.cluster] += 1
    return [identity for _, _, identity in sorted(places)[:count]]


def _digest(item: Item) -> str:
    try:
        return item.picture.digest()
    except Unreadable:
        return ""  # it will be listed when it is to be shown; two that cannot be read are not the same picture


def _blank(classes: Sequence[str]) -> int:
    return next(number for number, name in enumerate(classes) if not name.strip())
