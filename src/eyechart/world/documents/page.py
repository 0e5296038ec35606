"""What a page is: blocks in their places, each with its box, the text that is seen, and what it is printed from."""

from __future__ import annotations

from dataclasses import dataclass

from eyechart.core import Box
from eyechart.world.painting.palette import Rgb
from eyechart.world.scene import Scene

SMALLEST, LARGEST = 64, 512  # pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One line of text from where the pen starts."""

    text: str
    x: int
    baseline: int
    size: float
    font: str
    colour: Rgb


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A filled rectangle; with an edge, that is one pixel wide."""

    box: Box
    fill: Rgb
    edge: Rgb | None = None
    corner: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A block in its place: all that is drawn of it lies in its box."""

    label: str
    text: str  # that is seen; lines as they were written, not as they were broken
    rows: tuple[tuple[str, ...], ...] = ()
    scene: Scene | None = None
    box: Box
    runs: tuple[Run, ...] = ()
    panels: tuple[Panel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A document laid out on a square of `size` pixels."""

    kind: str
    size: int
    paper: Rgb
    ground: tuple[Panel, ...]  # under the blocks
    blocks: tuple[Placed, ...]

    def having(self, label: str) -> tuple[Placed, ...]:
        """The blocks of a label."""
        return tuple(block for block in self.blocks if block.label == label)
