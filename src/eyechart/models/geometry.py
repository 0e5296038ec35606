"""From a picture of any size to pixels in [0, 1]: the geometry of open_clip and timm, after `Preprocessing`.

The arithmetic (which side is rounded how, where the crop begins, what is padded) follows open_clip 3
``transform.py::image_transform`` and timm 1 ``transforms_factory.py::transforms_imagenet_eval``; parity is tested.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, final

from jaxtyping import Float
from PIL.Image import Image
from torch import Tensor
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as tv

from eyechart.core import Preprocessing

Size = tuple[int, int]  # height, width
Resize = Literal["crop", "squash", "pad"]
Fill = tuple[int, int, int]  # colour of a border

BLACK: Fill = (0, 0, 0)


@final
@dataclass(frozen=True, slots=True)
class Geometry:
    """The geometry of a `Preprocessing` as a call; `fill` colours the border that "pad" leaves."""

    preprocessing: Preprocessing
    fill: Fill = BLACK

    def __call__(self, image: Image) -> Float[Tensor, "3 h w"]:
        """Pixels in [0, 1], fp32."""
        return to_pixels(image, self.preprocessing, self.fill)


def to_pixels(image: Image, preprocessing: Preprocessing, fill: Fill = BLACK) -> Float[Tensor, "3 h w"]:
    """Resize, then crop or pad about the centre; pixels in [0, 1], mean and deviation not yet applied."""
    mode = InterpolationMode(preprocessing.interpolation)
    target = preprocessing.size
    scaled = (math.floor(target[0] / preprocessing.crop_fraction), math.floor(target[1] / preprocessing.crop_fraction))
    image = tv.resize(image.convert("RGB"), _resized(image, scaled, preprocessing.resize), mode)
    return tv.to_tensor(_centred(image, target, fill))


def _resized(image: Image, scaled: Size, resize: Resize) -> list[int]:
    """Height and width after the resize; `[one]` asks torchvision for the shorter side."""
    if resize == "squash":
        return list(scaled)
    if resize == "crop" and scaled[0] == scaled[1]:
        return [scaled[0]]
    choose = max if resize == "pad" else min
    ratio = choose(image.height / scaled[0], image.width / scaled[1])
    return [max(1, round(image.height / ratio)), max(1, round(image.width / ratio))]


def _centred(image: Image, target: Size, fill: Fill) -> Image:
    short, narrow = max(0, target[0] - image.height), max(0, target[1] - image.width)
    if short or narrow:
        border = [narrow // 2, short // 2, (narrow + 1) // 2, (short + 1) // 2]
        image = tv.pad(image, border, fill=fill)
    return tv.center_crop(image, list(target))
