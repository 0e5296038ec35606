"""CIFAR-10-C and sets laid out like it: ``cifar10-c:/data/CIFAR-10-C``.

One file per corruption, ``gaussian_noise.npy`` and so on, each ``uint8[50000, 32, 32, 3]``: ten thousand pictures at
severity 1, the same at severity 2, up to 5; and ``labels.npy``. Nothing is read before it is asked for. The versions of
one picture are one group.

Options: ``images``, how many of the pictures (1000, drawn by digest; all 10 000 make 750 000 versions); ``names`` and
``templates`` as in `eyechart.data.labels`, ``names=cifar100`` for CIFAR-100-C.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from eyechart.core import Dataset, Item
from eyechart.data import names
from eyechart.data.labels import templates
from eyechart.data.lazy import Lazy
from eyechart.data.name import accept, existing, spell
from eyechart.data.splits import rank
from eyechart.data.spoil.corrupted import CORRUPTIONS, SEVERITIES
from eyechart.errors import BadInput
from eyechart.store import digest


@dataclass(frozen=True, slots=True)
class Row:
    """One picture of an array that lies on disk."""

    array: NDArray[Any]
    row: int

    def digest(self) -> str:
        """Of its pixels."""
        return digest.of_arrays({"pixels": np.array(self.array[self.row])})

    def load(self) -> Image.Image:
        """RGB, 8 bits."""
        return Image.fromarray(np.array(self.array[self.row]))


def load(location: str, options: Mapping[str, str]) -> Dataset:
    """All fifteen corruptions at five severities of the pictures that are drawn.

    Raises:
        UnknownName: there is no such option or list of names.
        BadInput: a file is missing or of another shape, or ``images`` is no number of pictures.
    """
    accept(options, ("images", "names", "templates"), "cifar10-c")
    root = existing(location, "cifar10-c")
    told = _array(root / "labels.npy")
    arrays = {name: _array(root / f"{name}.npy") for name in CORRUPTIONS}
    count = len(told) // len(SEVERITIES)
    for name, array in arrays.items():
        if array.dtype != np.uint8 or array.ndim != 4 or array.shape[3] != 3 or len(array) != count * len(SEVERITIES):
            raise BadInput(
                f"{root / name}.npy is {array.dtype}{list(array.shape)}; expected uint8[{count * len(SEVERITIES)}, h, "
                "w, 3], as many as labels, all pictures at severity 1, then at 2, and so on"
            )
    drawn = sorted(sorted(range(count), key=lambda row: rank(str(row)))[: _images(options)])
    words = names.classes(options.get("names", "cifar10"))
    if int(told.max()) >= len(words):
        raise BadInput(f"the labels of {root} reach to {told.max()} but there are {len(words)} names; give names=…")

    def item(number: int) -> Item:
        picture, version = divmod(number, len(CORRUPTIONS) * len(SEVERITIES))
        which, level = divmod(version, len(SEVERITIES))
        row, name = drawn[picture], CORRUPTIONS[which]
        return Item(
            id=f"{row:05d}/{name}/{SEVERITIES[level]}",
            picture=Row(arrays[name], level * count + row),
            label=int(told[row]),
            group=f"{row:05d}",
            facts={"corruption": name, "severity": SEVERITIES[level]},
        )

    return Dataset(
        name=spell("cifar10-c", root, options),
        split="test",
        revision=digest.of_json([len(told), {name: (root / f"{name}.npy").stat().st_size for name in CORRUPTIONS}])[
            :16
        ],
        items=Lazy(len(drawn) * len(CORRUPTIONS) * len(SEVERITIES), item),
        classes=words,
        templates=templates({"names": "cifar10", **options}),
        licence="CC-BY-4.0",
    )


def _array(path: Path) -> NDArray[Any]:
    try:
        found: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} cannot be read as an array: {error}") from error
    return found


def _images(options: Mapping[str, str]) -> int:
    text = options.get("images", "1000")
    if not text.isascii() or not text.isdigit() or not int(text):
        raise BadInput(f"the option 'images' of cifar10-c is a number of pictures; given {text!r}")
    return int(text)


PUBLIC = load
