"""What stands above classes in WordNet, where they are called after its synsets, as the folders of ImageNet are.

Option ``wordnet`` of folders: the folder ``dict`` of WordNet 3.0 as Princeton publishes it (``data.noun`` and so on;
wordnet.princeton.edu), the release that ImageNet's ids belong to. It is read by nltk, which comes with
``pip install 'eyechart[wordnet]'``.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from eyechart.errors import BadInput, MissingExtra

_ID = re.compile(r"(?P<pos>[nvar])(?P<offset>\d{8})(?![^\W_])")


def taxonomy(own: Sequence[str], classes: Sequence[str], options: Mapping[str, str]) -> dict[str, str]:
    """Child → parent over classes in words and synsets above them; empty where the option ``wordnet`` is not given.

    Of several hypernyms the first counts, as WordNet lists it. Two classes of one name hang where the first of them
    does. A class that stands above others is their parent by its own name.

    Args:
        own: what the dataset calls the classes: "n01440764", or "n01440764 tench".
        classes: what a person calls them, in the same order.
        options: of the dataset.

    Raises:
        BadInput: a class is not called after a synset, or the files are not WordNet's or do not hold it.
        MissingExtra: nltk is not installed.
    """
    if "wordnet" not in options:
        return {}
    folder = Path(options["wordnet"]).expanduser().resolve()
    named: dict[str, str] = {}
    for key, name in zip(own, classes, strict=True):
        named.setdefault(_id(key), name)
    found: dict[str, str] = {}
    with warnings.catch_warnings(), _allowed(folder), ExitStack() as files:
        warnings.simplefilter("ignore")  # nltk misses other languages, and warns before it gives None
        reader = _reader(folder, files)
        for identity, name in named.items():
            here, word = _synset(reader, identity, folder), name
            while (above := [*here.hypernyms(), *here.instance_hypernyms()]) and word not in found:
                here = above[0]
                found[word] = named.get(f"{here.pos()}{here.offset():08d}", here.name())
                word = found[word]
    return found


def _id(key: str) -> str:
    told = _ID.match(key)
    if told is None:
        raise BadInput(
            f"the option wordnet takes classes that are called after synsets, such as n01440764; {key!r} is not"
        )
    return told[0]


@contextmanager
def _allowed(folder: Path) -> Iterator[None]:
    """The folder that the user names lies on nltk's own path, off which it reads nothing, for as long as it is read."""
    try:
        allowed: list[str] = import_module("nltk.data").path
    except ImportError as error:
        raise MissingExtra("reading WordNet", "wordnet") from error
    allowed.append(str(folder))
    try:
        yield
    finally:
        allowed.remove(str(folder))


def _reader(folder: Path, files: ExitStack) -> Any:
    whole = import_module("nltk.corpus.reader.wordnet").WordNetCorpusReader
    # Its map onto another release, which only other languages need, would ask for nltk's own copy of WordNet.
    own = {
        "map_wn": lambda *_: None,
        "open": lambda reader, name: files.enter_context(closing(whole.open(reader, name))),  # it closes none itself
    }
    plain = type("PlainReader", (whole,), own)
    try:
        return plain(str(folder), None)
    except (OSError, LookupError, ValueError, AssertionError) as error:
        raise BadInput(
            f"{folder} is not a folder of WordNet 3.0's own files, all of them (data.noun, index.noun, lexnames …)"
        ) from error


def _synset(reader: Any, identity: str, folder: Path) -> Any:
    try:
        found = reader.synset_from_pos_and_offset(identity[0], int(identity[1:]))
    except (OSError, LookupError, ValueError, AssertionError) as error:
        raise BadInput(f"the synset {identity} cannot be read from {folder}: {error}") from error
    if found is None:
        raise BadInput(f"{folder} holds no synset {identity}; ImageNet's ids are those of WordNet 3.0")
    return found
