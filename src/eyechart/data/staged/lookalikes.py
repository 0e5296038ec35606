"""Look-alikes: characters taken for each other, alone and inside a word, and things of one outline.

Pictures come in fours that differ in one respect: of two pairs of look-alikes each member is shown once. So every
picture can be asked for in two ways, against its look-alike (the first distractor) and against one that nobody would
take it for (the second), and whoever does not look at the pictures gets exactly half of both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from itertools import combinations

import numpy as np
from PIL import Image

from eyechart.core import Dataset, Item, Picture
from eyechart.data.inscribed import Inscribed
from eyechart.data.lazy import Lazy
from eyechart.data.staged.stage import Stage
from eyechart.world import NAMES, TAXONOMY, Scene, Thing
from eyechart.world.dice import Dice
from eyechart.world.language.english import phrase
from eyechart.world.language.statement import Mention
from eyechart.world.painting.palette import COLOURS
from eyechart.world.painting.render import Mask, masks, render
from eyechart.world.splits import SPLITS, lot, vocabulary
from eyechart.world.text import words
from eyechart.world.text.fonts import FONTS
from eyechart.world.text.inscription import Inscription
from eyechart.world.text.lookalikes import PAIRS, apart, clear

VERSION = 1  # goes up whenever a pixel or a word changes
PURPOSE = 1 << 21
ALONE, WORD = "characters alone", "characters in a word"
FAR, NEAR = "things far in meaning", "things near in meaning"
PARTS = (ALONE, WORD, ALONE, FAR, WORD, NEAR)  # in turn, by fours
UNLIKE = 0.55  # of their ink differs, at least, in what nobody would confuse
OUTLINE = 0.64  # of two outlines is shared, at least, by things of one form
STRANGE = 0.47  # and at most by things that nobody would confuse
FOURS, OFTEN = 16, 3  # of things, of each kind: few, so that each is shown several times; and how many hold one thing
SIDE = 0.8  # of the picture: the things are this large
OUTLINES = 48  # pixels, at which they are compared
GROUNDS = ("beach", "desert", "room", "sky")  # where nothing else is painted

WIDE = ("artifact", "living thing")  # kinds so wide that they bring nothing near in meaning

Four = tuple[str, str, str, str]  # two pairs of look-alikes


def stage(stage: Stage) -> Dataset:
    """About four fifths as many pictures as a dataset of scenes has: whole fours."""
    seed = stage.seed * len(SPLITS) + SPLITS.index(stage.split)
    count = max(len(PARTS), stage.test // 5)

    @cache
    def four(number: int) -> tuple[Item, ...]:
        part = PARTS[number % len(PARTS)]
        dice = Dice(seed, number, PURPOSE)
        name = f"lookalikes/{stage.seed}/{stage.split}/{number:05d}"
        make = _written if part in (ALONE, WORD) else _shown
        return tuple(make(part, dice, name, stage.size))

    return Dataset(
        name="world:lookalikes",
        split=stage.split,
        revision=f"{VERSION}/{stage.seed}/{stage.size}/{vocabulary()[:12]}",
        items=Lazy(4 * count, lambda index: four(index // 4)[index % 4], by_rule=True),
        classes=classes(),
        licence="CC0-1.0",
    )


@cache
def classes() -> tuple[str, ...]:
    """What is shown alone: the characters, and the things that have a look-alike."""
    return (*dict.fromkeys(piece for pair in PAIRS for piece in pair), *NAMES)


def _items(four: Four, said: Callable[[str], str], pictures: list[Picture], name: str) -> Iterator[Item]:
    """A four: each of a and b, and of c and d, is the other's look-alike; a and c, and b and d, are easily told."""
    a, b, c, d = map(said, four)
    for at, (own, alike, unlike) in enumerate(((a, b, c), (b, a, d), (c, d, a), (d, c, b))):
        yield Item(id=f"{name}/{at}", picture=pictures[at], captions=(own,), distractors=(alike, unlike), group=name)


