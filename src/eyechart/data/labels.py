"""What classes are called and how they are put into sentences, where the user or the dataset says so.

Options of every source with labels: ``names``, a list known by name ("imagenet"), a text file (one name per line in the
order of the labels, or "key<tab>name" in any order), or "own"; ``templates``, a list known by name or a text file of
sentences with one ``{}`` each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from eyechart.data import names
from eyechart.errors import BadInput

TEMPLATES = ("a photo of a {}.",)
_SYNSET = re.compile(r"n\d{8}[ _,]+(?=\S)")


def in_words(own: Sequence[str], options: Mapping[str, str], *, numbered: bool = False) -> tuple[str, ...]:
    """What a person calls the classes that the dataset calls `own`; `numbered`: it knows them by number alone.

    Raises:
        UnknownName: ``names`` is neither a file nor a list known by name.
        BadInput: the list does not fit the classes; a class is left without a name, or two share one.
    """
    listed = options.get("names", "own")
    path = Path(listed).expanduser()
    if listed == "own":
        found = names.in_words(_without_synsets(own))
    elif path.is_file():
        found = _from_file(path, own)
    else:
        found = _of_numbers(listed, own) if numbered else names.rename(listed, own)
    if not all(found):
        raise BadInput(f"the class {own[found.index('')]!r} has no name in words; rename it or give names=FILE")
    name, count = Counter(found).most_common(1)[0] if found else ("", 0)
    if count > 1 and listed == "own":
        same = [key for key, word in zip(own, found, strict=True) if word == name]
        raise BadInput(f"the classes {same} would all be called {name!r}; rename them or give names=FILE")
    return found


def templates(options: Mapping[str, str], usual: tuple[str, ...] = TEMPLATES) -> tuple[str, ...]:
    """The sentences that class names are put into.

    Raises:
        UnknownName: ``templates`` is neither a file nor a list known by name.
        BadInput: a sentence has no ``{}``, or the file has no sentence.
    """
    listed = options.get("templates")
    if listed is None:
        return usual if options.get("names", "own") == "own" or _is_file(options["names"]) else _known(options["names"])
    if not _is_file(listed):
        return names.templates(listed)
    found = names.fill_ins(_lines(Path(listed).expanduser()), listed)
    if not found:
        raise BadInput(f"the file {listed} has no templates; write one per line, such as 'a photo of a {{}}.'")
    return found


def _known(listed: str) -> tuple[str, ...]:
    return names.templates(listed) or TEMPLATES


def _is_file(listed: str) -> bool:
    return Path(listed).expanduser().is_file()


def _without_synsets(own: Sequence[str]) -> Sequence[str]:
    """The words alone of "n01440764 tench", where all are written so; classes that would be called alike stay."""
    if not all(_SYNSET.match(key) for key in own):
        return own
    bare = [_SYNSET.sub("", key, count=1) for key in own]
    counts = Counter(bare)
    return [short if counts[short] == 1 else key for short, key in zip(bare, own, strict=True)]


def _of_numbers(listed: str, own: Sequence[str]) -> tuple[str, ...]:
    """A list in the order of the labels, which must be 0, 1, … up to its length at most."""
    known = names.classes(listed)
    if not all(key.isdigit() and int(key) < len(known) for key in own):
        raise BadInput(f"names={listed} has {len(known)} classes, the labels reach from {own[0]} to {own[-1]}")
    return tuple(known[int(key)] for key in own)


def _from_file(path: Path, own: Sequence[str]) -> tuple[str, ...]:
    lines = _lines(path)
    pairs = [line.partition("\t") for line in lines]
    if lines and all(tab for _, tab, _ in pairs):
        table = {key.strip(): name.strip() for key, _, name in pairs}
        missing = [key for key in own if key not in table]
        if missing:
            raise BadInput(
                f"{path} has no line for the class {missing[0]!r} ({len(missing)} of {len(own)} are missing)"
            )
        return tuple(table[key] for key in own)
    if len(lines) != len(own):
        raise BadInput(f"{path} has {len(lines)} names, the dataset {len(own)} classes; write one line for each")
    return tuple(line.strip() for line in lines)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").rstrip().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read as UTF-8 text: {error}") from error
