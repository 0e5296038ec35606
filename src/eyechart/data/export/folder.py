"""A folder of class folders: ``test/apple/0000017.png``, with ``captions.csv`` and ``facts.jsonl`` beside them.

Read by torchvision's `ImageFolder`, Hugging Face's ``imagefolder``, and here by ``folder:`` and ``csv:``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from eyechart.data.export.sample import Sample, Words, text

COLUMNS = ("image", "label", "caption", "distractor")


def write(root: Path, split: str, samples: Iterator[Sample], words: Words) -> None:
    """One split. A picture has as many rows in ``captions.csv`` as it has captions or false captions."""
    folder = root / split
    folder.mkdir(parents=True)
    with (
        (folder / "captions.csv").open("w", encoding="utf-8", newline="") as table,
        (folder / "facts.jsonl").open("w", encoding="utf-8", newline="\n") as facts,
    ):
        rows = csv.writer(table, lineterminator="\n")
        rows.writerow(COLUMNS)
        for sample in samples:
            name = words.classes[sample.label]
            path = f"{name.replace(' ', '_')}/{sample.key}.png"
            target = folder / path
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(sample.png)
            false = (str(one["text"]) for one in sample.falsehoods)
            rows.writerows((path, name, *pair) for pair in zip_longest(sample.captions, false, fillvalue=""))
            facts.write(text({"image": path, "name": name, **sample.told()}) + "\n")


def names(root: Path, split: str) -> tuple[str, ...]:
    """What to type to read it: the pictures by class, and with captions."""
    return (f"folder:{root}", f"csv:{root}/{split}/captions.csv?distractors=distractor")
