"""A vocabulary: its words, how often they are said, and of which pictures each is true, false or neither."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eyechart.core import Dataset, Item, Sheet, Statistics
from eyechart.errors import Refused
from eyechart.marking.order import order, rank
from eyechart.stats import area

NEITHER = -1
NAME, WORD = "proper name", "word"
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# English words that name nothing: what they are true of cannot be told from a caption.
_LIST = """
    a about above across after all along also an and another any are around as at away back be been before
    behind being below beside between both but by can could did do does doing down each either for from front
    full get go going gone had has have having he her here him his how i in inside into is it its itself just
    left like look looking looks made make makes many may me more most much my near next no not of off on one
    onto or other our out over own photo photograph picture image drawing right see seen she show showing shown
    shows side so some someone something still than that the their them then there these they this those through
    to together top toward towards two under up upon us very view was we were what when where which while who
    with without you your
"""
_EMPTY = frozenset(_LIST.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Words ``w`` against pictures ``n``."""

    items: tuple[Item, ...]
    words: tuple[str, ...]
    kinds: tuple[str, ...]  # of each word
    frequency: NDArray[np.float64]  # of each word: share of captions that say it
    truth: NDArray[np.int8]  # [w, n]: 1 true, 0 false, -1 neither shown nor ruled out
    mentioned: bool  # only that a caption says the word is known, not that it is true

    def keep(self, rows: Sequence[int]) -> Lexicon:
        """These words only."""
        chosen = list(rows)
        return Lexicon(
            items=self.items,
            words=tuple(self.words[row] for row in chosen),
            kinds=tuple(self.kinds[row] for row in chosen),
            frequency=self.frequency[chosen],
            truth=self.truth[chosen],
            mentioned=self.mentioned,
        )

    def exemplars(self) -> list[int]:
        """For each word a picture of which it is true, a different one while there are any left."""
        taken: set[int] = set()
        found = [0] * len(self.words)
        for row in np.argsort((self.truth == 1).sum(1), kind="stable"):
            shown = np.flatnonzero(self.truth[row] == 1).tolist()
            found[row] = next((at for at in shown if at not in taken), shown[0])
            taken.add(found[row])
        return found


def lexicon(data: Dataset, exam: str, pictures: int, least: int, most: int) -> Lexicon:
    """The words that at least `least` pictures show and as many do not, at most `most` of them, spread evenly over the
    ranks of how often they are said.

    Where every caption is a class name of the dataset, captions are the true words and distractors the false ones, and
    facts of that name say how often a word is said. Else words are those of the captions.

    Raises:
        Refused: there are no such words.
    """
    items = tuple(data.items[place] for place in order(data.items))
    names = set(data.classes)
    told = all(caption in names for item in items for caption in item.captions)
    found = _told(data, items) if told else _heard(items[:pictures])
    enough = np.minimum((found.truth == 1).sum(1), (found.truth == 0).sum(1)) >= least
    rows = sorted(np.flatnonzero(enough).tolist(), key=lambda row: (-found.frequency[row], rank(found.words[row])))
    if not rows:
        raise Refused(
            f"{exam} asks for words that {least} pictures show and {least} do not; {data.name} has none in its captions"
        )
    if len(rows) > most and not told:
        rows = [rows[at] for at in np.linspace(0, len(rows) - 1, most).round().astype(int)]
    return found.keep(rows)


def _told(data: Dataset, items: tuple[Item, ...]) -> Lexicon:
    words = tuple(sorted({caption for item in items for caption in item.captions}))
    place = {word: row for row, word in enumerate(words)}
    truth = np.full((len(words), len(items)), NEITHER, dtype=np.int8)
    said: dict[str, float] = {}
    for column, item in enumerate(items):
        for texts, value in ((item.distractors, 0), (item.captions, 1)):
            truth[[place[text] for text in texts if text in place], column] = value
        said |= {
            word: float(item.facts[word]) for word in item.captions if isinstance(item.facts.get(word), int | float)
        }
    counted = (truth == 1).mean(1)
    return Lexicon(
        items=items,
        words=words,
        kinds=tuple(data.taxonomy.get(word, WORD) for word in words),
        frequency=np.array([said.get(word, counted[row]) for row, word in enumerate(words)]),
        truth=truth,
        mentioned=False,
    )


