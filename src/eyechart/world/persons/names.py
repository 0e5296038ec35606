"""Names of persons: a long-tailed vocabulary. First and last names of many cultures, put together by rule.

The persons do not exist; that someone somewhere bears such a name is chance.
"""

from __future__ import annotations

from eyechart.world.text.words import listed

COUNT = 512  # persons

_WOMEN = listed(
    "Mira Ines Freya Leila Yuki Amara Chiara Nadia Sofia Priya Wanjiru Astrid Elena Mei Rosa Aisha Katya Noor Lucia "
    "Hana Zofia Imani Clara Anjali Maren Odette Sana Ximena Thandi Linh Greta Farida"
)
_MEN = listed(
    "Tomas Kwame Ravi Jonas Hiro Mateo Omar Pavel Diego Anton Samir Lars Bao Emeka Luca Yusuf Nils Arjun Felix Tariq "
    "Jorge Kofi Sven Minh Dario Idris Oskar Rafael Jun Vikram Pierre Hakan"
)
_LAST = listed(
    "Okafor Lindqvist Tanaka Moreau Castillo Novak Haddad Banerjee Fischer Mwangi Rossi Petrov Nguyen Sato Andersen "
    "Almeida Kowalski Rahman Duarte Bergstrom Adeyemi Chaudhary Weber Ivanova Marino Salazar Yilmaz Park Laurent "
    "Horvat Diallo Mehta Jansen Costa Volkov Nasser Suzuki Keita Brandt Vega Olsen Tran Farouk Zielinski Romano Iyer "
    "Dubois Kimura Mensah Hoffmann Ortega Sokolov Aziz Vermeer Ferreira Lim Karlsson Bello Santoro Dragan Qureshi "
    "Aguilar Holm Chen"
)

# Odd, as COUNT is even: every number comes once, and those who share a first name are far apart in rank.
_STRIDE = 211


def _name(rank: int) -> str:
    number = rank * _STRIDE % COUNT
    first = _FIRST[number % len(_FIRST)]
    return f"{first} {_LAST[(number * 13 + number // len(_FIRST) * 11) % len(_LAST)]}"


_FIRST = tuple(name for pair in zip(_WOMEN, _MEN, strict=True) for name in pair)

# The most frequent first.
NAMES_OF_PEOPLE: tuple[str, ...] = tuple(_name(rank) for rank in range(COUNT))


def is_woman(name: str) -> bool:
    """Whether the first name is one that mostly women bear."""
    return name.split(maxsplit=1)[0] in _WOMEN


def namesakes(name: str) -> tuple[str, ...]:
    """The others who share the first or the last name."""
    first, last = name.split()
    return tuple(
        other for other in NAMES_OF_PEOPLE if other != name and (first in other.split() or last in other.split())
    )
