"""torchvision's classification datasets by name, with class names and prompts: ``torchvision:Food101?root=/data``.

The files lie under ``root`` as torchvision leaves them; nothing is downloaded unless ``download=yes`` is given.
Pictures are the files themselves wherever the dataset keeps files, so that equal pictures have equal digests in every
source; datasets that keep arrays (CIFAR, MNIST, SVHN, STL10, …) give the pixels.

Options: ``root`` (needed); ``split`` (test, or what the dataset has instead); ``train``, ``no`` for no split to learn
from; ``names`` and ``templates``, a list known by name, ``names=own`` for the dataset's own words; ``download``;
``variant``, torchvision's further choice where there is one (DTD's partition 1 … 10, FGVCAircraft's family).

Caltech101, EuroSAT and SUN397 have no official split: ``split=all`` is what they have, and the items to learn from are
carved out by digest. ``splits=FILE`` reads a split file of CoOp (``split_zhou_EuroSAT.json``) instead, for numbers that
compare with that literature. ``UCF101`` is read as CoOp's middle frames, ``UCF-101-midframes/``, with the official
lists in ``ucfTrainTestlist/`` or a split file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

import torchvision

from eyechart.core import Dataset, Item
from eyechart.data import labels, names
from eyechart.data.coop import FRAMES, MiddleFrames, SplitFile
from eyechart.data.lazy import Lazy
from eyechart.data.name import accept, spell
from eyechart.data.splits import beside
from eyechart.data.torchvision_sets import RECIPES, Read, Recipe
from eyechart.errors import BadInput, UnknownName
from eyechart.store import digest

OPTIONS = ("root", "split", "train", "names", "templates", "download", "variant", "splits")
COOP = ("train", "val", "test")
UCF101 = Recipe(read=lambda data, _: data, splits={}, looked=FRAMES, names="ucf101", fetches=False)
KNOWN = {**RECIPES, "UCF101": UCF101}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One dataset, ready to be read by split."""

    name: str  # torchvision's
    splits: Sequence[str]
    learn: Sequence[str]
    read: Callable[[str], Read]
    names: str

    def usual(self) -> str:
        """The split that is examined when nothing is said."""
        return next(split for split in ("test", "val", "all") if split in self.splits)


def load(location: str, options: Mapping[str, str]) -> Dataset:
    """The examined split of a torchvision dataset, with what may be learnt from beside it.

    Raises:
        UnknownName: no such dataset, split, option or list of names.
        BadInput: no root was given, the files are not there or broken, or a class has no name in the list.
    """
    if location not in KNOWN:
        raise UnknownName("torchvision dataset", location, KNOWN)
    accept(options, OPTIONS, "torchvision")
    if not options.get("root"):
        raise BadInput(f"torchvision:{location} needs the folder of its files; write torchvision:{location}?root=/data")
    root = Path(options["root"]).expanduser().absolute()
    options = {**options, "root": str(root)}
    source = _source(location, KNOWN[location], root, options)
    split = options.get("split", source.usual())
    if split not in source.splits:
        raise UnknownName(f"split of {source.name}", split, source.splits)
    return _assembled(source, split, options)


def _source(location: str, recipe: Recipe, root: Path, options: Mapping[str, str]) -> Source:
    if options.get("download", "no") != "yes":
        _must_lie(location, recipe, root)
    if "splits" in options:
        file = SplitFile(_beside(root, options["splits"]), root / (recipe.images or recipe.looked))
        return Source(name=location, splits=COOP, learn=("train", "val"), read=file.read, names="own")
    if recipe is UCF101:
        frames = MiddleFrames(root)
        return Source(name=location, splits=("train", "test"), learn=("train",), read=frames.read, names=recipe.names)
    return Source(
        name=location,
        splits=tuple(recipe.splits),
        learn=recipe.learn,
        read=lambda split: _opened(location, recipe, root, split, options),
        names=recipe.names,
    )


def _must_lie(location: str, recipe: Recipe, root: Path) -> None:
    """Looked at first, because some of torchvision's classes make the folder that they then miss."""
    where = root / recipe.looked
    if where.is_dir():
        return
    fetch = ", or add download=yes to fetch it" if recipe.fetches else ""
    raise BadInput(f"{location} was looked for in {where}, which is not there; put it there, give another root{fetch}")