def _heard(items: tuple[Item, ...]) -> Lexicon:
    """Words of captions; a picture is taken not to show what none of its captions mentions."""
    kept = tuple(item for item in items if item.captions)
    spoken = [[_WORD.findall(caption) for caption in item.captions] for item in kept]
    heard = [{word.casefold() for caption in captions for word in caption} - _EMPTY for captions in spoken]
    counts = Counter(word for words in heard for word in words if len(word) > 1)
    words = tuple(sorted(word for word, count in counts.items() if 1 < count < len(kept)))
    place = {word: row for row, word in enumerate(words)}
    truth = np.zeros((len(words), len(kept)), dtype=np.int8)
    for column, seen in enumerate(heard):
        truth[[place[word] for word in seen if word in place], column] = 1
    captions = [caption for item in spoken for caption in item]
    said = Counter(word for caption in captions for word in {word.casefold() for word in caption})
    names = _names(captions)
    return Lexicon(
        items=kept,
        words=words,
        kinds=tuple(NAME if word in names else WORD for word in words),
        frequency=np.array([said[word] / len(captions) for word in words]),
        truth=truth,
        mentioned=True,
    )


def _names(captions: Iterable[Sequence[str]]) -> set[str]:
    """Words that always have a capital, and not only because they begin a caption."""
    inner: set[str] = set()
    small: set[str] = set()
    for caption in captions:
        inner.update(word.casefold() for word in caption[1:] if word[0].isupper())
        small.update(word.casefold() for word in caption if not word[0].isupper())
    return inner - small


class Known(NamedTuple):
    """How well a word is known: its AUROC with the interval."""

    value: float
    low: float
    high: float


def known(
    scores: NDArray[np.float32],
    truth: NDArray[np.int8],
    clusters: NDArray[np.int64],
    statistics: Statistics,
) -> list[Known]:
    """For each word, its score on pictures of which it is true against those of which it is false. Shapes: ``w n``."""
    found = []
    for row, shown in zip(scores, truth, strict=True):
        asked = shown != NEITHER
        estimate = area(row[asked], shown[asked] == 1, clusters[asked], statistics)
        found.append(Known(estimate.value, estimate.low, estimate.high))
    return found


def known_words(sheet: Sheet, statistics: Statistics, who: NDArray[np.int64] | None = None) -> list[Known]:
    """The words of a sheet; `who` puts others in their place."""
    scores = sheet["scores"] if who is None else sheet["scores"][who]
    return known(scores, sheet["true"], np.array(sheet.facts["clusters"]), statistics)


def passed(
    sheet: Sheet, levels: Mapping[str, float], statistics: Statistics, shifts: int
) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Whether each word is surely above a level, and how often other words of its kind would be in its place."""
    tried = [None, *others(sheet["kind"], shifts)]
    low = np.array([[one.low for one in known_words(sheet, statistics, who)] for who in tried])
    return {name: ((low[0] > level).astype(np.float64), (low[1:] > level).mean(0)) for name, level in levels.items()}


def others(kinds: NDArray[Any], shifts: int) -> list[NDArray[np.int64]]:
    """For each word some others of its kind, the same word in no two of them: so many permutations of the words.

    A kind with fewer words than that goes round again; a word that is alone in its kind stands for itself.
    """
    found = []
    for shift in range(1, shifts + 1):
        permuted = np.arange(len(kinds))
        for kind in np.unique(kinds):
            rows = np.flatnonzero(kinds == kind)
            permuted[rows] = np.roll(rows, 1 + (shift - 1) % max(1, len(rows) - 1))
        found.append(permuted)
    return found


def agreement(
    first: NDArray[np.float64], second: NDArray[np.float64], kinds: NDArray[Any]
) -> Callable[[NDArray[np.float64]], float]:
    """Spearman's rank correlation, of ranks within each kind, as a function of how often each row counts.

    Ranks run from -1 to 1 in every kind, ties share theirs. 0 where one of the two does not vary.
    """
    x, y = _ranks(first, kinds), _ranks(second, kinds)

    def grade(weights: NDArray[np.float64]) -> float:
        total = weights.sum()
        dx, dy = x - weights @ x / total, y - weights @ y / total
        spread = float(np.sqrt((weights @ dx**2) * (weights @ dy**2)))
        return float(weights @ (dx * dy)) / spread if spread > 1e-9 else 0.0

    return grade


def _ranks(values: NDArray[np.float64], kinds: NDArray[Any]) -> NDArray[np.float64]:
    ranks = np.zeros(len(values))
    for kind in np.unique(kinds):
        rows = np.flatnonzero(kinds == kind)
        own = values[rows].round(9)
        ordered = np.sort(own)
        middle = (np.searchsorted(ordered, own, "left") + np.searchsorted(ordered, own, "right")) / 2
        ranks[rows] = 2 * middle / len(rows) - 1
    return ranks
