"""The exam `elephant` from end to end: detectors by name, pictures and masks as COCO JSON tells them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from PIL import Image

from eyechart import data as sources
from eyechart import models
from eyechart.bench import Bench
from eyechart.core import ModelCard, Preprocessing, Record, Statistics
from eyechart.data import masks
from eyechart.exams.elephant import Elephant
from eyechart.models.detector import Detections, Detector, surest
from eyechart.run import Desk, Plan, examine
from eyechart.store.shelf import Shelf

GROUND = {"land": (0, 70, 0), "sea": (0, 0, 90)}
COLOURS = {
    "horse": (250, 0, 0), "cow": (250, 120, 0), "sheep": (250, 250, 0),
    "boat": (0, 250, 250), "surfboard": (250, 0, 250), "bird": (250, 250, 250),
}  # fmt: skip
FOLK = {"land": ("horse", "cow", "sheep"), "sea": ("boat", "surfboard", "bird")}
SIDE, BLOCK = 64, 12
BRIEF = Elephant(crossings=4, positions=1, scales=(0.22,))
SSD = "torchvision:ssdlite320_mobilenet_v3_large/random?seed=3"


@pytest.fixture
def coco(tmp_path: Path) -> str:
    """Two blocks on their ground per picture; outlines as polygons, run lengths and compressed run lengths in turn."""
    (tmp_path / "images").mkdir()
    pictures: list[dict[str, Any]] = []
    things: list[dict[str, Any]] = []
    kinds = {name: number for number, name in enumerate(COLOURS, 1)}
    for number in range(72):
        place = ("land", "sea")[number % 2]
        image = Image.new("RGB", (SIDE, SIDE), (number // 24, *GROUND[place][1:]))
        first, corner = number // 2 % 3, number // 6 % 4
        for turn in (0, 1):
            spot = (corner + turn * (1 + number % 3)) % 4
            left, top = 4 + 44 * (spot % 2), 4 + 44 * (spot // 2)
            name = FOLK[place][(first + turn) % 3]
            image.paste(COLOURS[name], (left, top, left + BLOCK, top + BLOCK))
            things.append(
                {
                    "id": len(things) + 1,
                    "image_id": number,
                    "category_id": kinds[name],
                    "bbox": [left, top, BLOCK, BLOCK],
                    "segmentation": outline(left, top, len(things) % 3),
                }
            )
        image.save(tmp_path / "images" / f"{number:02d}.png")
        pictures.append({"id": number, "file_name": f"{number:02d}.png", "height": SIDE, "width": SIDE})
    categories = [{"id": number, "name": name} for name, number in kinds.items()]
    told = {"images": pictures, "annotations": things, "categories": categories}
    (tmp_path / "things.json").write_text(json.dumps(told), encoding="utf-8")
    return f"coco:{tmp_path / 'things.json'}"


def outline(left: int, top: int, form: int) -> Any:
    """One block in one of the three forms of COCO."""
    if form == 0:
        right, bottom = left + BLOCK, top + BLOCK
        return [[left, top, right, top, right, bottom, left, bottom]]
    mask = np.zeros((SIDE, SIDE), dtype=bool)
    mask[top : top + BLOCK, left : left + BLOCK] = True
    if form == 1:
        return {"size": [SIDE, SIDE], "counts": masks.to_runs(mask)}
    before, gap = left * SIDE + top, SIDE - BLOCK
    runs = [before, *[BLOCK, gap] * (BLOCK - 1), BLOCK]
    return {"size": [SIDE, SIDE], "counts": [*runs, SIDE * SIDE - sum(runs)]}


@pytest.fixture
def yolos(tmp_path: Path) -> str:
    """A small detector of transformers that knows the six names, with random weights."""
    torch.manual_seed(0)
    names = {0: "N/A", **dict(enumerate(COLOURS, 1))}
    config = transformers.YolosConfig(
        hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, image_size=[64, 64],
        patch_size=16, num_detection_tokens=9, id2label=names,
    )  # fmt: skip
    model = transformers.YolosForObjectDetection(config)
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.2)
    folder = tmp_path / "yolos"
    model.save_pretrained(folder)
    transformers.YolosImageProcessor(size={"shortest_edge": 64, "longest_edge": 96}).save_pretrained(folder)
    return f"hf:{folder}"


class Finder:
    """Finds every block by its colour; on the ground of others it is less sure."""

    device = "cpu"
    vocabulary = tuple(COLOURS)
    card = ModelCard(
        name="finder", digest="", params=0, flops=None, width=6,
        preprocessing=Preprocessing(size=(SIDE, SIDE), resize="squash"), taps=(),
    )  # fmt: skip

    def detect(self, images: Sequence[Image.Image], names: Sequence[str]) -> list[Detections]:
        return [surest(self._one(np.asarray(image).astype(int)), names) for image in images]

    def _one(self, pixels: np.ndarray) -> Detections:
        place = min(GROUND, key=lambda name: -(np.abs(pixels - GROUND[name]).max(-1) < 9).mean())
        shown = {name: np.abs(pixels - colour).max(-1) < 60 for name, colour in COLOURS.items()}
        found = {name: np.where(like) for name, like in shown.items() if like.sum() > 30}
        return Detections(
            boxes=np.array([(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1) for ys, xs in found.values()], np.float32),
            scores=np.array([0.9 if name in FOLK[place] else 0.4 for name in found], np.float32),
            labels=tuple(found),
        )


def test_one_that_knows_what_belongs_notices_in_pictures_that_coco_tells(coco: str) -> None:
    exam = Elephant(crossings=6, positions=3, scales=(0.22,))
    sheet = exam.measure(Finder(), sources.load(coco), Bench())
    found = exam.grade(sheet, Statistics(resamples=50))
    assert sheet.facts["told_by"] == "company"
    assert found["notices"].value == 1
    assert found["found_away"].value == 1
    assert found["iou"].value > 0.85  # the masks are where the blocks are, in whichever form they came


@pytest.mark.parametrize("source", ["transformers", "torchvision"])
def test_detectors_by_name_take_the_exam_and_leave_pictures_to_look_at(
    source: str, coco: str, yolos: str, tmp_path: Path
) -> None:
    name = yolos if source == "transformers" else SSD
    assert isinstance(models.load(name), Detector)
    shelf = Shelf(tmp_path / "shelf")
    (record,) = examine(Plan(models=(name,), data=(coco,), exams=(BRIEF,)), Desk(shelf=shelf))
    assert isinstance(record, Record), record
    assert (record.facts["look"], record.card.name) == ("detections", name)
    head = record.estimates["notices"]
    assert 0 <= head.low <= head.value <= head.high <= 1
    assert head.chance == 0.5
    assert {"found_home", "found_away", "iou"} <= record.estimates.keys()
    assert len(shelf.sheet(record.sheet)) > 0
    assert len(record.displays) > 0
    assert all(hung.caption for display in record.displays for hung in display.pictures)
