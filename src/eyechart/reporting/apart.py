"""Any two models: what the tests say of them exam by exam, and the items on which they part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eyechart.core import Result
from eyechart.reporting import words
from eyechart.reporting.comparison import Ranking, Rows, rows, shared
from eyechart.reporting.pictures import Embedded

SHOWN = 12  # items each way, per pair and exam
FEW = 4  # models up to which every pair shows its items; of more only neighbours in the ranking do


class Odd(NamedTuple):
    """A row on which one of two models did better."""

    id: str
    picture: str  # the name of a thumbnail; empty where none is kept
    truth: str
    first: str  # what each of them answered
    second: str


class Apart(NamedTuple):
    """Where two models part: how many rows each has for itself, and the first of these."""

    first: str
    second: str
    counts: tuple[int, int]
    odd: tuple[tuple[Odd, ...], tuple[Odd, ...]]


class Matched(NamedTuple):
    """One exam, as far as pairs of models go."""

    anchor: str
    question: str
    exam: str
    data: str
    ranking: Ranking
    apart: tuple[Apart, ...]


def close(ranking: Ranking) -> set[tuple[str, str]]:
    """The pairs that are shown in full: all of few models, neighbours of many."""
    models = [standing.model for standing in ranking.standings]
    return set(combinations(models, 2) if len(models) <= FEW else pairwise(models))


def apart(ranking: Ranking, results: Mapping[str, Result], kept: Mapping[str, str]) -> tuple[Apart, ...]:
    """The items on which close models part.

    Chosen by the largest difference in score, among equals those with a picture, among these by name of the item.

    Args:
        ranking: all models of one norm.
        results: by model.
        kept: the thumbnail of each item of which there is one.
    """
    ordered = [results[standing.model] for standing in ranking.standings]
    prepared = dict(zip((standing.model for standing in ranking.standings), rows(ordered), strict=True))
    pairs = [(pair.first, pair.second) for pair in ranking.pairs if (pair.first, pair.second) in close(ranking)]
    return tuple(_apart(pair, prepared, results, kept) for pair in pairs)


def _apart(
    pair: tuple[str, str], prepared: Mapping[str, Rows], results: Mapping[str, Result], kept: Mapping[str, str]
) -> Apart:
    first, second = pair
    mine, theirs = shared(prepared[first], prepared[second])
    gap = prepared[first].scores[mine] - prepared[second].scores[theirs]
    ids = np.asarray(results[first].sheet["id"])[mine]
    odd = tuple(
        tuple(
            _odd(results[first], int(mine[at]), results[second], int(theirs[at]), kept) for at in _most(way, ids, kept)
        )
        for way in (gap, -gap)
    )
    return Apart(first, second, (int((gap > 0).sum()), int((gap < 0).sum())), (odd[0], odd[1]))


def _most(gap: NDArray[np.float64], ids: NDArray[Any], kept: Mapping[str, str]) -> list[int]:
    """The rows with the largest gap above zero, each item once."""
    found = np.flatnonzero(gap > 0)
    names = ids[found]
    bare = np.array([name not in kept for name in names.tolist()], dtype=bool)
    chosen: dict[str, int] = {}
    for at in found[np.lexsort((names, bare, -gap[found]))].tolist():
        chosen.setdefault(str(ids[at]), at)
        if len(chosen) == SHOWN:
            break
    return list(chosen.values())


def _odd(one: Result, at: int, other: Result, there: int, kept: Mapping[str, str]) -> Odd:
    name = str(one.sheet["id"][at])
    said = _word(one, "answer", at), _word(other, "answer", there)
    return Odd(name, kept.get(name, ""), _word(one, "truth", at), *said)


def _word(result: Result, column: str, at: int) -> str:
    """What stands in a column of words; empty where the exam keeps no such column."""
    found = result.sheet.columns.get(column)
    return "" if found is None or found.ndim != 1 else str(found[at])


def pairs_data(matched: Sequence[Matched], models: Sequence[str], pictures: Embedded) -> dict[str, Any]:
    """All pairs as plain JSON values, the models by their places; the earlier one comes first in every pair."""
    places = {model: place for place, model in enumerate(models)}
    return {
        "models": list(models),
        "most": SHOWN,
        "neighbours": any(len(one.ranking.standings) > FEW for one in matched),
        "exams": [
            {
                "anchor": one.anchor,
                "question": one.question,
                "exam": one.exam,
                "data": one.data,
                "ranked": one.ranking.standings[0].estimate.better != "neither",
                "pairs": _pairs(one.ranking, places),
                "apart": [_parted(found, places, pictures) for found in one.apart],
            }
            for one in matched
        ],
    }


def _pairs(ranking: Ranking, places: Mapping[str, int]) -> list[list[Any]]:
    """Both places, difference, interval, corrected p, and which is surely better: 1, −1 or neither."""
    unit = ranking.standings[0].estimate
    sign = -1 if unit.better == "lower" else 1
    found = []
    for pair in ranking.pairs:
        told = pair.difference
        one, other, value, low, high = places[pair.first], places[pair.second], told.value, told.low, told.high
        if one > other:
            one, other, value, low, high = other, one, -value, -high, -low
        sure = int(np.sign(value)) * sign if pair.adjusted <= 1 - ranking.level else 0
        found.append(
            [one, other, words.step(value, unit), words.gap(low, high, unit), words.p_value(pair.adjusted), sure]
        )
    return found


def _parted(found: Apart, places: Mapping[str, int], pictures: Embedded) -> list[Any]:
    """Both places, both counts, and the rows of each: place of the picture, item, truth, and both answers."""
    one, other, turned = places[found.first], places[found.second], places[found.first] > places[found.second]
    ways = [
        [
            [pictures.places.get(odd.picture, -1), odd.id, odd.truth, *((odd.second, odd.first) if turned else odd[3:])]
            for odd in way
        ]
        for way in found.odd
    ]
    step = -1 if turned else 1
    return [*sorted((one, other)), *found.counts[::step], *ways[::step]]
