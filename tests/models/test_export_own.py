"""The project's own models as graphs of ONNX: what comes out is what went in, for pictures and for texts."""

from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from PIL import Image
from typer.testing import CliRunner

from eyechart import models
from eyechart.cli import app
from eyechart.core import DualEncoder, PatchEncoder, Preprocessing, TextEncoder
from eyechart.errors import BadInput, Refused
from eyechart.models.dual import Dual, describe
from eyechart.models.export import export, to_timm
from eyechart.models.eye import eye_of
from eyechart.models.image_trunks import ImagePlan, TimmPlan
from eyechart.models.tokens import Words
from eyechart.models.towers import EyePlan, OneTower, Plan, TextPlan, TwoTowers

pytest.importorskip("onnxruntime", reason="the extra eyechart[onnx] is not installed")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")

SEEN = Preprocessing(size=(32, 32), resize="squash", mean=(0.5, 0.4, 0.3), std=(0.2, 0.25, 0.3))
VIT = ImagePlan(family="vit", patch=8, widths=(16,), depths=(1,), heads=2, class_token=True)
TEXTS = ["a red cube", "", "<|end|>", "A RED CUBE and a blue ball and a dog and much more than fits"]


@pytest.mark.parametrize("plan", [VIT, TimmPlan(name="resnet10t")], ids=["vit", "timm"])
def test_an_eye_sees_the_same_as_a_graph(plan: ImagePlan | TimmPlan, tmp_path: Path) -> None:
    model = eye_of(OneTower(EyePlan(image=plan, preprocessing=SEEN)).eval(), "fresh", {})
    again = models.load(f"onnx:{export(model, tmp_path / 'eye')}")
    assert isinstance(again, PatchEncoder)
    assert not isinstance(again, TextEncoder)
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8))
    pixels = torch.stack([model.preprocess(picture)] * 3)
    with torch.no_grad():
        expected = model.encode_taps(pixels, ("image", "pooled", "patches"))
    torch.testing.assert_close(again.encode_taps(pixels, tuple(expected)), expected, atol=1e-4, rtol=1e-4)
    assert again.card.flops == model.card.flops


def test_a_dual_sees_and_reads_the_same_as_graphs(tmp_path: Path) -> None:
    words = Words.learn(["a red cube", "a blue ball"], entries=270, context=8)
    text = TextPlan(entries=words.entries, context=8, width=16, depth=1, heads=2)
    towers = TwoTowers(Plan(image=VIT, text=text, space=12, preprocessing=SEEN, link="sigmoid")).eval()
    model = Dual(towers, words, describe(towers, words, "fresh", {}), {})
    again = models.load(f"onnx:{export(model, tmp_path / 'dual')}")
    assert isinstance(again, DualEncoder)
    pixels = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        image, texts = model.encode_image(pixels), model.encode_text(TEXTS)
        torch.testing.assert_close(again.encode_image(pixels), image, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(again.encode_text(TEXTS), texts, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(again.logits(image, texts), model.logits(image, texts))
    assert again.card.link == "sigmoid"


def test_timm_opens_what_is_a_network_of_timm(tmp_path: Path) -> None:
    model = eye_of(OneTower(EyePlan(image=TimmPlan(name="resnet10t"), preprocessing=SEEN)).eval(), "fresh", {})
    again = timm.create_model(f"local-dir:{to_timm(model, tmp_path / 'eye')}", pretrained=True).eval()
    pixels = torch.rand(2, 3, 32, 32)
    normed = (pixels - torch.tensor(SEEN.mean)[:, None, None]) / torch.tensor(SEEN.std)[:, None, None]
    with torch.no_grad():
        torch.testing.assert_close(again(normed), model.encode_taps(pixels, ("image",))["image"], atol=1e-5, rtol=1e-5)
    assert again.pretrained_cfg["mean"] == list(SEEN.mean)


def test_a_shape_without_a_name_is_no_network_of_timm(tmp_path: Path) -> None:
    model = eye_of(OneTower(EyePlan(image=VIT, preprocessing=SEEN)).eval(), "fresh", {})
    with pytest.raises(Refused, match="timm builds under no name"):
        to_timm(model, tmp_path / "eye")


def test_the_command_writes_what_examine_reads(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["export", "zoo:vit-clip", str(tmp_path / "graphs")], catch_exceptions=False)
    assert done.exit_code == 0
    assert isinstance(models.load(f"onnx:{tmp_path / 'graphs'}"), DualEncoder)
    with pytest.raises(BadInput, match="is not empty"):
        CliRunner().invoke(app, ["export", "zoo:vit-clip", str(tmp_path / "graphs")], catch_exceptions=False)
