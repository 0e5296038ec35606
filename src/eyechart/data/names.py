"""Class names and prompt templates of well-known datasets, one JSON file each in `vocabularies/`.

Every file states its source, its licence and where the order of its labels comes from. Classes are keyed by what the
dataset itself calls them (folder name, WordNet id, line of its list), so names are aligned by key, not by trust in an
order: :func:`rename`. Where a dataset knows its classes by number alone, the keys are "0", "1", ….

The names are those of the CLIP paper (Radford et al. 2021, appendix A), kept as published, so that numbers compare:
"missile" and "sunglasses" stand for two ImageNet classes each, "head of a  crocodile" has two blanks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from eyechart.errors import BadInput, UnknownName

FOLDER = Path(__file__).parent / "vocabularies"

# How else these datasets are called (torchvision, CLIP_benchmark, papers); capitals, blanks and signs do not count.
ALIASES: Mapping[str, str] = {
    "imagenet1k": "imagenet",
    "ilsvrc2012": "imagenet",
    "oxfordpets": "pets",
    "oxfordiiitpet": "pets",
    "stanfordcars": "cars",
    "cars196": "cars",
    "flowers": "flowers102",
    "oxfordflowers": "flowers102",
    "oxfordflowers102": "flowers102",
    "fgvcaircraft": "aircraft",
    "sun": "sun397",
    "textures": "dtd",
    "describabletextures": "dtd",
    "food": "food101",
    "ucf": "ucf101",
    "caltech": "caltech101",
    "patchcamelyon": "pcam",
    "sst2": "renderedsst2",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The names of one dataset's classes, in the order of its labels, and the sentences they are put into."""

    name: str
    title: str
    keys: tuple[str, ...]  # what the dataset calls its classes
    classes: tuple[str, ...]  # what a person calls them
    templates: tuple[str, ...]  # each with one {}
    source: str
    licence: str
    order: str  # where the order of the labels comes from


def known() -> tuple[str, ...]:
    """All vocabularies, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def vocabulary(name: str) -> Vocabulary:
    """The vocabulary called `name` ("food101", "Food-101", "OxfordIIITPet", …).

    Raises:
        UnknownName: there is none; the nearest names are given.
    """
    plain = _plain(name)
    stem = ALIASES.get(plain, plain)
    if stem not in known():
        raise UnknownName("list of class names", name, {*known(), *ALIASES})
    return _read(stem)


def classes(name: str) -> tuple[str, ...]:
    """Class names in the order of the dataset's labels. Raises `UnknownName`."""
    return vocabulary(name).classes


def templates(name: str) -> tuple[str, ...]:
    """Prompt templates, each with one ``{}``. Raises `UnknownName`."""
    return vocabulary(name).templates


def rename(name: str, own: Sequence[str]) -> tuple[str, ...]:
    """What a person calls the classes that the dataset calls `own`, in that order; `own` may be a part of all.

    Raises:
        UnknownName: no such vocabulary.
        BadInput: the vocabulary does not know one of the classes.
    """
    words = vocabulary(name)
    table = {_plain(key): human for key, human in zip(words.keys, words.classes, strict=True)}
    strange = [key for key in own if _plain(key) not in table]
    if strange:
        raise BadInput(
            f"the names {words.name!r} know no class {strange[0]!r} ({len(strange)} of {len(own)} unknown, "
            f"expected such as {words.keys[0]!r}); give names=own to keep the dataset's own class names"
        )
    return tuple(table[_plain(key)] for key in own)


def in_words(own: Sequence[str]) -> tuple[str, ...]:
    """The dataset's own class names with underscores and slashes as blanks."""
    return tuple(key.replace("_", " ").replace("/", " ").strip() for key in own)


def fill_ins(templates: Iterable[str], where: str) -> tuple[str, ...]:
    """Templates with our ``{}`` in place of CLIP_benchmark's ``{c}``; empty lines are left out.

    Raises:
        BadInput: a template has no place for the class name, or several.
    """
    ours = tuple(line.strip().replace("{c}", "{}") for line in templates if line.strip())
    for line in ours:
        if line.count("{}") != 1:
            raise BadInput(f"the template {line!r} in {where} needs exactly one {{}} (or {{c}}) for the class name")
    return ours


@cache
def _read(stem: str) -> Vocabulary:
    table = json.loads((FOLDER / f"{stem}.json").read_text(encoding="utf-8"))
    return Vocabulary(
        name=stem,
        title=table["title"],
        keys=tuple(table["classes"]),
        classes=tuple(table["classes"].values()),
        templates=tuple(table["templates"]),
        source=table["source"],
        licence=table["licence"],
        order=table["order"],
    )


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
