"""Views: against torch's own resampling, against arithmetic, and the same in whatever way a batch is dealt out."""

import colorsys
from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from eyechart.errors import BadInput
from eyechart.learn.chance import Chance
from eyechart.learn.views import Cut, View, blurred, cropped, drawn, recoloured, seen

WILD = View(area=(0.1, 0.8), coloured=0.7, grey=0.3, blurred=0.5, solarised=0.5)
PLAIN = View(area=(1.0, 1.0), aspect=(1.0, 1.0), mirrored=0.0)


def cut(top: float, left: float, height: float, width: float, *, mirrored: bool = False) -> Cut:
    return Cut(*(torch.tensor([value]) for value in (top, left, height, width)), torch.tensor([mirrored]))


def picture(*size: int) -> torch.Tensor:
    return torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("size", [(8, 8), (5, 11), (16, 20)])
def test_a_crop_is_what_torch_makes_of_the_same_pixels(size: tuple[int, int]) -> None:
    pixels = picture(20, 30)
    expected = F.interpolate(pixels[..., 3:15, 7:25], size, mode="bicubic", antialias=True).clamp(0, 1)
    torch.testing.assert_close(cropped(pixels, cut(3, 7, 12, 18), size), expected, atol=2e-4, rtol=0)


def test_the_whole_picture_at_its_own_size_is_itself_and_mirrored_is_mirrored() -> None:
    pixels = picture(12, 9)
    torch.testing.assert_close(cropped(pixels, cut(0, 0, 12, 9), (12, 9)), pixels)
    torch.testing.assert_close(cropped(pixels, cut(0, 0, 12, 9, mirrored=True), (12, 9)), pixels.flip(3))
    torch.testing.assert_close(seen(pixels, PLAIN, (12, 9), Chance(0, 0)), pixels)


def test_pixels_outside_of_the_cut_do_not_count() -> None:
    pixels, other = picture(16, 16), picture(16, 16)
    other[..., :4, :] = 0
    torch.testing.assert_close(cropped(pixels, cut(4, 0, 8, 16), (8, 8)), cropped(other, cut(4, 0, 8, 16), (8, 8)))


def test_crops_have_the_area_and_aspect_that_were_asked_and_lie_inside() -> None:
    how = View(area=(0.2, 0.6), aspect=(0.5, 2.0), mirrored=0.25)
    top, left, height, width, mirrored = drawn(4000, how, (40, 60), Chance(3, 4))
    area, aspect = height * width / 2400, width / height
    assert 0.2 <= area.min() < 0.22 < 0.55 < area.max() <= 0.6
    assert 0.5 <= aspect.min() < 0.55 < 1.8 < aspect.max() <= 2.0
    assert top.min() >= 0
    assert (top + height).max() <= 40.0001
    assert left.min() >= 0
    assert (left + width).max() <= 60.0001
    assert area.mean().item() == pytest.approx(0.4, abs=0.02)
    assert mirrored.float().mean().item() == pytest.approx(0.25, abs=0.03)


def test_what_never_fits_is_the_whole_picture() -> None:
    top, left, height, width, _ = drawn(5, View(area=(0.9, 1.0), aspect=(3.0, 4.0)), (20, 20), Chance(0, 0))
    assert (top.any(), left.any()) == (False, False)
    assert height.tolist() == width.tolist() == [20] * 5


def test_a_turn_of_a_third_makes_red_green() -> None:
    red = torch.tensor([0.6, 0.3, 0.3]).reshape(1, 3, 1, 1)
    one, third = torch.ones(1), torch.tensor([1 / 3])
    turned = recoloured(red, brightness=one, contrast=one, saturation=one, hue=-third).flatten().tolist()
    hue = colorsys.rgb_to_hsv(*turned)[0]
    assert min(abs(hue - 1 / 3), abs(hue - 2 / 3)) < 0.06


