"""Where one score lies among the scores of pairs that belong together and of pairs that do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import altair as alt
import numpy as np
from numpy.typing import NDArray

from eyechart import draw, stats
from eyechart.core import Estimate, Sheet, Statistics
from eyechart.marking.pairs import DECIMALS
from eyechart.reporting.words import number

NEARLY = 0.001  # a share that is nearer than this to none or all is told as nearly that


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Scores that one model gave to the pairs of one dataset; one row per picture."""

    data: str  # name and split
    matched: NDArray[np.float64]  # [n]
    unmatched: NDArray[np.float64]  # [n, u]
    groups: NDArray[np.str_]  # [n], what is not independent


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A score, and the shares of both kinds of pairs that lie below it; ties are counted half."""

    score: float
    data: str
    unmatched: Estimate
    matched: Estimate
    pairs: tuple[int, int]  # unmatched and matched, how many


def spread(sheet: Sheet, data: str) -> Spread:
    """The pairs of a sheet of the exam `scores`."""
    matched, unmatched = (np.asarray(sheet[name], dtype=np.float64) for name in ("matched", "unmatched"))
    return Spread(data=data, matched=matched, unmatched=unmatched, groups=np.asarray(sheet["group"]).astype(np.str_))


def place(score: float, among: Spread, statistics: Statistics = Statistics()) -> Place:  # noqa: B008  # frozen
    """Where `score` lies, with intervals for which pictures the dataset happens to hold."""
    rounded = round(score, DECIMALS)
    return Place(
        score=rounded,
        data=among.data,
        unmatched=stats.proportion(_below(among.unmatched, rounded), among.groups, statistics),
        matched=stats.proportion(_below(among.matched[:, None], rounded), among.groups, statistics),
        pairs=(among.unmatched.size, len(among.matched)),
    )


def told(found: Place) -> str:
    """``.271: higher than 93 % of the unmatched pairs of world/test and than 4 % of the matched ones.``"""
    return (
        f"{number(found.score)}: higher than {_most(found.unmatched.value)} of the unmatched pairs of {found.data} "
        f"and than {_most(found.matched.value)} of the matched ones."
    )


def percent(share: float) -> str:
    """Whole percent; tenths near the ends, and never all or none of what is not."""
    if 0 < share < NEARLY:
        return "<\u00a00.1\u00a0%"
    if 0 < 1 - share < NEARLY:
        return ">\u00a099.9\u00a0%"
    near = 0 < min(share, 1 - share) < 0.02
    return f"{100 * share:.1f}\u00a0%" if near else f"{100 * share:.0f}\u00a0%"


def _most(share: float) -> str:
    if share in {0.0, 1.0}:
        return "all" if share else "none"
    if min(share, 1 - share) < NEARLY:
        return "hardly any" if share < NEARLY else "nearly all"
    return percent(share)


def figure(places: Mapping[str, tuple[Place, Spread]]) -> alt.TopLevelMixin:
    """Both densities, one strip per model, with a dashed line at its score."""
    samples = [
        draw.Sample(model, series, values.ravel())
        for model, (_, among) in places.items()
        for series, values in (("matched", among.matched), ("unmatched", among.unmatched))
    ]
    marks = {model: found.score for model, (found, _) in places.items()}
    return draw.density(samples, x="cosine of picture and text", marks=marks)


def _below(rows: NDArray[np.float64], score: float) -> NDArray[np.float64]:
    """The share of each row that lies below; ties count half."""
    return np.asarray((rows < score).mean(axis=1) + (rows == score).mean(axis=1) / 2)
