from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import timm
import torch
from PIL import Image
from safetensors.torch import save_file

from eyechart import models
from eyechart.core import Classifier, PatchEncoder, TappedEncoder, TextEncoder
from eyechart.errors import BadInput, Refused, UnknownName

FAMILIES = ["test_vit", "test_convnext", "test_resnet", "test_efficientnet", "test_vit3", "test_nfnet"]


def written(name: str, folder: Path, **told: Any) -> Path:
    network = timm.create_model(name, **told)
    path = folder / f"{name}.safetensors"
    save_file({key: value.contiguous() for key, value in network.state_dict().items()}, path)
    return path


def theirs(network: torch.nn.Module, pictures: Sequence[Image.Image]) -> torch.Tensor:
    transform = timm.data.create_transform(**timm.data.resolve_model_data_config(network))
    return torch.stack([transform(picture.convert("RGB")) for picture in pictures])


@pytest.mark.parametrize("name", FAMILIES)
def test_features_equal_those_of_the_library(name: str, tmp_path: Path, pictures: list[Image.Image]) -> None:
    path = written(name, tmp_path, num_classes=7)
    ours = models.load(f"timm:{name}/{path}")
    whole = timm.create_model(name, num_classes=7, checkpoint_path=path).eval()
    bare = timm.create_model(name, num_classes=7, checkpoint_path=path).eval()
    bare.reset_classifier(0)
    assert isinstance(ours, PatchEncoder)
    assert isinstance(ours, Classifier)
    assert not isinstance(ours, TextEncoder)
    with torch.no_grad():
        normalised = theirs(whole, pictures)
        pixels = torch.stack([ours.preprocess(picture) for picture in pictures])
        taps = ours.encode_taps(pixels, ours.card.taps)
        torch.testing.assert_close(taps["image"], bare(normalised), atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(taps["logits"], whole(normalised), atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(ours.classify(pixels), whole(normalised), atol=1e-5, rtol=1e-5)
        features = whole.forward_features(normalised)
    patches = features.flatten(2).mT if features.ndim == 4 else features[:, whole.num_prefix_tokens :]
    torch.testing.assert_close(taps["patches"], patches, atol=1e-5, rtol=1e-5)
    assert ours.classes == tuple("0123456")
    assert ours.card.taps == ("image", "pooled", "patches", "logits")
    assert ours.card.width == taps["image"].shape[1]


def test_maps_with_the_bands_last_are_read_row_by_row(tmp_path: Path) -> None:
    ours = models.load("timm:swin_tiny_patch4_window7_224/random")
    network = timm.create_model("swin_tiny_patch4_window7_224", num_classes=0).eval()
    pixels = torch.rand(1, 3, 224, 224)
    with torch.no_grad():
        patches = ours.encode_patches(pixels)
    assert patches.shape == (1, 49, network.num_features)


def test_the_head_of_the_checkpoint_decides_whether_it_classifies(tmp_path: Path) -> None:
    bare = models.load(f"timm:test_vit/{written('test_vit', tmp_path, num_classes=0)}")
    assert not isinstance(bare, Classifier)
    assert isinstance(bare, TappedEncoder)
    assert bare.card.taps == ("image", "pooled", "patches")


def test_missing_and_surplus_weights_are_listed(tmp_path: Path) -> None:
    state = timm.create_model("test_vit").state_dict()
    state["surplus"] = state.pop("cls_token")
    torch.save(state, tmp_path / "half.pth")
    with pytest.raises(Refused, match=r"1 missing \(cls_token\), 1 unexpected \(surplus\)"):
        models.load(f"timm:test_vit/{tmp_path / 'half.pth'}")


def test_many_missing_weights_are_counted(tmp_path: Path) -> None:
    path = written("test_convnext", tmp_path)
    with pytest.raises(Refused, match=r"and \d+ more"):
        models.load(f"timm:test_vit/{path}")


class Trap:
    """Runs on being unpickled."""

    def __init__(self, sprung: Path) -> None:
        self.sprung = sprung

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.sprung}",)


@pytest.mark.parametrize("legacy", [False, True])
def test_code_in_a_checkpoint_never_runs(legacy: bool, tmp_path: Path) -> None:
    state = {**timm.create_model("test_vit").state_dict(), "trap": Trap(tmp_path / "sprung")}
    torch.save(state, tmp_path / "evil.pth", _use_new_zipfile_serialization=not legacy)
    with pytest.raises(Refused, match="no code of a checkpoint is run"):
        models.load(f"timm:test_vit/{tmp_path / 'evil.pth'}")
    assert not (tmp_path / "sprung").exists()


@pytest.mark.filterwarnings("ignore:.*torch.jit.*:FutureWarning")
def test_a_program_is_no_checkpoint(tmp_path: Path) -> None:
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), tmp_path / "program.pt")
    with pytest.raises(Refused, match="TorchScript archive, a program"):
        models.load(f"timm:test_vit/{tmp_path / 'program.pt'}")


