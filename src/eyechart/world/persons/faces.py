"""What a person looks like: features that belong to the name, as long as the list of names stays as it is."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from hashlib import shake_256
from itertools import accumulate, count
from operator import ne

from eyechart.errors import UnknownName
from eyechart.world.persons.names import NAMES_OF_PEOPLE, is_woman

HEADS = ("round", "oval", "square", "heart", "long")
SKINS = ("pale", "light", "olive", "tan", "brown", "dark")
HAIRS = (
    "bald",
    "short",
    "parted",
    "receding",
    "spiky",
    "curly",
    "bob",
    "long straight",
    "long wavy",
    "bun",
    "ponytail",
    "braids",
)
HAIR_COLOURS = ("black", "brown", "red", "blond", "gray", "white")
BROWS = ("thin", "thick", "arched", "flat")
EYES = ("round", "almond", "narrow", "wide")
EYE_COLOURS = ("brown", "green", "blue", "gray")
NOSES = ("small", "long", "broad", "pointed")
MOUTHS = ("small", "wide", "full")
EARS = ("small", "large")
GLASSES = ("none", "round", "square", "oval")
BEARDS = ("none", "stubble", "moustache", "goatee", "full")
HATS = ("none", "cap", "beanie", "brimmed hat", "headband")
HAT_COLOURS = ("red", "blue", "green", "yellow", "purple", "orange")
EARRINGS = ("none", "studs", "hoops")
MARKS = ("none", "freckles", "mole")

# The features that are seen from afar, and how many of them at least tell any two persons apart: so many, or fewer when
# many features differ in all.
STRIKING = ("skin", "hair", "hair_colour", "glasses", "beard", "hat")
_PARTS = 32  # numbers in a digest, more than there are features
_PLAIN = ("head", "brows", "eyes", "eye_colour", "nose", "mouth", "ears", "hat_colour", "earrings", "mark")
MOST, LEAST, MANY = 3, 2, 7

# Under a hat these would not be seen.
_HIGH = ("spiky", "bun", "curly")


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """The features of one person, each a word from the list of its name."""

    head: str
    skin: str
    hair: str
    hair_colour: str  # of brows and beard too
    brows: str
    eyes: str
    eye_colour: str
    nose: str
    mouth: str
    ears: str
    glasses: str
    beard: str
    hat: str
    hat_colour: str  # of what ties the hair, too
    earrings: str
    mark: str

    @property
    def features(self) -> tuple[str, ...]:
        """All of them, those that strike the eye first."""
        return tuple(getattr(self, name) for name in (*STRIKING, *_PLAIN))

    def striking(self, other: Face) -> int:
        """In how many of the features that strike the eye two faces differ."""
        return sum(map(ne, self.features[: len(STRIKING)], other.features[: len(STRIKING)]))

    def differences(self, other: Face) -> int:
        """In how many features two faces differ."""
        return sum(map(ne, self.features, other.features))


def face(name: str) -> Face:
    """The face that belongs to a name: always the same, and like nobody else's."""
    if name not in NAMES_OF_PEOPLE:
        raise UnknownName("person", name, NAMES_OF_PEOPLE)
    return _faces()[name]


@cache
def _faces() -> dict[str, Face]:
    """In the order of the names each takes the first of its own draws that is clearly unlike all earlier ones."""
    known: dict[str, Face] = {}
    taken: list[tuple[str, ...]] = []
    for name in NAMES_OF_PEOPLE:
        draws = (_drawn(name, attempt) for attempt in count())
        known[name] = next(one for one in draws if _unlike(one.features, taken))
        taken.append(known[name].features)
    return known


def _unlike(features: tuple[str, ...], taken: list[tuple[str, ...]]) -> bool:
    for other in taken:
        striking = sum(map(ne, features[: len(STRIKING)], other))
        if striking < LEAST or (striking < MOST and sum(map(ne, features, other)) < MANY):
            return False
    return True


def _drawn(name: str, attempt: int) -> Face:
    chance = _Lot(f"{name}/{attempt}")
    woman = is_woman(name)
    hair = chance.weighted(HAIRS, _LONG if woman else _SHORT)
    hat = chance.weighted(HATS, (28, 3, 3, 3, 3))
    hat = hat if hat in ("none", "headband") or hair not in _HIGH else "headband"
    return Face(
        head=chance.even(HEADS),
        skin=chance.even(SKINS),
        hair=hair,
        hair_colour=chance.weighted(HAIR_COLOURS, (10, 10, 8, 8, 4, 3)),
        brows=chance.even(BROWS),
        eyes=chance.even(EYES),
        eye_colour=chance.weighted(EYE_COLOURS, (8, 4, 4, 3)),
        nose=chance.even(NOSES),
        mouth=chance.even(MOUTHS),
        ears=chance.even(EARS),
        glasses=chance.weighted(GLASSES, (20, 5, 5, 4)),
        beard=chance.weighted(BEARDS, (1, 0, 0, 0, 0) if woman else (10, 3, 4, 3, 5)),
        hat=hat,
        hat_colour=chance.even(HAT_COLOURS),
        earrings=chance.weighted(EARRINGS, (3, 3, 3) if woman else (12, 1, 1)),
        mark=chance.weighted(MARKS, (8, 3, 2)),
    )


_LONG = (1, 4, 6, 0, 4, 10, 12, 14, 14, 12, 12, 12)
_SHORT = (8, 18, 16, 8, 12, 10, 4, 3, 3, 2, 2, 1)


class _Lot:
    """Draws features from the digest of a name, each from its own part, so that one more feature changes no other."""

    def __init__(self, seed: str) -> None:
        digest = shake_256(seed.encode()).digest(4 * _PARTS)
        self._numbers = iter(struct.unpack(f">{_PARTS}I", digest))

    def even(self, options: tuple[str, ...]) -> str:
        """Each option equally often."""
        return options[next(self._numbers) % len(options)]

    def weighted(self, options: tuple[str, ...], weights: tuple[int, ...]) -> str:
        """Each option as often as its weight says."""
        drawn = next(self._numbers) % sum(weights)
        return next(option for option, end in zip(options, accumulate(weights), strict=True) if drawn < end)
