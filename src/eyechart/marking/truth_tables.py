"""Truth tables: two kinds of thing, four pictures, and the sentences that join them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from eyechart.core import Dataset, Item
from eyechart.data.staged.connectives import CONNECTIVES, CORNERS, phrases
from eyechart.errors import BadInput, Refused
from eyechart.marking.order import order, rank
from eyechart.marking.ties import expected_hits

ONE_OF = 4  # the first so many of them exclude each other, and one of them is always true
TRUTH = np.array(list(CONNECTIVES.values())).T  # [corners, sentences]
_FACTS = ("table", "first", "second", "has_first", "has_second")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Two names, and the items that show both, the first alone, the second alone, and neither."""

    first: str
    second: str
    corners: tuple[int, int, int, int]
    language: str = "en"

    @property
    def phrases(self) -> dict[str, str]:
        """The sentences, by connective."""
        return phrases(self.first, self.second, self.language)


def tables(data: Dataset, count: int) -> list[Table]:
    """At most `count` of them, in an order that nobody chose; no picture is in two.

    From facts where the items have them (table, which names what belongs together; first and second, the two names;
    has_first and has_second, what is to be seen), else from the labels of regions: pairs of labels that occur together,
    each alone, and neither of them.

    Raises:
        BadInput: what the facts name together is no truth table.
        Refused: there is not one table.
    """
    told = any(set(_FACTS) <= set(item.facts) for item in data.items)
    found = _told(data.items) if told else _met(data.items, count)
    if not found:
        raise Refused(
            f"logic needs two kinds of thing of which {data.name} shows both, each alone and neither; its regions "
            "have no such pair of labels"
        )
    return found[:count]


def _told(items: Sequence[Item]) -> list[Table]:
    groups: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        if set(_FACTS) <= set(item.facts):
            groups.setdefault(str(item.facts["table"]), []).append(place)
    return [_of_name(items, name, groups[name]) for name in sorted(groups, key=rank)]


def _of_name(items: Sequence[Item], name: str, members: Sequence[int]) -> Table:
    corner = {(bool(items[at].facts["has_first"]), bool(items[at].facts["has_second"])): at for at in members}
    names = {(str(items[at].facts["first"]), str(items[at].facts["second"])) for at in members}
    if len(names) > 1 or len(members) != len(CORNERS) or set(corner) != set(CORNERS):
        raise BadInput(
            f"what is called {name!r} is no truth table: it has {len(members)} pictures in {len(corner)} corners of "
            f"{len(names)} pairs; expected one pair and one picture for each of both, either alone, and neither"
        )
    first, second = names.pop()
    both, one, other, neither = (corner[place] for place in CORNERS)
    language = str(items[both].facts.get("language", "en"))
    return Table(first=first, second=second, corners=(both, one, other, neither), language=language)


def _met(items: Sequence[Item], count: int) -> list[Table]:
    """Pairs of labels in turn, each time with pictures that are in no table yet."""
    shown = [{region.label for region in item.regions} for item in items]
    names = sorted(set().union(*shown))
    number = {name: column for column, name in enumerate(names)}
    has = np.zeros((len(items), len(names)), dtype=bool)
    for row, labels in enumerate(shown):
        has[row, [number[label] for label in sorted(labels)]] = True
    free = order(items)
    pairs, found = _pairs(has, names), list[Table]()
    while pairs and len(found) < count:
        left = []
        for one, other in pairs:
            corners = _corners(has, free, one, other)
            if corners is None or len(found) >= count:
                continue
            found.append(Table(first=names[one], second=names[other], corners=corners))
            free = free[~np.isin(free, corners)]
            left.append((one, other))
        pairs = left
    return found


def _pairs(has: NDArray[np.bool_], names: Sequence[str]) -> list[tuple[int, int]]:
    """Those of which every corner occurs, in an order that nobody chose."""
    both = has.T.astype(np.int64) @ has
    each = np.diag(both)
    alone, rest = each[:, None] - both, len(has) - each[:, None] - each[None, :] + both
    fit = np.argwhere((np.minimum(np.minimum(both, rest), np.minimum(alone, alone.T)) > 0) & np.triu(both >= 0, 1))
    return sorted(((int(a), int(b)) for a, b in fit), key=lambda pair: rank(f"{names[pair[0]]} {names[pair[1]]}"))


def _corners(has: NDArray[np.bool_], free: NDArray[np.int64], one: int, other: int) -> tuple[int, int, int, int] | None:
    chosen = []
    for has_one, has_other in CORNERS:
        fit = free[(has[free, one] == has_one) & (has[free, other] == has_other)]
        if not len(fit):
            return None
        chosen.append(int(fit[0]))
    both, first, second, neither = chosen
    return both, first, second, neither


# --------------------------------------------------------------------------------------------------------------------
# Marks, from scores [tables, corners, sentences]


def chosen(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chance that of the four sentences of which one is true the true one scores highest, ``[tables, corners]``."""
    flat = torch.from_numpy(scores[:, :, :ONE_OF]).flatten(0, 1)
    return expected_hits(flat, torch.arange(ONE_OF).repeat(len(scores))).view(len(scores), ONE_OF).numpy()


def ordered(scores: NDArray[np.float64]) -> Mapping[str, NDArray[np.float64]]:
    """Chance that every picture of which a sentence is true scores above all others of the four, by connective.

    One true or one false picture among four: 1/4 for whoever guesses.
    """
    found = {}
    for column, (word, truth) in enumerate(CONNECTIVES.items()):
        rows, odd = torch.from_numpy(scores[:, :, column]), sum(truth) == 1
        lone = torch.full((len(rows),), truth.index(odd))
        found[word] = expected_hits(rows if odd else -rows, lone).numpy()
    return found


def placed(scores: NDArray[np.float64]) -> Mapping[str, NDArray[np.float64]]:
    """Share of the pairs of a true and a false picture that are in order, by connective; its mean is the AUROC."""
    found = {}
    for column, (word, truth) in enumerate(CONNECTIVES.items()):
        rows, holds = scores[:, :, column], np.array(truth)
        apart = rows[:, holds, None] - rows[:, None, ~holds]
        found[word] = ((np.sign(apart) + 1) / 2).mean((1, 2))
    return found


def told_apart(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """On the pictures that show one of the two: which one, said in the same words in another order, ``[tables]``.

    "a cat but no dog" against "a dog but no cat": whoever hears words without their order guesses.
    """
    margin = np.stack([scores[:, 1, 1] - scores[:, 1, 2], scores[:, 2, 2] - scores[:, 2, 1]])
    return np.asarray(((np.sign(margin) + 1) / 2).mean(0))


def accepted(scores: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """Balanced accuracy of each table when a sentence counts as true from this score up."""
    yes = scores >= least
    return np.asarray((yes[:, TRUTH].mean(1) + (~yes)[:, ~TRUTH].mean(1)) / 2)
