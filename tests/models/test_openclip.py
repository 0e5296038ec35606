from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import open_clip
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from eyechart import models
from eyechart.core import Classifier, DualEncoder, PatchEncoder
from eyechart.errors import BadInput, Refused, UnknownName

TEXT = {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1}
VIT = {"image_size": 64, "layers": 2, "width": 48, "head_width": 16, "patch_size": 16}
CONFIGS: dict[str, dict[str, Any]] = {
    "vit": {"embed_dim": 24, "vision_cfg": VIT, "text_cfg": TEXT, "quick_gelu": True},
    "vit-avg": {
        "embed_dim": 24,
        "vision_cfg": {**VIT, "pool_type": "avg", "final_ln_after_pool": True, "no_ln_pre": True},
        "text_cfg": {**TEXT, "proj_bias": True, "pool_type": "last", "no_causal_mask": True},
        "custom_text": True,
        "init_logit_bias": -10,
    },
    "resnet": {
        "embed_dim": 24,
        "vision_cfg": {"image_size": 64, "layers": [1, 1, 1, 1], "width": 8, "head_width": 16},
        "text_cfg": TEXT,
    },
    "trunk": {
        "embed_dim": 24,
        "vision_cfg": {"timm_model_name": "resnet10t", "timm_pool": "avg", "timm_proj": "linear", "image_size": 64},
        "text_cfg": TEXT,
        "custom_text": True,
    },
    "trunk-head": {
        "embed_dim": 24,
        "vision_cfg": {"timm_model_name": "resnet10t", "timm_pool": "avg", "timm_proj": "", "image_size": 64},
        "text_cfg": TEXT,
        "custom_text": True,
    },
    "coca": {
        "embed_dim": 24,
        "vision_cfg": {**VIT, "attentional_pool": True, "attn_pooler_heads": 2, "output_tokens": True},
        "text_cfg": {**TEXT, "embed_cls": True, "output_tokens": True, "context_length": 76},
        "multimodal_cfg": {"context_length": 76, "vocab_size": 49408, "width": 24, "heads": 2, "layers": 1},
        "custom_text": True,
    },
}
PREPROCESS = {
    "vit-avg": {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "resize_mode": "squash"},
    "resnet": {"resize_mode": "longest", "interpolation": "bilinear"},
}
TEXTS = ["a photo of a cat", "two dogs"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder per configuration, in the layout of a hub repository."""
    place = tmp_path_factory.mktemp("openclip")
    for name, config in CONFIGS.items():
        (place / name).mkdir()
        told = {"model_cfg": config, "preprocess_cfg": PREPROCESS.get(name, {})}
        (place / name / "open_clip_config.json").write_text(json.dumps(told))
        torch.manual_seed(1)
        built = open_clip.create_model(f"local-dir:{place / name}", load_weights=False)
        save_file(built.state_dict(), place / name / "open_clip_model.safetensors")
    return place


@pytest.fixture(scope="module")
def architecture(folders: Path) -> str:
    """The tiny ViT as an architecture that open_clip knows by name."""
    path = folders / "tiny-vit-for-tests.json"
    path.write_text(json.dumps(CONFIGS["vit"]))
    open_clip.add_model_config(path)
    return path.stem


def theirs(folder: Path, pictures: Sequence[Image.Image]) -> tuple[Any, torch.Tensor, torch.Tensor]:
    network, _, transform = open_clip.create_model_and_transforms(f"local-dir:{folder}")
    network.eval()
    tokens = open_clip.get_tokenizer(f"local-dir:{folder}")(TEXTS)
    with torch.no_grad():
        image = network.encode_image(torch.stack([transform(picture) for picture in pictures]), normalize=False)
        return network, image, network.encode_text(tokens, normalize=False)


@pytest.mark.parametrize("name", CONFIGS)
def test_features_equal_those_of_the_library(name: str, folders: Path, pictures: list[Image.Image]) -> None:
    ours = models.load(f"openclip:{folders / name}")
    network, image, text = theirs(folders / name, pictures)
    assert isinstance(ours, DualEncoder)
    assert isinstance(ours, PatchEncoder)
    assert not isinstance(ours, Classifier)
    with torch.no_grad():
        pixels = torch.stack([ours.preprocess(picture) for picture in pictures])
        taps = ours.encode_taps(pixels, ours.card.taps)
        torch.testing.assert_close(taps["image"], image, atol=1e-5, rtol=0)
        torch.testing.assert_close(ours.encode_image(pixels), image, atol=1e-5, rtol=0)
        torch.testing.assert_close(ours.encode_patches(pixels), taps["patches"])
        torch.testing.assert_close(ours.encode_text(TEXTS), text, atol=1e-5, rtol=0)
        cosine = torch.nn.functional.normalize(image, dim=-1) @ torch.nn.functional.normalize(text, dim=-1).T
        bias = 0 if network.logit_bias is None else network.logit_bias
        torch.testing.assert_close(ours.logits(image, text), network.logit_scale.exp() * cosine + bias)
    assert 0 <= pixels.min() <= pixels.max() <= 1
    assert ours.card.width == 24
    assert ours.card.params == sum(weight.numel() for weight in network.parameters())
    assert ours.card.link == ("sigmoid" if name == "vit-avg" else "softmax")


@pytest.mark.parametrize(
    ("name", "width", "cells"), [("vit", 48, 16), ("resnet", 256, 4), ("trunk", 512, 4), ("coca", 24, 16)]
)
def test_taps_have_the_depth_that_they_are_named_for(name: str, width: int, cells: int, folders: Path) -> None:
    ours = models.load(f"openclip:{folders / name}")
    taps = ours.encode_taps(torch.rand(2, 3, 64, 64), ("pooled", "patches"))
    assert set(taps) == {"pooled", "patches"}
    assert taps["pooled"].shape == (2, width)
    assert taps["patches"].shape[:2] == (2, cells)


def test_pooled_projects_onto_image(folders: Path) -> None:
    ours = models.load(f"openclip:{folders / 'vit'}")
    network = open_clip.create_model(f"local-dir:{folders / 'vit'}").eval()
    taps = ours.encode_taps(torch.rand(2, 3, 64, 64), ("image", "pooled"))
    torch.testing.assert_close(taps["pooled"] @ network.visual.proj, taps["image"])


def test_a_head_of_the_trunk_counts_as_the_projection(folders: Path) -> None:
    ours = models.load(f"openclip:{folders / 'trunk-head'}")
    assert ours.encode_taps(torch.rand(1, 3, 64, 64), ("pooled",))["pooled"].shape == (1, 512)


def test_flops_are_those_of_the_formula(folders: Path) -> None:
    """By hand, multiply-adds of a ViT: patches, per layer 12 d² t + 2 t² d, projection."""
    d, t, layers = 48, 17, 2
    by_hand = 16 * 3 * 16 * 16 * d + layers * (12 * d * d * t + 2 * t * t * d) + d * 24
    assert models.load(f"openclip:{folders / 'vit'}").card.flops == 2 * by_hand


def test_images_are_differentiable(folders: Path) -> None:
    ours = models.load(f"openclip:{folders / 'vit'}")
    pixels = torch.rand(1, 3, 64, 64, requires_grad=True)
    ours.logits(ours.encode_image(pixels), ours.encode_text(TEXTS)).sum().backward()
    assert pixels.grad is not None
    assert pixels.grad.abs().sum() > 0


@pytest.mark.parametrize("suffix", [".safetensors", ".pt", "-wrapped.pt", "-parallel.pt"])
def test_a_local_checkpoint_loads_whole(suffix: str, architecture: str, folders: Path, tmp_path: Path) -> None:
    state = load_file(folders / "vit" / "open_clip_model.safetensors")
    path = tmp_path / f"epoch_3{suffix}"
    if suffix == ".safetensors":
        save_file(state, path)
    else:
        held = {f"module.{name}": value for name, value in state.items()} if "parallel" in suffix else state
        torch.save(held if suffix == ".pt" else {"epoch": 3, "state_dict": held}, path)
    ours = models.load(f"openclip:{architecture}/{path}")
    pixels = torch.rand(2, 3, 64, 64)
    whole = models.load(f"openclip:{folders / 'vit'}")
    torch.testing.assert_close(ours.encode_image(pixels), whole.encode_image(pixels))
    assert ours.card.digest == whole.card.digest  # wherever the weights lie
    assert ours.card.name == f"openclip:{architecture}/{path}"


def test_a_published_tag_brings_its_own_preprocessing(
    architecture: str, folders: Path, pictures: list[Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    published = {
        "file": str(folders / "vit" / "open_clip_model.safetensors"),
        "quick_gelu": True,
        "mean": (0.5, 0.5, 0.5),
        "std": (0.5, 0.5, 0.5),
        "resize_mode": "squash",
    }
    monkeypatch.setitem(open_clip.pretrained._PRETRAINED, architecture, {"web400m": published})
    ours = models.load(f"openclip:{architecture}/web400m")
    network, _, transform = open_clip.create_model_and_transforms(architecture, pretrained="web400m")
    with torch.no_grad():
        expected = network.eval().encode_image(torch.stack([transform(picture) for picture in pictures]))
        pixels = torch.stack([ours.preprocess(picture) for picture in pictures])
        torch.testing.assert_close(ours.encode_image(pixels), expected, atol=1e-5, rtol=0)
    assert ours.card.trained_on == "web400m"
    assert ours.card.preprocessing.resize == "squash"


def test_what_is_only_on_the_hub_is_refused_without_it() -> None:
    with pytest.raises(Refused, match="could not be fetched"):
        models.load("openclip:ViT-B-32/laion2b_s34b_b79k")
    with pytest.raises(Refused, match="could not be fetched"):
        models.load("openclip:hf-hub:someone/something")


def test_missing_and_surplus_weights_are_listed(architecture: str, folders: Path, tmp_path: Path) -> None:
    state = load_file(folders / "vit" / "open_clip_model.safetensors")
    state["visual.surplus"] = state.pop("visual.proj")
    state["visual.conv1.weight"] = state["visual.conv1.weight"][:, :1].contiguous()
    save_file(state, tmp_path / "half.safetensors")
    with pytest.raises(Refused, match=r"1 missing \(visual.proj\).*1 unexpected \(visual.surplus\).*conv1.weight"):
        models.load(f"openclip:{architecture}/{tmp_path / 'half.safetensors'}")


def test_positions_of_another_resolution_are_not_stretched_in_silence(
    architecture: str, folders: Path, tmp_path: Path
) -> None:
    state = load_file(folders / "vit" / "open_clip_model.safetensors")
    state["visual.positional_embedding"] = torch.zeros(50, 48)
    save_file(state, tmp_path / "larger.safetensors")
    with pytest.raises(Refused, match="positional_embedding"):
        models.load(f"openclip:{architecture}/{tmp_path / 'larger.safetensors'}")


def test_the_same_weights_with_another_activation_have_another_digest(folders: Path, tmp_path: Path) -> None:
    told = {"model_cfg": {**CONFIGS["vit"], "quick_gelu": False}, "preprocess_cfg": {}}
    (tmp_path / "open_clip_config.json").write_text(json.dumps(told))
    save_file(load_file(folders / "vit" / "open_clip_model.safetensors"), tmp_path / "model.safetensors")
    gelu, quick = models.load(f"openclip:{tmp_path}"), models.load(f"openclip:{folders / 'vit'}")
    assert gelu.card.digest != quick.card.digest
    assert models.load(f"openclip:{folders / 'vit'}").card.digest == quick.card.digest


def test_random_weights_are_asked_for_by_name_and_follow_their_seed(architecture: str) -> None:
    first, again, other = (models.load(f"openclip:{architecture}/random?seed={seed}") for seed in (0, 0, 1))
    assert first.card.digest == again.card.digest != other.card.digest
    assert first.card.trained_on == "nothing: random weights, seed 0"
    with pytest.raises(BadInput, match="names no weights"):
        models.load(f"openclip:{architecture}")


def test_random_weights_leave_the_global_generator_alone(architecture: str) -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    models.load(f"openclip:{architecture}/random")
    assert torch.equal(torch.get_rng_state(), before)


def test_unknown_architectures_tags_and_options_get_the_nearest_names() -> None:
    with pytest.raises(UnknownName, match="ViT-B-32"):
        models.load("openclip:ViT-B-33/openai")
    with pytest.raises(UnknownName, match="laion2b_s34b_b79k"):
        models.load("openclip:ViT-B-32/laion2b_s34b_b79")
    with pytest.raises(UnknownName, match="seed"):
        models.load("openclip:ViT-B-32/random?sed=1")


def test_weights_of_another_activation_are_refused() -> None:
    with pytest.raises(Refused, match="openclip:ViT-B-32-quickgelu/openai"):
        models.load("openclip:ViT-B-32/openai")


def test_a_checkpoint_of_siglip_is_squashed_as_its_published_weights_are() -> None:
    from eyechart.models.openclip import _published_preprocess

    assert _published_preprocess("ViT-B-16-SigLIP")["resize_mode"] == "squash"
    assert _published_preprocess("ViT-B-32")["resize_mode"] == "shortest"
    assert _published_preprocess("ViT-H-14") == {}  # published with two


def test_a_common_preprocessing_replaces_the_geometry_and_keeps_the_mean(
    folders: Path, pictures: list[Image.Image]
) -> None:
    own = models.load(f"openclip:{folders / 'vit'}")
    squashed = models.load(f"openclip:{folders / 'vit'}", preprocessing="squash:64")
    assert squashed.card.preprocessing.chosen_by == "user"
    assert squashed.card.preprocessing.mean == own.card.preprocessing.mean
    assert squashed.card.digest == own.card.digest
    assert not torch.equal(squashed.preprocess(pictures[0]), own.preprocess(pictures[0]))


def test_a_size_that_the_tower_does_not_accept_is_refused(folders: Path) -> None:
    with pytest.raises(Refused, match="does not accept pictures of 96 x 96"):
        models.load(f"openclip:{folders / 'vit'}", preprocessing="squash:96")


def test_logits_keep_full_precision_under_autocast(folders: Path) -> None:
    ours = models.load(f"openclip:{folders / 'vit'}")
    image, text = torch.randn(5, 24), torch.randn(3, 24)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(ours.logits(image, text), ours.logits(image.double().float(), text))
        assert ours.logits(image, text).dtype == torch.float32
    assert math.isclose(float(ours.voice.scale), 1 / 0.07, rel_tol=1e-5)
