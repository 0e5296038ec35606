"""An image encoder without a text side: what it can do, what it refuses, and how it is kept."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import timm
import torch
from PIL import Image
from safetensors.torch import load_file

from eyechart import models
from eyechart.core import DualEncoder, PatchEncoder, Preprocessing, TextEncoder
from eyechart.errors import BadInput, Refused
from eyechart.models.checkpoint import load, save
from eyechart.models.eye import Eye, eye_of
from eyechart.models.image_trunks import ImagePlan, TimmPlan
from eyechart.models.towers import EyePlan, OneTower
from eyechart.models.wish import Wish

SEEN = Preprocessing(size=(32, 32), resize="squash", mean=(0.5, 0.4, 0.3), std=(0.2, 0.25, 0.3))
PLANS = {
    "vit": ImagePlan(family="vit", patch=8, widths=(16,), depths=(1,), heads=2),
    "class token": ImagePlan(family="vit", patch=8, widths=(16,), depths=(1,), heads=2, class_token=True),
    "convnext": ImagePlan(family="convnext", patch=2, widths=(8, 8, 8, 16), depths=(1, 1, 1, 1)),
    "timm vit": TimmPlan(name="vit_tiny_patch16_224", options={"embed_dim": 24, "depth": 1, "num_heads": 3}),
    "timm resnet": TimmPlan(name="resnet10t"),
}
FACTS = {"trained_on": "stripes", "samples_seen": 48, "licence": "Apache-2.0", "objective": "mae"}
plans = pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)


def eye(plan: ImagePlan | TimmPlan, seen: Preprocessing = SEEN) -> Eye:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return eye_of(OneTower(EyePlan(image=plan, preprocessing=seen)).eval(), "fresh", FACTS)


@plans
def test_sees_and_does_not_read(plan: ImagePlan | TimmPlan) -> None:
    model = eye(plan)
    assert isinstance(model, PatchEncoder)
    assert not isinstance(model, TextEncoder | DualEncoder)
    taps = model.encode_taps(torch.rand(2, 3, 32, 32), model.card.taps)
    assert taps["image"].shape == (2, model.card.width)
    assert taps["patches"].shape[0::2] == (2, model.card.width)
    assert torch.equal(taps["image"], taps["pooled"])
    assert model.card.flops
    with pytest.raises(Refused, match="no tap depth3"):
        model.encode_taps(torch.rand(1, 3, 32, 32), ["depth3"])


@plans
def test_comes_back_bit_equal(plan: ImagePlan | TimmPlan, tmp_path: Path) -> None:
    model, pixels = eye(plan), torch.rand(2, 3, 32, 32)
    save(model, tmp_path / "toy", FACTS)
    assert sorted(path.name for path in (tmp_path / "toy").iterdir()) == ["config.json", "weights.safetensors"]
    again = load(str(tmp_path / "toy"), Wish())
    assert isinstance(again, Eye)
    assert torch.equal(again.encode_image(pixels), model.encode_image(pixels))
    assert torch.equal(again.encode_patches(pixels), model.encode_patches(pixels))
    assert again.card == replace(model.card, name=f"checkpoint:{tmp_path / 'toy'}")
    assert models.load(tmp_path / "toy").card.digest == model.card.digest


def test_halved_weights_run_and_counters_stay_whole(tmp_path: Path) -> None:
    save(eye(PLANS["timm resnet"]), tmp_path / "half", FACTS, dtype=torch.float16)
    assert load(str(tmp_path / "half"), Wish()).encode_image(torch.rand(1, 3, 32, 32)).dtype == torch.float32
    kept = load_file(tmp_path / "half" / "weights.safetensors")
    assert {value.dtype for value in kept.values()} == {torch.float16, torch.int64}


def test_what_is_kept_under_net_is_timms_own(tmp_path: Path) -> None:
    model = eye(PLANS["timm resnet"])
    save(model, tmp_path / "toy", FACTS)
    kept = load_file(tmp_path / "toy" / "weights.safetensors")
    bare = timm.create_model("resnet10t", num_classes=0).eval()
    bare.load_state_dict({name.removeprefix("image.net."): value for name, value in kept.items()}, strict=True)
    pixels = torch.rand(2, 3, 32, 32)
    torch.testing.assert_close(bare(model.tower.normalised(pixels)), model.encode_image(pixels))


def test_pictures_of_another_size_where_positions_are_not_learnt(tmp_path: Path) -> None:
    for name, plan in PLANS.items():
        save(eye(plan), tmp_path / name, FACTS)
    wish = Wish(preprocessing="crop:48")
    for name in ("convnext", "timm resnet"):
        assert load(str(tmp_path / name), wish).card.preprocessing.size == (48, 48)
    for name in ("vit", "timm vit"):
        with pytest.raises(Refused, match="pictures of 32 x 32 pixels only"):
            load(str(tmp_path / name), wish)


def test_describing_it_in_the_middle_of_its_training_teaches_it_nothing() -> None:
    tower = OneTower(EyePlan(image=PLANS["timm resnet"], preprocessing=SEEN)).train()
    tower.image.net.bn1.eval()
    before = {name: value.clone() for name, value in tower.state_dict().items()}
    eye_of(tower, "fresh", FACTS)
    assert all(torch.equal(value, before[name]) for name, value in tower.state_dict().items())
    assert tower.training
    assert tower.image.net.layer1.training
    assert not tower.image.net.bn1.training


def test_a_model_of_other_bands_takes_tensors_and_refuses_pictures() -> None:
    five = replace(SEEN, mean=(0.5,) * 5, std=(0.25,) * 5)
    model = eye(replace(PLANS["vit"], bands=5), five)
    assert model.encode_image(torch.rand(2, 5, 32, 32)).shape == (2, 16)
    with pytest.raises(Refused, match=r"reads 5 band\(s\); pictures have three"):
        model.preprocess(Image.new("RGB", (40, 40)))


def test_any_picture_is_brought_to_size() -> None:
    pixels = eye(PLANS["vit"]).preprocess(Image.new("RGB", (50, 91), (255, 0, 0)))
    assert pixels.shape == (3, 32, 32)
    torch.testing.assert_close(pixels[:, 3, 3], torch.tensor([1.0, 0.0, 0.0]))


def test_a_plan_with_a_field_nobody_knows_is_not_read(tmp_path: Path) -> None:
    save(eye(PLANS["vit"]), tmp_path / "toy", FACTS)
    path = tmp_path / "toy" / "config.json"
    config = json.loads(path.read_text())
    config["plan"]["image"]["window"] = 7
    path.write_text(json.dumps(config))
    with pytest.raises(BadInput, match="plan"):
        load(str(tmp_path / "toy"), Wish())
