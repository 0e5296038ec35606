from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers as hf
from PIL import Image
from safetensors.torch import load_file, save_file

from eyechart import models
from eyechart.core import Classifier, DualEncoder, ImageEncoder, PatchEncoder, TextEncoder
from eyechart.errors import BadInput, Refused

TINY = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
VISION = {**TINY, "image_size": 32, "patch_size": 8}
READING = {
    **TINY,
    "vocab_size": 10,
    "max_position_embeddings": 12,
    "bos_token_id": 1,
    "pad_token_id": 2,
    "eos_token_id": 9,
}
TEXTS = ["a photo of a cat", "two dogs"]
SQUASHED = {"height": 32, "width": 32}

Build = Callable[[], tuple[Any, Any]]
Write = Callable[..., Path]


def clip(kind: str) -> Build:
    def build() -> tuple[Any, Any]:
        config = getattr(hf, f"{kind}Config")(vision_config=VISION, text_config=READING, projection_dim=24)
        return getattr(hf, f"{kind}Model")(config), hf.CLIPImageProcessor(size={"shortest_edge": 36}, crop_size=32)

    return build


def siglip() -> tuple[Any, Any]:
    config = hf.SiglipConfig(vision_config=VISION, text_config={**READING, "projection_size": 32})
    return hf.SiglipModel(config), hf.SiglipImageProcessor(size=SQUASHED)


def tower(kind: str, **told: Any) -> Build:
    def build() -> tuple[Any, Any]:
        family = kind.removesuffix("Model").removesuffix("ForPreTraining").removesuffix("ForImageClassification")
        config = getattr(hf, f"{family}Config")(**{**VISION, **told})
        return getattr(hf, kind)(config), hf.ViTImageProcessor(size=SQUASHED)

    return build


def convnext() -> tuple[Any, Any]:
    config = hf.ConvNextConfig(hidden_sizes=[8, 8, 16, 32], depths=[1, 1, 1, 1], num_labels=5)
    return hf.ConvNextForImageClassification(config), hf.ConvNextImageProcessor(
        size={"shortest_edge": 64}, crop_pct=0.875
    )


def swin() -> tuple[Any, Any]:
    config = hf.SwinConfig(image_size=32, patch_size=4, embed_dim=16, depths=[1, 1], num_heads=[2, 2], window_size=2)
    return hf.SwinModel(config), hf.ViTImageProcessor(size=SQUASHED)


DUALS: dict[str, Build] = {"clip": clip("CLIP"), "metaclip2": clip("MetaClip2"), "siglip": siglip}
TOWERS: dict[str, Build] = {
    "vit": tower("ViTModel"),
    "dinov2": tower("Dinov2Model"),
    "registers": tower("Dinov2WithRegistersModel", num_register_tokens=3),
    "dinov3": tower("DINOv3ViTModel", num_register_tokens=4),
    "swin": swin,
    "ijepa": tower("IJepaModel"),
}


def theirs(folder: Path, pictures: Sequence[Image.Image]) -> torch.Tensor:
    processor = hf.AutoImageProcessor.from_pretrained(folder)
    return processor([picture.convert("RGB") for picture in pictures], return_tensors="pt")["pixel_values"]


def stacked(model: Any, pictures: Sequence[Image.Image]) -> torch.Tensor:
    return torch.stack([model.preprocess(picture) for picture in pictures])