# --------------------------------------------------------------------------------------------------------------------
# Characters


def _written(part: str, dice: Dice, name: str, size: int) -> Iterator[Item]:
    font = dice.pick(tuple(FONTS))
    four = (_characters if part == ALONE else _in_a_word)(dice, font)
    ink, paper = dice.pick((("black", "white"), ("blue", "white"), ("black", "yellow"), ("white", "black")))
    room, across, down, ground = dice.between(0.6, 1.0), dice.unit(), dice.unit(), dice.below(3)
    pictures: list[Picture] = [
        Inscribed(
            Inscription(
                kind="look-alike",
                text=text,
                font=font,
                ink=ink,
                paper=paper,
                room=room,
                across=across,
                down=down,
                ground=ground,
            ),
            size,
        )
        for text in four
    ]
    a, b, c, d = four
    items = _items(four, lambda text: f'it says "{text}"', pictures, name)
    for item, text, alike in zip(items, four, (b, a, d, c), strict=True):
        yield _labelled(item, text) if part == ALONE else _told(item, _context(text, alike))


def _characters(dice: Dice, font: str) -> Four:
    while True:
        (a, b), (c, d) = _pair(dice), _pair(dice)
        if _fit((a, b, c, d), font):
            return a, b, c, d


def _in_a_word(dice: Dice, font: str) -> Four:
    """A word, the same with a look-alike in one spot, and with another pair in that spot."""
    while True:
        (a, b), (c, d) = _pair(dice), _pair(dice)
        known = _words_with(a)
        if not known or not _fit((a, b, c, d), font):
            continue
        word = dice.pick(known)
        four = word, word.replace(a, b, 1), word.replace(a, c, 1), word.replace(a, d, 1)
        decided = [_belongs(one) != _belongs(other) for one, other in (four[:2], four[2:])]
        if decided[0] and (decided[1] or not _belongs(four[2])) and all(_seen(four, font)):
            return four


def _belongs(text: str) -> bool:
    """A word of the list, or a number."""
    return text.isdigit() or text.casefold() in words.WORDS


def _seen(four: tuple[str, ...], font: str) -> Iterator[bool]:
    yield clear(four[0], four[1], font)
    yield clear(four[2], four[3], font)


def _pair(dice: Dice) -> tuple[str, str]:
    one, other = dice.pick(PAIRS)
    return (one, other) if dice.chance(0.5) else (other, one)


def _fit(four: Four, font: str) -> bool:
    """Whether an eye can tell the look-alikes apart at all, and nobody would confuse the others."""
    a, b, c, d = four
    lower = {text.casefold() for text in four}
    able = len(lower) == 4 and clear(a, b, font) and clear(c, d, font)
    return able and min(apart(a, c, font), apart(b, d, font)) >= UNLIKE


@cache
def _words_with(piece: str) -> tuple[str, ...]:
    """Words in which the piece stands once; a capital in front; digits in numbers."""
    if piece.isdigit():
        return tuple(str(number) for number in range(103, 10_000, 89) if str(number).count(piece) == 1)
    if piece.isupper():
        return tuple(word.capitalize() for word in words.WORDS if word[0] == piece.lower() and len(word) <= 7)
    return tuple(word for word in words.WORDS if word.count(piece) == 1 and 3 <= len(word) <= 7)


def _context(text: str, alike: str) -> str:
    """What the rest of the word says of the character: it is right, its look-alike would be, or neither."""
    if _belongs(text):
        return "where it belongs"
    return "where its look-alike belongs" if _belongs(alike) else "characters in no word"


# --------------------------------------------------------------------------------------------------------------------
# Things


@dataclass(frozen=True, slots=True)
class Lone:
    """A picture of one thing."""

    scene: Scene
    size: int

    def digest(self) -> str:
        """Of all that decides the pixels."""
        return blake2b(f"lone {vocabulary()} {self.size} {self.scene!r}".encode(), digest_size=16).hexdigest()

    def load(self) -> Image.Image:
        """RGB, 8 bits, square."""
        return Image.fromarray(render(self.scene, self.size))


