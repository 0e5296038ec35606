"""Other views of the same pictures, as tensors: crops, mirror images, colours, blur; all that is drawn, by `Chance`.

Pictures whose captions say left and right must not be mirrored; objectives that only see pictures may.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from eyechart.errors import BadInput
from eyechart.learn.chance import Chance

TRIES = 10  # crops that are drawn until one fits into the picture
NARROW = 1e-3  # a blur of so few pixels is none
USUAL = 224  # pixels of the pictures for which blurs are told
YIQ = ((0.299, 0.587, 0.114), (0.5959, -0.2746, -0.3213), (0.2115, -0.5227, 0.3112))


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a view is drawn. The defaults crop and mirror, and leave the colours alone."""

    area: tuple[float, float] = (0.2, 1.0)  # of the picture, that a crop has
    aspect: tuple[float, float] = (3 / 4, 4 / 3)  # width by height, of a crop
    mirrored: float = 0.5  # how often; so are all that follow, up to the strengths
    coloured: float = 0.0
    grey: float = 0.0
    blurred: float = 0.0
    solarised: float = 0.0
    brightness: float = 0.4  # the factor lies within 1 ± this; so do contrast and saturation
    contrast: float = 0.4
    saturation: float = 0.2
    hue: float = 0.1  # turns of the circle of colours, either way
    blur: tuple[float, float] = (0.1, 2.0)  # deviation in pixels, were the view 224 pixels wide

    def __post_init__(self) -> None:
        """Raises `BadInput` for what cannot be drawn."""
        if not (0 < self.area[0] <= self.area[1] <= 1 and 0 < self.aspect[0] <= self.aspect[1]):
            raise BadInput(f"crops need an area within (0, 1] and an aspect above 0; got {self.area}, {self.aspect}")
        for name in ("mirrored", "coloured", "grey", "blurred", "solarised"):
            if not 0 <= getattr(self, name) <= 1:
                raise BadInput(f"how often a view is {name} lies between 0 and 1; got {getattr(self, name)}")


class Cut(NamedTuple):
    """Where a view lies in its picture: corner and size in pixels, and whether left and right change places."""

    top: Float[Tensor, " n"]
    left: Float[Tensor, " n"]
    height: Float[Tensor, " n"]
    width: Float[Tensor, " n"]
    mirrored: Bool[Tensor, " n"]


def seen(pixels: Float[Tensor, "n b h w"], how: View, size: tuple[int, int], chance: Chance) -> Tensor:
    """One view per picture, ``n b *size`` in [0, 1]: cropped, then coloured, blurred and solarised."""
    count, device = len(pixels), pixels.device
    view = cropped(pixels, drawn(count, how, (pixels.shape[2], pixels.shape[3]), chance), size)
    drawn_colours, drawn_ends = chance.rand(count, 6).to(device), chance.rand(count, 3).to(device)
    if how.coloured or how.grey:
        view = _coloured(view, how, drawn_colours)
    if how.blurred:
        low, high = (sigma * size[0] / USUAL for sigma in how.blur)
        deviation = low + (high - low) * drawn_ends[:, 0]
        view = blurred(view, torch.where(drawn_ends[:, 1] < how.blurred, deviation, 0.0))
    if how.solarised:
        flipped = (drawn_ends[:, 2] < how.solarised)[:, None, None, None] & (view >= 0.5)
        view = torch.where(flipped, 1 - view, view)
    return view


def drawn(count: int, how: View, size: tuple[int, int], chance: Chance) -> Cut:
    """A crop per picture of `size`: area uniform, aspect uniform in its logarithm, place uniform.

    What has not fitted into the picture after `TRIES` draws is the whole picture.
    Source: Szegedy et al. 2015 (GoogLeNet), section 6, as in torchvision's RandomResizedCrop but for places and sizes
    between the pixels.
    """
    height, width = size
    u = chance.rand(count, TRIES, 4)
    area = (how.area[0] + (how.area[1] - how.area[0]) * u[..., 0]) * height * width
    low, high = math.log(how.aspect[0]), math.log(how.aspect[1])
    aspect = torch.exp(low + (high - low) * u[..., 1])
    tall, wide = (area / aspect).sqrt(), (area * aspect).sqrt()
    fits = (tall <= height) & (wide <= width)
    rows, first = torch.arange(count), fits.int().argmax(dim=1)
    found = fits.any(dim=1)
    tall = torch.where(found, tall[rows, first], float(height))
    wide = torch.where(found, wide[rows, first], float(width))
    top, left = (height - tall) * u[rows, first, 2], (width - wide) * u[rows, first, 3]
    return Cut(top, left, tall, wide, chance.rand(count) < how.mirrored)


