"""Real handwritten digits, 8 × 8 pixels, as they ship with scikit-learn: ``digits``.

1 797 digits by 13 writers: the test part of "Optical Recognition of Handwritten Digits" (E. Alpaydin and C. Kaynak, UCI
Machine Learning Repository 1998, doi 10.24432/C50P49; CC BY 4.0). Who wrote which digit is not known. A half of every
class, drawn by digest, is learnt from.

Options: ``names``, "words" (zero … nine) or "figures" (0 … 9); ``templates``, a list known by name or a text file;
``carve``, the share that is learnt from (0.5).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sklearn.datasets import load_digits

from eyechart.core import Dataset, Item
from eyechart.data import labels, splits, table
from eyechart.data.name import accept, spell
from eyechart.data.pictures import Pixels
from eyechart.errors import BadInput, UnknownName

NAMES = {
    "words": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    "figures": tuple("0123456789"),
}
TEMPLATES = (
    'a photo of the number: "{}".',
    'a photo of the digit: "{}".',
    "a handwritten {}.",
    "the number {} in handwriting.",
    "a picture of the digit {}.",
)
LARGEST = 16  # of the counts that the pixels are given as


def load(location: str, options: Mapping[str, str]) -> Dataset:
    """The half that is examined, with the other to learn from.

    Raises:
        UnknownName: there is no such option, or no such kind of names.
        BadInput: a location was given; `carve` is no share.
    """
    accept(options, ("names", "templates", "carve"), "digits")
    if location:
        raise BadInput(f"digits ship with scikit-learn and have no location; given {location!r}, write just 'digits'")
    named = options.get("names", "words")
    if named not in NAMES:
        raise UnknownName("kind of names for digits", named, NAMES)
    found = load_digits()
    grey = np.rint(found.images * (255 / LARGEST)).astype(np.uint8)
    items = [
        Item(id=f"{row:04d}", picture=Pixels(image), label=int(digit), facts={"digit": int(digit)})
        for row, (image, digit) in enumerate(zip(grey, found.target, strict=True))
    ]
    data = Dataset(
        name=spell("digits", "", options),
        split="test",
        revision="uci-1998-test",
        items=items,
        classes=NAMES[named],
        templates=labels.templates({"templates": options["templates"]} if "templates" in options else {}, TEMPLATES),
        licence="CC-BY-4.0 (E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI 1998)",
    )
    return splits.beside(data, None, share=table.share(options), by_picture=True)


PUBLIC = load
