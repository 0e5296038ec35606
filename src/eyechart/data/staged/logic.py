"""For `logic`: scenes in fours, which differ in whether two things are there: both, one, the other, neither.

Where one of the two is missing, another thing stands in its place, in its colour: there are as many things in all four,
so that counting them tells nothing.
"""

from __future__ import annotations

from functools import partial

from eyechart.core import Dataset
from eyechart.data.staged.connectives import CONNECTIVES, CORNERS, phrases
from eyechart.data.staged.stage import Stage
from eyechart.data.staged.tableau import Telling, Unfit, backdrop, common, dataset, items, looks, scene, spots, thrown
from eyechart.world.dice import Dice
from eyechart.world.language.sights import absent
from eyechart.world.scene import Scene


def stage(stage: Stage) -> Dataset:
    """About half as many pictures as there are test items: whole fours."""
    groups = max(1, stage.test // 8)
    return dataset(stage, "logic", items(stage, "logic", (groups, len(CORNERS)), partial(_table, stage)))


def _table(stage: Stage, number: int) -> tuple[Telling, ...]:
    names, scenes = thrown(_corners, stage, "logic", number)
    said = phrases(*names, stage.language)
    return tuple(
        Telling(
            scene=shown,
            captions=tuple(said[word] for word, truth in CONNECTIVES.items() if truth[place]),
            distractors=tuple(said[word] for word, truth in CONNECTIVES.items() if not truth[place]),
            facts={
                "table": f"{number:05d}",
                "first": names[0],
                "second": names[1],
                "has_first": has_first,
                "has_second": has_second,
                "language": stage.language,
            },
        )
        for place, ((has_first, has_second), shown) in enumerate(zip(CORNERS, scenes, strict=True))
    )


def _corners(dice: Dice) -> tuple[tuple[str, str], tuple[Scene, ...]]:
    there = backdrop(dice)
    if len(there.concepts) < len(CORNERS):
        raise Unfit
    first, second, third, fourth = dice.shuffled(there.concepts)[:4]
    one, other = looks((first, second), there, dice)
    stands_in = [
        drawn._replace(colour=missing.colour)
        for drawn, missing in zip(looks((third, fourth), there, dice), (one, other), strict=True)
    ]
    here, yonder = spots(2, dice)
    scenes = tuple(
        scene(there, ((one if has_first else stands_in[0], here), (other if has_second else stands_in[1], yonder)))
        for has_first, has_second in CORNERS
    )
    # What a picture lacks must not be a part of its other things or of the place either.
    sure = all(
        (has_first or first in absent(shown)) and (has_second or second in absent(shown))
        for (has_first, has_second), shown in zip(CORNERS, scenes, strict=True)
    )
    if not sure or not all(map(common, scenes)):
        raise Unfit
    return (first, second), scenes


PUBLIC = stage
