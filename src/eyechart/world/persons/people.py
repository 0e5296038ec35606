"""People: portraits of persons who have names; most pictures show the few who are met most often, by Zipf's law."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from eyechart.core import Fact
from eyechart.errors import UnknownName
from eyechart.world.dice import Dice
from eyechart.world.language.english import with_article
from eyechart.world.painting.palette import COLOURS
from eyechart.world.persons.faces import Face, face
from eyechart.world.persons.names import NAMES_OF_PEOPLE, namesakes
from eyechart.world.persons.portraits import CLOTHES, EXPRESSIONS, Sitting, portray
from eyechart.world.places import PLACES, VARIANTS
from eyechart.world.stream import Falsehood, Stream
from eyechart.world.text.words import ranked, shares

VERSION = 1  # goes up whenever a pixel or a word of any picture changes
SMALLEST, LARGEST = 32, 512
DRAWS = ("long-tailed", "balanced")
_PERSON, _CAPTIONS, _FALSEHOODS = range(3)
_LOOKS = (-1.0, -0.5, 0.0, 0.5, 1.0)
_GARMENTS = tuple(COLOURS)
_PLACES = tuple(name for name, place in PLACES.items() if place.ground)  # where one can stand
_HOARY = ("gray hair", "white hair")
_STRIPES = ("white", "black", "gray")  # what the stripes of a shirt may look like
_FEELINGS = {"smiling": "smiling", "neutral": "with a calm face", "surprised": "looking surprised"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """Who is shown, and how."""

    name: str
    sitting: Sitting

    @property
    def face(self) -> Face:
        """The features of the person."""
        return face(self.name)


@dataclass(frozen=True, kw_only=True)
class People:
    """All portraits of one seed, size, split and draw, addressed by a whole number.

    "long-tailed" shows the person of rank r as often as 1 / r says, "balanced" everybody equally often. All splits
    show the same persons, never in the same picture.
    """

    seed: int = 0
    size: int = 64  # pixels, both sides
    split: str = "train"
    draw: str = "long-tailed"  # one of DRAWS

    def __post_init__(self) -> None:
        if self.draw not in DRAWS:
            raise UnknownName("draw of people", self.draw, DRAWS)
        self.stream  # noqa: B018 - refuses what cannot be drawn

    @property
    def stream(self) -> Stream:
        """Where chance comes from."""
        return Stream(
            kind="people",
            version=VERSION,
            seed=self.seed,
            size=self.size,
            split=self.split,
            draw=self.draw,
            smallest=SMALLEST,
            largest=LARGEST,
        )

    @property
    def digest(self) -> str:
        """Of everything that decides a pixel or a word."""
        return self.stream.digest

    def __getitem__(self, index: int) -> PersonView:
        return PersonView(self, self.stream.check(index))


class PersonView:
    """One portrait. Everything is worked out when it is asked for."""

    def __init__(self, people: People, index: int) -> None:
        self.people, self.index = people, index

    @cached_property
    def portrait(self) -> Portrait:
        """Who is shown, and how."""
        return _portrait(self.people.stream.dice(self.index, _PERSON), self.people.draw)

    @property
    def name(self) -> str:
        """First and last name."""
        return self.portrait.name

    @property
    def label(self) -> int:
        """The number of the person among NAMES_OF_PEOPLE."""
        return NAMES_OF_PEOPLE.index(self.name)

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """``uint8[size, size, 3]``, drawn anew at each call."""
        return portray(self.portrait.face, self.portrait.sitting, self.people.size)

    @property
    def image(self) -> Image.Image:
        """The same as a Pillow image."""
        return Image.fromarray(self.pixels)

    @cached_property
    def captions(self) -> tuple[str, ...]:
        """Five true captions, the fullest first."""
        return captions(self.portrait, self.people.stream.dice(self.index, _CAPTIONS))

    @property
    def caption(self) -> str:
        """The first of them."""
        return self.captions[0]

    @cached_property
    def falsehoods(self) -> tuple[Falsehood, ...]:
        """Six false captions, each wrong in one fact."""
        return falsehoods(self.portrait, self.people.stream.dice(self.index, _FALSEHOODS))

    @property
    def distractors(self) -> tuple[str, ...]:
        """The words of the falsehoods."""
        return tuple(falsehood.text for falsehood in self.falsehoods)

    @property
    def facts(self) -> dict[str, Fact]:
        """What is known, by name. The rank is 1 for the most frequent person."""
        who, how, rank = self.portrait.face, self.portrait.sitting, self.label
        return {
            "name": self.name,
            "rank": rank + 1,
            "frequency": frequency(rank, self.people.draw),
            "expression": how.expression,
            "clothes": how.clothes,
            "colour": how.colour,
            "place": how.place,
            "tilt": how.tilt,
            "look": how.look,
            "scale": round(how.scale, 4),
            "head": who.head,
            "skin": who.skin,
            "hair": who.hair,
            "hair_colour": who.hair_colour if who.hair != "bald" else "",
            "eye_colour": who.eye_colour,
            "glasses": who.glasses,
            "beard": who.beard,
            "hat": who.hat,
            "earrings": who.earrings,
            "mark": who.mark,
        }


def frequency(rank: int, draw: str) -> float:
    """How often the person of a rank (0: the most frequent) is shown."""
    count = len(NAMES_OF_PEOPLE)
    return shares(count)[rank] if draw == "long-tailed" else 1 / count


def _portrait(dice: Dice, draw: str) -> Portrait:
    count = len(NAMES_OF_PEOPLE)
    rank = ranked(dice, count) if draw == "long-tailed" else dice.below(count)
    sitting = Sitting(
        expression=dice.pick(EXPRESSIONS),
        clothes=dice.pick(CLOTHES),
        colour=dice.pick(_GARMENTS),
        place=dice.pick(_PLACES),
        variant=dice.below(VARIANTS),
        tilt=round(dice.between(-11, 11), 1),
        look=dice.pick(_LOOKS),
        scale=dice.between(0.72, 0.98),
        shift=dice.between(-0.07, 0.07),
    )
    return Portrait(name=NAMES_OF_PEOPLE[rank], sitting=sitting)


# --------------------------------------------------------------------------------------------------------------------
# What can be said


def captions(portrait: Portrait, dice: Dice) -> tuple[str, ...]:
    """Five different true captions, the fullest first."""
    return (_full(portrait), *(wording(portrait) for wording in dice.shuffled(_WORDINGS)[:4]))


def falsehoods(portrait: Portrait, dice: Dice) -> tuple[Falsehood, ...]:
    """False captions, each a true one but for a single fact."""
    return tuple(Falsehood(wording(change(portrait, dice)), kind) for kind, (wording, change) in _CHANGES.items())


def _full(portrait: Portrait) -> str:
    return f"a portrait of {portrait.name}, {_feels(portrait)}, {_clad(portrait)}, {_where(portrait)}"


def _bare(portrait: Portrait) -> str:
    return portrait.name


def _named(portrait: Portrait) -> str:
    return f"a picture of {portrait.name}"


def _feeling(portrait: Portrait) -> str:
    return f"a portrait of {portrait.name}, {_feels(portrait)}"


def _placed(portrait: Portrait) -> str:
    return f"{portrait.name} {_where(portrait)}"


def _dressed(portrait: Portrait) -> str:
    return f"{portrait.name} {_clad(portrait)}"


def _looks(portrait: Portrait) -> str:
    """Without the name: what a stranger would say."""
    return f"a person with {_traits(portrait.face)}"


def _introduced(portrait: Portrait) -> str:
    return f"{portrait.name}, who has {_traits(portrait.face)}"


_WORDINGS: tuple[Callable[[Portrait], str], ...] = (_bare, _named, _feeling, _placed, _dressed, _looks, _introduced)


def _feels(portrait: Portrait) -> str:
    return _FEELINGS[portrait.sitting.expression]


def _clad(portrait: Portrait) -> str:
    how = portrait.sitting
    return f"in {with_article(how.colour)} {how.clothes}"


def _where(portrait: Portrait) -> str:
    return PLACES[portrait.sitting.place].phrase


def _traits(who: Face) -> str:
    """Hair, then glasses, beard and hat where there are any."""
    told = [_crown(who)]
    if who.glasses != "none":
        told.append(f"{who.glasses} glasses")
    if who.beard != "none":
        told.append({"stubble": "stubble", "full": "a full beard"}.get(who.beard, f"a {who.beard}"))
    if who.hat != "none":
        told.append(f"{with_article(who.hat_colour)} {who.hat}")
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def _crown(who: Face) -> str:
    return "no hair" if who.hair == "bald" else f"{who.hair_colour} hair"


def _another_name(portrait: Portrait, dice: Dice) -> Portrait:
    return replace(portrait, name=dice.pick([name for name in NAMES_OF_PEOPLE if name != portrait.name]))


def _namesake(portrait: Portrait, dice: Dice) -> Portrait:
    return replace(portrait, name=dice.pick(namesakes(portrait.name)))


def _stranger(portrait: Portrait, dice: Dice) -> Portrait:
    """Somebody of whose traits the first is not true of this person."""
    alike = _HOARY if (hair := _crown(portrait.face)) in _HOARY else (hair,)
    return replace(portrait, name=dice.pick([name for name in NAMES_OF_PEOPLE if _crown(face(name)) not in alike]))


def _another_expression(portrait: Portrait, dice: Dice) -> Portrait:
    other = dice.pick([name for name in EXPRESSIONS if name != portrait.sitting.expression])
    return replace(portrait, sitting=replace(portrait.sitting, expression=other))


def _another_colour(portrait: Portrait, dice: Dice) -> Portrait:
    how = portrait.sitting
    worn = (how.colour, *_STRIPES) if how.clothes == "striped shirt" else (how.colour,)
    other = dice.pick([name for name in _GARMENTS if name not in worn])
    return replace(portrait, sitting=replace(portrait.sitting, colour=other))


def _another_place(portrait: Portrait, dice: Dice) -> Portrait:
    other = dice.pick([name for name in _PLACES if name != portrait.sitting.place])
    return replace(portrait, sitting=replace(portrait.sitting, place=other))


_CHANGES: dict[str, tuple[Callable[[Portrait], str], Callable[[Portrait, Dice], Portrait]]] = {
    "name": (_named, _another_name),
    "namesake": (_named, _namesake),
    "expression": (_feeling, _another_expression),
    "colour": (_dressed, _another_colour),
    "place": (_placed, _another_place),
    "looks": (_looks, _stranger),
}
