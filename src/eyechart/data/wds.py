"""WebDataset tar shards: the layout of CLIP_benchmark as it is published, or any list of shards.

``wds:/data/wds_cifar10`` reads a folder with ``classnames.txt``, ``zeroshot_classification_templates.txt``,
``dataset_type.txt`` and ``test/nshards.txt``, ``test/0.tar`` …, ``train/…``. Members are ``<key>.webp|png|jpg`` with
``<key>.cls`` (classification) or ``<key>.txt`` (retrieval, one caption per line). The folder may be any fsspec URL or a
page of the hub (``wds:hf://datasets/clip-benchmark/wds_cifar10``); its shards are fetched once.

``wds:/x/{000..003}.tar``, ``wds:/x/*.tar`` and folders of tar files without that layout work too: ``.cls`` gives labels
(then say ``names=``), ``.txt`` or the ``caption`` of a ``.json`` gives captions.

Options: ``split`` (test); ``train``, the split, or the shards, to learn from, ``carve`` to take half of the examined
ones by digest, ``no`` for none; ``names`` and ``templates``, a list known by name such as ``food101`` or a text file;
``cache``, the folder for fetched shards. Without ``train`` the layout gives its train split, if it has one, and is
examined whole if not, as published numbers are; plain shards with labels are carved.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import IO

from eyechart.core import Dataset, Item, Picture
from eyechart.data import labels, names, remote
from eyechart.data.lazy import Lazy
from eyechart.data.name import accept, spell
from eyechart.data.pictures import Barred, Slice
from eyechart.data.shards import Sample, expand, parse_captions, parse_label, read, samples
from eyechart.data.splits import beside
from eyechart.errors import BadInput
from eyechart.store import digest

OPTIONS = ("split", "train", "names", "templates", "cache")
CLASSES, TEMPLATES, KIND = "classnames.txt", "zeroshot_classification_templates.txt", "dataset_type.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What the samples hold, and the words for it."""

    kind: str  # "classification", "retrieval", or "" to be found out from the first sample
    classes: tuple[str, ...] = ()
    templates: tuple[str, ...] = labels.TEMPLATES


@dataclass(frozen=True, slots=True)
class Columns:
    """All samples of a split, a few numbers each; items are made of them when asked for."""

    shards: list[Path] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    shard: array[int] = field(default_factory=lambda: array("i"))
    offset: array[int] = field(default_factory=lambda: array("q"))
    size: array[int] = field(default_factory=lambda: array("q"))
    label: array[int] = field(default_factory=lambda: array("i"))  # -1: none
    captions: list[tuple[str, ...]] = field(default_factory=list)
    barred: dict[int, str] = field(default_factory=dict)

    def item(self, row: int) -> Item:
        """The item in that row; nothing is read."""
        return Item(
            id=self.ids[row],
            picture=self._picture(row),
            label=self.label[row] if self.label[row] >= 0 else None,
            captions=self.captions[row],
        )

    def _picture(self, row: int) -> Picture:
        if row in self.barred:
            return Barred(self.barred[row])
        return Slice(self.shards[self.shard[row]], self.offset[row], self.size[row])


def load(location: str, options: Mapping[str, str]) -> Dataset:
    """The examined split, with the train split beside it where there is one.

    Raises:
        UnknownName: there is no such option, or no such list of names.
        BadInput: nothing readable lies there; shards are missing, cut off or too many; a sample lacks its label,
            captions or picture; a label has no class name; a key occurs twice.
    """
    accept(options, OPTIONS, "wds")
    if not location:
        raise BadInput("wds needs to know where the shards lie; write wds:/folder or wds:/folder/{000..003}.tar")
    place = remote.place(location, options.get("cache", ""))
    split = options.get("split", "test")
    if place.path.endswith(".tar"):
        return _plain(place, place.path, options)
    if place.text(place.at(f"{split}/nshards.txt")) is not None:
        return _published(place, split, options)
    if place.tars(place.path):
        return _plain(place, place.at("*.tar"), options)
    raise BadInput(
        f"wds:{location} holds neither {split}/nshards.txt (the layout of CLIP_benchmark) nor tar files; "
        "give the folder that holds test/, a folder of shards, or a pattern such as /x/{000..003}.tar"
    )


def _published(place: remote.Place, split: str, options: Mapping[str, str]) -> Dataset:
    content = _content(place, options)
    data = _dataset(place, _numbered(place, split), split, content, options)
    other = options.get("train", "train")
    if other in ("no", "carve"):
        return beside(data, None) if other == "carve" else data
    if other != split and place.text(place.at(f"{other}/nshards.txt")) is not None:
        return replace(data, train=_dataset(place, _numbered(place, other), other, content, options))
    if "train" in options:
        raise BadInput(f"wds:{place.shown} has no other split {other!r} to learn from; give train=no to go without")
    return data


def _content(place: remote.Place, options: Mapping[str, str]) -> Content:
    kind = (place.text(place.at(KIND)) or "classification").strip().lower()
    if kind == "retrieval":
        return Content(kind=kind)
    if kind != "classification":
        raise BadInput(f"wds:{place.shown} is a {kind} dataset; classification and retrieval can be examined")
    listed = place.text(place.at(CLASSES))
    if listed is None and "names" not in options:
        raise BadInput(f"wds:{place.shown} lacks {CLASSES}; write one class name per line, or give names=cifar10")
    own = tuple(line.strip() for line in (listed or "").rstrip().splitlines())
    sentences = names.fill_ins((place.text(place.at(TEMPLATES)) or "").splitlines(), TEMPLATES)
    return Content(
        kind=kind, classes=_classes(own, options), templates=labels.templates(options, sentences or labels.TEMPLATES)
    )


