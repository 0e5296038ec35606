"""A folder of pictures: ``folder:/data/pets``, or just the path.

A folder in it is a class, named after it ("golden_retriever" → "golden retriever"); ``train/`` and ``test/`` (``val/``,
``valid/``) are splits. A folder without class folders has pictures without labels.

Options: ``split`` (test, else validation); ``train``, the split to learn from, "no" for none; ``carve``, the share that
is learnt from where there is one split only (0.5); ``names`` and ``templates`` as in `eyechart.data.labels`;
``wordnet`` as in `eyechart.data.wordnet`, for folders called after synsets.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from eyechart.core import Dataset, Item
from eyechart.data import labels, splits, table, wordnet
from eyechart.data.name import accept, existing, spell
from eyechart.data.pictures import File
from eyechart.errors import BadInput
from eyechart.store import digest

OPTIONS = ("split", "train", "carve", "names", "templates", "wordnet")
CHEAP = 2**28  # bytes: so much is read to find pictures that are both examined and learnt from

# What counts as a picture by its name; whether it is one is seen when it is shown.
ENDINGS = frozenset({
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".gif", ".webp", ".avif", ".bmp", ".tif", ".tiff", ".jp2"),
    *(".j2k", ".jpx", ".ppm", ".pgm", ".pbm", ".pnm", ".pfm", ".qoi", ".ico", ".heic", ".heif", ".jxl"),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Found:
    """A picture: its class folder ("" for none), its path below the root, and its bytes."""

    kind: str
    path: str
    size: int


def load(location: str, options: Mapping[str, str]) -> Dataset:
    """The examined split, with what is learnt from beside it.

    Raises:
        UnknownName: there is no such option.
        BadInput: there is no such folder or split; it has no pictures; pictures lie beside class folders.
    """
    accept(options, OPTIONS, "folder")
    root = existing(location, "folder")
    if not root.is_dir():
        raise BadInput(f"{root} is a file; folder expects a folder of pictures")
    found = {split: list(_pictures(root, folder)) for split, folder in _splits(root).items()}
    split = _examined(found, options.get("split"), root)
    beside = splits.learnt(tuple(found), split, options.get("train"))
    if "train" in options and not beside and options["train"] not in ("no", split):
        raise BadInput(f"{root} has no split {options['train']!r} to learn from; it has {', '.join(found)}")
    return _dataset(root, split, found[split], found[beside] if beside else None, options)


def _dataset(
    root: Path, split: str, found: Sequence[_Found], train: Sequence[_Found] | None, options: Mapping[str, str]
) -> Dataset:
    everything = [*found, *(train or ())]
    kinds = sorted({picture.kind for picture in everything} - {""})
    if len(kinds) == 1 and all(picture.kind for picture in everything):
        kinds = []  # one folder of pictures inside another tells nothing apart
    numbers = {kind: label for label, kind in enumerate(kinds)}
    classes = labels.in_words(kinds, options)
    data = Dataset(
        name=spell("folder", root, options),
        split=split,
        revision=digest.of_json([[_shown(picture.path), picture.size] for picture in found])[:16],
        items=_items(root, found, numbers),
        classes=classes,
        templates=labels.templates(options),
        taxonomy=wordnet.taxonomy(kinds, classes, options),
    )
    if options.get("train") == "no":
        return data
    learnt = None if train is None else _items(root, train, numbers)
    cheap = sum(picture.size for picture in everything) <= CHEAP
    return splits.beside(data, learnt, share=table.share(options), by_picture=cheap)


def _items(root: Path, found: Sequence[_Found], numbers: Mapping[str, int]) -> list[Item]:
    return [
        Item(id=_shown(picture.path), picture=File(f"{root}/{picture.path}"), label=numbers.get(picture.kind))
        for picture in found
    ]


def _shown(path: str) -> str:
    """A path as text, also where its bytes are none."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _splits(root: Path) -> dict[str, Path]:
    """The folder of every split; the root alone where it is not laid out by splits."""
    folders = [entry for entry in _listed(root) if entry.is_dir()]
    named = {splits.told_by(folder.name): root / folder.name for folder in folders if splits.is_split(folder.name)}
    if folders and len(named) == len(folders) and not any(_is_picture(entry) for entry in _listed(root)):
        return named
    return {"all": root}


def _examined(found: Mapping[str, Sequence[_Found]], wanted: str | None, root: Path) -> str:
    """The first split with labels, for many test splits are published without; else the first with pictures."""
    filled = [split for split in found if found[split]]
    if not filled:
        raise BadInput(f"{root} holds no pictures (no file ends in {', '.join(sorted(ENDINGS)[:6])} …)")
    if wanted is not None:
        return splits.examined(tuple(found), wanted, str(root))
    told = [split for split in filled if split != "train" and any(picture.kind for picture in found[split])]
    return splits.examined(told or filled, None, str(root))


def _pictures(root: Path, folder: Path) -> Iterator[_Found]:
    """All pictures below a folder, by class folder and path."""
    entries = _listed(folder)
    own = [entry for entry in entries if _is_picture(entry)]
    kinds = [entry for entry in entries if entry.is_dir()]
    nested = [found for kind in kinds for found in _below(Path(kind.path), kind.name, root, frozenset())]
    if own and nested:
        raise BadInput(
            f"{folder} has class folders and also {len(own)} pictures beside them, such as {own[0].name}; "
            "move these into a folder of their class"
        )
    yield from (_Found("", PurePosixPath(Path(entry.path).relative_to(root)).as_posix(), _size(entry)) for entry in own)
    yield from nested


def _below(folder: Path, kind: str, root: Path, above: frozenset[tuple[int, int]]) -> Iterator[_Found]:
    """Links to folders are followed, but for those that lead back into a folder they lie in."""
    status = folder.stat()
    here = (status.st_dev, status.st_ino)
    if here in above:
        return
    for entry in _listed(folder):
        if entry.is_dir():
            yield from _below(Path(entry.path), kind, root, above | {here})
        elif _is_picture(entry):
            yield _Found(kind, Path(entry.path).relative_to(root).as_posix(), _size(entry))


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    """What lies there, by name, without what is hidden."""
    try:
        with os.scandir(folder) as entries:
            return sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
    except OSError as error:
        raise BadInput(f"the folder {folder} cannot be read: {error.strerror}") from error


def _is_picture(entry: os.DirEntry[str]) -> bool:
    return PurePosixPath(entry.name).suffix.lower() in ENDINGS and not entry.is_dir()


def _size(entry: os.DirEntry[str]) -> int:
    """0 where a link leads nowhere: the picture is listed as unreadable when it is to be shown."""
    try:
        return entry.stat().st_size
    except OSError:
        return 0


PUBLIC = load
