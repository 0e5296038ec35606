"""What is learnt from: pictures at one size on disk, decoded once, and what is said of them in memory."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from eyechart import data as sources
from eyechart.core import Box, Dataset, Item, Preprocessing
from eyechart.data.moving import Moving
from eyechart.errors import BadInput
from eyechart.learn.objective import Named
from eyechart.models.geometry import to_pixels
from eyechart.progress import Progress, quiet
from eyechart.store import digest

CHUNK = 500  # pictures per piece of work
LARGE, FEW = 0.55, 2  # a picture is easy when its main thing is so large, and so few are in it
PLAIN = ("", "outlined", "flat")
EDITION = 1  # of what lies on disk


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """What the pictures are to be accompanied by, beyond what is said of them."""

    size: int  # pixels, both sides
    later: bool = False  # the same scenes a moment later
    regions: bool = False  # boxes with names


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """Row i of everything belongs to picture i."""

    digest: str  # of the revisions of the data, how much of them, and what is wanted of them
    classes: tuple[str, ...]  # of the first dataset
    templates: tuple[str, ...]
    pixels: NDArray[np.uint8]  # n h w 3
    later: NDArray[np.uint8] | None
    captions: Sequence[Sequence[str]]
    labels: NDArray[np.int64]  # n; -1 where there is none, or another dataset's
    easy: NDArray[np.int64]  # which pictures show one large thing, plainly; none where the data do not say
    regions: Sequence[Sequence[Named]]

    def __len__(self) -> int:
        return len(self.labels)


def prepared(
    names: Sequence[str], want: Want, folder: Path, progress: Progress = quiet, most: int | None = None
) -> Lessons:
    """The train splits of datasets, one after the other; decoded by all cores unless `folder` holds them already.

    Args:
        names: of the datasets.
        want: what is to be known of their pictures.
        folder: where they are kept.
        progress: of the decoding.
        most: pictures of each dataset, its first ones; None: all.

    Raises:
        BadInput: a dataset has nothing to learn from.
        Unreadable: a picture cannot be shown.
    """
    learnt = [_train(name) for name in names]
    counts = [len(data) if most is None else min(len(data), most) for data in learnt]
    whole = _digest(learnt, counts, want)
    place = folder / f"lessons-{whole[:16]}"
    if not place.exists():
        _write(names, counts, want, place, progress)
    told = json.loads((place / "told.json").read_text(encoding="utf-8"))
    return Lessons(
        digest=whole,
        classes=learnt[0].classes,
        templates=learnt[0].templates,
        pixels=np.load(place / "pixels.npy", mmap_mode="r"),
        later=np.load(place / "later.npy", mmap_mode="r") if want.later else None,
        captions=told["captions"],
        labels=np.asarray(told["labels"], dtype=np.int64),
        easy=np.flatnonzero(told["easy"]),
        regions=[[Named(Box(*box), text) for box, text in parts] for parts in told["regions"]],
    )


def are_kept(names: Sequence[str], want: Want, folder: Path) -> bool:
    """Whether `prepared` would find all of them decoded."""
    learnt = [_train(name) for name in names]
    return (folder / f"lessons-{_digest(learnt, [len(data) for data in learnt], want)[:16]}").exists()


def _digest(learnt: Sequence[Dataset], counts: Sequence[int], want: Want) -> str:
    seen = [[data.revision, count] for data, count in zip(learnt, counts, strict=True)]
    return digest.of_json([EDITION, seen, _spelled(want)])


def _train(name: str) -> Dataset:
    train = sources.load(name).train
    if train is None or not len(train):
        raise BadInput(f"{name} has no train split to learn from")
    return train


def _spelled(want: Want) -> Mapping[str, Any]:
    return {"size": want.size, "later": want.later, "regions": want.regions}


def _write(names: Sequence[str], counts: Sequence[int], want: Want, place: Path, progress: Progress) -> None:
    scratch = place.with_name(f".{place.name}")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    total, shape = sum(counts), (want.size, want.size, 3)
    kept = [np.lib.format.open_memmap(scratch / "pixels.npy", "w+", np.uint8, (total, *shape))]
    if want.later:
        kept.append(np.lib.format.open_memmap(scratch / "later.npy", "w+", np.uint8, (total, *shape)))
    told: dict[str, list[Any]] = {"captions": [], "labels": [], "easy": [], "regions": []}
    with progress.track("pictures to learn from", total) as done:
        for drawn, said in _chunks(names, counts, want):
            start = len(told["labels"])
            for column, pictures in zip(kept, drawn, strict=True):
                column[start : start + len(pictures)] = pictures
            for what, values in said.items():
                told[what] += values
            done(len(drawn[0]))
    for column in kept:
        column.flush()
    (scratch / "told.json").write_text(json.dumps(told), encoding="utf-8")
    scratch.rename(place)


def _chunks(names: Sequence[str], counts: Sequence[int], want: Want) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    work = [
        (number, name, range(first, min(first + CHUNK, count)))
        for number, (name, count) in enumerate(zip(names, counts, strict=True))
        for first in range(0, count, CHUNK)
    ]
    if len(work) == 1:
        yield _chunk(want, *work[0])
        return
    single = partial(torch.set_num_threads, 1)  # threads of several processes would wait for each other's cores
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"), initializer=single) as pool:
        yield from pool.map(partial(_chunk, want), *zip(*work, strict=True))


def _chunk(want: Want, number: int, name: str, rows: range) -> tuple[list[Any], dict[str, Any]]:
    """Some rows of a dataset, in a process of their own."""
    data = _train(name)
    items = [data.items[row] for row in rows]
    geometry = Preprocessing(size=(want.size, want.size), resize="crop")
    drawn = [np.stack([_bytes(item.picture.load(), geometry) for item in items])]
    if want.later:
        drawn.append(np.stack([_bytes(_later(item, name), geometry) for item in items]))
    said = {
        "captions": [item.captions for item in items],
        "labels": [-1 if item.label is None or number else item.label for item in items],
        "easy": [_is_easy(item) for item in items],
        "regions": [_regions(item, want.size) if want.regions else [] for item in items],
    }
    return drawn, said


def _bytes(image: Any, geometry: Preprocessing) -> NDArray[np.uint8]:
    pixels = (to_pixels(image, geometry) * 255).round().byte()
    rows: NDArray[np.uint8] = pixels.permute(1, 2, 0).numpy()
    return rows


def _later(item: Item, name: str) -> Any:
    after = item.picture.later() if isinstance(item.picture, Moving) else None
    if after is None:
        raise BadInput(f"the pictures of {name} do not move; learn from pairs of frames, or leave out what needs them")
    return after


def _regions(item: Item, size: int) -> list[tuple[Box, str]]:
    """Boxes as they lie in the square picture of `size` pixels: scaled with the shorter side, and cut where it is."""
    width, height = item.picture.load().size
    scale = size / min(width, height)
    left, top = (width * scale - size) / 2, (height * scale - size) / 2
    found = []
    for region in item.regions:
        box = region.box
        placed = Box(box.left * scale - left, box.top * scale - top, box.right * scale - left, box.bottom * scale - top)
        cut = Box(*(min(max(value, 0.0), float(size)) for value in placed))
        if cut.right - cut.left >= 1 and cut.bottom - cut.top >= 1:
            found.append((cut, region.label))
    return found


def _is_easy(item: Item) -> bool:
    """Whether the facts say that one large thing, not only its outline, is what there is to see."""
    facts = item.facts
    side, count = facts.get("side"), facts.get("count")
    if not isinstance(side, int | float) or not isinstance(count, int):
        return False
    return side >= LARGE and count <= FEW and facts.get("style", "") in PLAIN
