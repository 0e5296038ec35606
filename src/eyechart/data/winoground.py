"""Winoground: ``winoground:/data/winoground``, the folder with ``data/examples.jsonl`` (or ``examples.jsonl``).

Each line is an example with ``id``, ``caption_0``, ``caption_1``, ``image_0``, ``image_1`` (names of files without
ending, below ``images/`` beside the list, where ``data/images.zip`` is unpacked to) and tags (Thrush et al. 2022). An
example is two items of one group: each picture with its caption, and with the other's as distractor.

Option: ``images``, the folder of the pictures.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eyechart.core import Dataset, Fact, Item
from eyechart.data.falsehoods import dataset, folder_of, text_of
from eyechart.data.name import accept, existing
from eyechart.data.pictures import Within
from eyechart.errors import BadInput

OPTIONS = ("images",)
_LISTS = ("examples.jsonl", "data/examples.jsonl")
_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", "")
# The authors' tag → kind, in the words of `eyechart.marking.wordings`; other words are swapped in many ways.
KINDS = {"Object": "things_swapped", "Relation": "reordered", "Both": "reordered"}


def load(location: str, options: Mapping[str, str]) -> Dataset:
    """Two items per example.

    Raises:
        UnknownName: there is no such option.
        BadInput: the list is absent or of another form.
    """
    accept(options, OPTIONS, "winoground")
    path = existing(location, "winoground")
    near = [path] if path.is_file() else [path / name for name in _LISTS]
    file = next((each for each in near if each.is_file()), None)
    if file is None:
        raise BadInput(f"{path} has no {' or '.join(_LISTS)}; give the folder of Winoground's list")
    images = folder_of(options.get("images"), file.parent, ("images", "../images"), "winoground")
    items = [
        item
        for number, line in enumerate(_lines(file))
        for item in _example(line, f"{file}, line {number + 1}", images)
    ]
    return dataset("winoground", path, options, ([file], items))


def _lines(file: Path) -> list[Any]:
    try:
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise BadInput(f"{file} cannot be read as lines of JSON: {error}") from error


def _example(line: Any, where: str, images: Path) -> Iterator[Item]:
    captions = [text_of(line, f"caption_{side}", where) for side in (0, 1)]
    number = line.get("id", where.rpartition(" ")[2])
    facts: dict[str, Fact] = {"kinds": KINDS.get(str(line.get("collapsed_tag")), "reordered")}
    facts |= {name: str(line[name]) for name in ("tag", "secondary_tag", "collapsed_tag") if line.get(name)}
    for side in (0, 1):
        name = text_of(line, f"image_{side}", where)
        found = next((name + ending for ending in _ENDINGS if (images / (name + ending)).is_file()), name)
        yield Item(
            id=f"{number}/{side}",
            picture=Within(images, found),
            captions=(captions[side],),
            distractors=(captions[1 - side],),
            group=str(number),
            facts=facts,
        )


PUBLIC = load
