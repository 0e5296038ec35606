from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import timm.data
import torch
from open_clip.transform import PreprocessCfg, image_transform_v2
from PIL import Image

from eyechart.core import Preprocessing
from eyechart.errors import BadInput
from eyechart.models.geometry import Geometry, to_pixels
from eyechart.models.wish import Wish

OPEN_CLIP = {"crop": "shortest", "squash": "squash", "pad": "longest"}
TIMM = {"crop": "center", "squash": "squash", "pad": "border"}
IDENTITY = {"mean": (0.0, 0.0, 0.0), "std": (1.0, 1.0, 1.0)}


@pytest.mark.parametrize("size", [(48, 48), (224, 224), (40, 64)])
@pytest.mark.parametrize("resize", OPEN_CLIP)
@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
def test_geometry_is_that_of_open_clip(size: Any, resize: Any, interpolation: Any, pictures: list[Image.Image]) -> None:
    if resize == "crop" and size[0] != size[1]:
        interpolation = "bicubic"  # open_clip forgets the other one for crops that are not square
    theirs = image_transform_v2(
        PreprocessCfg(size=size, resize_mode=OPEN_CLIP[resize], interpolation=interpolation, **IDENTITY), is_train=False
    )
    ours = Geometry(Preprocessing(size=size, resize=resize, interpolation=interpolation))
    for picture in pictures:
        assert torch.equal(ours(picture), theirs(picture))


def test_geometry_is_that_of_open_clip_on_photographs(samples: list[Image.Image]) -> None:
    theirs = image_transform_v2(PreprocessCfg(**IDENTITY), is_train=False)
    for picture in samples:
        assert torch.equal(to_pixels(picture, Preprocessing(size=(224, 224), resize="crop")), theirs(picture))


@pytest.mark.parametrize("size", [(48, 48), (40, 64)])
@pytest.mark.parametrize("resize", TIMM)
@pytest.mark.parametrize("fraction", [1.0, 0.875, 0.9])
def test_geometry_is_that_of_timm(size: Any, resize: Any, fraction: float, pictures: list[Image.Image]) -> None:
    mean = (0.485, 0.456, 0.406)
    theirs = timm.data.create_transform(
        input_size=(3, *size),
        interpolation="bicubic",
        crop_pct=fraction,
        crop_mode=TIMM[resize],
        mean=mean,
        std=(1, 1, 1),
    )
    fill = tuple(round(255 * band) for band in mean)
    ours = Geometry(Preprocessing(size=size, resize=resize, crop_fraction=fraction), fill)
    for picture in (picture.convert("RGB") for picture in pictures):
        torch.testing.assert_close(ours(picture) - torch.tensor(mean).view(3, 1, 1), theirs(picture), atol=1e-7, rtol=0)


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK", "1"])
def test_pictures_of_every_mode_become_three_bands(mode: str, pictures: list[Image.Image]) -> None:
    pixels = to_pixels(pictures[0].convert(mode), Preprocessing(size=(32, 32), resize="crop"))
    assert pixels.shape == (3, 32, 32)
    assert pixels.dtype == torch.float32
    assert 0 <= pixels.min() <= pixels.max() <= 1


def test_a_line_of_one_pixel_survives_padding() -> None:
    assert to_pixels(Image.new("RGB", (1000, 1)), Preprocessing(size=(32, 32), resize="pad")).shape == (3, 32, 32)


def test_a_wish_replaces_the_geometry_and_nothing_else() -> None:
    own = Preprocessing(size=(64, 64), resize="crop", crop_fraction=0.9, mean=(0.5, 0.5, 0.5), std=(0.2, 0.2, 0.2))
    assert Wish("cpu", "own").over(own) is own
    asked = Wish("cpu", "pad:32").over(own)
    assert asked == replace(own, size=(32, 32), resize="pad", crop_fraction=1.0, chosen_by="user")


@pytest.mark.parametrize("given", ["", "crop", "crop:", "crop:x", "crop:0", "zoom:224", "crop:-3", "crop:2.5"])
def test_a_wish_that_is_not_understood_says_what_is(given: str) -> None:
    with pytest.raises(BadInput, match="squash:224"):
        Wish("cpu", given).over(Preprocessing(size=(64, 64), resize="crop"))
