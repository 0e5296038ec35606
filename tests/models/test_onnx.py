from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers as hf
from PIL import Image

from eyechart import models
from eyechart.core import Classifier, DualEncoder, PatchEncoder, Preprocessing, TextEncoder
from eyechart.errors import BadInput, MissingExtra, Refused
from eyechart.models.encoders import Origin, assemble
from eyechart.models.export import export
from eyechart.models.geometry import Geometry
from eyechart.models.sight import Sight

pytest.importorskip("onnxruntime", reason="the extra eyechart[onnx] is not installed")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")


TEXTS = ["a photo of a cat", "two dogs"]


def clip() -> tuple[Any, Any]:
    tiny = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
    words = {"vocab_size": 10, "max_position_embeddings": 12, "bos_token_id": 1, "pad_token_id": 2, "eos_token_id": 9}
    config = hf.CLIPConfig(
        vision_config={**tiny, "image_size": 32, "patch_size": 8}, text_config={**tiny, **words}, projection_dim=24
    )
    return hf.CLIPModel(config), hf.CLIPImageProcessor(size={"shortest_edge": 36}, crop_size=32)


@pytest.fixture(scope="module")
def dual(write: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """A dual encoder in torch and the folder of its graphs."""
    model = models.load(f"hf:{write(tmp_path_factory.mktemp('clip'), clip, reads=True)}")
    return model, export(model, tmp_path_factory.mktemp("onnx") / "clip")


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """The smallest backbone there is, and the folder of its graph."""
    convolution = torch.nn.Conv2d(3, 5, 8, stride=8)

    def tower(pixels: torch.Tensor, taps: Sequence[str]) -> dict[str, torch.Tensor]:
        cells = convolution(pixels).flatten(2).mT
        return {"image": cells.mean(dim=1), "patches": cells}

    seen = Preprocessing(size=(32, 32), resize="squash", mean=(0.5, 0.4, 0.3), std=(0.2, 0.3, 0.4))
    model = assemble(Origin(name="tiny", digest="", params=0), Sight(Geometry(seen), tower, seen, "cpu"))
    return model, export(model, tmp_path_factory.mktemp("onnx") / "tiny")


def test_graphs_equal_the_model_that_was_exported(dual: tuple[Any, Path], pictures: list[Image.Image]) -> None:
    model, folder = dual
    ours = models.load(f"onnx:{folder}")
    with torch.no_grad():
        pixels = torch.stack([model.preprocess(picture) for picture in pictures])
        expected, taps = model.encode_taps(pixels, model.card.taps), ours.encode_taps(pixels, ours.card.taps)
        for tap, values in expected.items():
            torch.testing.assert_close(taps[tap], values, atol=1e-5, rtol=1e-5)
        text = model.encode_text(TEXTS)
        torch.testing.assert_close(ours.encode_text(TEXTS), text, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(ours.logits(taps["image"], text), model.logits(taps["image"], text))
    assert isinstance(ours, DualEncoder)
    assert isinstance(ours, PatchEncoder)


def test_the_card_says_what_the_graphs_hold(dual: tuple[Any, Path]) -> None:
    model, folder = dual
    card = models.load(f"onnx:{folder}").card
    assert card.flops == model.card.flops
    assert abs(card.params - model.card.params) < 100  # exporters fold constants
    assert card.link == "softmax"
    assert card.width == model.card.width
    assert card.digest == models.load(str(folder)).card.digest


def test_a_single_graph_has_its_configuration_beside_it(backbone: tuple[Any, Path], tmp_path: Path) -> None:
    model, folder = backbone
    (tmp_path / "net.onnx").write_bytes((folder / "image.onnx").read_bytes())
    with pytest.raises(BadInput, match=r"net\.json"):
        models.load(f"onnx:{tmp_path / 'net.onnx'}")
    (tmp_path / "net.json").write_text((folder / "config.json").read_text())
    ours = models.load(str(tmp_path / "net.onnx"))
    pixels = torch.rand(3, 3, 32, 32)
    torch.testing.assert_close(ours.encode_image(pixels), model.encode_image(pixels), atol=1e-5, rtol=1e-5)
    assert not isinstance(ours, TextEncoder | Classifier)


def test_without_a_tap_for_patches_there_are_none(backbone: tuple[Any, Path], tmp_path: Path) -> None:
    _, folder = backbone
    told = json.loads((folder / "config.json").read_text())
    (tmp_path / "image.onnx").write_bytes((folder / "image.onnx").read_bytes())
    (tmp_path / "config.json").write_text(json.dumps({**told, "taps": {"image": "image"}}))
    ours = models.load(f"onnx:{tmp_path}")
    assert not isinstance(ours, PatchEncoder)
    assert ours.card.taps == ("image",)
    (tmp_path / "config.json").write_text(json.dumps({**told, "taps": {"image": "patches"}}))
    with pytest.raises(Refused, match="one vector per image"):
        models.load(f"onnx:{tmp_path}")


def test_a_graph_has_no_gradients_and_says_so(backbone: tuple[Any, Path]) -> None:
    ours = models.load(f"onnx:{backbone[1]}")
    with pytest.raises(Refused, match="no gradients"):
        ours.encode_image(torch.rand(1, 3, 32, 32, requires_grad=True))


def test_a_size_that_the_graph_does_not_accept_is_refused(dual: tuple[Any, Path]) -> None:
    with pytest.raises(Refused, match="48 x 48"):
        models.load(f"onnx:{dual[1]}", preprocessing="squash:48")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"taps": {}}, "expected 'image'"), ({"preprocessing": {"size": [32]}}, "config.json"), ({"tapes": {}}, "tapes")],
)
def test_a_wrong_configuration_is_named(
    change: dict[str, Any], sentence: str, backbone: tuple[Any, Path], tmp_path: Path
) -> None:
    told = json.loads((backbone[1] / "config.json").read_text())
    (tmp_path / "image.onnx").write_bytes((backbone[1] / "image.onnx").read_bytes())
    (tmp_path / "config.json").write_text(json.dumps({**told, **change}))
    with pytest.raises(BadInput, match=sentence):
        models.load(f"onnx:{tmp_path}")


def test_a_damaged_graph_is_refused(backbone: tuple[Any, Path], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text((backbone[1] / "config.json").read_text())
    (tmp_path / "image.onnx").write_bytes(b"no graph")
    with pytest.raises(Refused, match="cannot be run"):
        models.load(f"onnx:{tmp_path}")


def test_without_onnxruntime_the_extra_is_named(backbone: tuple[Any, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtra, match=r"eyechart\[onnx\]"):
        models.load(f"onnx:{backbone[1]}")


def test_export_does_not_write_over_anything(backbone: tuple[Any, Path]) -> None:
    with pytest.raises(BadInput, match="not empty"):
        export(*backbone)
