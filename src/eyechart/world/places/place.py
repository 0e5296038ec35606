"""What a place is: how it is said, its colours, how it is painted, and where in its picture things can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from eyechart.world.dice import Dice
from eyechart.world.painting.palette import COLOURS, Rgb, distance
from eyechart.world.places.easel import Easel

VARIANTS = 8  # of each place
# A colour that is closer than this to a place's own colours is not used there; the second is for things without a rim.
_APART, _FAR_APART = 50.0, 110.0
_RIMLESS = ("flat", "silhouette")

Painter = Callable[[Easel, Dice], None]
Band = tuple[float, float]  # from where to where, as shares of the height


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Place:
    """Somewhere. What is not there (no water in a room) is None; heights are shares of the image side, y downwards."""

    name: str
    phrase: str  # in English
    tones: tuple[Rgb, ...]  # the colours that rule there
    far: Painter  # the sky, or a wall
    near: Painter  # what is before it
    horizon: float  # where the ground, the floor or the water begins
    ground: Band | None = None  # where feet can stand
    surface: Band | None = None  # where small goods can stand
    water: Band | None = None  # where what floats touches the water
    air: Band = (0.1, 0.5)  # where the middle of what flies or hangs can be
    features: tuple[str, ...] = ()  # that it can have besides
    dark: bool = False

    @property
    def colours(self) -> tuple[str, ...]:
        """Names of the colours that stand out here with a rim."""
        return _standing_out(self.tones, _APART)

    def showing(self, style: str) -> tuple[str, ...]:
        """Names of the colours that stand out here in this style."""
        return _standing_out(self.tones, _FAR_APART if style in _RIMLESS else _APART)


@cache
def _standing_out(tones: tuple[Rgb, ...], apart: float) -> tuple[str, ...]:
    return tuple(name for name, rgb in COLOURS.items() if all(distance(rgb, tone) > apart for tone in tones))