@pytest.mark.parametrize("name", DUALS)
def test_dual_encoders_equal_the_library(write: Write, name: str, tmp_path: Path, pictures: list[Image.Image]) -> None:
    folder = write(tmp_path, DUALS[name], reads=True)
    ours, reference = models.load(f"hf:{folder}"), hf.AutoModel.from_pretrained(folder).eval()
    padded: dict[str, Any] = {"padding": "max_length", "max_length": 12} if name == "siglip" else {"padding": True}
    tokens = hf.AutoTokenizer.from_pretrained(folder)(TEXTS, return_tensors="pt", **padded)
    told = ("input_ids",) if name == "siglip" else ("input_ids", "attention_mask")
    with torch.no_grad():
        out = reference(pixel_values=theirs(folder, pictures), **{key: tokens[key] for key in told})
        image = reference.get_image_features(pixel_values=theirs(folder, pictures)).pooler_output
        text = reference.get_text_features(**{key: tokens[key] for key in told}).pooler_output
        pixels = stacked(ours, pictures)
        torch.testing.assert_close(ours.encode_image(pixels), image, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(ours.encode_text(TEXTS), text, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(ours.logits(image, text), out.logits_per_image, atol=1e-5, rtol=1e-5)
    assert isinstance(ours, DualEncoder)
    assert isinstance(ours, PatchEncoder)
    assert not isinstance(ours, Classifier)
    assert ours.encode_patches(pixels).shape == (len(pictures), 16, 32)
    assert ours.card.link == ("sigmoid" if name == "siglip" else "softmax")
    assert ours.card.preprocessing.resize == ("squash" if name == "siglip" else "crop")
    assert 0 <= pixels.min() <= pixels.max() <= 1


def test_pooled_projects_onto_image(write: Write, tmp_path: Path) -> None:
    folder = write(tmp_path, DUALS["clip"])
    ours, reference = models.load(f"hf:{folder}"), hf.CLIPModel.from_pretrained(folder)
    taps = ours.encode_taps(torch.rand(2, 3, 32, 32), ours.card.taps)
    torch.testing.assert_close(reference.visual_projection(taps["pooled"]), taps["image"])


@pytest.mark.parametrize("name", TOWERS)
def test_vision_towers_equal_the_library(write: Write, name: str, tmp_path: Path, pictures: list[Image.Image]) -> None:
    folder = write(tmp_path, TOWERS[name])
    ours, reference = models.load(f"hf:{folder}"), hf.AutoModel.from_pretrained(folder).eval()
    assert isinstance(ours, PatchEncoder)
    assert not isinstance(ours, TextEncoder)
    with torch.no_grad():
        out = reference(pixel_values=theirs(folder, pictures))
        taps = ours.encode_taps(stacked(ours, pictures), ours.card.taps)
    prefix = out.last_hidden_state.shape[1] - 16
    assert prefix == {"vit": 1, "dinov2": 1, "registers": 4, "dinov3": 5, "swin": 0, "ijepa": 0}[name]
    torch.testing.assert_close(taps["patches"], out.last_hidden_state[:, prefix:], atol=1e-5, rtol=1e-5)
    whole = out.last_hidden_state.mean(dim=1) if out.pooler_output is None else out.pooler_output
    torch.testing.assert_close(taps["image"], whole, atol=1e-5, rtol=1e-5)
    expected = out.last_hidden_state[:, 0] if name == "vit" else whole
    torch.testing.assert_close(taps["pooled"], expected, atol=1e-5, rtol=1e-5)


def test_a_masked_autoencoder_sees_the_whole_picture_in_order(
    write: Write, tmp_path: Path, pictures: list[Image.Image]
) -> None:
    told = {"decoder_hidden_size": 16, "decoder_intermediate_size": 32, "decoder_num_hidden_layers": 1}
    folder = write(tmp_path, tower("ViTMAEForPreTraining", decoder_num_attention_heads=2, **told))
    ours = models.load(f"hf:{folder}")
    reference = hf.ViTMAEForPreTraining.from_pretrained(folder, mask_ratio=0.0).vit.eval()
    pixels = stacked(ours, pictures)
    with torch.no_grad():
        noise = torch.arange(16).float().expand(len(pictures), 16)
        last = reference(pixel_values=theirs(folder, pictures), noise=noise).last_hidden_state
        taps = ours.encode_taps(pixels, ("image", "patches"))
        again = ours.encode_image(pixels)
    torch.testing.assert_close(taps["image"], last[:, 0], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(taps["patches"], last[:, 1:], atol=1e-5, rtol=1e-5)
    assert torch.equal(again, taps["image"])


@pytest.mark.parametrize("build", [convnext, tower("ViTForImageClassification", num_labels=5)], ids=["convnext", "vit"])
def test_a_classifier_gives_its_logits_on_the_same_pass(
    write: Write, build: Build, tmp_path: Path, pictures: list[Image.Image]
) -> None:
    folder = write(tmp_path, build)
    ours, reference = models.load(f"hf:{folder}"), hf.AutoModelForImageClassification.from_pretrained(folder).eval()
    assert isinstance(ours, Classifier)
    assert isinstance(ours, ImageEncoder)
    assert ours.classes == tuple(f"LABEL_{index}" for index in range(5))
    with torch.no_grad():
        pixels = stacked(ours, pictures)
        expected = reference(pixel_values=theirs(folder, pictures)).logits
        torch.testing.assert_close(ours.classify(pixels), expected, atol=1e-5, rtol=1e-5)
        taps = ours.encode_taps(pixels, ours.card.taps)
        torch.testing.assert_close(taps["logits"], expected, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(ours.encode_image(pixels), taps["image"])


def test_a_pooler_that_the_checkpoint_never_had_is_left_out(write: Write, tmp_path: Path) -> None:
    folder = write(tmp_path, tower("ViTModel"))
    state = load_file(folder / "model.safetensors")
    save_file({k: v for k, v in state.items() if "pooler" not in k}, folder / "model.safetensors", {"format": "pt"})
    ours = models.load(f"hf:{folder}")
    taps = ours.encode_taps(torch.rand(1, 3, 32, 32), ("image", "pooled"))
    assert torch.equal(taps["image"], taps["pooled"])


def test_missing_surplus_and_misshapen_weights_are_listed(
    write: Write, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path, DUALS["clip"])
    state = load_file(folder / "model.safetensors")
    state["surplus"] = state.pop("visual_projection.weight")
    state["logit_scale"] = torch.zeros(3)
    save_file(state, folder / "model.safetensors", {"format": "pt"})
    capfd.readouterr()
    with pytest.raises(
        Refused, match=r"1 missing \(visual_projection.weight\), 1 unexpected \(surplus\), .*logit_scale"
    ):
        models.load(f"hf:{folder}")
    assert capfd.readouterr().err == ""


class Trap:
    """Runs on being unpickled."""

    def __init__(self, sprung: Path) -> None:
        self.sprung = sprung

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.sprung}",)


def test_code_in_a_checkpoint_never_runs(write: Write, tmp_path: Path) -> None:
    folder = write(tmp_path, TOWERS["dinov2"])
    state = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    torch.save(state, folder / "pytorch_model.bin")
    assert models.load(f"hf:{folder}").card.params > 0
    torch.save({**state, "trap": Trap(tmp_path / "sprung")}, folder / "pytorch_model.bin")
    with pytest.raises(Refused):
        models.load(f"hf:{folder}")
    assert not (tmp_path / "sprung").exists()


def test_code_in_a_repository_never_runs(tmp_path: Path) -> None:
    told = {
        "model_type": "own",
        "architectures": ["Own"],
        "auto_map": {"AutoConfig": "own.Config", "AutoModel": "own.Own"},
    }
    (tmp_path / "config.json").write_text(json.dumps(told))
    (tmp_path / "own.py").write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')\n")
    with pytest.raises(Refused, match="never run"):
        models.load(f"hf:{tmp_path}")
    assert not (tmp_path / "sprung").exists()


def test_a_dual_encoder_without_a_tokenizer_sees_and_refuses_to_read(write: Write, tmp_path: Path) -> None:
    ours = models.load(f"hf:{write(tmp_path, DUALS['clip'])}")
    assert ours.encode_image(torch.rand(1, 3, 32, 32)).shape == (1, 24)
    with pytest.raises(Refused, match="no tokenizer"):
        ours.encode_text(TEXTS)


def test_a_text_does_not_depend_on_its_neighbours(write: Write, tmp_path: Path) -> None:
    ours = models.load(f"hf:{write(tmp_path, DUALS['clip'], reads=True)}")
    with torch.no_grad():
        alone, beside = ours.encode_text(TEXTS[1:]), ours.encode_text([TEXTS[1], "a photo of two dogs of a cat " * 9])
    torch.testing.assert_close(alone[0], beside[0])


def test_another_tokenizer_is_another_model(write: Write, tmp_path: Path) -> None:
    folder = write(tmp_path, DUALS["clip"], reads=True)
    before = models.load(f"hf:{folder}").card.digest
    assert models.load(str(folder)).card.digest == before
    (folder / "tokenizer.json").write_text((folder / "tokenizer.json").read_text().replace('"cat"', '"dog"'))
    assert models.load(f"hf:{folder}").card.digest != before


def test_naflex_takes_every_picture_in_one_shape_of_the_users_choice(
    write: Write, tmp_path: Path, pictures: list[Image.Image]
) -> None:
    def build() -> tuple[Any, Any]:
        vision = {**TINY, "num_patches": 16, "patch_size": 8}
        config = hf.Siglip2Config(vision_config=vision, text_config={**READING, "projection_size": 32})
        return hf.Siglip2Model(config), hf.Siglip2ImageProcessor(patch_size=8, max_num_patches=16)

    folder = write(tmp_path, build, reads=True)
    with pytest.raises(Refused, match="squash:256"):
        models.load(f"hf:{folder}")
    ours = models.load(f"hf:{folder}", preprocessing="squash:32")
    reference = hf.AutoModel.from_pretrained(folder).eval()
    square = pictures[2].resize((32, 32))
    made = hf.AutoImageProcessor.from_pretrained(folder)(square, return_tensors="pt")
    with torch.no_grad():
        expected = reference.get_image_features(**made).pooler_output
        torch.testing.assert_close(ours.encode_image(stacked(ours, [square])), expected, atol=1e-5, rtol=1e-5)
    assert ours.card.link == "sigmoid"


def test_a_common_preprocessing_replaces_the_processor(
    write: Write, tmp_path: Path, pictures: list[Image.Image]
) -> None:
    folder = write(tmp_path, DUALS["siglip"])
    own, cropped = models.load(f"hf:{folder}"), models.load(f"hf:{folder}", preprocessing="crop:32")
    assert cropped.card.preprocessing.chosen_by == "user"
    assert cropped.card.preprocessing.mean == own.card.preprocessing.mean == (0.5, 0.5, 0.5)
    assert cropped.card.digest == own.card.digest
    assert not torch.allclose(stacked(own, pictures[:1]), stacked(cropped, pictures[:1]), atol=0.1)
    with pytest.raises(Refused, match="64 x 64"):
        models.load(f"hf:{folder}", preprocessing="crop:64")


def test_a_folder_without_a_processor_is_refused(write: Write, tmp_path: Path) -> None:
    folder = write(tmp_path, TOWERS["vit"])
    (folder / "preprocessor_config.json").unlink()
    with pytest.raises(Refused, match="cannot be loaded"):
        models.load(f"hf:{folder}")


def test_a_model_of_texts_is_refused(tmp_path: Path) -> None:
    hf.BertModel(hf.BertConfig(**TINY, vocab_size=10)).save_pretrained(tmp_path)
    hf.ViTImageProcessor(size=SQUASHED).save_pretrained(tmp_path)
    with pytest.raises(Refused, match="input_ids"):
        models.load(f"hf:{tmp_path}")


def test_what_is_not_there_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no folder"):
        models.load(f"hf:{tmp_path / 'absent'}")
    with pytest.raises(Refused, match="cannot be loaded"):
        models.load("hf:someone/something-that-is-not-cached")


def test_images_are_differentiable(write: Write, tmp_path: Path) -> None:
    ours = models.load(f"hf:{write(tmp_path, DUALS['clip'])}")
    pixels = torch.rand(1, 3, 32, 32, requires_grad=True)
    ours.encode_image(pixels).sum().backward()
    assert pixels.grad is not None
    assert pixels.grad.abs().sum() > 0