def test_colours_by_hand() -> None:
    pixels, one, zero = picture(6, 6) / 2 + 0.1, torch.ones(1), torch.zeros(1)
    grey = (pixels * torch.tensor([0.299, 0.587, 0.114])[:, None, None]).sum(dim=1, keepdim=True)

    def change(**other: torch.Tensor) -> torch.Tensor:
        told = {"brightness": one, "contrast": one, "saturation": one, "hue": zero} | other
        return recoloured(pixels, **told)

    torch.testing.assert_close(change(), pixels)
    torch.testing.assert_close(change(brightness=1.5 * one), 1.5 * pixels)
    torch.testing.assert_close(change(saturation=zero), grey.expand(-1, 3, -1, -1), atol=1e-4, rtol=0)
    torch.testing.assert_close(change(contrast=zero), grey.mean().expand_as(pixels), atol=1e-4, rtol=0)
    torch.testing.assert_close(change(hue=one), pixels, atol=1e-4, rtol=0)


def test_other_bands_keep_their_colours_and_change_their_light() -> None:
    pixels, one = torch.rand(1, 5, 6, 6) / 2, torch.ones(1)
    told = recoloured(pixels, brightness=1.2 * one, contrast=one, saturation=0 * one, hue=one / 3)
    torch.testing.assert_close(told, 1.2 * pixels)
    assert seen(pixels, WILD, (8, 8), Chance(0, 0)).shape == (1, 5, 8, 8)


def test_blur_is_a_bell_that_keeps_the_light() -> None:
    point = torch.zeros(2, 1, 31, 31)
    point[..., 15, 15] = 1
    soft = blurred(point, torch.tensor([2.0, 0.0]))
    assert soft[0].sum().item() == pytest.approx(1, abs=1e-5)
    assert (soft[0, 0, 15, 17] / soft[0, 0, 15, 15]).item() == pytest.approx(2.718281828**-0.5, rel=1e-5)
    torch.testing.assert_close(soft[1], point[1])


def test_how_often_is_how_often() -> None:
    pixels = torch.rand(400, 3, 4, 4) * 0.4
    changed = (seen(pixels, replace(PLAIN, coloured=0.3), (4, 4), Chance(1, 2)) - pixels).abs().amax(dim=(1, 2, 3))
    assert (changed > 1e-4).float().mean().item() == pytest.approx(0.3, abs=0.07)
    bright = torch.full((400, 3, 4, 4), 0.8)
    turned = seen(bright, replace(PLAIN, solarised=0.6), (4, 4), Chance(1, 2))[:, 0, 0, 0]
    assert turned.unique().tolist() == pytest.approx([0.2, 0.8], abs=1e-4)
    assert (turned < 0.5).float().mean().item() == pytest.approx(0.6, abs=0.08)


def test_a_picture_gets_the_same_view_in_whatever_way_the_batch_is_dealt_out() -> None:
    pixels = torch.rand(6, 3, 12, 12)
    whole = seen(pixels, WILD, (8, 8), Chance(5, 6, first=0, total=6))
    first = seen(pixels[:2], WILD, (8, 8), Chance(5, 6, first=0, total=6))
    second = seen(pixels[2:], WILD, (8, 8), Chance(5, 6, first=2, total=6))
    torch.testing.assert_close(whole, torch.cat([first, second]))
    assert not torch.allclose(whole, seen(pixels, WILD, (8, 8), Chance(5, 7, first=0, total=6)))


def test_views_stay_pictures_and_their_source_stays_as_it_was() -> None:
    pixels = torch.rand(20, 3, 12, 12)
    kept = pixels.clone()
    view = seen(pixels, WILD, (8, 8), Chance(0, 0))
    assert 0 <= view.min() < view.max() <= 1
    assert torch.equal(pixels, kept)


@pytest.mark.parametrize("change", [{"area": (0.0, 1.0)}, {"area": (0.5, 0.2)}, {"aspect": (0.0, 1.0)}, {"grey": 1.2}])
def test_views_that_cannot_be_drawn_are_told(change: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        replace(WILD, **change)
