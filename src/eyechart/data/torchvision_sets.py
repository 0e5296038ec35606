"""Which torchvision datasets are known: their splits, where their files lie, and how they tell paths and labels.

The attributes read here (`samples`, `_image_files`, `data`, …) are those of torchvision 0.29; `DatasetFolder.samples`
and `data`/`targets` are documented, those with an underscore are not and may move.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from eyechart.core import Picture
from eyechart.data.pictures import Barred, File, Pixels

Splits = Mapping[str, Mapping[str, Any]]  # split → arguments of torchvision's constructor


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One split: what each picture is called, how it is had, its label, and the dataset's own class names."""

    ids: Sequence[str]
    picture: Callable[[int], Picture]
    labels: Sequence[int | None]
    own: tuple[str, ...] = ()  # () where the classes are numbers
    groups: Sequence[str] = ()
    files: bool = True  # the ids are paths, one and the same in every split; otherwise they count within the split


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one dataset is read."""

    read: Callable[[Any, Path], Read]  # (torchvision's dataset, root) → a split
    splits: Splits
    looked: str  # what must lie under the root
    learn: tuple[str, ...] = ()  # the splits to learn from, beside the examined one
    names: str = "own"  # the list of class names
    images: str = ""  # where the paths of CoOp's split file start; "": as `looked`
    variant: str = ""  # the constructor's further choice
    variants: tuple[str | int, ...] = ()
    fetches: bool = True  # whether torchvision can download it


def _named(*splits: str) -> Splits:
    return {split: {"split": split} for split in splits}


FLAG: Splits = {"train": {"train": True}, "test": {"train": False}}
WHOLE: Splits = {"all": {}}
LEARN = ("train",)


def files(paths: str, labels: str, own: str = "") -> Callable[[Any, Path], Read]:
    """Reads parallel lists of paths and labels under these attributes; `own` is that of the class names."""
    return lambda data, root: of_files(
        list(zip(attrgetter(paths)(data), attrgetter(labels)(data), strict=True)), root, _own(data, own)
    )


def pairs(attribute: str, own: str = "") -> Callable[[Any, Path], Read]:
    """Reads a list of (path, label)."""
    return lambda data, root: of_files(attrgetter(attribute)(data), root, _own(data, own))


def of_files(found: Sequence[tuple[str | Path, int]], root: Path, own: tuple[str, ...]) -> Read:
    """A split made of files, sorted by path, because some datasets list a folder in the order of the disk."""
    listed = sorted((Path(path).relative_to(root).as_posix(), int(label)) for path, label in found)
    paths = [path for path, _ in listed]
    labels = [label for _, label in listed]
    return Read(ids=paths, picture=lambda row: under(root, paths[row]), labels=labels, own=own)


def under(root: Path, name: str) -> Picture:
    """The file `name` of a list; links are followed, because large sets are often linked to, ``..`` is not."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        return Barred(f"its path {name!r} leads out of {root}, so it is not followed")
    return File(root / path)


def pixels(labels: str, own: str = "", *, channels_first: bool = False) -> Callable[[Any, Path], Read]:
    """Reads `data`, an array ``n h w``, ``n h w 3`` or ``n 3 h w`` of 8 bits, with a list of labels."""

    def read(data: Any, _: Path) -> Read:
        array = np.asarray(data.data)
        array = np.moveaxis(array, 1, -1) if channels_first else array
        return of_pixels(array, [int(label) for label in attrgetter(labels)(data)], _own(data, own))

    return read


def of_pixels(array: Any, labels: Sequence[int | None], own: tuple[str, ...] = ()) -> Read:
    """A split made of one array of pictures."""
    width = len(str(len(labels)))
    return Read(
        ids=[str(number).zfill(width) for number in range(len(labels))],
        picture=lambda row: Pixels(np.ascontiguousarray(array[row])),
        labels=labels,
        own=own,
        files=False,
    )


def _own(data: Any, attribute: str) -> tuple[str, ...]:
    return tuple(attrgetter(attribute)(data)) if attribute else ()


def _caltech(pattern: str) -> Callable[[Any, Path], Read]:
    def read(data: Any, root: Path) -> Read:
        folder = Path(data.root)
        rows = [
            (folder / pattern.format(data.categories[y], y + 1, n), y) for y, n in zip(data.y, data.index, strict=True)
        ]
        return of_files(rows, root, tuple(data.categories))

    return read


def _fer(data: Any, _: Path) -> Read:
    # The labels are the numbers of the challenge, in another order than the alphabet.
    own = ("angry", "disgusted", "fearful", "happy", "sad", "surprised", "neutral")
    return of_pixels(np.stack([image.numpy() for image, _ in data._samples]), [y for _, y in data._samples], own)


def _pcam(data: Any, _: Path) -> Read:
    folder = data._base_folder
    with data.h5py.File(folder / data._FILES[data._split]["targets"][0]) as table:
        labels = [int(label) for label in np.asarray(table["y"]).reshape(-1)]
    path = folder / data._FILES[data._split]["images"][0]
    return of_pixels(_Table(path, data.h5py), labels)


@dataclass(frozen=True, slots=True)
class _Table:
    """The rows of an HDF5 file, read one at a time."""

    path: Path
    h5py: Any = field(repr=False)

    def __getitem__(self, row: int) -> Any:
        with self.h5py.File(self.path) as table:
            return table["x"][row]