def _beside(root: Path, file: str) -> Path:
    given = Path(file).expanduser()
    return root / given if (root / given).is_file() else given


def _opened(location: str, recipe: Recipe, root: Path, split: str, options: Mapping[str, str]) -> Read:
    arguments = {**recipe.splits[split], **_variant(location, recipe, options)}
    if options.get("download", "no") == "yes":
        if not recipe.fetches:
            raise BadInput(f"torchvision cannot download {location}; put its files under {root} by hand")
        arguments["download"] = True
    make = getattr(torchvision.datasets, location)
    try:
        return recipe.read(make(str(root), **arguments), root)
    except (RuntimeError, OSError, ValueError, KeyError) as error:
        raise BadInput(
            f"the split {split} of {location} under {root} cannot be read; torchvision says: {error}"
        ) from error


def _variant(location: str, recipe: Recipe, options: Mapping[str, str]) -> dict[str, str | int]:
    if "variant" not in options:
        return {}
    known = {str(value): value for value in recipe.variants}
    if options["variant"] not in known:
        raise UnknownName(f"variant of {location}", options["variant"], known)
    return {recipe.variant: known[options["variant"]]}


def _assembled(source: Source, split: str, options: Mapping[str, str]) -> Dataset:
    examined = source.read(split)
    learnt = _learnt(source, split, options)
    for name, read in learnt.items():
        if examined.files and not {*examined.ids}.isdisjoint(read.ids):
            raise BadInput(f"the splits {split} and {name} of {source.name} share pictures; learn from another split")
    own = _union([examined, *learnt.values()])
    listed = {"names": source.names, **options}
    data = Dataset(
        name=spell("torchvision", source.name, options),
        split=split,
        revision=digest.of_json([list(examined.ids), list(examined.labels)])[:16],
        items=_items({split: examined}, own),
        classes=_classes(source, own, listed),
        templates=labels.templates(
            listed, labels.TEMPLATES if source.names == "own" else names.templates(source.names)
        ),
    )
    if split == "all" and options.get("train") != "no":
        return beside(data, None)
    if not learnt:
        return data
    return replace(data, train=replace(data, split="+".join(learnt), items=_items(learnt, own)))


def _learnt(source: Source, split: str, options: Mapping[str, str]) -> dict[str, Read]:
    """The splits to learn from: those asked for, or the customary ones that are there."""
    asked = options.get("train", "")
    if asked == "no":
        return {}
    if asked:
        if asked not in source.splits or asked == split:
            raise UnknownName(f"split of {source.name} to learn from", asked, {*source.splits} - {split})
        return {asked: source.read(asked)}
    if split != source.usual():
        return {}
    there: dict[str, Read] = {}
    for name in source.learn:
        try:
            there[name] = source.read(name)
        except BadInput:  # examined alone, such as ImageNet's val without its train
            continue
    return there


def _union(reads: Sequence[Read]) -> tuple[str, ...]:
    """The dataset's own class names. Some datasets number the classes of each split anew."""
    if all(read.own == reads[0].own for read in reads):
        return reads[0].own
    return tuple(sorted({name for read in reads for name in read.own}))


def _classes(source: Source, own: tuple[str, ...], listed: Mapping[str, str]) -> tuple[str, ...]:
    if own:
        return labels.in_words(own, listed)
    if listed["names"] == "own":
        raise BadInput(f"{source.name} has numbers for classes; give names= with a list of class names")
    numbers = [str(number) for number in range(len(names.classes(source.names)))]
    return labels.in_words(numbers, listed, numbered=True)


def _items(reads: Mapping[str, Read], own: tuple[str, ...]) -> Sequence[Item]:
    splits = list(reads.items())
    ends = list(accumulate(len(read.labels) for read in reads.values()))
    place = {name: number for number, name in enumerate(own)}

    def make(index: int) -> Item:
        part = bisect_right(ends, index)
        split, read = splits[part]
        row = index - ends[part] + len(read.labels)
        label = read.labels[row]
        return Item(
            id=read.ids[row] if read.files else f"{split}/{read.ids[row]}",
            picture=read.picture(row),
            label=place[read.own[label]] if label is not None and read.own else label,
            group=read.groups[row] if read.groups else "",
        )

    return Lazy(ends[-1], make)


PUBLIC = load
