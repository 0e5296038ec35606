"""Pictures made from other pictures: corrupted, cut, moved, covered, blurred, and filled with one another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from eyechart.core import Box, Region
from eyechart.data.pictures import File, Pixels
from eyechart.data.spoil import Spoiled, blurs, corrupted, weather
from eyechart.data.spoil.corrupted import CORRUPTIONS, PARAMETERS, SEVERITIES, SIZES, Corrupted, nearest_size
from eyechart.data.spoil.filled import Filled, Part, inner_side, laid
from eyechart.data.spoil.filtered import Filtered
from eyechart.data.spoil.occluded import Occluded, anywhere, over
from eyechart.data.spoil.shifted import Shifted
from eyechart.data.spoil.shuffled import Shuffled
from eyechart.errors import BadInput, UnknownName, Unreadable
from eyechart.world.world import World


@pytest.fixture(scope="module")
def scene() -> Image.Image:
    return World(split="test")[7].image


def grey(level: int, side: int = 64) -> Image.Image:
    return Image.new("RGB", (side, side), (level, level, level))


def far(one: Image.Image, other: Image.Image) -> float:
    return float(np.abs(np.asarray(one, dtype=float) - np.asarray(other, dtype=float)).mean())


def noise(side: int = 64) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8))


# Corruptions


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_a_corruption_is_repeatable_leaves_its_input_alone_and_grows(corruption: str, scene: Image.Image) -> None:
    before = scene.tobytes()
    made = [Corrupted(corruption=corruption, severity=level)(scene) for level in SEVERITIES]
    again = [Corrupted(corruption=corruption, severity=level)(scene) for level in SEVERITIES]
    assert scene.tobytes() == before
    assert [one.tobytes() for one in made] == [one.tobytes() for one in again]
    assert all(one.size == scene.size and one.mode == "RGB" for one in made)
    assert 0 < far(made[0], scene) < far(made[4], scene) or corruption in ("frost", "elastic_transform")
    assert all(far(one, scene) > 0 for one in made)


def test_there_are_fifteen_with_five_severities_for_three_sizes() -> None:
    assert len(CORRUPTIONS) == 15
    for table in PARAMETERS.values():
        assert tuple(table) == SIZES
        assert all(len(settings) == 5 for settings in table.values())


@pytest.mark.parametrize(("side", "size"), [(28, 32), (32, 32), (64, 64), (96, 64), (128, 224), (224, 224), (500, 224)])
def test_the_nearest_published_set_gives_the_parameters(side: int, size: int) -> None:
    assert nearest_size(side) == size


def test_what_is_larger_than_the_published_pictures_is_reduced() -> None:
    assert Corrupted(corruption="contrast", severity=1)(noise(448)).size == (224, 224)


@pytest.mark.parametrize(
    ("corruption", "deviations"), [("gaussian_noise", (0.04, 0.18)), ("shot_noise", (0.0447, 0.1826))]
)
def test_noise_has_the_published_deviation(corruption: str, deviations: tuple[float, float]) -> None:
    # Photons: the deviation of a Poisson number of mean x c, over c, is √(x / c); here x = ½ and c = 250 and 15.
    for level, deviation in zip((1, 5), deviations, strict=True):
        made = np.asarray(Corrupted(corruption=corruption, severity=level)(grey(128)), dtype=float) / 255
        assert made.std() == pytest.approx(deviation, rel=0.05)


def test_impulses_hit_the_published_share_black_and_white_alike() -> None:
    made = np.asarray(Corrupted(corruption="impulse_noise", severity=5)(grey(128)))
    assert (made != 128).mean() == pytest.approx(0.14, abs=0.01)
    assert (made == 255).sum() == pytest.approx((made == 0).sum(), rel=0.15)


def test_brightness_raises_the_value_and_keeps_hue_and_saturation() -> None:
    made = Corrupted(corruption="brightness", severity=2)(Image.new("RGB", (64, 64), (100, 50, 0)))
    # The value 100/255 + 0.2 = 151/255; the other two grow by the same factor.
    assert made.getpixel((5, 5)) == pytest.approx((151, 75, 0), abs=1)
    assert Corrupted(corruption="brightness", severity=2)(grey(0)).getpixel((5, 5)) == pytest.approx((51,) * 3, abs=1)


def test_contrast_shrinks_towards_the_mean_of_each_band(scene: Image.Image) -> None:
    made = np.asarray(Corrupted(corruption="contrast", severity=1)(scene), dtype=float)
    clean = np.asarray(scene, dtype=float)
    assert made.mean((0, 1)) == pytest.approx(clean.mean((0, 1)), abs=0.6)
    assert made.std((0, 1)) == pytest.approx(0.4 * clean.std((0, 1)), abs=0.4)


def test_defocus_makes_a_disc_of_a_point() -> None:
    point = np.zeros((41, 41, 3))
    point[20, 20] = 1
    disc = blurs.defocused(point, 3, 0.1)
    rows, columns = np.indices((41, 41)) - 20
    inside = rows**2 + columns**2 <= 9
    assert disc[inside] == pytest.approx(1 / inside.sum(), rel=1e-6)
    assert np.abs(disc[~inside]).max() < 1e-9


def test_motion_keeps_the_sum_and_goes_one_way_only() -> None:
    point = np.zeros((41, 41, 3))
    point[20, 20] = 1
    streak = blurs.moved(point, 6, 3.0, 0.0)
    assert streak.sum() == pytest.approx(3)
    assert np.flatnonzero(streak[20, :, 0]).tolist() == list(range(20 - 12, 21))
    assert streak[20, 20, 0] == streak.max()


def test_a_zoom_by_two_shows_the_middle_half() -> None:
    ramp = np.linspace(0, 1, 64)[None, :, None] * np.ones((64, 1, 3))
    assert blurs.zoomed(ramp, 2.0)[5, :, 0] == pytest.approx(np.linspace(16, 47, 64) / 63, abs=1e-9)


def test_glass_takes_every_pixel_from_nearby() -> None:
    ramp = np.linspace(0, 1, 64)[None, :, None] * np.ones((64, 1, 3))
    seen = blurs.behind_glass(ramp, 0.1, 1, 1, np.random.default_rng(0))
    assert 0 < np.abs(seen - ramp).mean() < 3 / 63


def test_pixels_are_means_of_blocks() -> None:
    image = noise(64)
    made = np.asarray(Corrupted(corruption="pixelate", severity=5)(image))
    blocks = np.asarray(image, dtype=float).reshape(32, 2, 32, 2, 3).mean((1, 3))
    assert np.abs(made[::2, ::2] - blocks).max() <= 1
    assert (made[::2, ::2] == made[1::2, 1::2]).all()


def test_plasma_fills_its_range_and_is_finer_with_less_decay() -> None:
    smooth, fine = (weather.plasma(60, decay, np.random.default_rng(1)) for decay in (3.0, 1.4))
    assert smooth.shape == (64, 64)
    assert smooth.min() == fine.min() == 0
    assert smooth.max() == fine.max() == 1
    assert np.abs(np.diff(fine)).mean() > 2 * np.abs(np.diff(smooth)).mean()


@pytest.mark.parametrize(
    ("settings", "error"),
    [({"corruption": "rain", "severity": 1}, UnknownName), ({"corruption": "snow", "severity": 6}, BadInput)],
)
def test_what_is_not_published_is_refused(settings: dict, error: type[Exception]) -> None:
    with pytest.raises(error):
        Corrupted(**settings)


def test_a_small_picture_of_any_shape_can_be_corrupted() -> None:
    image = Image.fromarray(np.asarray(noise(64))[:20, :33].copy())
    assert all(Corrupted(corruption=name, severity=5)(image).size == image.size for name in corrupted.CORRUPTIONS)


# Pieces, shifts, covers and blurs


@pytest.mark.parametrize("grid", [2, 4, 8])
def test_every_piece_moves_and_none_is_lost(grid: int) -> None:
    side = 64 // grid

    def pieces(image: Image.Image) -> list[bytes]:
        return [
            image.crop((x, y, x + side, y + side)).tobytes() for y in range(0, 64, side) for x in range(0, 64, side)
        ]

    before, after = pieces(noise()), pieces(Shuffled(grid=grid, seed="a")(noise()))
    assert sorted(before) == sorted(after)
    assert all(one != other for one, other in zip(before, after, strict=True))
    assert pieces(Shuffled(grid=grid, seed="b")(noise())) != after or grid == 2


def test_too_few_pixels_for_the_pieces_is_bad_input() -> None:
    with pytest.raises(BadInput, match="cannot be cut"):
        Shuffled(grid=8)(noise(4))


def test_a_shift_moves_all_pixels_and_mirrors_the_edge() -> None:
    before = np.asarray(noise())
    after = np.asarray(Shifted(share=1 / 64, seed="x")(noise()))
    ways = [np.roll(before, step, axis=axis) for step in (1, -1) for axis in (0, 1)]
    assert sum(bool((after[1:-1, 1:-1] == way[1:-1, 1:-1]).all()) for way in ways) == 1
    assert far(Shifted(share=0.25, seed="x")(noise()), noise()) > 0


def test_random_covers_grow_into_each_other() -> None:
    quarter, half = (set(anywhere("a", share)) for share in (0.25, 0.5))
    assert (len(quarter), len(half)) == (16, 32)
    assert quarter < half
    made = np.asarray(Occluded(cells=tuple(quarter))(noise()))
    assert (made != np.asarray(noise())).any(axis=2).mean() == pytest.approx(0.25, abs=0.01)


def test_covers_over_a_thing_hide_at_least_the_share_and_start_where_it_is_fullest() -> None:
    mask = np.zeros((64, 64), dtype=bool)
    mask[8:32, 8:32] = True  # nine cells of 8 × 8
    mask[0, 0] = True
    cells = over(mask, (0.25, 0.5, 1.0))
    assert [len(part) for part in cells] == [3, 5, 10]
    assert set(cells[0]) < set(cells[1]) < set(cells[2])
    assert 0 in cells[2]
    assert 0 not in cells[1]


def test_low_and_high_are_what_is_on_either_side_of_the_cut() -> None:
    across = np.arange(64)
    waves = {cycles: 127.5 + 60 * np.cos(2 * np.pi * cycles * (across + 0.5) / 64) for cycles in (1, 4, 16)}

    def swing(keep: str, cycles: int) -> float:
        image = Image.fromarray(np.repeat(np.tile(waves[cycles].round(), (64, 1))[..., None], 3, 2).astype(np.uint8))
        made = np.asarray(Filtered(keep=keep, cycles=4)(image), dtype=float)  # type: ignore[arg-type]
        return float(np.ptp(made[32, :, 0]) / np.ptp(waves[cycles]))

    assert swing("low", 1) > 0.9
    assert swing("low", 4) == pytest.approx(0.5, abs=0.03)
    assert swing("high", 4) == pytest.approx(0.5, abs=0.03)
    assert swing("low", 16) < 0.02
    assert swing("high", 16) > 0.95


def test_the_mean_colour_outlives_both_filters() -> None:
    image = Image.new("RGB", (64, 64), (200, 30, 90))
    for keep in ("low", "high"):
        assert Filtered(keep=keep, cycles=4)(image).getpixel((9, 9)) == (200, 30, 90)  # type: ignore[arg-type]


def test_digests_tell_changes_and_pictures_apart(scene: Image.Image) -> None:
    one, other = Pixels(np.asarray(scene)), Pixels(np.asarray(noise()))
    changes = [
        *(Shuffled(grid=4, seed="a"), Shuffled(grid=4, seed="b"), Shifted(share=0.1), Occluded(cells=(1,))),
        *(Filtered(keep="low", cycles=4), Filtered(keep="high", cycles=4), Corrupted(corruption="fog", severity=1)),
    ]
    digests = [Spoiled(picture, change).digest() for picture in (one, other) for change in changes]
    assert len(set(digests)) == len(digests)


# Outlines filled with other things


def part(colour: tuple[int, int, int], left: int) -> Part:
    pixels = np.full((32, 32, 3), 7, dtype=np.uint8)
    mask = np.zeros((32, 32), dtype=bool)
    mask[4:27, left : left + 11] = True
    pixels[mask] = colour
    return Part(Pixels(pixels), Region(label="thing", box=Box(0, 0, 1, 1), mask=lambda: mask))


def test_the_outline_of_one_is_filled_with_the_inside_of_the_other() -> None:
    shape, texture = part((200, 0, 0), 2), part((0, 0, 200), 18)
    seen = {
        cue: np.asarray(Filled(cue, shape, texture).load()) for cue in ("conflict", "silhouette", "patch", "intact")
    }
    mask = shape.mask()
    assert (seen["conflict"][mask] == (0, 0, 200)).all()
    assert (seen["silhouette"][mask] == 0).all()
    assert (seen["intact"][mask] == (200, 0, 0)).all()
    assert all((seen[cue][~mask] == 255).all() for cue in ("conflict", "silhouette", "intact"))
    assert (seen["patch"] == (0, 0, 200)).all()


def test_the_inside_is_the_largest_square_in_the_mask_and_is_mirrored_at_seams() -> None:
    assert inner_side(part((1, 2, 3), 2).mask()) == 11
    assert inner_side(np.zeros((4, 4), dtype=bool)) == 0
    tile = np.arange(4, dtype=np.uint8).reshape(2, 2, 1)
    assert laid(tile, (1, 6))[0, :, 0].tolist() == [0, 1, 1, 0, 0, 1]


def test_a_silhouette_does_not_depend_on_the_texture() -> None:
    shape = part((200, 0, 0), 2)
    blue, green = part((0, 0, 200), 18), part((0, 200, 0), 18)
    assert Filled("silhouette", shape, blue).digest() == Filled("silhouette", shape, green).digest()
    assert Filled("conflict", shape, blue).digest() != Filled("conflict", shape, green).digest()


def test_a_picture_that_cannot_be_read_says_so_when_it_is_asked_for(tmp_path: Path) -> None:
    spoiled = Spoiled(File(tmp_path / "absent.png"), Shuffled(grid=2))
    with pytest.raises(Unreadable, match="absent"):
        spoiled.load()
