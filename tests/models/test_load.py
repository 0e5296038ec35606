from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from eyechart import models
from eyechart.core import Classifier, DualEncoder, ImageEncoder, ModelCard, PatchEncoder, Preprocessing, TextEncoder
from eyechart.errors import BadInput, Refused, UnknownName
from eyechart.models.geometry import to_pixels
from eyechart.models.weights import identity


class Means:
    """A model without a card: the mean of each band, and texts by their length."""

    def __init__(self, resize: Any = "squash") -> None:
        self.seen = Preprocessing(size=(16, 16), resize=resize)

    def preprocess(self, image: Image.Image) -> Tensor:
        return to_pixels(image, self.seen)

    def encode_image(self, pixels: Tensor) -> Tensor:
        return pixels.mean(dim=(2, 3))


class Reader(Means):
    """The same with a text side."""

    def encode_text(self, texts: list[str]) -> Tensor:
        return torch.tensor([[float(len(text)), 1.0, 0.0] for text in texts])

    def logits(self, image: Tensor, text: Tensor) -> Tensor:
        return image @ text.T


class Network(nn.Module):
    """A module, whose weights can be digested."""

    classes = ("dark", "light")

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(3, 2)

    def preprocess(self, image: Image.Image) -> Tensor:
        return to_pixels(image, Preprocessing(size=(16, 16), resize="crop"))

    def classify(self, pixels: Tensor) -> Tensor:
        return self.head(pixels.mean(dim=(2, 3)))


class Carded(Means):
    """A model with everything."""

    device = "cpu"
    card = ModelCard(
        name="mine",
        digest="",
        params=0,
        flops=None,
        width=3,
        preprocessing=Preprocessing(size=(16, 16), resize="squash"),
    )


class Finder:
    """A detector has no pixels of its own to preprocess."""

    device = "cpu"
    card = Carded.card
    vocabulary = ("horse",)

    def detect(self, images: Any, names: Any) -> list[Any]:
        return []


@pytest.mark.parametrize("kind", [Carded, Finder])
def test_an_object_with_a_card_is_taken_as_it_is(kind: type) -> None:
    given = kind()
    assert models.load(given) is given


@pytest.mark.parametrize("resize", ["crop", "squash", "pad"])
def test_an_object_without_a_card_gets_one(resize: str, pictures: list[Image.Image]) -> None:
    given = Means(resize)
    ours = models.load(given)
    assert isinstance(ours, ImageEncoder)
    assert not isinstance(ours, TextEncoder | PatchEncoder | Classifier)
    assert (ours.card.name, ours.card.width, ours.card.digest, ours.card.link) == ("Means", 3, "", "none")
    assert ours.card.preprocessing == Preprocessing(size=(16, 16), resize=resize)
    pixels = ours.preprocess(pictures[0])[None]
    assert torch.equal(ours.encode_image(pixels), given.encode_image(pixels))


def test_what_an_object_can_do_is_what_its_adapter_can_do() -> None:
    ours = models.load(Reader())
    assert isinstance(ours, DualEncoder)
    assert ours.logits(torch.ones(1, 3), ours.encode_text(["four"])).tolist() == [[5.0]]


def test_a_module_is_digested_by_weights_and_code() -> None:
    torch.manual_seed(0)
    network = Network()
    ours, again = models.load(network), models.load(network)
    assert isinstance(ours, Classifier)
    assert ours.card.digest == again.card.digest != ""
    assert (ours.card.params, ours.card.width) == (8, 2)
    with torch.no_grad():
        network.head.bias.add_(1)
    assert models.load(network).card.digest != ours.card.digest


def test_a_digest_does_not_depend_on_where_things_lie_in_memory() -> None:
    module = nn.Linear(2, 2)
    first, second = ({"norm": partial(nn.LayerNorm, eps=1e-6), "act": lambda: None} for _ in range(2))
    assert identity(module, first) == identity(module, second)
    assert identity(module, {"act": nn.GELU}) != identity(module, {"act": nn.ReLU})


