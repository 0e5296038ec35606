"""What can go wrong, as a tree. Every message says what was given, what was expected and what to do.

EyechartError
├── BadInput             something the user gave cannot be used
│   ├── UnknownName      no such exam, model source, dataset, setting … (with the nearest names)
│   ├── Unreadable       one picture or file that no viewer could show
│   └── MissingExtra     an optional dependency that is not installed
├── Refused              an exam or a loader declines: the number would be wrong
├── NormMismatch         two results were not obtained under one agreement
└── Corrupt              something stored is not what was written
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class EyechartError(Exception):
    """Anything that a user can act on; shown as one sentence, without a traceback."""


class BadInput(EyechartError):
    """What was given cannot be used as it is."""


class UnknownName(BadInput):
    """A name that nothing answers to."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        """`kind` in words ("exam"), `name` as given, `known` all the names that would work."""
        names = sorted(known)
        near = get_close_matches(name, names, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"known: {', '.join(names) or 'none'}."
        super().__init__(f"no {kind} is called {name!r}; {hint}")
        self.kind, self.name, self.near = kind, name, tuple(near)


class Unreadable(BadInput):
    """One picture or file whose content cannot be shown; the message is the reason."""


class MissingExtra(BadInput):
    """An optional dependency is needed and absent."""

    def __init__(self, what: str, extra: str) -> None:
        """`what` needs it, in words; `extra` is the name in square brackets."""
        super().__init__(f"{what} needs an optional dependency; install it with: pip install 'eyechart[{extra}]'")


class Refused(EyechartError):
    """The answer would be wrong, so none is given; the message is the reason."""


class NormMismatch(EyechartError):
    """Results obtained under different norms were asked to share one ranking."""


class Corrupt(EyechartError):
    """A stored file does not hold what was written into it."""


def one_line(error: BaseException) -> str:
    """What another library raised, to stand in a sentence of ours: without line breaks, 300 characters at most."""
    return " ".join(str(error).split())[:300]
