"""A few pictures of the dataset to ask about, for who has none at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eyechart.core import Dataset, Picture
from eyechart.errors import Unreadable

COUNT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One picture with its class and a sentence that is true of it; empty where the dataset says neither."""

    picture: Picture
    label: str
    sentence: str


def examples(data: Dataset, count: int = COUNT) -> tuple[Example, ...]:
    """The first pictures of distinct classes, and of any where there are no classes; unreadable ones are left out."""
    found: dict[str, Example] = {}
    for item in data.items:
        label = "" if item.label is None or not data.classes else data.classes[item.label]
        try:
            if (label or item.id) not in found:
                item.picture.load()
                sentence = item.captions[0] if item.captions else ""
                found[label or item.id] = Example(picture=item.picture, label=label, sentence=sentence)
        except Unreadable:
            continue
        if len(found) == count:
            break
    return tuple(found.values())


def labels(shown: Sequence[Example]) -> str:
    """The classes of the examples, one per line."""
    return "\n".join(example.label for example in shown if example.label)