def test_an_object_that_lacks_methods_is_told_which() -> None:
    with pytest.raises(BadInput, match="has none of a model's methods; expected preprocess"):
        models.load(object())
    with pytest.raises(Refused, match="preprocessing must stay 'own'"):
        models.load(Means(), preprocessing="crop:16")


SOURCE = """
import torch
from torchvision.transforms.functional import resize, to_tensor

class Mine:
    def preprocess(self, image):
        return to_tensor(resize(image, [8, 8]))
    def encode_image(self, pixels):
        return pixels.flatten(1)

def make():
    return Mine()

ready = Mine()
"""


@pytest.mark.parametrize("attribute", ["Mine", "make", "ready"])
def test_a_file_of_python_gives_its_attribute(attribute: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(SOURCE)
    name = f"{tmp_path / 'mine.py'}:{attribute}"
    ours = models.load(name)
    assert (ours.card.name, ours.card.width) == (name, 192)


def test_a_file_of_python_that_does_not_work_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(SOURCE)
    with pytest.raises(UnknownName, match="did you mean 'ready'"):
        models.load(f"{tmp_path / 'mine.py'}:redy")
    with pytest.raises(BadInput, match=r"path/to/file\.py:attribute"):
        models.load(f"{tmp_path / 'absent.py'}:make")
    (tmp_path / "broken.py").write_text("import nothing_of_this_name")
    with pytest.raises(BadInput, match="cannot be imported"):
        models.load(f"{tmp_path / 'broken.py'}:make")


def test_unknown_sources_get_the_nearest_names() -> None:
    with pytest.raises(UnknownName, match="timm"):
        models.load("tim:resnet50")
    with pytest.raises(UnknownName, match="openclip"):
        models.load("openclp:ViT-B-32/openai")


def test_a_bare_name_that_nobody_knows_is_told_the_grammar() -> None:
    with pytest.raises(BadInput, match="openclip:ViT-B-32/laion2b_s34b_b79k"):
        models.load("resnet50")


def test_a_path_that_does_not_say_what_it_is_is_told_how_to_say_it(tmp_path: Path) -> None:
    (tmp_path / "weights.safetensors").write_bytes(b"")
    with pytest.raises(BadInput, match="timm:resnet50/"):
        models.load(str(tmp_path / "weights.safetensors"))
    with pytest.raises(BadInput, match="does not say what model it is"):
        models.load(str(tmp_path))


@pytest.mark.parametrize(
    ("file", "told", "source"),
    [
        ("open_clip_config.json", {}, "openclip"),
        ("image.onnx", {}, "onnx"),
        ("config.json", {"plan": {}}, "checkpoint"),
        ("config.json", {"model_type": "vit"}, "huggingface"),
        ("config.json", {"architecture": "resnet18"}, "timm"),
    ],
)
def test_a_folder_is_recognised_by_what_lies_there(
    file: str, told: dict[str, Any], source: str, tmp_path: Path
) -> None:
    (tmp_path / file).write_text(json.dumps(told))
    assert models.recognise(tmp_path) == source


def test_naming_models_imports_no_library_of_models() -> None:
    code = (
        "import sys, eyechart.models; sys.exit(bool({'torch', 'timm', 'transformers', 'open_clip'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_features_do_not_depend_on_the_batch() -> None:
    ours = models.load("timm:test_vit/random")
    pixels = torch.from_numpy(np.random.default_rng(0).random((5, 3, 160, 160), dtype=np.float32))
    with torch.no_grad():
        together = ours.encode_image(pixels)
        alone = torch.cat([ours.encode_image(one[None]) for one in pixels])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-5)


def test_a_tap_that_is_not_there_is_refused_with_those_that_are() -> None:
    ours = models.load("timm:test_vit/random")
    with pytest.raises(UnknownName, match="patches"):
        ours.encode_taps(torch.rand(1, 3, 160, 160), ("patch",))
