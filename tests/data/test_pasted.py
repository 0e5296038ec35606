from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from eyechart.data.spoil.pasted import Pasted, cut, disc
from eyechart.errors import BadInput

RED, BLUE = (255, 0, 0), (0, 0, 255)


def ball() -> tuple[Image.Image, np.ndarray]:
    """A red ball of 20 pixels on white, and its mask."""
    rows, columns = np.indices((40, 60))
    mask = (rows - 20) ** 2 + (columns - 30) ** 2 <= 10**2
    return Image.fromarray(np.where(mask[..., None], np.array(RED), 255).astype(np.uint8)), mask


@pytest.mark.parametrize("size", [(64, 64), (120, 80), (50, 200)])
@pytest.mark.parametrize("scale", [0.2, 0.35])
def test_it_covers_the_share_that_was_asked_for_whatever_the_shape(size: tuple[int, int], scale: float) -> None:
    for thing in (cut(*ball()), disc()):
        cover = Pasted(thing, 0.5, 0.5, scale).cover(size)
        assert cover.mean() == pytest.approx(scale**2, rel=0.08)


@pytest.mark.parametrize("x", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("y", [0.0, 0.5, 1.0])
def test_all_of_it_stays_in_the_frame(x: float, y: float) -> None:
    whole = Pasted(cut(*ball()), 0.5, 0.5, 0.3).cover((64, 64)).sum()
    assert Pasted(cut(*ball()), x, y, 0.3).cover((64, 64)).sum() == pytest.approx(whole)


def test_pixels_change_where_it_covers_and_nowhere_else() -> None:
    scene = Image.new("RGB", (64, 48), BLUE)
    pasted = Pasted(cut(*ball()), 0.3, 0.6, 0.4)
    changed, cover = np.asarray(pasted(scene)), pasted.cover((64, 48))
    assert (changed[cover == 0] == BLUE).all()
    assert (changed[cover == 1] == RED).all()
    assert (np.asarray(scene) == BLUE).all()


def test_nothing_of_the_old_background_comes_along() -> None:
    cover = Pasted(cut(*ball()), 0.5, 0.5, 0.5)
    assert np.asarray(cover(Image.new("RGB", (64, 64))))[..., 1].max() == 0  # white has green in it, the ball has not


def test_a_soft_edge_fades_inwards() -> None:
    hard, soft = (Pasted(cut(*ball()), 0.5, 0.5, 0.4, fade).cover((64, 64)) for fade in (0.0, 2.0))
    assert (soft <= hard + 1e-6).all()
    assert 0.5 * hard.sum() < soft.sum() < 0.95 * hard.sum()
    assert soft[32, 32] == 1


def test_the_key_tells_everything_that_decides_a_pixel() -> None:
    first = Pasted(cut(*ball()), 0.5, 0.5, 0.4)
    image, mask = ball()
    others = [
        Pasted(cut(image, np.roll(mask, 1, 0)), 0.5, 0.5, 0.4),
        Pasted(first.cutout, 0.4, 0.5, 0.4),
        Pasted(first.cutout, 0.5, 0.4, 0.4),
        Pasted(first.cutout, 0.5, 0.5, 0.3),
        Pasted(first.cutout, 0.5, 0.5, 0.4, 1.0),
        Pasted(disc(), 0.5, 0.5, 0.4),
    ]
    assert len({first.key, *(other.key for other in others)}) == 7
    assert first.key == Pasted(cut(*ball()), 0.5, 0.5, 0.4).key


def test_a_thing_as_long_as_the_picture_is_made_to_fit() -> None:
    bar = cut(Image.new("RGB", (100, 10), RED), np.ones((10, 100), dtype=bool))
    assert bar.box((64, 64), 0.9) == (64, 6)


@pytest.mark.parametrize(("x", "y", "scale"), [(-0.1, 0, 0.5), (0, 1.2, 0.5), (0.5, 0.5, 0), (0.5, 0.5, 1.5)])
def test_a_place_outside_of_the_picture_is_bad_input(x: float, y: float, scale: float) -> None:
    with pytest.raises(BadInput, match="0 to 1"):
        Pasted(disc(), x, y, scale)


def test_masks_that_cut_nothing_are_bad_input() -> None:
    image, mask = ball()
    with pytest.raises(BadInput, match="empty"):
        cut(image, np.zeros_like(mask))
    with pytest.raises(BadInput, match="cannot cut"):
        cut(image, mask[1:])
