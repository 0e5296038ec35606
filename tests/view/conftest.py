"""A shelf with two small models, the pictures that they were examined on, and a run that learns."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image

from eyechart.core import Record, Statistics
from eyechart.run import Desk, Plan, examine
from eyechart.settings import exams
from eyechart.store.shelf import Shelf

STATISTICS = Statistics(resamples=50)
COLOURS = {"red": 0, "green": 1, "blue": 2}
MODELS = '''
import numpy as np
import torch
from torch import nn
from torch.nn.functional import normalize


class Keen:
    """Sees which of red, green and blue there is most of, and reads these three words."""

    order = (0, 1, 2)

    def preprocess(self, image):
        small = np.asarray(image.convert("RGB").resize((8, 8)), dtype=np.float32) / 255
        return torch.from_numpy(small).permute(2, 0, 1)

    def encode_image(self, pixels):
        seen = pixels.mean((2, 3))
        return (seen - seen.mean(1, keepdim=True))[:, self.order] + 0.01

    def encode_text(self, texts):
        rows = [[float(word in text) for word in ("red", "green", "blue")] for text in texts]
        return torch.tensor(rows) - 0.3

    def logits(self, image, text):
        return 10 * normalize(image.float(), dim=-1) @ normalize(text.float(), dim=-1).T


class Dim(Keen):
    """Takes green for blue and blue for green."""

    order = (0, 2, 1)


class Firm(nn.Module):
    """Keen with a weight, and so with a digest by which it is known again."""

    order = Keen.order
    preprocess, encode_image, encode_text, logits = Keen.preprocess, Keen.encode_image, Keen.encode_text, Keen.logits

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))


class Mute:
    """Sees and does not read."""

    preprocess, encode_image, order = Keen.preprocess, Keen.encode_image, Keen.order
'''


class Scene(NamedTuple):
    """Where everything lies."""

    shelf: Path
    pictures: Path
    runs: Path
    model: Callable[[str], str]  # of the file, by the name of its class


@pytest.fixture(scope="package")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("view")
    rng = np.random.default_rng(0)
    for name, band in COLOURS.items():
        (folder / "pictures" / name).mkdir(parents=True)
        for number in range(16):
            pixels = rng.integers(0, 200, (12, 12, 3))
            pixels[..., band] += 20
            Image.fromarray(pixels.astype(np.uint8)).save(folder / "pictures" / name / f"{number}.png")
    (folder / "eyes.py").write_text(MODELS)
    scene = Scene(folder / "shelf", folder / "pictures", folder / "runs", lambda name: f"{folder / 'eyes.py'}:{name}")
    plan = Plan(
        models=(scene.model("Keen"), scene.model("Dim")),
        data=(str(scene.pictures),),
        exams=exams(("zero_shot", "scores")),
        statistics=STATISTICS,
    )
    assert all(isinstance(found, Record) for found in examine(plan, Desk(shelf=Shelf(scene.shelf))))
    return scene


@pytest.fixture
def logged() -> Callable[..., None]:
    return write_log


def write_log(folder: Path, steps: int, *, of: int | None = None, **more: object) -> None:
    """The log of a run after so many steps, a line per ten; `more` goes into every line."""
    folder.mkdir(parents=True, exist_ok=True)
    if of is not None:
        (folder / "recipe.json").write_text(json.dumps({"steps": of, "batch": 32}))
    lines = [line_at(step) | more for step in range(10, steps + 1, 10)]
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def line_at(step: int) -> Mapping[str, object]:
    return {"step": step, "loss": 4.0 / step, "contrast": 4.0 / step, "rate": 1e-3, "samples_per_second": 64.0}
