"""The image processors of transformers: their own geometry, and what the card says of it.

A processor is called, not imitated: it resizes tensors where other libraries resize PIL images, and the difference
of a grey level moves features by more than rounding does. Only its normalisation is left to the model.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from PIL.Image import Image, fromarray
from torch import Tensor

from eyechart.core import Preprocessing
from eyechart.errors import Refused
from eyechart.models.geometry import Resize

Interpolation = Literal["nearest", "bilinear", "bicubic", "lanczos"]

# PIL's numbers of filters
INTERPOLATIONS: dict[int, Interpolation] = {0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic"}
WIDE, TALL = (96, 64), (40, 100)  # two pictures that no geometry can confuse


def geometry_of(processor: Any, name: str) -> Callable[[Image], Tensor]:
    """The processor without its normalisation.

    Raises:
        Refused: pictures of two shapes do not come out in one size, or white and black do not become 1 and 0.
    """

    def geometry(image: Image) -> Tensor:
        made = processor(image.convert("RGB"), do_normalize=False, return_tensors="pt")["pixel_values"][0]
        return made.float()

    wide, tall = geometry(_half_white(WIDE)), geometry(_half_white(TALL))
    if wide.ndim != 3 or wide.shape != tall.shape:
        raise Refused(
            f"the processor of {name} gives {tuple(wide.shape)} for a wide picture and {tuple(tall.shape)} for a tall "
            "one; expected one size for all: choose it, for example preprocessing='squash:256'"
        )
    # a bicubic filter may overshoot by a little where the processor resizes floats
    if not (-0.2 < wide.min() < 0.2 and 0.8 < wide.max() < 1.2):
        raise Refused(
            f"the processor of {name} gives values from {float(wide.min()):.2f} to {float(wide.max()):.2f}; "
            "expected black at 0 and white at 1; a common geometry works, for example preprocessing='crop:224'"
        )
    return geometry


def described(processor: Any, size: tuple[int, int]) -> Preprocessing:
    """What the processor does, in the card's words; `size` is what comes out of it."""
    told = processor.to_dict()
    asked = told.get("size") or {}
    resize: Resize
    if "shortest_edge" in asked:
        resize, resized = "crop", asked["shortest_edge"]
    elif "height" in asked:
        resize, resized = "squash", asked["height"]
    else:
        resize, resized = "pad", size[0]
    fraction = told.get("crop_pct") or (size[0] / resized if told.get("do_center_crop") else 1.0)
    return Preprocessing(
        size=size,
        resize=resize,
        interpolation=INTERPOLATIONS.get(int(told.get("resample") or 0), "bicubic"),
        crop_fraction=fraction,
        mean=_three(told["image_mean"]) if told.get("do_normalize") else (0.0, 0.0, 0.0),
        std=_three(told["image_std"]) if told.get("do_normalize") else (1.0, 1.0, 1.0),
    )


def own_size(geometry: Callable[[Image], Tensor]) -> tuple[int, int]:
    """Height and width that come out."""
    _, height, width = geometry(_half_white(WIDE)).shape
    return height, width


def _three(value: Any) -> tuple[float, ...]:
    return (float(value),) * 3 if isinstance(value, int | float) else tuple(float(band) for band in value)


def _half_white(size: tuple[int, int]) -> Image:
    """Black above, white below; `size` is width and height."""
    width, height = size
    rows = np.repeat(np.array([0, 255], dtype=np.uint8), [height // 2, height - height // 2])
    return fromarray(np.broadcast_to(rows[:, None, None], (height, width, 3)).copy())
