"""For `logic`: scenes in fours, which differ in whether two things are there: both, one, the other, neither."""

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
    """About half as many pictures as there are test items; a third thing stays where it is in all four."""
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
    first, second, third = dice.shuffled(there.concepts)[:3]
    one, other, company = zip(looks((first, second, third), there, dice), spots(3, dice), strict=True)
    scenes = tuple(
        scene(there, [*[one] * has_first, *[other] * has_second, company]) for has_first, has_second in CORNERS
    )
    # What a picture lacks must not be a part of its other things or of the place either.
    sure = all(
        (has_first or first in absent(shown)) and (has_second or second in absent(shown))
        for (has_first, has_second), shown in zip(CORNERS, scenes, strict=True)
    )
    if not sure or not common(scenes[0]):
        raise Unfit
    return (first, second), scenes


PUBLIC = stage
