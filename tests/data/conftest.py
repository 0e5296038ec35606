"""Pictures and folders for the tests of data."""

import os
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

SHARED = Path(os.environ.get("EYECHART_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")


@pytest.fixture
def shared():
    """Real pictures beside the project; the tests that need them are skipped where there are none."""
    if not (SHARED / "cifar10" / "test.parquet").exists():
        pytest.skip(f"no real pictures in {SHARED}; set EYECHART_SHARED_DATA")
    return SHARED


@pytest.fixture
def paint():
    """Draws a picture of its own for every number: red, green and blue tell the number, size (width, height)."""

    def painted(number=0, size=(8, 6)):
        return Image.new("RGB", size, (number % 256, number // 256 % 256, 200))

    return painted


@pytest.fixture
def encode():
    """An image as encoded bytes."""

    def encoded(image, kind="PNG", **options):
        stream = BytesIO()
        image.save(stream, kind, **options)
        return stream.getvalue()

    return encoded


@pytest.fixture
def plant(tmp_path, paint):
    """Writes pictures under `tmp_path` by their relative paths, each unlike the others; returns the folder."""

    def planted(*paths, folder=tmp_path):
        for path in paths:
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            paint(len(list(tmp_path.rglob("*.png")))).save(file)
        return folder

    return planted


@pytest.fixture
def corners():
    """The colours in the corners of an image: upper left, upper right, lower left, lower right."""

    def of(image):
        pixels = np.asarray(image)
        return [tuple(int(value) for value in pixels[y, x]) for y in (0, -1) for x in (0, -1)]

    return of
