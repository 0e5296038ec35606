"""COCO: ``images/test/0000017.png``, ``annotations/instances_test.json`` and ``annotations/captions_test.json``.

Masks are compressed run lengths, areas their pixels, supercategories the parents in the tree. What else is known stands
in each entry of ``images`` under ``world``. Read by pycocotools, detectron2, torchvision, and here by ``coco:``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from eyechart.data.export.sample import Part, Sample, Words, text

Entry = dict[str, Any]


def write(root: Path, split: str, samples: Iterator[Sample], words: Words) -> None:
    """One split."""
    pictures, folder = root / "images" / split, root / "annotations"
    pictures.mkdir(parents=True)
    folder.mkdir(exist_ok=True)
    images: list[str] = []
    things: list[str] = []
    captions: list[str] = []
    numbers = {name: number for number, name in enumerate(words.parts, start=1)}
    ids = count(1)  # the API takes an annotation with the id 0 for none
    for sample in samples:
        (pictures / f"{sample.key}.png").write_bytes(sample.png)
        images.append(text(_image(sample)))
        things += [text({"id": next(ids), **_thing(sample, part, numbers)}) for part in sample.parts if part.area]
        captions += [
            text({"id": len(captions) + place, "image_id": sample.number, "caption": caption})
            for place, caption in enumerate(sample.captions, start=1)
        ]
    told = {"info": text(_info(words)), "images": _list(images)}
    categories = _list([text(category) for category in _categories(words)])
    _write(folder / f"instances_{split}.json", {**told, "categories": categories, "annotations": _list(things)})
    _write(folder / f"captions_{split}.json", {**told, "annotations": _list(captions)})


def _image(sample: Sample) -> Entry:
    height, width = sample.size
    known = sample.told()
    world = {name: known[name] for name in ("label", "falsehoods", "questions", "facts")}
    return {
        "id": sample.number,
        "file_name": f"{sample.key}.png",
        "height": height,
        "width": width,
        "world": world,
    }


def _thing(sample: Sample, part: Part, numbers: Mapping[str, int]) -> Entry:
    left, top, right, bottom = (round(edge) for edge in part.box)
    outline = {"segmentation": sample.mask(part)} if part.runs else {}
    return {
        "image_id": sample.number,
        "category_id": numbers[part.name],
        "bbox": [left, top, right - left, bottom - top],
        "area": part.area,
        **outline,
        "iscrowd": 0,
    }


def _categories(words: Words) -> list[Entry]:
    return [
        {"id": number, "name": name, "supercategory": words.taxonomy.get(name, name)}
        for number, name in enumerate(words.parts, start=1)
    ]


def _info(words: Words) -> Entry:
    return {"description": words.title, "version": words.revision, "licence": words.licence}


def _list(entries: Sequence[str]) -> str:
    return "[\n" + ",\n".join(entries) + "\n]"


def _write(path: Path, content: Mapping[str, str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("{" + ",\n".join(f'"{name}": {value}' for name, value in content.items()) + "}\n")


def names(root: Path, split: str) -> tuple[str, ...]:
    """What to type to read it."""
    folder = f"{root}/annotations"
    return (f"coco:{folder}/instances_{split}.json?captions={folder}/captions_{split}.json",)
