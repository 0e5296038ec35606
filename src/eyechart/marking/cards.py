"""What is written on a picture to mislead: another class, its own, or nothing that means anything."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass, replace

from eyechart.core import Item
from eyechart.data.spoil import Spoiled
from eyechart.data.spoil.written import Written
from eyechart.errors import Refused
from eyechart.marking.order import rank
from eyechart.world.dice import Dice

TRIES = 20
SIGNS = "#%&@=~"
VERSIONS = ("clean", "wrong", "nonsense", "right")  # of every picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """How the cards may look; every picture draws one of each."""

    places: tuple[str, ...]
    sizes: tuple[float, ...]
    fonts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One picture, and the card that is laid on it: the same card in the same place, whatever is written on it."""

    item: Item
    right: str
    wrong: str
    written: int  # the class whose name is wrong here
    nonsense: str  # as long as the wrong name
    place: str
    size: float
    font: str

    def version(self, name: str) -> Item:
        """The item with its picture as one of VERSIONS."""
        if name == "clean":
            return self.item
        text = {"wrong": self.wrong, "nonsense": self.nonsense, "right": self.right}[name]
        letters = max(len(self.wrong), len(self.right))
        card = Written(text=text, letters=letters, place=self.place, size=self.size, font=self.font)
        return replace(self.item, picture=Spoiled(self.item.picture, card))


def trials(items: Sequence[Item], classes: Sequence[str], looks: Looks, seed: int) -> list[Trial]:
    """A trial per labelled item, drawn by the digest of its id: the order of the items does not matter."""
    return [_trial(item, classes, looks, seed) for item in items]


def _trial(item: Item, classes: Sequence[str], looks: Looks, seed: int) -> Trial:
    dice = Dice(seed, int.from_bytes(rank(item.id)[:8], "little"))
    own = classes[item.label or 0]
    written = dice.pick([place for place, name in enumerate(classes) if name.casefold() != own.casefold()])
    known = {name.casefold() for name in classes}
    return Trial(
        item=item,
        right=own,
        wrong=classes[written],
        written=written,
        nonsense=_nonsense(classes[written], known, dice),
        place=dice.pick(looks.places),
        size=dice.pick(looks.sizes),
        font=dice.pick(looks.fonts),
    )


def _nonsense(word: str, known: set[str], dice: Dice) -> str:
    """Letters drawn at random in place of letters and digits; signs where these would be a class again."""
    for letters in (*(string.ascii_lowercase,) * TRIES, SIGNS):
        drawn = "".join(_other(letter, letters, dice) for letter in word)
        if drawn.casefold() not in known:
            return drawn
    raise Refused(f"no meaningless text could be found beside {word!r}; take the letters' own names as classes")


def _other(letter: str, letters: str, dice: Dice) -> str:
    if not letter.isalnum():
        return letter
    drawn = dice.pick(letters)
    return drawn.upper() if letter.isupper() else drawn
