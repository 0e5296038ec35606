"""Records, sheets and pictures made by hand, for whatever reads them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from io import BytesIO
from typing import ClassVar

import numpy as np
import pytest
from PIL import Image, ImageDraw

from eyechart import draw, gallery, stats
from eyechart.core import (
    Estimate,
    Machine,
    Mistake,
    ModelCard,
    Norm,
    Preprocessing,
    Record,
    Refusal,
    Request,
    Result,
    Sheet,
    Statistics,
    Unread,
)
from eyechart.errors import BadInput
from eyechart.store.digest import of_json

CLASSES = ("cat", "dog", "fish", "bird", "tree", "house", "car", "boat", "cup", "star")
STATISTICS = Statistics(resamples=200)
MACHINE = Machine(
    system="Linux 6.1",
    processor="a processor",
    device="cpu",
    cores=2,
    memory_gib=16.0,
    python="3.11.2",
    packages={"torch": "2.15.0", "numpy": "2.4.6"},
)


@pytest.fixture(scope="session")
def handmade():
    """This file."""
    return sys.modules[__name__]


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """Top-1 accuracy when every class is only a name.

    More of it, which the page does not show.
    """

    name: ClassVar[str] = "naming"
    question: ClassVar[str] = "Can it name what it sees, from names alone?"

    def figure(self, results):
        rows = [
            draw.Spot(name.replace("_", " "), record.card.name, found.value, found.low, found.high)
            for record, _ in results
            for name, found in record.estimates.items()
            if found.high <= 1
        ]
        return draw.intervals(rows, x="accuracy", chance=0.1)


def card(name: str = "zoo:a", **given) -> ModelCard:
    known = {
        "digest": (name.encode().hex() * 8)[:32],
        "params": 1_300_000,
        "flops": 210_000_000,
        "width": 128,
        "preprocessing": Preprocessing(size=(64, 64), resize="crop", mean=(0.48, 0.46, 0.41), std=(0.27, 0.26, 0.28)),
        "taps": ("image", "pooled"),
        "link": "softmax",
        "trained_on": "world",
        "samples_seen": 2_000_000,
        "licence": "Apache-2.0",
    }
    return ModelCard(name=name, **(known | given))


def norm(exam: str = "naming", data: str = "world", count: int = 200, **given) -> Norm:
    known = {
        "version": 1,
        "settings": {"k": 20, "tap": "image"},
        "split": "test",
        "revision": "1",
        "items": of_json(data),
        "learnt_from": "",
        "preprocessing": "own",
        "statistics": STATISTICS,
    }
    return Norm(exam=exam, data=data, count=count, **(known | given))


def sheet(accuracy: float = 0.8, count: int = 200, seed: int = 0, classes: tuple[str, ...] = CLASSES) -> Sheet:
    """Items are as hard for every model as their number says, so that sheets are correlated as real ones are."""
    rng = np.random.default_rng(seed)
    hardness = np.random.default_rng(99).random(count)
    right = 0.7 * hardness + 0.3 * rng.random(count) < accuracy
    truth = np.random.default_rng(98).integers(len(classes), size=count)
    answer = np.where(right, truth, (truth + rng.integers(1, len(classes), count)) % len(classes))
    names = np.array(classes)
    return Sheet(
        columns={
            "id": np.array([f"item-{i:04}" for i in range(count)]),
            "group": np.array([f"item-{i:04}" for i in range(count)]),
            "score": right.astype(np.float64),
            "truth": names[truth],
            "answer": names[answer],
            "confidence": np.where(right, 0.6 + 0.4 * rng.random(count), 0.3 + 0.6 * rng.random(count)),
        },
        facts={"tap": "image", "classes": list(classes), "templates": ["a {}.", "the {}."], "penalty": 0.01},
    )


def result(of: ModelCard | None = None, under: Norm | None = None, rows: Sheet | None = None, **given) -> Result:
    """A record that agrees with its sheet."""
    of, under, rows = of or card(), under or norm(), rows or sheet()
    groups, score = rows["group"], rows["score"]
    top1 = stats.proportion(score, groups, STATISTICS, chance=0.1)
    loss = Estimate(value=1.31, low=1.2, high=1.45, units=len(rows), method="studentised cluster bootstrap")
    estimates = {
        "top1": top1,
        "balanced": stats.balanced(score, rows["truth"], groups, STATISTICS, chance=0.1),
        "mean_loss": Estimate(**{**_fields(loss), "better": "lower"}),
    }
    known = {
        "question": Naming.question,
        "headline": "top1",
        "estimates": estimates,
        "sheet": f"sheet-{of.name}-{under.data}",
        "facts": rows.facts,
        "request": Request(
            model=of.name,
            data=under.data,
            exam=under.exam,
            settings=under.settings,
            preprocessing="own",
            precision="auto",
            statistics=STATISTICS,
        ),
        "machine": MACHINE,
        "made": "2025-01-02T03:04:05+00:00",
        "seconds": {"forward": 12.3, "measure": 0.8, "grade": 0.1},
        "unread": (Unread(id="item-9999", reason="the file is empty"),),
        "mistakes": tuple(
            Mistake(
                id=str(rows["id"][row]),
                picture=f"{rows['id'][row]}.png",
                truth=str(rows["truth"][row]),
                answer=str(rows["answer"][row]),
                confidence=float(rows["confidence"][row]),
            )
            for row in gallery.worst(rows, 12)
        ),
        "eyechart": "0.1.0",
    }
    return Result(Record(norm=under, card=of, **(known | given)), rows)


def refusal(**given) -> Refusal:
    known = {
        "exam": "retrieval",
        "model": "timm:resnet50",
        "data": "world",
        "reason": "retrieval needs a DualEncoder; timm:resnet50 is none",
        "made": "2025-01-02T03:04:05+00:00",
    }
    return Refusal(**(known | given))


class Album:
    """Draws a thumbnail for every name; `gone` are not there."""

    def __init__(self, *gone: str) -> None:
        self.gone = gone

    def thumbnail(self, name: str) -> bytes:
        if name in self.gone:
            raise BadInput(f"no thumbnail is called {name!r}")
        seed = sum(name.encode())
        image = Image.new("RGB", (96, 96), (seed * 7 % 256, seed * 13 % 256, seed * 29 % 256))
        ImageDraw.Draw(image).ellipse((20, 20, 76, 70), fill=(255 - seed % 200, 200, seed % 255))
        file = BytesIO()
        image.save(file, "PNG")
        return file.getvalue()


def _fields(value: Estimate) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}
