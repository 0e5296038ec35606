"""How a thing looks, drawn with dice: colour, texture, material, state and what is written on it."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from eyechart.world.concepts import CONCEPTS
from eyechart.world.dice import Dice
from eyechart.world.painting.palette import MATERIALS, TEXTURES
from eyechart.world.places import PLACES
from eyechart.world.scene import Thing, extent
from eyechart.world.shapes import Drawing, Frame
from eyechart.world.splits import unseen_colour, unseen_state
from eyechart.world.text.words import SIGNS

# Short enough to be read on a thing.
WRITTEN: tuple[str, ...] = tuple(sign.upper() for sign in SIGNS if len(sign) <= 5)
# What a style does not let one see is as usual.
_BARE = ("sketch", "silhouette")
_SHADOW = "silhouette"
_UPSIDE_DOWN = 180.0


class Look(NamedTuple):
    """A thing but for its size and where it is."""

    concept: str
    colour: str
    texture: str = "plain"
    state: str = ""
    material: str = ""
    style: str = "outlined"
    text: str = ""
    turn: float = 0.0
    flipped: bool = False

    @property
    def drawing(self) -> Drawing:
        """In its state."""
        concept = CONCEPTS[self.concept]
        return concept.drawings[self.state] if self.state else concept.drawing

    @property
    def extent(self) -> Frame:
        """How far it reaches from its middle, its longer side being 1."""
        return _reach(self.concept, self.state, self.turn, self.flipped)


@lru_cache(maxsize=1 << 14)
def _reach(concept: str, state: str, turn: float, flipped: bool) -> Frame:
    known = CONCEPTS[concept]
    return extent(known.drawings[state] if state else known.drawing, turn, flipped)


class Spot(NamedTuple):
    """Where a thing is and how large."""

    x: float
    y: float
    side: float
    depth: float


class Fashion(NamedTuple):
    """What all things of a scene share: where they are, in which style, and what must not be seen of them."""

    place: str
    style: str
    withheld: tuple[str, ...]


def thing(look: Look, spot: Spot) -> Thing:
    """The thing that looks so there."""
    return Thing(
        concept=look.concept,
        colour=look.colour,
        texture=look.texture,
        side=spot.side,
        x=spot.x,
        y=spot.y,
        turn=look.turn,
        flipped=look.flipped,
        depth=spot.depth,
        state=look.state,
        material=look.material,
        style=look.style,
        text=look.text,
    )


def style(dice: Dice) -> str:
    """Of a scene: outlined six times in ten."""
    throw = dice.below(10)
    return "outlined" if throw < 6 else ("flat", "textured", "sketch", "silhouette")[throw - 6]


def main_look(concept: str, fashion: Fashion, dice: Dice) -> Look:
    """Of what the picture is about: half of the time with a texture, now and then of an unusual material."""
    material = _material(concept, dice) if dice.chance(0.15) else ""
    texture = dice.pick(TEXTURES[1:]) if not material and dice.chance(0.55) else "plain"
    return _finished(_look(concept, fashion, dice), texture, material, fashion)


def other_look(concept: str, fashion: Fashion, dice: Dice) -> Look:
    """Of a bystander: mostly plain."""
    material = _material(concept, dice) if dice.chance(0.06) else ""
    texture = dice.pick(TEXTURES[1:]) if not material and dice.chance(0.18) else "plain"
    return _finished(_look(concept, fashion, dice), texture, material, fashion)


def upended(look: Look) -> Look:
    """The same upside down."""
    return look._replace(turn=look.turn + _UPSIDE_DOWN)


def _look(concept: str, fashion: Fashion, dice: Dice) -> Look:
    state = _state(concept, fashion, dice)
    look = Look(
        concept=concept,
        colour=_colour(concept, fashion, dice),
        state=state,
        turn=float(dice.below(11) - 5),
        flipped=dice.chance(0.5),
    )
    return look if fashion.style == _SHADOW else _lettered(look, dice)


def _lettered(look: Look, dice: Dice) -> Look:
    if look.drawing.page is None or not dice.chance(0.8 if look.concept == "sign" else 0.4):
        return look
    return look._replace(text=dice.pick(WRITTEN), turn=0.0, flipped=False)


def _finished(look: Look, texture: str, material: str, fashion: Fashion) -> Look:
    if fashion.style in _BARE:
        texture, material = "plain", ""
    return look._replace(texture=texture, material=material, style=fashion.style)


def _colour(concept: str, fashion: Fashion, dice: Dice) -> str:
    """Half of the time one that it has in nature, if that stands out here."""
    natural, any_colour = _colours(concept, fashion)
    return dice.pick(natural if natural and dice.chance(0.5) else any_colour)


@cache
def _colours(concept: str, fashion: Fashion) -> tuple[tuple[str, ...], tuple[str, ...]]:
    withheld = unseen_colour(concept) if "colour" in fashion.withheld else ""
    allowed = [name for name in PLACES[fashion.place].showing(fashion.style) if name != withheld]
    return tuple(name for name in allowed if name in CONCEPTS[concept].colours), tuple(allowed)


def _state(concept: str, fashion: Fashion, dice: Dice) -> str:
    """The unusual one every third time, unless it is withheld or could not be seen."""
    unusual = CONCEPTS[concept].states[1:]
    if not unusual or not dice.chance(1 / 3) or fashion.style == _SHADOW:
        return ""
    return "" if "state" in fashion.withheld and unseen_state(concept) == unusual[0] else unusual[0]


def _material(concept: str, dice: Dice) -> str:
    return dice.pick([name for name in MATERIALS if name != CONCEPTS[concept].material])
