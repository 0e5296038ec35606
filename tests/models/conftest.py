"""Real pictures of several shapes, and the hub out of reach."""

from __future__ import annotations

import io
import os
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pyarrow.parquet as pq
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_sample_images

SHARED = Path(os.environ.get("EYECHART_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))


@pytest.fixture(scope="session")
def pictures() -> list[Image.Image]:
    """Photographs, wide, tall, square, smaller than any input, and grey."""
    china, flower = (Image.fromarray(array) for array in load_sample_images().images)
    return [
        china,
        flower.crop((200, 0, 330, 427)),
        china.crop((100, 100, 300, 300)),
        flower.resize((29, 20)),
        china.convert("L"),
    ]


@pytest.fixture(scope="session")
def samples() -> list[Image.Image]:
    """A few pictures of ImageNet, where they are at hand."""
    path = SHARED / "imagenet-samples" / "half.parquet"
    if not path.is_file():
        pytest.skip(f"no samples of ImageNet at {path}; set EYECHART_SHARED_DATA")
    table = pq.read_table(path).slice(0, 6)
    column = next(table[name] for name in table.column_names if table[name].type.num_fields or "image" in name)
    values = (value["bytes"] if isinstance(value, dict) else value for value in column.to_pylist())
    return [Image.open(io.BytesIO(value)).convert("RGB") for value in values]


@pytest.fixture(autouse=True)
def _one_seed_for_each_test() -> None:
    torch.manual_seed(0)
