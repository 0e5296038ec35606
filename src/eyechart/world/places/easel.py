"""What a place is painted with: soft shapes on a square picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from eyechart.world.painting.palette import Rgb

Dot = tuple[float, float]


class Easel:
    """A square picture in unit coordinates, y downwards."""

    def __init__(self, side: int) -> None:
        self.side = side
        self.image = Image.new("RGB", (side, side))
        self._draw = ImageDraw.Draw(self.image)

    def fade(self, top: float, bottom: float, upper: Rgb, lower: Rgb) -> None:
        """A band over the full width whose colour goes from `upper` to `lower`."""
        first, last = round(top * self.side), round(bottom * self.side)
        share = np.linspace(0, 1, max(1, last - first))[:, None]
        rows = np.round(np.array(upper) * (1 - share) + np.array(lower) * share).astype(np.uint8)
        band = np.ascontiguousarray(np.broadcast_to(rows[:, None], (len(rows), self.side, 3)))
        self.image.paste(Image.fromarray(band), (0, first))

    def shape(self, colour: Rgb, *corners: Dot) -> None:
        """A filled polygon, its corners rounded to sixteenths of a pixel so that no last bit decides anything."""
        fine = 16 * self.side
        self._draw.polygon([(round(x * fine) / 16, round(y * fine) / 16) for x, y in corners], fill=colour)

    def box(self, colour: Rgb, left: float, top: float, right: float, bottom: float) -> None:
        """A filled rectangle."""
        self.shape(colour, (left, top), (right, top), (right, bottom), (left, bottom))

    def disc(self, colour: Rgb, x: float, y: float, rx: float, ry: float | None = None) -> None:
        """A filled ellipse."""
        ry = rx if ry is None else ry
        n = self.side
        self._draw.ellipse(((x - rx) * n, (y - ry) * n, (x + rx) * n, (y + ry) * n), fill=colour)

    def hill(self, colour: Rgb, height: float, rise: float, waves: float, phase: float) -> None:
        """Everything under a wavy line about `height`."""
        xs = np.linspace(0, 1, 49)
        ys = height - rise * np.sin(2 * np.pi * (xs * waves + phase))
        self.shape(colour, *((float(x), float(y)) for x, y in zip(xs, ys, strict=True)), (1.0, 1.0), (0.0, 1.0))

    def arch(self, colour: Rgb, x: float, y: float, outer: float, inner: float) -> None:
        """The upper half of a ring."""
        angle = np.linspace(np.pi, 2 * np.pi, 49)
        rims = [[(x + r * float(np.cos(a)), y + r * float(np.sin(a))) for a in angle] for r in (outer, inner)]
        self.shape(colour, *rims[0], *reversed(rims[1]))

    def crescent(self, colour: Rgb, x: float, y: float, radius: float) -> None:
        """A moon that is a third full, its back to the lower left."""
        back = np.radians(np.linspace(20, 240, 41))
        hollow = np.radians(np.linspace(221, 39, 31))
        outside = [(x + radius * float(np.cos(a)), y + radius * float(np.sin(a))) for a in back]
        near, at = 0.86 * radius, 0.5 * radius
        inside = [(x + at * 0.643 + near * float(np.cos(a)), y - at * 0.766 + near * float(np.sin(a))) for a in hollow]
        self.shape(colour, *outside, *inside)

    def ribbon(self, colour: Rgb, course: Sequence[tuple[float, float, float]]) -> None:
        """A band through (middle, height, half its width), such as a river that comes nearer."""
        left = [(x - half, y) for x, y, half in course]
        right = [(x + half, y) for x, y, half in course]
        self.shape(colour, *left, *reversed(right))

    def tree(self, colour: Rgb, x: float, foot: float, height: float) -> None:
        """A fir far away."""
        for step in (0, 1, 2):
            wide, top = (0.17 + 0.09 * step) * height, foot - height + 0.27 * step * height
            self.shape(colour, (x - wide, top + 0.42 * height), (x, top), (x + wide, top + 0.42 * height))

    def over(self, colour: Rgb, share: float) -> None:
        """A veil over everything painted so far."""
        veil = Image.new("RGB", self.image.size, colour)
        self.image.paste(Image.blend(self.image, veil, share))