def _classes(own: tuple[str, ...], options: Mapping[str, str]) -> tuple[str, ...]:
    """A list asked for goes before the dataset's own; labels are numbers, so it is taken in its order."""
    listed = options.get("names", "own")
    if listed == "own":
        return own
    file = remote.place(listed)
    text = file.text(file.path)
    classes = names.classes(listed) if text is None else tuple(line.strip() for line in text.rstrip().splitlines())
    if own and len(classes) != len(own):
        raise BadInput(f"names={listed} has {len(classes)} classes, the dataset {len(own)}; give another list")
    return classes


def _numbered(place: remote.Place, split: str) -> tuple[str, ...]:
    """The shards ``0.tar`` … of a split, as many as ``nshards.txt`` says and no more."""
    where = place.at(split)
    said = (place.text(f"{where}/nshards.txt") or "").strip()
    if not said.isdigit() or not int(said):
        raise BadInput(f"{where}/nshards.txt should hold the number of shards, it holds {said[:40]!r}")
    wanted = {f"{number}.tar" for number in range(int(said))}
    there = {PurePosixPath(path).name for path in place.tars(where)}
    if wanted != there:
        odd = ", ".join(sorted(wanted ^ there)[:5])
        raise BadInput(f"{where}/nshards.txt says {said} shards, the folder holds {len(there)} (look at {odd})")
    return tuple(f"{where}/{number}.tar" for number in range(int(said)))


def _plain(place: remote.Place, pattern: str, options: Mapping[str, str]) -> Dataset:
    content = Content(kind="", classes=_classes((), options), templates=labels.templates(options))
    shards = _listed(place, pattern)
    data = _dataset(place, shards, options.get("split", "test"), content, options)
    given = options.get("train", "carve")
    if given in ("no", "carve"):
        return beside(data, None) if given == "carve" else data
    other = remote.place(given, options.get("cache", ""))
    learnt = _listed(other, other.path)
    if not {*shards}.isdisjoint(learnt):
        raise BadInput(
            f"wds:{place.shown} is to be examined on and learnt from {given}; give shards of their own to each"
        )
    return replace(data, train=_dataset(other, learnt, "train", content, options))


def _listed(place: remote.Place, pattern: str) -> tuple[str, ...]:
    shards = tuple(path for part in expand(pattern) for path in place.matching(part))
    if not shards:
        raise BadInput(f"no shard fits wds:{place.shown}; give the folder of the shards or a pattern for them")
    return shards


def _dataset(
    place: remote.Place, shards: Sequence[str], split: str, content: Content, options: Mapping[str, str]
) -> Dataset:
    columns = Columns()
    for path in shards:
        _append(columns, place.local(path), split, content)
    if len(set(columns.ids)) != len(columns.ids):
        twice = Counter(columns.ids).most_common(1)[0][0]
        raise BadInput(f"the key {twice!r} of wds:{place.shown} names two samples; every key may occur once")
    return Dataset(
        name=spell("wds", place.shown, options),
        split=split,
        revision=digest.of_json([columns.ids, list(columns.size), list(columns.label), columns.captions])[:16],
        items=Lazy(len(columns.ids), columns.item),
        classes=content.classes if any(label >= 0 for label in columns.label) else (),
        templates=content.templates,
    )


def _append(columns: Columns, shard: Path, split: str, content: Content) -> None:
    columns.shards.append(shard)
    for sample, stream in samples(shard):
        where = f"{shard}: {sample.key}"
        shown = sample.picture()
        if shown is None:
            raise BadInput(f"{where} has no picture, only {sample.kinds()}; expected .webp, .png or .jpg")
        span = sample.spans.get(shown, (0, 0))
        if shown in sample.barred:
            columns.barred[len(columns.ids)] = sample.barred[shown]
        columns.ids.append(f"{split}/{sample.key}" if content.kind else f"{split}/{shard.stem}/{sample.key}")
        columns.shard.append(len(columns.shards) - 1)
        columns.offset.append(span[0])
        columns.size.append(span[1])
        columns.label.append(_label(sample, stream, where, content))
        columns.captions.append(_captions(sample, stream, where, content))


def _label(sample: Sample, stream: IO[bytes], where: str, content: Content) -> int:
    if "cls" in sample.spans and content.kind != "retrieval":
        if not content.classes:
            raise BadInput(
                f"{where} has a label, but the classes have no names; give names= with a list, names=cifar10"
            )
        return parse_label(read(stream, sample.spans["cls"]), where, len(content.classes))
    if content.kind == "classification":
        raise BadInput(f"{where} has no label (a member .cls), only {sample.kinds()}")
    return -1


def _captions(sample: Sample, stream: IO[bytes], where: str, content: Content) -> tuple[str, ...]:
    if content.kind == "classification":
        return ()
    for kind in ("txt", "json"):
        if kind in sample.spans:
            return parse_captions(kind, read(stream, sample.spans[kind]), where)
    if content.kind == "retrieval":
        raise BadInput(f"{where} has no captions (a member .txt), only {sample.kinds()}")
    return ()


PUBLIC = load