def _shown(part: str, dice: Dice, name: str, size: int) -> Iterator[Item]:
    four = dice.pick(fours(part))
    place, variant, colour = dice.pick(GROUNDS), dice.below(2), dice.pick(tuple(COLOURS))
    x, y = dice.between(0.45, 0.55), dice.between(0.45, 0.55)
    pictures: list[Picture] = [
        Lone(Scene(place=place, variant=variant, things=(_thing(concept, colour, x, y),)), size) for concept in four
    ]
    for item, concept in zip(_items(four, _a_picture_of, pictures, name), four, strict=True):
        yield _labelled(item, concept, part)


def _a_picture_of(concept: str) -> str:
    return f"a picture of {phrase(Mention(concept=concept))}"


def _thing(concept: str, colour: str, x: float = 0.5, y: float = 0.5) -> Thing:
    return Thing(concept=concept, colour=colour, side=SIDE, x=x, y=y)


@cache
def fours(part: str) -> tuple[Four, ...]:
    """Two pairs of concepts, each of one outline, far apart in meaning or near; across the pairs nothing is alike."""
    pairs, shared = of_one_outline(part), _overlaps()
    found = [
        (a, b, c, d)
        for (a, b), (first, second) in combinations(pairs, 2)
        for c, d in ((first, second), (second, first))
        if len({a, b, c, d}) == 4 and max(shared[a, c], shared[b, d]) <= STRANGE
    ]
    chosen: list[Four] = []
    shown: Counter[str] = Counter()
    for four in sorted(found, key=lambda four: lot(f"four {four}")):
        if len(chosen) < FOURS and all(shown[concept] < OFTEN for concept in four):
            chosen.append(four)
            shown.update(four)
    return tuple(chosen)


@cache
def of_one_outline(part: str) -> tuple[tuple[str, str], ...]:
    """Pairs of concepts whose outlines share at least OUTLINE, by how near they are in the tree."""
    return tuple(
        pair for pair, share in _overlaps().items() if pair[0] < pair[1] and share >= OUTLINE and kin(*pair) == part
    )


def kin(one: str, other: str) -> str:
    """Far: they have nothing in common but that they are; near: the same kind of thing, or the next wider kind."""
    above, beyond = _above(one), _above(other)
    common = next(node for node in above if node in beyond)
    if common == "entity":
        return FAR
    near = common not in WIDE and max(above.index(common), beyond.index(common)) <= 1
    return NEAR if near else "between"


def _above(concept: str) -> list[str]:
    """Its kind, the kind of that, and so on."""
    chain = [TAXONOMY[concept]]
    while chain[-1] in TAXONOMY:
        chain.append(TAXONOMY[chain[-1]])
    return chain


@cache
def _overlaps() -> dict[tuple[str, str], float]:
    """Share of two outlines that they have in common (intersection over union), as they are shown."""
    flat = np.stack([_outline(name).ravel() for name in NAMES]).astype(np.float32)
    both = flat @ flat.T
    either = flat.sum(1)[:, None] + flat.sum(1)[None] - both
    share = both / either
    return {(one, other): float(share[i, j]) for i, one in enumerate(NAMES) for j, other in enumerate(NAMES) if i != j}


def _outline(concept: str) -> Mask:
    return masks(Scene(place=GROUNDS[0], variant=0, things=(_thing(concept, "gray"),)), OUTLINES)[0]


# --------------------------------------------------------------------------------------------------------------------
# What is known of each


def _labelled(item: Item, shown: str, part: str = ALONE) -> Item:
    """With what it shows by itself as its class, so that plain encoders can be asked too."""
    return replace(_told(item, part), label=classes().index(shown))


def _told(item: Item, part: str) -> Item:
    return replace(item, facts={"part": part})


PUBLIC = stage
