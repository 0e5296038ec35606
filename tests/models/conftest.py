"""Real pictures of several shapes, and the hub out of reach."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pyarrow.parquet as pq
import pytest
import tokenizers
import torch
import transformers
from PIL import Image
from sklearn.datasets import load_sample_images

WORDS = ["[UNK]", "<s>", "<pad>", "a", "photo", "of", "cat", "two", "dogs", "</s>"]
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


@pytest.fixture(scope="session")
def write() -> Callable[..., Path]:
    """Write a tiny model of transformers with its processor, and a tokenizer of ten words if it reads."""

    def written(folder: Path, build: Callable[[], tuple[Any, Any]], *, reads: bool = False) -> Path:
        torch.manual_seed(1)
        model, processor = build()
        for weight in model.parameters():  # some start at zero, and then a wrong tap would go unseen
            torch.nn.init.normal_(weight, std=0.2)
        model.save_pretrained(folder)
        processor.save_pretrained(folder)
        if reads:
            _tokenizer().save_pretrained(folder)
        return folder

    return written


def _tokenizer() -> transformers.PreTrainedTokenizerFast:
    ids = {word: index for index, word in enumerate(WORDS)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(ids, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    ends = [("<s>", ids["<s>"]), ("</s>", ids["</s>"])]
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(single="<s> $A </s>", special_tokens=ends)
    special = {"unk_token": "[UNK]", "bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"}
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special)


@pytest.fixture(autouse=True)
def _one_seed_for_each_test() -> None:
    torch.manual_seed(0)
