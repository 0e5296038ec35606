"""Sentences against false ones: which faces which, of what kind the falsehood is, and who wins.

What the items of a dataset say of their captions stands in two facts, as text: "kinds" names the kind of each
distractor, in their order, parted by "|" (see KINDS; any other word will do as well); "truths" gives the number of the
caption that each distractor is to be compared with, from 0, likewise. Without "truths" a distractor is compared with
every caption, and the mean counts; without "kinds" its kind is read off the words: REORDERED or REWORDED.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eyechart.core import Item
from eyechart.errors import BadInput
from eyechart.marking.order import rank
from eyechart.marking.ties import TIE

# What can be wrong with a sentence, in words.
KINDS = {
    "attributes_swapped": "attributes swapped",
    "things_swapped": "things swapped",
    "negation_moved": "“but no” moved",
    "reordered": "words in another order",
    "relation_replaced": "another relation",
    "attribute_replaced": "another attribute",
    "concept_replaced": "another thing",
    "attribute_added": "an attribute added",
    "concept_added": "a thing added",
    "negation_added": "“no” added or left out",
    "reworded": "other words",
    "salad": "the same words shuffled",
}
REORDERED, REWORDED, SALAD = "reordered", "reworded", "salad"
ABSENT = -1.0  # in a column of marks: the row has none of that kind
_WORD = re.compile(r"[\u3400-\u9fff]|\w+")  # a Chinese character is a word


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """A false sentence of an item, with the true ones that it must lose to."""

    item: int
    kind: str
    truths: tuple[str, ...]
    falsehood: str

    @property
    def same_words(self) -> bool:
        """Whether each of the true ones has exactly its words, in whatever order."""
        own = words(self.falsehood)
        return all(words(truth) == own for truth in self.truths)


def words(text: str) -> Counter[str]:
    """The bag of its words, without case and punctuation."""
    return Counter(_WORD.findall(text.casefold()))


def contests(items: Sequence[Item]) -> list[Contest]:
    """All of them, in the order of the items.

    Raises:
        BadInput: an item has not as many kinds or truths as distractors, or names a caption that it does not have.
    """
    return [contest for place, item in enumerate(items) if item.captions for contest in _of(place, item)]


def _of(place: int, item: Item) -> list[Contest]:
    kinds, numbers = _listed(item, "kinds"), _listed(item, "truths")
    if not all(number.isdecimal() and int(number) < len(item.captions) for number in numbers):
        raise BadInput(
            f"the item {item.id!r} has the truths {'|'.join(numbers)}; expected numbers of its {len(item.captions)} "
            "captions, from 0"
        )
    found = []
    for at, falsehood in enumerate(item.distractors):
        truths = (item.captions[int(numbers[at])],) if numbers else item.captions
        contest = Contest(item=place, kind=kinds[at] if kinds else "", truths=truths, falsehood=falsehood)
        kind = contest.kind or (REORDERED if contest.same_words else REWORDED)
        found.append(Contest(item=place, kind=kind, truths=truths, falsehood=falsehood))
    return found


def _listed(item: Item, fact: str) -> list[str]:
    """A fact that holds one entry per distractor; nothing where it is not told."""
    if fact not in item.facts or not item.distractors:
        return []
    found = str(item.facts[fact]).split("|")
    if len(found) != len(item.distractors) or not all(found):
        raise BadInput(
            f"the item {item.id!r} has {len(item.distractors)} distractors and the {fact} {item.facts[fact]!r}; "
            "expected one for each, parted by |"
        )
    return found


def salad(text: str) -> str:
    """The same words in an order that depends on nothing but them; the text itself where there is no other."""
    parts = text.split() if " " in text.strip() else list(text)
    glue = " " if " " in text.strip() else ""
    orders = (sorted(range(len(parts)), key=lambda k: rank(f"{turn} {k} {text}")) for turn in range(8))
    mixed = (glue.join(parts[k] for k in chosen) for chosen in orders)
    return next((other for other in mixed if other != text), text)


def salads(items: Sequence[Item]) -> list[Contest]:
    """Of each item its first caption against the same words shuffled, where that is another text."""
    found = []
    for place, item in enumerate(items):
        if item.captions and (mixed := salad(item.captions[0])) != item.captions[0]:
            found.append(Contest(item=place, kind=SALAD, truths=item.captions[:1], falsehood=mixed))
    return found


def quadruples(items: Sequence[Item], asked: Sequence[Contest]) -> list[tuple[Contest, Contest]]:
    """Two pictures of one group and two sentences, each true of one of them; every such pair once.

    Where sentences in the same words are among them, only those.
    """
    mutual = defaultdict[tuple[str, frozenset[str]], list[Contest]](list)
    for contest in asked:
        if len(contest.truths) == 1:
            pair = frozenset((contest.truths[0], contest.falsehood))
            mutual[items[contest.item].cluster, pair].append(contest)
    found = []
    for members in mutual.values():
        one, *rest = sorted(members, key=lambda contest: items[contest.item].id)
        other = next((each for each in rest if each.falsehood == one.truths[0]), None)
        if other is not None:
            found.append((one, other))
    return [pair for pair in found if pair[0].same_words] or found


@dataclass(frozen=True, slots=True)
class Scored:
    """Cosines of pictures with texts."""

    images: NDArray[np.float32]  # [n, d], normalised
    texts: NDArray[np.float32]  # [m, d], normalised
    place: dict[str, int]  # of a text among them

    def score(self, item: int, text: str) -> float:
        """Summed in one order, so that equal embeddings give equal scores."""
        return float((self.images[item] * self.texts[self.place[text]]).sum(dtype=np.float64))

    def won(self, contest: Contest) -> float:
        """Share of the true sentences that score above the false one; a tie is half."""
        false = self.score(contest.item, contest.falsehood)
        return float(np.mean([_above(self.score(contest.item, truth), false) for truth in contest.truths]))

    def winoground(self, one: Contest, other: Contest) -> tuple[bool, bool, bool]:
        """Text, image and group score of a quadruple; a tie is lost (Thrush et al. 2022, section 4.1)."""
        right = self.score(one.item, one.truths[0]), self.score(other.item, other.truths[0])
        wrong = self.score(one.item, one.falsehood), self.score(other.item, other.falsehood)
        text = all(_above(own, false) == 1 for own, false in zip(right, wrong, strict=True))
        image = all(_above(own, false) == 1 for own, false in zip(right, wrong[::-1], strict=True))
        return text, image, text and image


def _above(one: float, other: float) -> float:
    slack = TIE * max(abs(one), abs(other))
    return 0.5 if abs(one - other) <= slack else float(one > other)


def marks(scored: Scored, asked: Sequence[Contest], kinds: Sequence[str], rows: int) -> NDArray[np.float64]:
    """Mean over the contests of each row and kind, ABSENT where there are none."""
    total, count = np.zeros((2, rows, len(kinds)))
    for contest in asked:
        if contest.kind in kinds:
            total[contest.item, kinds.index(contest.kind)] += scored.won(contest)
            count[contest.item, kinds.index(contest.kind)] += 1
    return np.where(count > 0, total / np.maximum(count, 1), ABSENT)


def counting(scored: Scored, given: Sequence[Contest], rows: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What counts of each row: its sentences in the same words, else all; and the former alone, ABSENT without any."""
    every, same = (
        marks(scored, [replace(contest, kind="") for contest in part], [""], rows)[:, 0]
        for part in (given, [contest for contest in given if contest.same_words])
    )
    return np.where(same >= 0, same, every), same


def heard(scored: Scored, given: Sequence[Contest], rows: int) -> dict[str, NDArray[Any]]:
    """Of each row, among what counts, where it lost by most: truth, answer, the cosine of the answer, margin."""
    margin, sure = np.full((2, rows), np.inf)
    truth, answer = [""] * rows, [""] * rows
    same = {contest.item for contest in given if contest.same_words}
    for contest in (each for each in given if each.same_words or each.item not in same):
        at, false = contest.item, scored.score(contest.item, contest.falsehood)
        own = min((scored.score(at, text), text) for text in contest.truths)
        if own[0] - false < margin[at]:
            margin[at], sure[at] = own[0] - false, max(own[0], false)
            truth[at], answer[at] = own[1], own[1] if own[0] >= false else contest.falsehood
    return {
        "truth": np.array(truth, dtype=np.str_),
        "answer": np.array(answer, dtype=np.str_),
        "confidence": sure.astype(np.float32),
        "margin": margin.astype(np.float32),
    }
