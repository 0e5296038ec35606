"""Words on cards."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from eyechart.data.spoil.written import PLACES, Written, can_write
from eyechart.errors import BadInput, UnknownName


def ground(width: int = 120, height: int = 90) -> Image.Image:
    return Image.new("RGB", (width, height), (200, 40, 40))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("size", [0.14, 0.3, 1.0])
def test_a_card_lies_within_the_picture_and_leaves_the_rest(place: str, size: float) -> None:
    before = ground()
    after = Written(text="violin", place=place, size=size)(before)
    changed = (np.asarray(after) != np.asarray(before)).any(-1)
    assert after.size == before.size
    assert 0.01 < changed.mean() <= size * 0.98 + 0.05
    assert before.getpixel((60, 45)) == (200, 40, 40)


def test_cards_for_as_many_letters_are_equally_large() -> None:
    frames = []
    for text in ("ab", "lighthouse", "qx"):
        changed = (np.asarray(Written(text=text, letters=10)(ground())) != np.asarray(ground())).any(-1)
        frames.append(
            (np.flatnonzero(changed.any(0))[[0, -1]].tolist(), np.flatnonzero(changed.any(1))[[0, -1]].tolist())
        )
    assert frames[0] == frames[1] == frames[2]


def test_everything_that_decides_a_pixel_is_in_the_key() -> None:
    usual = Written(text="cat")
    others = [
        Written(text="dog"),
        Written(text="cat", letters=9),
        Written(text="cat", place="top left"),
        Written(text="cat", size=0.2),
        Written(text="cat", font="bold"),
    ]
    assert len({usual.key, *(other.key for other in others)}) == 6


@pytest.mark.parametrize("side", [8, 32, 500])
def test_pictures_of_any_size_can_be_written_on(side: int) -> None:
    assert Written(text="ice cream")(ground(side, side)).size == (side, side)


def test_what_cannot_be_written_is_told() -> None:
    with pytest.raises(BadInput, match="English"):
        Written(text="猫")
    with pytest.raises(UnknownName, match="place"):
        Written(text="cat", place="nowhere")
    with pytest.raises(UnknownName, match="font"):
        Written(text="cat", font="comic")
    with pytest.raises(BadInput, match="high"):
        Written(text="cat", size=0)
    assert not can_write("  ")
