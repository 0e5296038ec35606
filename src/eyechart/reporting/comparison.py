"""Rank models under one norm, pair them row by row, and say what differs where norms do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from eyechart import stats
from eyechart.core import Estimate, ModelCard, Norm, Record, Result, Sheet
from eyechart.errors import BadInput, NormMismatch
from eyechart.reporting import words
from eyechart.stats import Difference, RankInterval
from eyechart.store.digest import of_json

POWER = 0.8  # with which the smallest detectable difference is found
SIGNS: Mapping[str, int] = {"higher": 1, "lower": -1, "neither": 0}  # what is neither has no best
SAME = 1e-6  # mean row score and headline that are nearer than this are one


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One model in a ranking."""

    model: str  # unique within a comparison
    sheet: str
    estimate: Estimate
    ranks: RankInterval


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two models on the rows that both answered."""

    first: str
    second: str
    difference: Difference  # first − second, of the mean row score
    adjusted: float  # its p-value after Holm over all pairs of the ranking
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """All models that were examined under one norm, best first."""

    digest: str  # of the norm
    norm: Norm
    question: str
    headline: str
    standings: tuple[Standing, ...]
    pairs: tuple[Pair, ...]
    detectable: float  # the difference between two models that these rows show four times out of five
    direct: bool  # the tests are on the headline itself, which is the mean row score

    @property
    def level(self) -> float:
        """Of the intervals and the tests."""
        return self.norm.statistics.level

    @property
    def ranked(self) -> bool:
        """There are two models at least, and high or low is better."""
        return len(self.standings) > 1 and self.standings[0].estimate.better != "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One ranking per norm, and in words what keeps rankings apart that one might have wished to be one."""

    rankings: tuple[Ranking, ...]
    differences: tuple[str, ...]


def compare(results: Sequence[Result]) -> Comparison:
    """Rank the results norm by norm; of one model under one norm the newest counts.

    Raises:
        BadInput: there are no results.
    """
    if not results:
        raise BadInput("there is nothing to compare: no records were given")
    names = labels([result.record.card for result in results])
    rankings = tuple(_rank(group, names) for group in by_norm(results).values())
    return Comparison(rankings=rankings, differences=tuple(_told(rankings)))


def rank(results: Sequence[Result]) -> Ranking:
    """One ranking of all results.

    Raises:
        BadInput: there are no results.
        NormMismatch: they were obtained under different norms; the message says what differs.
    """
    if not results:
        raise BadInput("there is nothing to rank: no records were given")
    groups = list(by_norm(results).values())
    first, *others = (group[0].record.norm for group in groups)
    if others:
        said = "; ".join(differences(first, others[0]))
        raise NormMismatch(f"{len(groups)} norms cannot share one ranking ({said}); examine under one norm, or compare")
    return _rank(groups[0], labels([result.record.card for result in results]))


def by_norm(results: Sequence[Result]) -> dict[str, list[Result]]:
    """Results by digest of their norm, in order of first appearance; of one model the newest."""
    groups: dict[str, dict[tuple[str, ...], Result]] = {}
    for result in results:
        group = groups.setdefault(norm_digest(result.record.norm), {})
        key = identity(result.record.card)
        if key not in group or group[key].record.made <= result.record.made:
            group[key] = result
    return {digest: list(group.values()) for digest, group in groups.items()}


def norm_digest(norm: Norm) -> str:
    """Equal digests may be ranked together, under whatever name the data were found."""
    return of_json({**asdict(norm), "data": ""})


def differences(one: Norm, other: Norm) -> tuple[str, ...]:
    """Field by field what differs between two norms, as ``settings.k: 20 against 10``; empty when they are equal."""
    first, second = _leaves(asdict(one)), _leaves(asdict(other))
    return tuple(
        f"{name}: {_said(first, name)} against {_said(second, name)}"
        for name in dict.fromkeys([*first, *second])
        if first.get(name, _Absent) != second.get(name, _Absent)
    )


def identity(card: ModelCard) -> tuple[str, ...]:
    """What makes two cards cards of one model: name, weights, precision and preprocessing."""
    return card.name, card.digest[:8] or "no digest", card.precision, _input(card)


def labels(cards: Sequence[ModelCard]) -> Mapping[tuple[str, ...], str]:
    """A name for each distinct model: the card's, and in brackets what tells equal names apart."""
    keys = list(dict.fromkeys(identity(card) for card in cards))
    named = {}
    for key in keys:
        alike = [other for other in keys if other[0] == key[0]]
        telling = [part for place, part in enumerate(key) if place and len({other[place] for other in alike}) > 1]
        named[key] = f"{key[0]} ({', '.join(telling)})" if telling else key[0]
    return named


class _Absent:
    """No such setting."""


def _input(card: ModelCard) -> str:
    height, width = card.preprocessing.size
    return (
        f"{card.preprocessing.resize} {height}" if height == width else f"{card.preprocessing.resize} {height}×{width}"
    )