@pytest.mark.parametrize(
    "content", [b"", b"not a checkpoint at all", b"PK\x03\x04 half an archive", b"\x80\x02}q\x00."]
)
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_damaged_file_is_refused_in_one_sentence(content: bytes, suffix: str, tmp_path: Path) -> None:
    (tmp_path / f"broken{suffix}").write_bytes(content)
    with pytest.raises(Refused, match="broken"):
        models.load(f"timm:test_vit/{tmp_path / f'broken{suffix}'}")


def test_a_folder_in_the_layout_of_the_hub_loads(tmp_path: Path, pictures: list[Image.Image]) -> None:
    network = timm.create_model("test_vit", num_classes=3).eval()
    seen = {"mean": (0.4, 0.4, 0.4), "crop_pct": 0.8}
    timm.models.save_for_hf(network, tmp_path, model_config={"label_names": ["ant", "bee", "cat"]}, data_config=seen)
    ours = models.load(str(tmp_path))
    assert ours.card.name == f"timm:{tmp_path}"
    assert ours.classes == ("ant", "bee", "cat")
    assert ours.card.preprocessing.mean == (0.4, 0.4, 0.4)
    reference = timm.create_model(f"local-dir:{tmp_path}", pretrained=True, num_classes=3).eval()
    with torch.no_grad():
        pixels = torch.stack([ours.preprocess(picture) for picture in pictures])
        torch.testing.assert_close(ours.classify(pixels), reference(theirs(reference, pictures)), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", ["timm:test_vit/random?seed=3", "timm:test_vit?seed=3"])
def test_random_weights_follow_their_seed(name: str) -> None:
    first, again, other = models.load(name), models.load(name), models.load(name.replace("3", "4"))
    assert first.card.digest == again.card.digest != other.card.digest
    assert first.card.samples_seen == 0
    with pytest.raises(BadInput, match="whole number"):
        models.load("timm:test_vit/random?seed=x")


def test_published_weights_come_with_names_and_licence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written("test_vit", tmp_path)
    monkeypatch.setattr("timm.models._hub.hf_hub_download", lambda **asked: str(path))
    ours = models.load("timm:test_vit.r160_in1k")
    assert ours.classes[1].startswith("goldfish")
    assert len(ours.classes) == 1000
    assert ours.card.trained_on == "r160_in1k"
    assert ours.card.licence != "unknown"
    local = models.load(f"timm:test_vit/{path}")
    assert local.card.digest == ours.card.digest
    assert (local.card.licence, local.classes[1]) == ("unknown", "1")


def test_published_weights_that_do_not_fit_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written("test_vit2", tmp_path)
    monkeypatch.setattr("timm.models._hub.hf_hub_download", lambda **asked: str(path))
    with pytest.raises(Refused, match="loaded whole"):
        models.load("timm:test_vit.r160_in1k")


def test_what_is_only_on_the_hub_is_refused_without_it() -> None:
    with pytest.raises(Refused, match="could not be fetched"):
        models.load("timm:resnet10t.c3_in1k")


def test_unknown_models_tags_and_files_get_the_nearest_names(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="resnet50"):
        models.load("timm:resnet5o")
    with pytest.raises(UnknownName, match="a1_in1k"):
        models.load("timm:resnet50.a1_in1")
    with pytest.raises(BadInput, match="no file"):
        models.load(f"timm:resnet50/{tmp_path}/absent.pth")


def test_flops_count_attention() -> None:
    """By hand: ViT with width d, t tokens, layers of 12 d² t + 2 t² d multiply-adds."""
    network = timm.create_model("test_vit", num_classes=0)
    d, t, layers = network.embed_dim, network.pos_embed.shape[1], len(network.blocks)
    ratio = network.blocks[0].mlp.fc1.out_features / d
    by_hand = (t - 1) * 3 * 16 * 16 * d + layers * ((4 + 2 * ratio) * d * d * t + 2 * t * t * d)
    assert models.load("timm:test_vit/random").card.flops == 2 * by_hand


def test_a_convolutional_network_accepts_any_common_size() -> None:
    ours = models.load("timm:test_resnet/random", preprocessing="squash:96")
    assert ours.card.preprocessing.size == (96, 96)
    assert ours.card.flops < models.load("timm:test_resnet/random").card.flops


def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadInput, match="device='tpu'"):
        models.load("timm:test_vit/random", device="tpu")
