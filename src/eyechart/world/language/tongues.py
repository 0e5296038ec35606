"""The languages by name."""

from __future__ import annotations

from eyechart.errors import UnknownName
from eyechart.world.language.chinese import CHINESE
from eyechart.world.language.english import ENGLISH
from eyechart.world.language.outline import Tongue

LANGUAGES: dict[str, Tongue] = {"en": ENGLISH, "zh": CHINESE}


def tongue(language: str) -> Tongue:
    """Of a language by its code."""
    if language not in LANGUAGES:
        raise UnknownName("language", language, LANGUAGES)
    return LANGUAGES[language]
