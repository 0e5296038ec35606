"""ARO on Visual Genome: ``aro:/data/aro``, a folder with ``visual_genome_relation.json`` or ``…_attribution.json``.

Each file is a list of cases with ``image_path`` (below ``images/``), ``bbox_x``, ``bbox_y``, ``bbox_w``, ``bbox_h``
(the part of the picture that is shown), ``true_caption`` and ``false_caption``, and ``relation_name`` or ``attributes``
(Yuksekgonul et al. 2023). A case is an item with one caption and one distractor, which swaps things or attributes;
cases of one picture are a group. ARO's shuffled captions of COCO and Flickr30k need no file: the exam `wording`
shuffles the captions of any data.

Option: ``images``, the folder of the pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from eyechart.core import Box, Dataset, Fact, Item, Picture
from eyechart.data.falsehoods import dataset, folder_of, read_json, text_of
from eyechart.data.name import accept, existing
from eyechart.data.pictures import Within
from eyechart.errors import BadInput, Unreadable
from eyechart.store import digest

OPTIONS = ("images",)
# File → kind, in the words of `eyechart.marking.wordings`.
KINDS = {"visual_genome_relation": "things_swapped", "visual_genome_attribution": "attributes_swapped"}
_SIDES = ("bbox_x", "bbox_y", "bbox_w", "bbox_h")


@dataclass(frozen=True, slots=True)
class Part:
    """A rectangle cut out of a picture."""

    picture: Picture
    box: Box

    def digest(self) -> str:
        """Of the picture and the rectangle."""
        return digest.of_json(["part", self.picture.digest(), list(self.box)])

    def load(self) -> Image.Image:
        """What is within the frame. Raises `Unreadable` where nothing is."""
        image = self.picture.load()
        left, top, right, bottom = (round(side) for side in self.box)
        inside = max(left, 0), max(top, 0), min(right, image.width), min(bottom, image.height)
        if inside[0] >= inside[2] or inside[1] >= inside[3]:
            raise Unreadable(
                f"the rectangle {tuple(self.box)} lies outside of the picture, {image.width}×{image.height}"
            )
        return image.crop(inside)


def load(location: str, options: Mapping[str, str]) -> Dataset:
    """The cases of the files that are there.

    Raises:
        UnknownName: there is no such option.
        BadInput: a file is absent or of another form.
    """
    accept(options, OPTIONS, "aro")
    path = existing(location, "aro")
    files = [path] if path.is_file() else [path / f"{name}.json" for name in KINDS if (path / f"{name}.json").is_file()]
    if not files or any(file.stem not in KINDS for file in files):
        raise BadInput(f"{path} holds none of ARO's files; expected {' or '.join(f'{name}.json' for name in KINDS)}")
    images = folder_of(options.get("images"), files[0].parent, ("images",), "aro")
    return dataset("aro", path, options, (files, [item for file in files for item in _items(file, images)]))


def _items(file: Path, images: Path) -> Iterator[Item]:
    cases = read_json(file)
    if not isinstance(cases, list):
        raise BadInput(f"{file} is not of ARO's form; expected a list of cases")
    for number, case in enumerate(cases):
        where = f"{file}, case {number}"
        name = text_of(case, "image_path", where)
        yield Item(
            id=f"{file.stem.rpartition('_')[2]}/{number}",
            picture=Part(Within(images, name), _box(case, where)),
            captions=(text_of(case, "true_caption", where),),
            distractors=(text_of(case, "false_caption", where),),
            group=name,
            facts={"kinds": KINDS[file.stem], **_subject(case)},
        )


def _subject(case: Mapping[str, Any]) -> dict[str, Fact]:
    """What it is about, by which the authors average."""
    attributes = case.get("attributes", ())
    named = {"relation": case.get("relation_name"), "attributes": " and ".join(map(str, attributes))}
    return {name: str(value) for name, value in named.items() if value}


def _box(case: Mapping[str, Any], where: str) -> Box:
    sides = [case.get(name) for name in _SIDES]
    if not all(isinstance(side, int | float) for side in sides):
        raise BadInput(f"{where}: {', '.join(_SIDES)} are {sides}; expected four numbers")
    left, top, width, height = (float(side) for side in sides if side is not None)
    return Box(left, top, left + width, top + height)


PUBLIC = load
