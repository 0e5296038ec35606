"""What can be written: a kind of text, the text, and how it looks; all drawn with the same dice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from eyechart.world.dice import Dice
from eyechart.world.painting.palette import COLOURS, brightness
from eyechart.world.text import lookalikes, words
from eyechart.world.text.fonts import FONTS, SEEN_FONTS
from eyechart.world.text.lookalikes import LookAlike

KINDS = ("letter", "digit", "number", "word", "sentence", "sum", "sign", "button", "look-alike")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
GROUNDS = 6  # of each kind of board
_WEIGHTS = (13, 7, 8, 24, 9, 9, 10, 8, 12)
_CONTRAST = 0.36  # between ink and paper, of full brightness
_UPSIDE_DOWN = 4  # letters that a word needs to be read upside down

# Ink and paper that can be told apart.
_PAIRED = tuple(
    (ink, paper)
    for ink, paper in product(COLOURS, COLOURS)
    if abs(brightness(COLOURS[ink]) - brightness(COLOURS[paper])) >= _CONTRAST
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inscription:
    """What is written, how and on what. Lengths are shares of the image side."""

    kind: str  # one of KINDS
    text: str
    font: str
    ink: str  # names of colours
    paper: str
    turn: int = 0  # degrees, clockwise
    room: float = 0.8  # of the frame that the text, turned, may fill
    across: float = 0.5  # where in the rest it lies: 0 at the left, 1 at the right
    down: float = 0.5
    ground: int = 0  # number of what is around the board
    look_alike: LookAlike | None = None


def inscription(dice: Dice, *, hold_out: bool) -> Inscription:
    """Something written somehow. With `hold_out` in none of UNSEEN_FONTS."""
    kind = _kind(dice)
    twin = lookalikes.draw(dice) if kind == "look-alike" else None
    text = twin.text if twin else _TEXTS[kind](dice, hold_out)
    fonts = SEEN_FONTS if hold_out else tuple(FONTS)
    if twin:
        fonts = tuple(font for font in fonts if lookalikes.clear(twin.text, twin.partner, font))
    ink, paper = ("black", "white") if dice.chance(0.2) else dice.pick(_PAIRED)
    return Inscription(
        kind=kind,
        text=text,
        font=dice.pick(fonts),
        ink=ink,
        paper=paper,
        turn=_turn(kind, text, dice),
        room=dice.between(0.45 if len(text) <= 3 else 0.92 if kind == "sum" else 0.75, 1.0),
        across=dice.unit(),
        down=dice.unit(),
        ground=dice.below(GROUNDS),
        look_alike=twin,
    )


def another(kind: str, dice: Dice) -> str:
    """Some text of a kind."""
    return lookalikes.draw(dice).text if kind == "look-alike" else _TEXTS[kind](dice, False)


def adds_up(text: str) -> bool:
    """Whether a written sum is right."""
    left, total = text.split(" = ")
    one, sign, other = left.split()
    value = {"+": int(one) + int(other), "-": int(one) - int(other), "×": int(one) * int(other)}[sign]
    return value == int(total)


def _kind(dice: Dice) -> str:
    drawn = dice.below(sum(_WEIGHTS))
    for kind, weight in zip(KINDS, _WEIGHTS, strict=True):
        drawn -= weight
        if drawn < 0:
            return kind
    return KINDS[-1]


def _turn(kind: str, text: str, dice: Dice) -> int:
    """Signs and buttons hardly, single characters a little, long words any way round."""
    if kind in ("sign", "button"):
        return 0
    if dice.chance(0.5):
        return 0
    if len(text) >= _UPSIDE_DOWN and kind == "word" and dice.chance(0.3):
        return dice.pick((90, 180, 270))
    most = 6 if kind == "sum" else 20
    return dice.below(2 * most + 1) - most


def _letter(dice: Dice, _hold_out: bool) -> str:
    letter = dice.pick(LETTERS)
    return letter.upper() if dice.chance(0.5) else letter


def _digit(dice: Dice, _hold_out: bool) -> str:
    return str(dice.below(10))


def _number(dice: Dice, _hold_out: bool) -> str:
    return str(10 + dice.below(dice.pick((90, 990, 9990))))


def _word(dice: Dice, hold_out: bool) -> str:
    word = words.word(dice, hold_out=hold_out)
    return dice.pick((word, word, word.capitalize(), word.upper()))


def _sentence(dice: Dice, _hold_out: bool) -> str:
    return words.sentence(dice)


def _sum(dice: Dice, _hold_out: bool) -> str:
    """Right two times in three."""
    sign = dice.pick("++-×")
    one, other = (1 + dice.below(9), 1 + dice.below(9)) if sign == "×" else (1 + dice.below(20), 1 + dice.below(20))
    one, other = max(one, other), min(one, other)
    total = {"+": one + other, "-": one - other, "×": one * other}[sign]
    return f"{one} {sign} {other} = {total + (0 if dice.chance(2 / 3) else 1 + dice.below(3))}"


def _sign(dice: Dice, _hold_out: bool) -> str:
    text = dice.pick(words.SIGNS)
    return text.upper() if dice.chance(0.4) else text


def _button(dice: Dice, _hold_out: bool) -> str:
    text = dice.pick(words.BUTTONS)
    return text.capitalize() if dice.chance(0.5) else text


_TEXTS: dict[str, Callable[[Dice, bool], str]] = {
    "letter": _letter,
    "digit": _digit,
    "number": _number,
    "word": _word,
    "sentence": _sentence,
    "sum": _sum,
    "sign": _sign,
    "button": _button,
}
