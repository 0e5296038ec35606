"""What a class of things is: its name, its place in the tree, how it is drawn in each state, where it is at home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eyechart.world.shapes import Drawing

# In pairs: the first is the usual one, which nobody mentions.
STATES = (
    ("whole", "broken"),
    ("whole", "torn"),
    ("whole", "bitten"),
    ("awake", "asleep"),
    ("fresh", "wilted"),
    ("closed", "open"),
    ("open", "closed"),
    ("unlit", "lit"),
    ("empty", "full"),
    ("full", "empty"),
)
# How a thing keeps its place where it is at home.
STANCES = ("ground", "surface", "air", "water", "wall")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Concept:
    """A class of things."""

    name: str  # in plain words, singular
    parent: str  # the node of the tree that it hangs from
    synset: str  # WordNet 3.0, such as "car.n.01"
    drawings: Mapping[str, Drawing]  # by state, the usual one first
    homes: tuple[str, ...]  # the places where it belongs
    stance: str  # one of STANCES
    colours: tuple[str, ...] = ()  # that it has in nature; empty: any
    material: str = "painted"  # of its body, when nothing else is said
    faces: str = ""  # the side to which its front looks, "left" or "right"; empty when there is none

    @property
    def states(self) -> tuple[str, ...]:
        """The usual one first."""
        return tuple(self.drawings)

    @property
    def drawing(self) -> Drawing:
        """In the usual state."""
        return next(iter(self.drawings.values()))
