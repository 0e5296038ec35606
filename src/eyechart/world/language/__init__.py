"""What can be said of a scene, true and false, in plain words of any language that the world speaks.

A `Statement` is a claim about a scene; it can be checked (`holds`) and put into words (`say`). True captions are
statements read off the scene; false ones are true ones with exactly one fact changed, in the same words.
"""

from __future__ import annotations

from eyechart.world.dice import Dice
from eyechart.world.language.contrasts import contrasts
from eyechart.world.language.outline import MEDIA, WORDINGS, suited
from eyechart.world.language.questions import Question, questions
from eyechart.world.language.statement import Statement
from eyechart.world.language.telling import tellings
from eyechart.world.language.tongues import LANGUAGES, tongue
from eyechart.world.language.twofold import tell_apart
from eyechart.world.scene import Scene
from eyechart.world.stream import Falsehood

__all__ = [
    "LANGUAGES",
    "MEDIA",
    "WORDINGS",
    "Falsehood",
    "Question",
    "captions",
    "falsehoods",
    "questions",
    "say",
    "tell_apart",
]
_CAPTIONS = 5
_WORDINGS = ("bare", "place first", "there is", "sentence", "photo", "picture")
_THERE = ("count", "negation", "feature")  # changes that are said of what there is


def say(statement: Statement, wording: str = "there is", language: str = "en") -> str:
    """The statement in words, in one of WORDINGS or as one of MEDIA, without capital and full stop."""
    return tongue(language).say(statement, wording)


def captions(scene: Scene, dice: Dice, language: str = "en") -> tuple[str, ...]:
    """Five different true captions, from all that is known to a few words."""
    said: dict[str, None] = {}
    for statement, wording in tellings(scene, dice):
        said.setdefault(say(statement, wording, language))
        if len(said) == _CAPTIONS:
            break
    return tuple(said)


def falsehoods(scene: Scene, dice: Dice, language: str = "en") -> tuple[Falsehood, ...]:
    """Three to five false captions, each a full true one but for a single fact."""
    wording = dice.pick(_WORDINGS)
    told: dict[str, str] = {}
    for contrast in contrasts(scene, dice):
        how = "there is" if contrast.change in _THERE else suited(wording, contrast.true, contrast.false)
        told.setdefault(say(contrast.false, how, language), contrast.change)
        if len(told) == _CAPTIONS:
            break
    return tuple(Falsehood(text, change) for text, change in told.items())
