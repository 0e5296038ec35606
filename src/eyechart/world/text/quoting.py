"""What can be said of something written, true and false, in plain English."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from eyechart.world.dice import Dice
from eyechart.world.language.english import with_article
from eyechart.world.painting.palette import COLOURS
from eyechart.world.stream import Falsehood
from eyechart.world.text import lookalikes
from eyechart.world.text.fonts import FONTS
from eyechart.world.text.inscription import LETTERS, Inscription, another

_TRIES = 20
# Words for letters that leave no doubt which are meant.
_MARKED = ("handwritten", "typewriter", "narrow")

Wording = Callable[[Inscription], str]


def captions(what: Inscription, dice: Dice) -> tuple[str, ...]:
    """Five true captions, the fullest first."""
    said = dice.shuffled((_quoted, _pictured, _reading, _saying, _looks))
    return (_full(what), *(wording(what) for wording in said[:4]))


def falsehoods(what: Inscription, dice: Dice) -> tuple[Falsehood, ...]:
    """Two to five false captions, each a true one but for a single fact."""
    wording = dice.pick((_full, _quoted, _pictured, _reading))
    lies = [(kind, change(what, dice)) for kind, change in _CHANGES.items()]
    told: dict[str, str] = {}
    for kind, lie in lies:
        if lie is not None:
            told.setdefault(_full(lie) if kind in ("ink", "paper", "font") else wording(lie), kind)
    return tuple(Falsehood(text, kind) for text, kind in told.items())


def _quoted(what: Inscription) -> str:
    """With what it is: "the word "stone"", "a sign that says "exit""."""
    if what.kind == "sign":
        return f'a sign that says "{what.text}"'
    if what.kind == "button":
        return f'a button labelled "{what.text}"'
    return f'the {_NOUNS[what.kind]} "{what.text}"'


_NOUNS = {
    "letter": "letter",
    "digit": "digit",
    "number": "number",
    "word": "word",
    "sentence": "sentence",
    "sum": "sum",
    "look-alike": "text",
}


def _pictured(what: Inscription) -> str:
    return f"a picture of {_quoted(what)}"


def _reading(what: Inscription) -> str:
    return f'{what.ink} text that reads "{what.text}"'


def _saying(what: Inscription) -> str:
    return f'it says "{what.text}"'


def _looks(what: Inscription) -> str:
    """How it looks, not what it says."""
    one = len(what.text) == 1
    looks = f"{what.ink} {FONTS[what.font].words} {_strokes(what, one)} on {what.paper}"
    return with_article(looks) if one else looks


def _full(what: Inscription) -> str:
    letters = f"{what.ink} {FONTS[what.font].words} {_strokes(what, False)}"
    if what.kind in ("sign", "button"):
        return f'{with_article(what.paper)} {what.kind} that says "{what.text}" in {letters}'
    return f"{_quoted(what)} in {letters} on {what.paper}"


def _strokes(what: Inscription, one: bool) -> str:
    """What the text is made of, in a word."""
    kinds = {"digit": "figure", "number": "figure", "sum": "figure", "look-alike": "character"}
    noun = kinds.get(what.kind, "letter")
    return noun if one else f"{noun}s"


# --------------------------------------------------------------------------------------------------------------------
# One fact changed; None where there is no such fact


def _change_look_alike(what: Inscription, _dice: Dice) -> Inscription | None:
    return replace(what, text=what.look_alike.partner) if what.look_alike else None


def _change_text(what: Inscription, dice: Dice) -> Inscription | None:
    """Something else of the same kind, that an eye can tell apart."""
    for _ in range(_TRIES):
        other = another(what.kind, dice)
        if other.casefold() != what.text.casefold() and lookalikes.clear(what.text, other, what.font):
            return replace(what, text=other)
    return None


def _change_letter(what: Inscription, dice: Dice) -> Inscription | None:
    """One letter of a longer text is another one."""
    spots = [k for k, character in enumerate(what.text) if character.isalpha()]
    if len(spots) < 2:
        return None
    for _ in range(_TRIES):
        k, letter = dice.pick(spots), dice.pick(LETTERS)
        letter = letter.upper() if what.text[k].isupper() else letter
        other = what.text[:k] + letter + what.text[k + 1 :]
        if letter != what.text[k] and lookalikes.clear(what.text[k], letter, what.font):
            return replace(what, text=other)
    return None


def _change_ink(what: Inscription, dice: Dice) -> Inscription | None:
    return replace(what, ink=dice.pick([name for name in COLOURS if name not in (what.ink, what.paper)]))


def _change_font(what: Inscription, dice: Dice) -> Inscription | None:
    own = FONTS[what.font].words
    other = dice.pick([words for words in _MARKED if words != own])
    return replace(what, font=next(name for name, font in FONTS.items() if font.words == other))


_CHANGES: dict[str, Callable[[Inscription, Dice], Inscription | None]] = {
    "look-alike": _change_look_alike,
    "letter": _change_letter,
    "text": _change_text,
    "ink": _change_ink,
    "font": _change_font,
}
