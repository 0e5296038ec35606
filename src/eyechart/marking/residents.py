"""How the things fare into whose picture an intruder comes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eyechart import draw, stats
from eyechart.core import Estimate, Result, Sheet, Statistics
from eyechart.marking.intruders import CONDITIONS, spread

SPOKEN = {"away": "out of place", "home": "at home", "disc": "grey disc"}


def others(sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
    """How the other things fare, of those that stand in the open."""
    groups, stood = sheet["group"], sheet["stood"]
    every = stood.sum(1)
    if not every.any():
        return {}
    found = {"reads": stats.proportion(*spread(sheet["right"], every, groups), statistics)}
    for kind in CONDITIONS:
        moved = sheet[f"moved_{kind}"]
        if sheet["right"].any():
            gone = spread(sheet[f"lost_{kind}"], sheet["right"], groups)
            found[f"lost_{kind}"] = stats.proportion(*gone, statistics, better="lower")
        found[f"others_{kind}"] = stats.proportion(*spread(moved.sum(1), every, groups), statistics, better="lower")
        for place, edge in enumerate(sheet.facts["edges"]):
            if stood[:, place].any():
                near = spread(moved[:, place], stood[:, place], groups)
                found[f"others_{kind}_from_{edge:g}"] = stats.proportion(*near, statistics, better="lower")
    met = np.flatnonzero(every)
    excess = (sheet["moved_away"].sum(1) - sheet["moved_home"].sum(1))[met] / every[met]
    whose = np.repeat(groups[met], every[met])
    found["excess"] = stats.mean(np.repeat(excess, every[met]), whose, statistics, chance=0.0, better="lower")
    fall = (sheet["fall_away"] - sheet["fall_home"])[met] / every[met]
    found["fall_others"] = stats.mean(np.repeat(fall, every[met]), whose, statistics, chance=0.0, better="lower")
    return found


def by_distance(results: Sequence[Result]) -> list[draw.Point]:
    """The share of others that are renamed, by their distance; the more models there are, the fewer kinds of visit."""
    kinds = dict(list(SPOKEN.items())[: max(1, 4 - len(results))])
    return [
        draw.Point(f"{record.card.name}, {words}", float(edge), found.value, found.low, found.high)
        for record, _ in results
        for kind, words in kinds.items()
        for edge in record.facts["edges"]
        if (key := f"others_{kind}_from_{edge:g}") in record.estimates
        for found in (record.estimates[key],)
    ]
