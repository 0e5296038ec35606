"""The mistakes that are shown."""

from __future__ import annotations

import numpy as np
from PIL import Image

from eyechart import gallery
from eyechart.core import Sheet


def sheet(**columns) -> Sheet:
    return Sheet(columns={name: np.asarray(values) for name, values in columns.items()})


def test_the_surest_mistakes_come_first_and_each_picture_once():
    rows = sheet(
        id=["a", "b", "c", "c", "d", "tied"],
        group=["a", "b", "c", "c", "d", "tied"],
        score=[1.0, 0.0, 0.0, 0.0, 0.5, 0.5],
        truth=["x"] * 6,
        answer=["x", "y", "y", "z", "y", "x"],
        confidence=[0.9, 0.3, 0.8, 0.9, 0.99, 0.99],
    )
    assert gallery.worst(rows) == [3, 1, 4]
    assert gallery.worst(rows, 1) == [3]


def test_without_words_to_show_nothing_is_shown():
    assert gallery.worst(sheet(id=["a"], group=["a"], score=[0.0])) == []


class Plain:
    def __init__(self, size):
        self.size = size

    def digest(self):
        return "0"

    def load(self):
        return Image.new("L", self.size, 7)


def test_thumbnails_fit_a_square():
    assert gallery.thumbnail(Plain((400, 200))).size == (96, 48)
    small = gallery.thumbnail(Plain((8, 8)), side=64)
    assert (small.size, small.mode) == ((64, 64), "RGB")
    assert gallery.thumbnail(Plain((1000, 1))).size == (96, 1)