def cropped(pixels: Float[Tensor, "n b h w"], cut: Cut, size: tuple[int, int]) -> Tensor:
    """The cuts, resampled to `size` by bicubic interpolation that averages where it shrinks; ``n b *size``."""
    down = _taps(cut.top, cut.height, pixels.shape[2], size[0]).to(pixels)
    across = _taps(cut.left, cut.width, pixels.shape[3], size[1])
    across = torch.where(cut.mirrored[:, None, None], across.flip(1), across).to(pixels)
    return (down[:, None] @ pixels @ across[:, None].mT).clamp(0, 1)


def recoloured(
    pixels: Float[Tensor, "n b h w"],
    *,
    brightness: Float[Tensor, " n"],
    contrast: Float[Tensor, " n"],
    saturation: Float[Tensor, " n"],
    hue: Float[Tensor, " n"],
) -> Float[Tensor, "n b h w"]:
    """Factors that leave a picture alone at 1, and a turn of the circle of colours that does at 0; a map per picture.

    Contrast is about the mean grey; saturation and hue scale and turn the two colour axes of YIQ, and are left out
    for pictures that have not three bands. All four commute, so their order does not matter; clipped at the end.
    """
    grey = _grey(pixels).mean(dim=(1, 2, 3), keepdim=True)
    shifted = grey + contrast[:, None, None, None] * (pixels - grey)
    if pixels.shape[1] == 3:
        shifted = torch.einsum("nij,njhw->nihw", _turn(saturation, hue).to(pixels), shifted)
    return (brightness[:, None, None, None] * shifted).clamp(0, 1)


def blurred(pixels: Float[Tensor, "n b h w"], deviation: Float[Tensor, " n"]) -> Float[Tensor, "n b h w"]:
    """Gaussian, of another deviation (in pixels) per picture; 0 leaves a picture alone."""
    down, across = (_bell(length, deviation).to(pixels) for length in pixels.shape[2:])
    return down[:, None] @ pixels @ across[:, None].mT


def _coloured(pixels: Tensor, how: View, u: Float[Tensor, "n 6"]) -> Tensor:
    changed = u[:, 0] < how.coloured

    def factor(draw: Tensor, strength: float) -> Tensor:
        return torch.where(changed, 1 + strength * (2 * draw - 1), 1.0)

    saturation = torch.where(u[:, 5] < how.grey, 0.0, factor(u[:, 3], how.saturation))
    return recoloured(
        pixels,
        brightness=factor(u[:, 1], how.brightness),
        contrast=factor(u[:, 2], how.contrast),
        saturation=saturation,
        hue=torch.where(changed, how.hue * (2 * u[:, 4] - 1), 0.0),
    )


def _turn(saturation: Tensor, hue: Tensor) -> Float[Tensor, "n 3 3"]:
    """From red, green and blue to the same of other colours."""
    to = torch.tensor(YIQ, dtype=torch.float64)
    angle, zero, one = 2 * math.pi * hue.double(), torch.zeros_like(hue).double(), torch.ones_like(hue).double()
    cosine, sine = saturation * angle.cos(), saturation * angle.sin()
    rows = [[one, zero, zero], [zero, cosine, -sine], [zero, sine, cosine]]
    turn = torch.stack([torch.stack(row, dim=-1) for row in rows], dim=-2)
    to = to.to(turn)
    return torch.linalg.inv(to) @ turn @ to


def _grey(pixels: Tensor) -> Float[Tensor, "n 1 h w"]:
    if pixels.shape[1] != 3:
        return pixels.mean(dim=1, keepdim=True)
    return (pixels * pixels.new_tensor(YIQ[0])[:, None, None]).sum(dim=1, keepdim=True)


def _taps(start: Tensor, length: Tensor, pixels: int, out: int) -> Float[Tensor, "n out pixels"]:
    """How much each pixel of a line counts for each pixel of a cut that starts at `start` and is `length` long.

    Pixels whose centre is outside of the cut do not count. The kernel is Keys' with a = -1/2, widened where it
    shrinks, as in Pillow.
    """
    step = (length / out)[:, None, None]
    centre = start[:, None, None] + (torch.arange(out)[:, None] + 0.5) * step
    place = torch.arange(pixels) + 0.5
    weight = _keys((place - centre) / step.clamp(min=1))
    inside = (place >= start[:, None, None]) & (place <= (start + length)[:, None, None])
    weight = weight * inside
    return weight / weight.sum(dim=2, keepdim=True)


def _keys(x: Tensor) -> Tensor:
    """Source: Keys 1981, equation 15 (a = -1/2)."""
    x = x.abs()
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return torch.where(x < 1, near, torch.where(x < 2, far, 0.0))


def _bell(length: int, deviation: Tensor) -> Float[Tensor, "n l l"]:
    place = torch.arange(length, device=deviation.device)
    distance = (place[:, None] - place).float() / deviation.clamp(min=NARROW)[:, None, None]
    weight = torch.exp(-distance.square() / 2)
    return weight / weight.sum(dim=2, keepdim=True)
