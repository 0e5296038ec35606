"""Detectors by name: tiny ones of transformers and torchvision, with random weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers as hf
from PIL import Image

from eyechart import models
from eyechart.core import Classifier, ImageEncoder
from eyechart.errors import BadInput, Refused, UnknownName
from eyechart.models.detector import MOST, Detections, Detector, surest

TINY = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
NAMES = {0: "N/A", 1: "cat", 2: "dog", 3: "bird"}
KNOWN = ["cat", "dog", "bird"]
EDGES = {"shortest_edge": 64, "longest_edge": 96}

Write = Callable[..., Path]


def yolos() -> tuple[Any, Any]:
    config = hf.YolosConfig(**TINY, image_size=[64, 64], patch_size=16, num_detection_tokens=9, id2label=NAMES)
    return hf.YolosForObjectDetection(config), hf.YolosImageProcessor(size=EDGES)


def detr() -> tuple[Any, Any]:
    backbone = hf.ResNetConfig(
        embedding_size=8, hidden_sizes=[8, 8, 8, 16], depths=[1, 1, 1, 1], out_features=["stage4"]
    )
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64}
    config = hf.DetrConfig(
        **heads, d_model=32, encoder_layers=1, decoder_layers=1, num_queries=9, use_timm_backbone=False,
        use_pretrained_backbone=False, backbone=None, backbone_config=backbone, id2label=NAMES,
    )  # fmt: skip
    return hf.DetrForObjectDetection(config), hf.DetrImageProcessor(size=EDGES)


def owl() -> tuple[Any, Any]:
    reading = {
        **TINY,
        "vocab_size": 10,
        "max_position_embeddings": 12,
        "bos_token_id": 1,
        "pad_token_id": 2,
        "eos_token_id": 9,
    }
    seeing = {**TINY, "image_size": 64, "patch_size": 16}
    config = hf.OwlViTConfig(text_config=reading, vision_config=seeing, projection_dim=32)
    return hf.OwlViTForObjectDetection(config), hf.OwlViTImageProcessor(size={"height": 64, "width": 64})


CLOSED = {"yolos": yolos, "detr": detr}


@pytest.mark.parametrize("name", CLOSED)
def test_boxes_scores_and_names_are_those_of_the_library(
    write: Write, name: str, tmp_path: Path, pictures: list[Image.Image]
) -> None:
    folder = write(tmp_path, CLOSED[name])
    ours = models.load(f"hf:{folder}")
    assert isinstance(ours, Detector)
    assert not isinstance(ours, ImageEncoder | Classifier)
    assert ours.vocabulary == ("cat", "dog", "bird")
    reference = hf.AutoModelForObjectDetection.from_pretrained(folder).eval()
    processor = hf.AutoImageProcessor.from_pretrained(folder)
    for picture, found in zip(pictures, ours.detect(pictures, KNOWN), strict=True):
        with torch.no_grad():
            raw = reference(**processor(images=[picture.convert("RGB")], return_tensors="pt"))
        (theirs,) = processor.post_process_object_detection(
            raw, threshold=0.0, target_sizes=[(picture.height, picture.width)]
        )
        named = [place for place, label in enumerate(theirs["labels"].tolist()) if label]
        order = sorted(named, key=lambda place: -float(theirs["scores"][place]))
        np.testing.assert_allclose(found.scores, theirs["scores"][order], atol=1e-5)
        np.testing.assert_allclose(found.boxes, theirs["boxes"][order], rtol=1e-3, atol=0.05)
        assert list(found.labels) == [NAMES[label] for label in theirs["labels"][order].tolist()]


@pytest.mark.parametrize("name", CLOSED)
def test_a_picture_s_detections_do_not_depend_on_its_company(
    write: Write, name: str, tmp_path: Path, pictures: list[Image.Image]
) -> None:
    ours = models.load(f"hf:{write(tmp_path, CLOSED[name])}")
    together = ours.detect(pictures, KNOWN)
    for picture, found in zip(pictures, together, strict=True):
        (alone,) = ours.detect([picture], KNOWN)
        np.testing.assert_allclose(found.boxes, alone.boxes, rtol=1e-4, atol=1e-2)
        assert found.labels == alone.labels


def test_one_that_is_asked_finds_what_it_is_asked_for(
    write: Write, tmp_path: Path, pictures: list[Image.Image]
) -> None:
    ours = models.load(f"hf:{write(tmp_path, owl, reads=True)}")
    assert isinstance(ours, Detector)
    assert ours.vocabulary == ()
    both = ours.detect(pictures, ["cat", "dogs"])
    for picture, found in zip(pictures, both, strict=True):
        assert set(found.labels) <= {"cat", "dogs"}
        assert len(found.labels) == 16  # one of the two per patch
        assert (found.boxes[:, 2] <= picture.width * 2).all()
    one = ours.detect(pictures[:1], ["cat"])[0]
    assert set(one.labels) == {"cat"}


def test_one_that_is_asked_and_cannot_read_is_refused(write: Write, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no tokenizer"):
        models.load(f"hf:{write(tmp_path, owl)}")


def test_a_detector_keeps_its_own_preprocessing(write: Write, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="keeps its own"):
        models.load(f"hf:{write(tmp_path, yolos)}", preprocessing="squash:64")


def test_the_card_tells_other_weights_and_other_names(write: Write, tmp_path: Path) -> None:
    first, second = (models.load(f"hf:{write(tmp_path / name, kind)}") for name, kind in CLOSED.items())
    assert first.card.digest != second.card.digest
    assert first.card.params == sum(weight.numel() for weight in first.model.parameters())


def test_those_of_torchvision_run_by_name(pictures: list[Image.Image], tmp_path: Path) -> None:
    ours = models.load("torchvision:ssdlite320_mobilenet_v3_large/random?seed=3")
    assert isinstance(ours, Detector)
    assert {"person", "elephant", "tv"} <= set(ours.vocabulary)
    assert "N/A" not in ours.vocabulary
    found = ours.detect(pictures[:2], ours.vocabulary)
    for picture, one in zip(pictures, found, strict=False):
        assert 0 < len(one.labels) <= MOST
        assert (one.boxes[:, 2] <= picture.width).all()
        assert (np.diff(one.scores) <= 0).all()
    path = tmp_path / "own.pth"
    torch.save(ours.model.state_dict(), path)
    again = models.load(f"torchvision:ssdlite320_mobilenet_v3_large/{path}")
    np.testing.assert_array_equal(again.detect(pictures[:1], ours.vocabulary)[0].boxes, found[0].boxes)
    assert again.card.digest == ours.card.digest


def test_a_detector_that_torchvision_has_not_is_unknown() -> None:
    with pytest.raises(UnknownName, match="fasterrcnn_resnet50_fpn"):
        models.load("torchvision:fasterrcnn_resnet50")
    with pytest.raises(BadInput, match="no file"):
        models.load("torchvision:fcos_resnet50_fpn/nowhere.pth")


def test_only_names_that_are_asked_for_come_back_in_their_spelling() -> None:
    found = Detections(np.arange(12).reshape(3, 4), np.array([0.2, 0.9, 0.5]), ("cat", "Dog", "bird"))
    kept = surest(found, ["DOG", "cat"])
    assert kept.labels == ("DOG", "cat")
    assert kept.scores.tolist() == pytest.approx([0.9, 0.2])
    assert kept.boxes.tolist() == [[4, 5, 6, 7], [0, 1, 2, 3]]
    assert surest(found, ["fish"]).boxes.shape == (0, 4)
