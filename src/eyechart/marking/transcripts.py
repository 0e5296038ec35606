"""Choosing what is written among texts that could be: the texts, how far apart they are, and what is known of each."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import normalize

from eyechart import stats
from eyechart.bench import Bench
from eyechart.core import Dataset, DualEncoder, Estimate, Fact, Item, Sheet, Statistics
from eyechart.errors import Refused
from eyechart.marking.order import order, rank
from eyechart.marking.ties import TIE
from eyechart.marking.twosome import cosines
from eyechart.marking.words import heads

NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_SUM = re.compile(r"(\d{1,4}) ?([-+×]) ?(\d{1,4})")
UPRIGHT, TILTED = 3, 45  # degrees up to which a text is called so
SMALL, LARGE = 8.0, 16.0  # pixels of a capital letter: below, from
SHORT, LONG = 4, 8  # letters: up to, above
# What they are called in a figure; kinds as the data have them.
CONDITIONS: Mapping[str, str] = {
    "kind_word": "words",
    "kind_number": "numbers",
    "kind_sentence": "sentences",
    "kind_sum": "sums, as written",
    "real": "real words",
    "made_up": "made-up words",
    "short": "up to 4 letters",
    "medium": "5 to 8 letters",
    "long": "9 letters or more",
    "small": "letters below 8 pixels",
    "middling": "letters of 8 to 16 pixels",
    "large": "letters of 16 pixels or more",
    "upright": "upright",
    "tilted": "tilted",
    "turned": "turned by a quarter or half",
    "known_font": "fonts of training",
    "new_font": "fonts held out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """One picture, what is written on it, and what else might be."""

    item: Item
    text: str
    others: tuple[str, ...]
    conditions: frozenset[str]

    @property
    def totals(self) -> tuple[str, ...]:
        """What it adds up to and what the others add up to, in words; nothing unless all are sums, and all differ."""
        found = [total(text) for text in (self.text, *self.others)]
        sums = [value for value in found if value is not None]
        return tuple(map(_spelt, sums)) if len(set(sums)) == len(found) else ()


def transcripts(data: Dataset, exam: str, count: int) -> list[Transcript]:
    """One per item. Where an item's one caption is the bare text, its distractors are the other texts; else they are
    `count` texts of other items, of nearly the same length, those of one length by digest.

    Raises:
        Refused: an item does not say what is written on it, or there are not enough other texts.
    """
    items = [data.items[place] for place in order(data.items)]
    told = [_text(item) for item in items]
    mute = sum(not text for text in told)
    if mute:
        raise Refused(
            f"{exam} asks for the fact 'text', what is written on the picture; {mute} of the {len(items)} pictures "
            f"of {data.name} have none"
        )
    pool = sorted(set(told), key=lambda text: (len(text), rank(text)))
    found = [
        Transcript(item=item, text=text, others=_others(item, text, pool, count), conditions=conditions(item.facts))
        for item, text in zip(items, told, strict=True)
    ]
    if any(not one.others for one in found):
        raise Refused(f"{exam} asks to choose between texts; the pictures of {data.name} all say {pool[0]!r}")
    return found


def _text(item: Item) -> str:
    said = item.facts.get("text", "")
    return said.strip() if isinstance(said, str) else str(said)


def _others(item: Item, text: str, pool: Sequence[str], count: int) -> tuple[str, ...]:
    if item.captions == (text,) and item.distractors:
        return tuple(other for other in dict.fromkeys(item.distractors) if other != text)
    place = bisect_left(pool, (len(text), rank(text)), key=lambda other: (len(other), rank(other)))
    start = max(0, min(place - count // 2, len(pool) - count - 1))
    return tuple(other for other in pool[start : start + count + 1] if other != text)


def conditions(known: Mapping[str, Fact]) -> frozenset[str]:
    """Under which conditions a text is read, as far as the facts tell: its kind, length, size, turn and font."""
    named = {f"kind_{known['kind']}".replace("-", "_")} if known.get("kind") else set()
    length = len(str(known.get("text", "")))
    named.add("short" if length <= SHORT else "long" if length > LONG else "medium")
    if isinstance(height := known.get("height"), int | float):
        named.add("small" if height < SMALL else "large" if height >= LARGE else "middling")
    if isinstance(turn := known.get("turn"), int | float):
        away = abs((turn + 180) % 360 - 180)
        named.add("upright" if away <= UPRIGHT else "tilted" if away <= TILTED else "turned")
    for fact, (yes, no) in {"unseen_font": ("new_font", "known_font"), "real": ("real", "made_up")}.items():
        if isinstance(known.get(fact), bool) and (fact != "real" or known.get("kind") == "word"):
            named.add(yes if known[fact] else no)
    return frozenset(named)


def total(text: str) -> int | None:
    """What a text adds up to; None where it is no sum."""
    parts = _SUM.fullmatch(text)
    if parts is None:
        return None
    one, other = int(parts[1]), int(parts[3])
    return {"+": one + other, "-": one - other, "×": one * other}[parts[2]]


def _spelt(number: int) -> str:
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else str(number)


def choice_scores(
    model: DualEncoder, images: Tensor, texts: Sequence[Sequence[str]], templates: Sequence[str], bench: Bench
) -> list[Tensor]:
    """For each picture ``[n, d]`` its cosines with texts of its own, which are put into all templates."""
    known = sorted({text for row in texts for text in row})
    if not known:
        return []
    said = bench.texts(model, [form.replace("{}", text) for form in templates for text in known])
    return cosines(images, heads(normalize(said, dim=-1).unflatten(0, (len(templates), len(known)))), known, texts)


def beaten(scores: Sequence[Tensor]) -> NDArray[np.float32]:
    """Whether the first text of each row beats the others one by one (a tie: half), -1 where a row has no more."""
    table = np.full((len(scores), max(map(len, scores)) - 1), -1, dtype=np.float32)
    for row, found in zip(table, scores, strict=True):
        slack = TIE * float(found.abs().amax())
        ahead = found[0] - found[1:]
        row[: len(ahead)] = ((ahead > slack).float() + 0.5 * (ahead.abs() <= slack).float()).numpy()
    return table


def apart(asked: Sequence[Transcript]) -> NDArray[np.float32]:
    """How far the others of each row are from what is written: letters to change, as a share of the longer text."""
    table = np.ones((len(asked), max(len(one.others) for one in asked)), dtype=np.float32)
    for row, one in zip(table, asked, strict=True):
        row[: len(one.others)] = [edits(one.text, other) / max(len(one.text), len(other)) for other in one.others]
    return table


def two_by_two(sheet: Sheet, statistics: Statistics) -> dict[str, Estimate]:
    """How often the right text beats one that is near, and one that is far; over pairs, by picture."""
    won, near = sheet["beaten"], sheet["apart"] <= sheet.facts["close"]
    groups = np.repeat(sheet["group"], won.shape[1]).reshape(won.shape)
    return {
        name: stats.proportion(won[rows], groups[rows], statistics, chance=0.5)
        for name, which in (("near", near), ("far", ~near))
        if (rows := which & (won >= 0)).any()
    }


def edits(one: str, other: str) -> int:
    """Letters to insert, delete or replace to make one text the other (Levenshtein 1966)."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, against in enumerate(other, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (letter != against))
    return row[-1]