RECIPES: Mapping[str, Recipe] = {
    "Food101": Recipe(
        read=files("_image_files", "_labels", "classes"),
        splits=_named("train", "test"),
        looked="food-101",
        images="food-101/images",
        learn=LEARN,
        names="food101",
    ),
    "DTD": Recipe(
        read=files("_image_files", "_labels", "classes"),
        splits=_named("train", "val", "test"),
        looked="dtd/dtd",
        images="dtd/dtd/images",
        learn=("train", "val"),
        names="dtd",
        variant="partition",
        variants=tuple(range(1, 11)),
    ),
    "OxfordIIITPet": Recipe(
        read=files("_images", "_labels", "classes"),
        splits=_named("trainval", "test"),
        looked="oxford-iiit-pet",
        images="oxford-iiit-pet/images",
        learn=("trainval",),
        names="pets",
    ),
    "Flowers102": Recipe(
        read=files("_image_files", "_labels"),
        splits=_named("train", "val", "test"),
        looked="flowers-102",
        images="flowers-102/jpg",
        learn=("train", "val"),
        names="flowers102",
    ),
    "FGVCAircraft": Recipe(
        read=files("_image_files", "_labels", "classes"),
        splits=_named("train", "val", "trainval", "test"),
        looked="fgvc-aircraft-2013b",
        learn=("trainval",),
        names="aircraft",
        variant="annotation_level",
        variants=("variant", "family", "manufacturer"),
    ),
    "StanfordCars": Recipe(
        read=pairs("_samples", "classes"),
        splits=_named("train", "test"),
        looked="stanford_cars",
        learn=LEARN,
        names="cars",
        fetches=False,
    ),
    "Caltech101": Recipe(
        read=_caltech("101_ObjectCategories/{0}/image_{2:04d}.jpg"),
        splits=WHOLE,
        looked="caltech101/101_ObjectCategories",
        names="caltech101",
    ),
    "Caltech256": Recipe(
        read=_caltech("256_ObjectCategories/{0}/{1:03d}_{2:04d}.jpg"),
        splits=WHOLE,
        looked="caltech256/256_ObjectCategories",
    ),
    "EuroSAT": Recipe(read=pairs("samples", "classes"), splits=WHOLE, looked="eurosat/2750", names="eurosat"),
    "SUN397": Recipe(read=files("_image_files", "_labels", "classes"), splits=WHOLE, looked="SUN397", names="sun397"),
    "ImageNet": Recipe(
        read=pairs("samples", "wnids"),
        splits=_named("train", "val"),
        looked="",
        learn=LEARN,
        names="imagenet",
        fetches=False,
    ),
    "Imagenette": Recipe(
        read=pairs("_samples", "wnids"),
        splits=_named("train", "val"),
        looked="",
        learn=LEARN,
        names="imagenet",
        variant="size",
        variants=("full", "320px", "160px"),
    ),
    "CIFAR10": Recipe(
        read=pixels("targets", "classes"), splits=FLAG, looked="cifar-10-batches-py", learn=LEARN, names="cifar10"
    ),
    "CIFAR100": Recipe(
        read=pixels("targets", "classes"), splits=FLAG, looked="cifar-100-python", learn=LEARN, names="cifar100"
    ),
    "MNIST": Recipe(read=pixels("targets"), splits=FLAG, looked="MNIST/raw", learn=LEARN, names="mnist"),
    "FashionMNIST": Recipe(read=pixels("targets", "classes"), splits=FLAG, looked="FashionMNIST/raw", learn=LEARN),
    "KMNIST": Recipe(read=pixels("targets", "classes"), splits=FLAG, looked="KMNIST/raw", learn=LEARN),
    "USPS": Recipe(read=pixels("targets"), splits=FLAG, looked="", learn=LEARN, names="mnist"),
    "SVHN": Recipe(
        read=pixels("labels", channels_first=True),
        splits=_named("train", "test", "extra"),
        looked="",
        learn=LEARN,
        names="svhn",
    ),
    "STL10": Recipe(
        read=pixels("labels", channels_first=True),
        splits=_named("train", "test"),
        looked="stl10_binary",
        learn=LEARN,
        names="stl10",
    ),
    "GTSRB": Recipe(
        read=pairs("_samples"), splits=_named("train", "test"), looked="gtsrb/GTSRB", learn=LEARN, names="gtsrb"
    ),
    "PCAM": Recipe(
        read=_pcam, splits=_named("train", "val", "test"), looked="pcam", learn=("train", "val"), names="pcam"
    ),
    "RenderedSST2": Recipe(
        read=pairs("_samples", "classes"),
        splits=_named("train", "val", "test"),
        looked="rendered-sst2",
        learn=("train", "val"),
        names="renderedsst2",
    ),
    "Country211": Recipe(
        read=pairs("samples", "classes"),
        splits=_named("train", "valid", "test"),
        looked="country211",
        learn=("train", "valid"),
        names="country211",
    ),
    "FER2013": Recipe(
        read=_fer, splits=_named("train", "test"), looked="fer2013", learn=LEARN, names="fer2013", fetches=False
    ),
}
