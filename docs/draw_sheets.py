"""Draw the pictures of world.md again: every contact sheet, small enough for a page (`make sheets`)."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from eyechart.world.sheet import SHEETS, sheet

FOLDER = Path(__file__).parent / "images"
MOST = 300_000  # bytes of a picture


def main() -> None:
    """Write them all."""
    for name in SHEETS:
        path = FOLDER / f"world-{name}.png"
        path.write_bytes(small(sheet(name)))


def small(image: Image.Image) -> bytes:
    """As PNG, in as few colours as it takes; narrowed where that does not do."""
    for colours in (0, 256, 128):
        content = encoded(fewer(image, colours) if colours else image)
        if len(content) <= MOST:
            return content
    return small(image.reduce(2))


def fewer(image: Image.Image, colours: int) -> Image.Image:
    """In so many colours, none of them far from what it was."""
    return image.quantize(colours, Image.Quantize.MAXCOVERAGE, kmeans=4, dither=Image.Dither.NONE)


def encoded(image: Image.Image) -> bytes:
    """As PNG."""
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


if __name__ == "__main__":
    main()