def _leaves(value: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, inner in value.items():
        if isinstance(inner, Mapping):
            flat |= _leaves(inner, f"{prefix}{name}.")
        else:
            flat[prefix + name] = list(inner) if isinstance(inner, tuple) else inner
    return flat


def _said(leaves: Mapping[str, Any], name: str) -> str:
    value = leaves.get(name, _Absent)
    if value is _Absent:
        return "absent"
    text = str(value) if value != "" else "none"
    return text if len(text) <= 60 else f"{text[:57]}…"


def _told(rankings: Sequence[Ranking]) -> Iterator[str]:
    """A sentence for each two rankings of one exam that leave some model out of the other, or share their data."""
    for one, other in combinations(rankings, 2):
        if one.norm.exam != other.norm.exam:
            continue
        models, others = ({standing.model for standing in ranking.standings} for ranking in (one, other))
        same_data = (one.norm.data, one.norm.split) == (other.norm.data, other.norm.split)
        if models != others or same_data:
            said = "; ".join(differences(one.norm, other.norm))
            yield (
                f"{one.norm.exam} is ranked in separate tables for {words.few(sorted(models))} and for "
                f"{words.few(sorted(others))}, because the norms differ in {said}"
            )


def _rank(group: Sequence[Result], names: Mapping[tuple[str, ...], str]) -> Ranking:
    example = group[0].record
    sign = SIGNS[_headline(example).better]
    ordered = sorted(group, key=lambda result: -(sign or 1.0) * _headline(result.record).value)
    named = [names[identity(result.record.card)] for result in ordered]
    places = list(combinations(range(len(ordered)), 2))
    found = rows(ordered)
    tested = [_paired(found[i], found[j], example) for i, j in places]
    adjusted = stats.holm([difference.p for difference, _ in tested])
    ahead, p = np.zeros((len(ordered), len(ordered))), np.ones((len(ordered), len(ordered)))
    for (i, j), (difference, _), corrected in zip(places, tested, adjusted, strict=True):
        ahead[i, j], ahead[j, i] = sign * difference.value, -sign * difference.value
        p[i, j] = p[j, i] = corrected
    ranks = stats.rank_intervals(ahead, p, example.norm.statistics.level)
    return Ranking(
        digest=norm_digest(example.norm),
        norm=example.norm,
        question=example.question,
        headline=example.headline,
        standings=tuple(
            Standing(model=name, sheet=result.record.sheet, estimate=_headline(result.record), ranks=place)
            for name, result, place in zip(named, ordered, ranks, strict=True)
        ),
        pairs=tuple(
            Pair(first=named[i], second=named[j], difference=difference, adjusted=float(corrected), rows=shared)
            for (i, j), (difference, shared), corrected in zip(places, tested, adjusted, strict=True)
        ),
        detectable=_detectable(example, [difference for difference, _ in tested]),
        direct=all(abs(float(sheet["score"].mean()) - _headline(record).value) < SAME for record, sheet in ordered),
    )


def _headline(record: Record) -> Estimate:
    return record.estimates[record.headline]


class Rows(NamedTuple):
    """What pairing needs of a sheet, prepared once for all its pairs."""

    model: str
    keys: NDArray[np.str_]  # what tells rows apart
    groups: NDArray[np.intp]
    scores: NDArray[np.float64]


def rows(results: Sequence[Result]) -> list[Rows]:
    """The sheets ready for pairing; sheets that list the same items in the same order share their keys."""
    found: list[Rows] = []
    for record, sheet in results:
        same = bool(found) and _asks_alike(sheet, results[0].sheet)
        keys, groups = (found[0].keys, found[0].groups) if same else (_keys(sheet), _groups(sheet))
        found.append(Rows(record.card.name, keys, groups, np.asarray(sheet["score"], dtype=np.float64)))
    return found


def shared(one: Rows, other: Rows) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The places of the rows that both answered, in each of them."""
    if np.array_equal(one.keys, other.keys):
        every = np.arange(len(one.keys))
        return every, every
    _, mine, theirs = np.intersect1d(one.keys, other.keys, assume_unique=True, return_indices=True)
    return mine, theirs


def _asks_alike(sheet: Sheet, other: Sheet) -> bool:
    asked = [{name for name in ("id", "group", "direction") if name in one.columns} for one in (sheet, other)]
    return asked[0] == asked[1] and all(np.array_equal(sheet[name], other[name]) for name in asked[0])


def _groups(sheet: Sheet) -> NDArray[np.intp]:
    return np.unique(np.asarray(sheet["group"]).astype(np.str_), return_inverse=True)[1]


def _paired(one: Rows, other: Rows, example: Record) -> tuple[Difference, int]:
    mine, theirs = shared(one, other)
    if not len(mine):
        raise NormMismatch(
            f"{one.model} and {other.model} answered no row in common in {example.norm.exam}, "
            "though their norms are equal"
        )
    tested = stats.paired(one.scores[mine], other.scores[theirs], one.groups[mine], example.norm.statistics)
    return tested, len(mine)


def _keys(sheet: Sheet) -> NDArray[np.str_]:
    """What tells rows apart: the item, the direction of the question where there is one, and the how-manieth it is."""
    ids = np.asarray(sheet["id"]).astype(np.str_)
    if "direction" in sheet.columns:
        ids = np.char.add(np.char.add(ids, "\0"), np.asarray(sheet["direction"]).astype(np.str_))
    names, codes = np.unique(ids, return_inverse=True)
    if len(names) == len(ids):
        return ids
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    count = np.empty(len(ids), dtype=np.int64)
    count[order] = np.arange(len(ids)) - np.repeat(starts, np.diff(np.append(starts, len(ids))))
    return np.char.add(np.char.add(ids, "\0"), count.astype(np.str_))


def _detectable(example: Record, tested: Sequence[Difference]) -> float:
    """From the intervals of the pairs; for a single model, that of two models that answer independently."""
    level = example.norm.statistics.level
    if not tested:
        headline = _headline(example)
        return stats.smallest_detectable(min(max(headline.value, 0.0), 1.0), headline.units, level, POWER)
    z = float(ndtri((1 + level) / 2))
    return median((pair.high - pair.low) / 2 for pair in tested) * (z + float(ndtri(POWER))) / z
