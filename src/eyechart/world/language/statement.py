"""Claims about a scene as values: each can be checked against it and, elsewhere, put into words of any language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from eyechart.world.concepts import TAXONOMY
from eyechart.world.scene import RELATIONS, Scene, Thing


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A thing as it is spoken of; what is left empty is left unsaid, and no concept at all means "something"."""

    concept: str = ""  # or a node of the taxonomy, which means any concept below it
    colour: str = ""
    texture: str = ""
    material: str = ""
    size: str = ""
    state: str = ""
    style: str = ""
    pose: str = ""
    facing: str = ""
    text: str = ""  # what is written on it
    skin: str = ""  # the concept whose small pictures cover it

    def fits(self, thing: Thing) -> bool:
        """Whether the thing is what is meant. A thing under a skin shows, and has, no colour or texture of its own."""
        bare = not thing.skin
        return (
            (not self.concept or is_a(thing.concept, self.concept))
            and (not self.colour or (bare and self.colour == thing.colour))
            and (not self.texture or (bare and self.texture == thing.texture))
            and self.material in ("", thing.substance)
            and self.size in ("", thing.size)
            and self.state in ("", thing.condition)
            and self.style in ("", thing.style)
            and self.pose in ("", thing.pose)
            and self.facing in ("", thing.facing)
            and self.text in ("", thing.text)
            and self.skin in ("", thing.skin)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Exists:
    """There is such a thing; with a count, there are exactly so many."""

    subject: Mention
    count: int = 0  # 0: at least one

    def holds(self, scene: Scene) -> bool:
        """Whether it is true of the scene."""
        number = sum(self.subject.fits(thing) for thing in scene.things)
        return number == self.count if self.count else number > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """There are two such things, one so related to the other."""

    subject: Mention
    relation: str  # a name of RELATIONS, or "and": merely together
    object: Mention

    def holds(self, scene: Scene) -> bool:
        """Whether it is true of the scene."""
        return any(
            one is not other
            and self.subject.fits(one)
            and self.object.fits(other)
            and (self.relation == "and" or RELATIONS[self.relation](one, other))
            for one in scene.things
            for other in scene.things
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class In:
    """It is there."""

    place: str

    def holds(self, scene: Scene) -> bool:
        """Whether it is true of the scene."""
        return scene.place == self.place


@dataclass(frozen=True, slots=True, kw_only=True)
class With:
    """The place has this besides."""

    feature: str

    def holds(self, scene: Scene) -> bool:
        """Whether it is true of the scene."""
        return self.feature in scene.features


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The opposite."""

    of: Statement

    def holds(self, scene: Scene) -> bool:
        """Whether it is true of the scene."""
        return not self.of.holds(scene)


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """All of them."""

    parts: tuple[Statement, ...]

    def holds(self, scene: Scene) -> bool:
        """Whether it is true of the scene."""
        return all(part.holds(scene) for part in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """At least one of them."""

    parts: tuple[Statement, ...]

    def holds(self, scene: Scene) -> bool:
        """Whether it is true of the scene."""
        return any(part.holds(scene) for part in self.parts)


Statement: TypeAlias = Exists | Related | In | With | Not | And | Or


@cache
def is_a(concept: str, kind: str) -> bool:
    """Whether the kind is the concept itself or a node of the taxonomy above it."""
    return concept == kind or (concept in TAXONOMY and is_a(TAXONOMY[concept], kind))
