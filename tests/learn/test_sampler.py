"""Which pictures a step sees, at which size, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from eyechart.core import Box
from eyechart.learn.lessons import Lessons
from eyechart.learn.objective import Named
from eyechart.learn.sampler import Sampler

SIDE, COUNT, BATCH = 32, 24, 8


@pytest.fixture(scope="module")
def lessons() -> Lessons:
    """On each black picture one bar, well inside however it is shifted; its row is its brightness."""
    pixels, regions = np.zeros((COUNT, SIDE, SIDE, 3), dtype=np.uint8), []
    for row in range(COUNT):
        top, left = 6 + row % 5, 6 + row % 7
        pixels[row, top : top + 8, left : left + 12] = 100 + row
        regions.append([Named(Box(left, top, left + 12, top + 8), f"square {row}")])
    return Lessons(
        digest="made here",
        classes=("square", "circle"),
        templates=("a {}",),
        pixels=pixels,
        later=pixels[::-1].copy(),
        captions=[[f"a square as bright as {row}"] for row in range(COUNT)],
        labels=np.arange(COUNT, dtype=np.int64) % 2,
        easy=np.arange(0, COUNT, 2),
        regions=regions,
    )


def test_a_step_is_the_same_whenever_it_is_asked_for_and_another_step_is_another(lessons: Lessons) -> None:
    source = Sampler(of=lessons, batch=BATCH)
    one, again, other = source(3), Sampler(of=lessons, batch=BATCH)(3), source(4)
    assert torch.equal(one.pixels, again.pixels)
    assert one.texts == again.texts
    assert not torch.equal(one.pixels, other.pixels)
    assert not torch.equal(one.pixels, replace(source, seed=1)(3).pixels)


def test_an_epoch_shows_every_picture_once(lessons: Lessons) -> None:
    source = Sampler(of=lessons, batch=BATCH)
    seen = [
        round(float(picture.amax()) * 255) - 100 for step in range(COUNT // BATCH) for picture in source(step).pixels
    ]
    assert sorted(seen) == list(range(COUNT))


def test_easy_pictures_come_first_and_of_them_only_the_class_is_said(lessons: Lessons) -> None:
    source = Sampler(of=lessons, batch=BATCH, lessons=10)
    for step in range(10):
        batch = source(step)
        assert batch.labels is not None
        assert (batch.labels == 0).all()  # what is easy is even here
        assert set(batch.texts) == {"a square"}
    after = [source(step) for step in range(20, 40)]
    assert {int(label) for batch in after if batch.labels is not None for label in batch.labels} == {0, 1}
    assert any("bright" in text for batch in after for text in batch.texts)


def test_small_pictures_come_first_each_size_up_to_its_step(lessons: Lessons) -> None:
    source = Sampler(of=lessons, batch=BATCH, smaller=((8, 2), (16, 5)))
    assert [source(step).pixels.shape[2:] for step in range(7)] == [
        (size, size) for size in (8, 8, 16, 16, 16, SIDE, SIDE)
    ]


def test_a_small_picture_is_the_same_picture_and_the_same_is_said_of_it(lessons: Lessons) -> None:
    full, small = (Sampler(of=lessons, batch=BATCH, smaller=sizes)(1) for sizes in ((), ((16, 9),)))
    assert small.texts == full.texts
    assert small.labels is not None
    assert full.labels is not None
    assert torch.equal(small.labels, full.labels)
    for one, other in ((small.pixels, full.pixels), (small.later, full.later)):
        assert one is not None
        assert other is not None
        assert one.mean(dim=(1, 2, 3)) == pytest.approx(other.mean(dim=(1, 2, 3)), rel=1e-4)
        assert one.amin() >= 0
        assert one.amax() <= other.amax()


@pytest.mark.parametrize("sizes", [(), ((16, 9),)])
def test_regions_lie_around_what_they_name_at_any_size(lessons: Lessons, sizes: tuple[tuple[int, int], ...]) -> None:
    batch = Sampler(of=lessons, batch=BATCH, smaller=sizes)(1)
    scale = batch.pixels.shape[-1] / SIDE
    for picture, (named,) in zip(batch.pixels, batch.regions, strict=True):
        brightness = (100 + int(named.text.removeprefix("square "))) / 255
        left, top, right, bottom = named.box
        assert (right - left, bottom - top) == (12 * scale, 8 * scale)
        half = picture[0] > brightness / 2  # the border lies where a shrunk edge has half its height
        rows, columns = half.any(dim=1).nonzero()[:, 0], half.any(dim=0).nonzero()[:, 0]
        assert [int(columns[0]), int(rows[0])] == pytest.approx([left, top], abs=0.5)
        assert [int(columns[-1]) + 1, int(rows[-1]) + 1] == pytest.approx([right, bottom], abs=0.5)
