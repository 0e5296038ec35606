"""For `rules`: scenes that a rule makes a park, a harbour or a still life, and scenes that lack a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from eyechart.core import Dataset, Item
from eyechart.data.staged.stage import Stage
from eyechart.data.staged.tableau import Telling, dataset, items, thrown
from eyechart.world.language import say
from eyechart.world.language.statement import And, Not
from eyechart.world.rules import SCENES, Rule, compose_for, corners


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A picture of a corner of a rule."""

    rule: Rule
    corner: tuple[bool, ...]


def stage(stage: Stage) -> Dataset:
    """Of every rule that joins its parts by "and" about 20 pictures to examine and 30 to learn from, in all corners."""
    share = stage.test / 1000, stage.train / 4000
    examined = _plan(*(max(2, round(share[0] * count)) for count in (6, 4, 8)))
    learnt = _plan(*(max(2, round(share[1] * count)) for count in (12, 6, 6)))
    return dataset(stage, "rules", _pictures(stage, examined), _pictures(replace(stage, split="train"), learnt))


def _plan(whole: int, near: int, far: int) -> tuple[_Wanted, ...]:
    """So many pictures of which the rule holds, of each corner that lacks one part, and of all that lack more."""
    wanted = []
    for rule in SCENES.values():
        if not isinstance(rule.statement, And):
            continue
        by_lack: dict[int, list[tuple[bool, ...]]] = {}
        for corner in corners(rule):
            by_lack.setdefault(min(corner.count(False), 2), []).append(corner)
        wanted += [_Wanted(rule, corner) for corner in by_lack[0] for _ in range(whole)]
        wanted += [_Wanted(rule, corner) for corner in by_lack[1] for _ in range(near)]
        wanted += [_Wanted(rule, by_lack[2][k % len(by_lack[2])]) for k in range(far)]
    return tuple(wanted)


def _pictures(stage: Stage, plan: tuple[_Wanted, ...]) -> Sequence[Item]:
    return items(stage, "rules", (len(plan), 1), partial(_told, stage, plan))


def _told(stage: Stage, plan: tuple[_Wanted, ...], number: int) -> tuple[Telling]:
    wanted = plan[number]
    parts = [part if truth else Not(of=part) for part, truth in zip(wanted.rule.parts, wanted.corner, strict=True)]
    return (
        Telling(
            scene=thrown(lambda dice: compose_for(wanted.rule, dice, wanted.corner), stage, "rules", number),
            captions=tuple(say(part, "bare", stage.language) for part in parts),
            facts={
                "rule": wanted.rule.name,
                "corner": "".join("01"[truth] for truth in wanted.corner),
                "words": wanted.rule.words,
            },
        ),
    )


PUBLIC = stage
