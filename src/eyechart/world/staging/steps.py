"""What happens next: the same scene a moment later, each thing moved a little, what it carries with it."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from eyechart.world.concepts import CONCEPTS
from eyechart.world.dice import Dice
from eyechart.world.scene import RELATIONS, Scene, Thing
from eyechart.world.staging.crowding import EDGE
from eyechart.world.staging.habits import footing

_STEP = 0.07  # of the image side, at most, sideways
_TURN = 6.0  # degrees, at most
_TRIES = 12


def a_moment_later(scene: Scene, dice: Dice) -> Scene:
    """The same things, moved. Nothing leaves the frame that was inside; what stands moves along the ground."""
    things = list(scene.things)
    for group in _groups(scene):
        alone = len(group) == 1
        for _ in range(_TRIES):
            across, turn = dice.between(-_STEP, _STEP), round(dice.between(-_TURN, _TURN)) if alone else 0
            down = dice.between(-_STEP, _STEP) * (0.25 if _stands(scene, group) else 1.0)
            later = [_shifted(scene.things[k], across, down, turn) for k in group]
            if abs(across) + abs(down) > _STEP / 4 and all(map(_inside, later)):
                for k, thing in zip(group, later, strict=True):
                    things[k] = thing
                break
    return replace(scene, things=tuple(things))


def _groups(scene: Scene) -> list[list[int]]:
    """Numbers of things that touch: what is on, inside or held by another goes where that goes."""
    leader = list(range(len(scene.things)))
    for a, b in permutations(range(len(scene.things)), 2):
        if any(RELATIONS[name](scene.things[a], scene.things[b]) for name in ("on", "inside", "held by")):
            old, new = leader[a], leader[b]
            leader = [new if one == old else one for one in leader]
    return [[k for k, one in enumerate(leader) if one == first] for first in dict.fromkeys(leader)]


def _stands(scene: Scene, group: list[int]) -> bool:
    return any(footing(CONCEPTS[scene.things[k].concept].stance, scene.place)[0] for k in group)


def _shifted(thing: Thing, across: float, down: float, turn: float) -> Thing:
    return replace(thing, x=thing.x + across, y=thing.y + down, turn=thing.turn + turn)


def _inside(thing: Thing) -> bool:
    left, top, right, bottom = thing.bounds
    return left >= EDGE / 2 and top >= EDGE / 2 and right <= 1 - EDGE / 2 and bottom <= 1 - EDGE / 2
