"""Reading: words, numbers, sentences and sums, each with eight other texts that could as well have been written.

Of nine texts one is drawn to be shown, whatever they are: who does not look at the picture cannot tell which. The nine
are three of one length, each with two that differ from it in a single letter, digit or word; of sums, nine with
different totals. Every font is used, also those that training never shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from eyechart.core import Dataset, Fact, Item
from eyechart.data.inscribed import Inscribed
from eyechart.data.lazy import Lazy
from eyechart.data.staged.stage import Stage
from eyechart.world.dice import Dice
from eyechart.world.splits import SPLITS
from eyechart.world.text import lookalikes, words
from eyechart.world.text.fonts import FONTS, UNSEEN_FONTS
from eyechart.world.text.inscription import LETTERS, Inscription
from eyechart.world.text.lettering import letter

VERSION = 1  # goes up whenever a pixel or a text changes
OPTIONS, FAMILY = 9, 3  # texts of a question, and of one family among them
PURPOSE = 1 << 20
KINDS = ("word", "number", "word", "sentence", "word", "sum", "number", "word", "sentence", "sum")  # in turn
LENGTHS = (3, 4, 5, 6, 7)  # letters of a word
PAPERS = (("black", "white"), ("black", "yellow"), ("blue", "white"), ("red", "white"), ("white", "black"))
TURNS = {
    "word": (0, 0, 0, -20, -10, 10, 20, 90, 180, 270),
    "number": (0, 0, 0, -20, -10, 10, 20),
    "sentence": (0, 0, 0, -6, 6),
    "sum": (0, 0, 0, -6, 6),
}


def stage(stage: Stage) -> Dataset:
    """Half as many pictures as a dataset of scenes has."""
    seed = stage.seed * len(SPLITS) + SPLITS.index(stage.split)
    return Dataset(
        name="world:reading",
        split=stage.split,
        revision=f"{VERSION}/{stage.seed}/{stage.size}",
        items=Lazy(
            max(1, stage.test // 2), lambda index: _item(stage, Dice(seed, index, PURPOSE), index), by_rule=True
        ),
        licence="CC0-1.0",
    )


def _item(stage: Stage, dice: Dice, index: int) -> Item:
    kind = KINDS[index % len(KINDS)]
    font = dice.pick(tuple(FONTS))
    texts, real = _TEXTS[kind](dice, font)
    shown = dice.below(OPTIONS)
    ink, paper = dice.pick(PAPERS)
    what = Inscription(
        kind=kind,
        text=texts[shown],
        font=font,
        ink=ink,
        paper=paper,
        turn=dice.pick(TURNS[kind]),
        room=dice.between(0.5 if kind in ("word", "number") else 0.85, 1.0),
        across=dice.unit(),
        down=dice.unit(),
        ground=dice.below(3),  # blank
    )
    facts: dict[str, Fact] = {
        "text": what.text,
        "kind": kind,
        "font": font,
        "unseen_font": font in UNSEEN_FONTS,
        "height": round(letter(what, stage.size).height, 2),
        "turn": what.turn,
        "real": texts[shown] in real,
    }
    others = tuple(text for text in texts if text != what.text)
    return Item(
        id=f"reading/{stage.seed}/{stage.split}/{index:06d}",
        picture=Inscribed(what, stage.size),
        captions=(what.text,),
        distractors=others,
        facts=facts,
    )


@dataclass(slots=True)
class _Nine:
    """Texts that differ, in the order in which they were found."""

    texts: dict[str, None]

    def fill(self, make: Callable[[], str], upto: int) -> None:
        """Make texts until there are so many."""
        while len(self.texts) < upto:
            self.texts.setdefault(make())


def _families(base: Callable[[], str], changed: Callable[[str], str]) -> tuple[list[str], list[str]]:
    """Three texts with two changed ones of each, and the three alone."""
    nine, real = _Nine({}), []
    for first in range(0, OPTIONS, FAMILY):
        nine.fill(base, first + 1)
        head = list(nine.texts)[-1]
        real.append(head)
        nine.fill(lambda head=head: changed(head), first + FAMILY)  # type: ignore[misc]  # bound at once
    return list(nine.texts), real


def _words(dice: Dice, font: str) -> tuple[list[str], list[str]]:
    known, case = _of_length(dice.pick(LENGTHS)), dice.pick(_CASES)

    def changed(word: str) -> str:
        while True:
            spot, other = dice.below(len(word)), dice.pick(LETTERS)
            other = other.upper() if word[spot].isupper() else other
            if lookalikes.clear(word[spot], other, font):
                return word[:spot] + other + word[spot + 1 :]

    return _families(lambda: case(dice.pick(known)), changed)


def _numbers(dice: Dice, _font: str) -> tuple[list[str], list[str]]:
    digits = 2 + dice.below(4)

    def changed(number: str) -> str:
        spot = dice.below(digits)
        return number[:spot] + str(1 + dice.below(9)) + number[spot + 1 :]

    texts, _ = _families(lambda: "".join(str(1 + dice.below(9)) for _ in range(digits)), changed)
    return texts, texts


def _sentences(dice: Dice, _font: str) -> tuple[list[str], list[str]]:
    def changed(sentence: str) -> str:
        parts = sentence.split(" ")
        spots = [(spot, among) for spot, part in enumerate(parts) for among in _AMONG if part.strip("?!") in among]
        spot, among = dice.pick(spots)
        bare = parts[spot].strip("?!")
        parts[spot] = parts[spot].replace(bare, dice.pick(among))
        return " ".join(parts)

    texts, _ = _families(lambda: words.sentence(dice), changed)
    return texts, texts


def _sums(dice: Dice, _font: str) -> tuple[list[str], list[str]]:
    totals = dice.shuffled(range(2, 19))[:OPTIONS]
    texts = []
    for total in totals:
        least, most = max(1, total - 9), min(9, total - 1)
        first = least + dice.below(most - least + 1)
        texts.append(f"{first} + {total - first}")
    return texts, texts


_CASES: tuple[Callable[[str], str], ...] = (str, str, str.capitalize, str.upper)
_AMONG = (words.THINGS, words.QUALITIES)
_TEXTS: dict[str, Callable[[Dice, str], tuple[list[str], list[str]]]] = {
    "word": _words,
    "number": _numbers,
    "sentence": _sentences,
    "sum": _sums,
}


@cache
def _of_length(letters: int) -> tuple[str, ...]:
    return tuple(word for word in words.WORDS if len(word) == letters)


PUBLIC = stage
