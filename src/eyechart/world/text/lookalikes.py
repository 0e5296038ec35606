"""Look-alikes: letters and digits taken for each other, by themselves and in a context that tells them apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from eyechart.world.dice import Dice
from eyechart.world.text.fonts import inked
from eyechart.world.text.words import WORDS

PAIRS: tuple[tuple[str, str], ...] = (
    ("l", "1"),
    ("l", "I"),
    ("I", "1"),
    ("O", "0"),
    ("rn", "m"),
    ("cl", "d"),
    ("vv", "w"),
    ("5", "S"),
    ("8", "B"),
    ("2", "Z"),
    ("6", "b"),
    ("9", "g"),
    ("u", "v"),
    ("c", "e"),
    ("i", "j"),
    ("h", "n"),
    ("nn", "m"),
    ("ri", "n"),
)
CLEAR = 0.12  # two texts of which less ink than this differs cannot be told apart by eye
_BOX = (96, 48)  # pixels, in which texts are compared


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAlike:
    """A text, and what it is easily taken for."""

    text: str
    partner: str
    in_context: bool  # the rest of the text tells which of the two is meant
    genuine: bool  # and it is the one that is meant: "lion", not "1ion"


@cache
def apart(one: str, other: str, font: str) -> float:
    """How much two texts differ to the eye: the share of their ink that differs, both fitted into the same box."""
    first, second = (inked(text, *_BOX, font).astype(np.int64) for text in (one, other))
    return float(np.abs(first - second).sum() / max(first.sum(), second.sum()))


def clear(one: str, other: str, font: str) -> bool:
    """Whether an eye can tell them apart at all in this font."""
    return apart(one, other, font) >= CLEAR


def draw(dice: Dice) -> LookAlike:
    """One of a pair: alone, in a word or number where it belongs, or where its look-alike belongs."""
    one, other = dice.pick(PAIRS)
    if dice.chance(0.5):
        one, other = other, one
    contexts = _contexts(one)
    if not contexts or dice.chance(0.35):
        return LookAlike(text=one, partner=other, in_context=False, genuine=True)
    right = dice.pick(contexts)
    wrong = right.replace(one, other, 1)
    if dice.chance(0.3):
        return LookAlike(text=wrong, partner=right, in_context=True, genuine=False)
    return LookAlike(text=right, partner=wrong, in_context=True, genuine=True)


@cache
def _contexts(piece: str) -> tuple[str, ...]:
    """Numbers with this digit, or words with these letters; with this capital in front."""
    if piece.isdigit():
        return tuple(str(number) for number in range(100, 1000, 7) if str(number).count(piece) == 1)
    if piece.isupper():
        return tuple(word.capitalize() for word in WORDS if word[0] == piece.lower() and piece.lower() not in word[1:])
    return tuple(word for word in WORDS if word.count(piece) == 1 and 3 <= len(word) <= 8)
