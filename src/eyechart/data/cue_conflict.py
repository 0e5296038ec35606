"""The cue-conflict pictures of Geirhos et al. 2019: ``cue-conflict:/data/cue-conflict``.

1 280 pictures of sixteen classes, ``<shape><n>-<texture><m>.png``, in one folder per class of the shape or all in one:
``cat7-elephant1.png`` has the shape of a cat and the texture of an elephant. The 80 whose shape and texture are of one
class are no conflicts and are left out of that exam. Pictures made from the same photograph of the shape are one group.

Options: ``names`` and ``templates`` as in `eyechart.data.labels`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from eyechart.core import Dataset, Item
from eyechart.data import labels
from eyechart.data.name import accept, existing, spell
from eyechart.data.pictures import File
from eyechart.errors import BadInput
from eyechart.store import digest

SIXTEEN = (
    *("airplane", "bear", "bicycle", "bird", "boat", "bottle", "car", "cat"),
    *("chair", "clock", "dog", "elephant", "keyboard", "knife", "oven", "truck"),
)
_NAME = re.compile(r"(?P<shape>[a-z]+)(?P<of_shape>\d+)-(?P<texture>[a-z]+)(?P<of_texture>\d+)\.(?:png|jpe?g)")


def load(location: str, options: Mapping[str, str]) -> Dataset:
    """All conflicts, labelled by their shape.

    Raises:
        UnknownName: there is no such option.
        BadInput: there is no such folder, or a picture in it is not named after its two cues.
    """
    accept(options, ("names", "templates"), "cue-conflict")
    root = existing(location, "cue-conflict")
    paths = sorted(
        path for path in root.rglob("*") if path.suffix.lower() in (".png", ".jpg", ".jpeg") and path.is_file()
    )
    if not paths:
        raise BadInput(f"{root} holds no pictures; cue-conflict expects files such as cat7-elephant1.png")
    items = [_item(path, root) for path in paths]
    return Dataset(
        name=spell("cue-conflict", root, options),
        split="all",
        revision=digest.of_json([[item.id, path.stat().st_size] for item, path in zip(items, paths, strict=True)])[:16],
        items=items,
        classes=labels.in_words(SIXTEEN, options),
        templates=labels.templates(options),
    )


def _item(path: Path, root: Path) -> Item:
    told = _NAME.fullmatch(path.name)
    if told is None or not {told["shape"], told["texture"]} <= set(SIXTEEN):
        raise BadInput(
            f"{path} is not named after its two cues, as cat7-elephant1.png is; the classes are {', '.join(SIXTEEN)}"
        )
    return Item(
        id=path.relative_to(root).as_posix(),
        picture=File(path),
        label=SIXTEEN.index(told["shape"]),
        group=f"{told['shape']}{told['of_shape']}",
        facts={"cue": "conflict", "shape": told["shape"], "texture": told["texture"]},
    )


PUBLIC = load
