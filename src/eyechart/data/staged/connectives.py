"""Two kinds of thing, the four ways in which a picture can show them, and the sentences that join their names."""

from __future__ import annotations

from eyechart.world.language import say
from eyechart.world.language.statement import And, Exists, Mention, Not, Or

CORNERS = ((True, True), (True, False), (False, True), (False, False))  # shows the first, shows the second
# Sentence → whether it is true in each corner.
CONNECTIVES = {
    "and": (True, False, False, False),
    "first_only": (False, True, False, False),
    "second_only": (False, False, True, False),
    "neither": (False, False, False, True),
    "or": (True, True, True, False),
}


def phrases(first: str, second: str, language: str = "en") -> dict[str, str]:
    """What joins the two names, by connective, such as "a cat but no dog"."""
    one, other = Exists(subject=Mention(concept=first)), Exists(subject=Mention(concept=second))
    joined: dict[str, And | Or] = {
        "and": And(parts=(one, other)),
        "first_only": And(parts=(one, Not(of=other))),
        "second_only": And(parts=(other, Not(of=one))),
        "neither": And(parts=(Not(of=one), Not(of=other))),
        "or": Or(parts=(one, other)),
    }
    return {word: say(joined[word], "bare", language) for word in CONNECTIVES}
