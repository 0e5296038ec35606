"""COCO JSON: boxes and masks from instances, captions, or both: ``coco:/x/instances_val2017.json?images=/x/val2017``.

Masks are polygons or run lengths and are decoded when asked for; a region marked as a crowd is not one thing, so it is
no region but counted in the fact "crowds". Pictures have labels where none of them shows things of several categories.

Options: ``images``, the folder of the pictures (else ``images/``, the folder named after the file, or the file's own);
``captions``, a second file, with captions of the same pictures; ``train`` (``train_images``, ``train_captions``), the
files to learn from, "no" for none; ``carve``, the share that is learnt from where there are none; ``names``,
``templates``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, overload

from eyechart.core import Box, Dataset, Item, Region
from eyechart.data import labels, masks, splits, table
from eyechart.data.name import accept, existing, spell
from eyechart.data.pictures import Within, inside
from eyechart.errors import BadInput, Unreadable
from eyechart.store import digest

_FILES = ("images", "captions", "train", "train_images", "train_captions")
OPTIONS = (*_FILES, "carve", "names", "templates")
Entry = Mapping[str, Any]


def load(location: str, options: Mapping[str, str]) -> Dataset:
    """The annotated pictures, with what is learnt from beside them.

    Raises:
        UnknownName: there is no such option.
        BadInput: a file is absent or no COCO JSON; an annotation names a picture or a category that is not there.
    """
    accept(options, OPTIONS, "coco")
    path = existing(location, "coco")
    options = {key: _absolute(key, value) for key, value in options.items()}
    test = _Annotations.read(path, options.get("images"), options.get("captions"))
    beside = options.get("train", "no")
    train = None
    if beside != "no":
        train = _Annotations.read(Path(beside), options.get("train_images"), options.get("train_captions"))
        if train.categories != test.categories:
            raise BadInput(f"{beside} and {path} have other categories; their labels cannot be joined")
    return _dataset(path, test, train, options)


def _absolute(key: str, value: str) -> str:
    return str(existing(value, "coco")) if key in _FILES and value != "no" else value


def _dataset(path: Path, test: _Annotations, train: _Annotations | None, options: Mapping[str, str]) -> Dataset:
    kinds = [str(category["name"]) for category in test.categories.values()]
    named = labels.in_words(kinds, options)
    labelled = test.one_kind_each() and (train is None or train.one_kind_each())
    data = Dataset(
        name=spell("coco", path, options),
        split=splits.told_by(path.stem),
        revision=digest.of_bytes(path.read_bytes())[:16],
        items=test.items(named, "", labelled=labelled),
        classes=named,
        templates=labels.templates(options),
        taxonomy=_taxonomy(named, list(test.categories.values())),
    )
    if options.get("train") == "no":
        return data
    learnt = train.items(named, "train/", labelled=labelled) if train else None
    count = len(test.pictures) + (len(train.pictures) if train else 0)
    return splits.beside(data, learnt, share=table.share(options), by_picture=count <= splits.CHEAP)


def _taxonomy(named: Sequence[str], categories: Sequence[Entry]) -> dict[str, str]:
    """Class → supercategory, but for categories that are their own ("person")."""
    above = zip(named, (str(category.get("supercategory") or "") for category in categories), strict=True)
    return {name: parent for name, parent in above if parent and parent != name}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Annotations:
    """A file, by picture."""

    root: Path
    pictures: Sequence[Entry]
    categories: Mapping[int, Entry]
    things: Mapping[int, list[Entry]]
    captions: Mapping[int, list[str]]

    @classmethod
    def read(cls, path: Path, images: str | None, captions: str | None) -> _Annotations:
        content = _json(path)
        pictures = content["images"]
        numbers = {picture["id"] for picture in pictures}
        if len(numbers) < len(pictures):
            raise BadInput(f"{path} lists a picture twice; every id of a picture may occur once")
        categories = {category["id"]: category for category in content.get("categories", [])}
        things: dict[int, list[Entry]] = defaultdict(list)
        texts: dict[int, list[str]] = defaultdict(list)
        for entry in [*content["annotations"], *(_json(Path(captions))["annotations"] if captions else [])]:
            number = entry.get("image_id")
            if "caption" in entry:
                texts[number].append(str(entry["caption"]).strip())
            else:
                things[number].append(_thing(entry, categories, path))
        strange = {*things, *texts} - numbers
        if strange:
            raise BadInput(f"{path} has no picture {min(strange)}, which is annotated ({len(strange)} such)")
        root = _root(path, images, pictures)
        return cls(root=root, pictures=pictures, categories=categories, things=things, captions=texts)

    def one_kind_each(self) -> bool:
        """Whether every picture shows things of one category only."""
        kinds = ({entry["category_id"] for entry in self.things.get(picture["id"], ())} for picture in self.pictures)
        return bool(self.categories) and all(len(kind) == 1 for kind in kinds)

    def items(self, named: Sequence[str], prefix: str, *, labelled: bool) -> list[Item]:
        numbers = {category: label for label, category in enumerate(self.categories)}
        return [self._item(picture, numbers, named, prefix, labelled) for picture in self.pictures]

    def _item(
        self, picture: Entry, numbers: Mapping[int, int], named: Sequence[str], prefix: str, labelled: bool
    ) -> Item:
        everything = self.things.get(picture["id"], [])
        things = [entry for entry in everything if not entry.get("iscrowd")]
        crowds = len(everything) - len(things)
        return Item(
            id=f"{prefix}{picture['id']}",
            picture=Within(self.root, str(picture["file_name"])),
            label=numbers[everything[0]["category_id"]] if labelled else None,
            captions=tuple(dict.fromkeys(filter(None, self.captions.get(picture["id"], ())))),
            regions=Regions(things, [named[numbers[entry["category_id"]]] for entry in things], picture),
            facts={"crowds": crowds} if crowds else {},
        )


@dataclass(frozen=True, slots=True)
class Regions(Sequence[Region]):
    """The annotated things of a picture, each made when it is asked for."""

    things: Sequence[Entry]
    labels: Sequence[str]
    picture: Entry = field(repr=False)

    def __len__(self) -> int:
        return len(self.things)

    @overload
    def __getitem__(self, index: int) -> Region: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Region]: ...
    def __getitem__(self, index: int | slice) -> Region | Sequence[Region]:
        if isinstance(index, slice):
            return Regions(self.things[index], self.labels[index], self.picture)
        thing = self.things[index]
        left, top, width, height = map(float, thing["bbox"])
        outline = thing.get("segmentation")
        size = (int(self.picture["height"]), int(self.picture["width"]))
        return Region(
            label=self.labels[index],
            box=Box(left, top, left + width, top + height),
            mask=partial(masks.decode, outline, *size) if outline else None,
        )


def _thing(entry: Entry, categories: Mapping[int, Entry], path: Path) -> Entry:
    """An annotation with a known category and a box."""
    if entry.get("category_id") not in categories:
        raise BadInput(f"{path}: an annotation has the category {entry.get('category_id')}, which is not listed")
    box = entry.get("bbox")
    if not isinstance(box, list) or len(box) != 4 or not all(isinstance(side, int | float) for side in box):
        raise BadInput(
            f"{path}: an annotation of picture {entry.get('image_id')} has the box {box}; expected [x, y, w, h]"
        )
    return entry


def _json(path: Path) -> Any:
    """A file of COCO's form: pictures with id and file name, and a list of annotations."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} cannot be read as JSON: {error}") from error
    whole = isinstance(content, dict) and all(isinstance(content.get(key), list) for key in ("images", "annotations"))
    if not whole or not all({"id", "file_name"} <= set(picture) for picture in content["images"]):
        raise BadInput(f"{path} is not COCO JSON; expected 'images' with id and file_name, and 'annotations'")
    if content.get("categories") and not all({"height", "width"} <= set(picture) for picture in content["images"]):
        raise BadInput(f"{path} does not tell height and width of every picture, which boxes and masks need")
    return content


def _root(path: Path, images: str | None, pictures: Sequence[Entry]) -> Path:
    """Where the pictures lie: as given, or where the first of them is found."""
    if images:
        return Path(images).resolve()
    named = path.stem.rpartition("_")[2]  # instances_val2017 → val2017
    near = [path.parent, path.parent / "images", path.parent / named]
    near += [path.parent.parent / named, path.parent.parent / "images", path.parent.parent / "images" / named]
    first = [str(picture["file_name"]) for picture in pictures[:10]]
    found = next((folder for folder in near if any(_is_there(folder, name) for name in first)), None)
    if found is None:
        raise BadInput(f"the pictures of {path} ({', '.join(first[:2])} …) are not found; give ?images=FOLDER")
    return found.resolve()


def _is_there(folder: Path, name: str) -> bool:
    try:
        return inside(folder.resolve(), name).is_file()
    except Unreadable:
        return False


PUBLIC = load
