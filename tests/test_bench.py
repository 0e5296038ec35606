from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from eyechart.bench import Bench
from eyechart.core import Dataset, Item, ModelCard, Preprocessing
from eyechart.errors import BadInput, Refused, Unreadable
from eyechart.store.cache import FeatureStore
from eyechart.testing.datasets import toy
from eyechart.testing.twins import NaN, Random


class Tower:
    """A small real encoder that counts its forward passes and can run out of memory."""

    device = "cpu"

    def __init__(self, *, digest: str = "tower", room: int = 10_000, resize: str = "squash") -> None:
        self.card = ModelCard(
            name="tower",
            digest=digest,
            params=1,
            flops=None,
            width=8,
            preprocessing=Preprocessing(size=(8, 8), resize=resize),  # type: ignore[arg-type]
            taps=("image", "pooled", "patches"),
        )
        self.room, self.passes, self.images = room, 0, 0
        self.weight = torch.randn(8, 3, generator=torch.Generator().manual_seed(0))

    def preprocess(self, image: Image.Image) -> Tensor:
        array = np.asarray(image.convert("RGB").resize((8, 8)), dtype=np.float32) / 255
        return torch.from_numpy(array.transpose(2, 0, 1).copy())

    def encode_image(self, pixels: Tensor) -> Tensor:
        return self.encode_taps(pixels, ("image",))["image"]

    def encode_patches(self, pixels: Tensor) -> Tensor:
        return self.encode_taps(pixels, ("patches",))["patches"]

    def encode_taps(self, pixels: Tensor, taps: object) -> dict[str, Tensor]:
        if len(pixels) > self.room:
            raise torch.OutOfMemoryError("too many")
        self.passes, self.images = self.passes + 1, self.images + len(pixels)
        patches = pixels.flatten(2).transpose(1, 2) @ self.weight.T
        pooled = patches.mean(1)
        return {"image": pooled * 2, "pooled": pooled, "patches": patches}

    def encode_text(self, texts: object) -> Tensor:
        self.passes += 1
        return torch.ones(len(texts), 8)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Torn:
    """A picture that cannot be shown."""

    def digest(self) -> str:
        return "ff" * 16

    def load(self) -> Image.Image:
        raise Unreadable("the file ends in the middle")


@dataclass(frozen=True)
class Gone:
    def digest(self) -> str:
        raise Unreadable("there is no such file")

    def load(self) -> Image.Image:
        raise AssertionError


@pytest.fixture
def data() -> Dataset:
    return toy(40, 4)


TAPS = ("image", "pooled", "patches")


def test_one_pass_per_distinct_picture_feeds_all_taps(data: Dataset) -> None:
    model, bench = Tower(), Bench()
    assert data.train is not None
    twice = data.keep([*data.items, *data.items])
    bench.prepare(model, twice, TAPS)
    distinct = {item.picture.digest() for item in [*data.items, *data.train.items]}
    assert model.images == bench.forwarded == len(distinct)
    for tap in TAPS:
        bench.features(model, data.items, tap)
    assert model.images == len(distinct)


def test_features_are_those_of_the_model_in_item_order(data: Dataset) -> None:
    model = Tower()
    pixels = torch.stack([model.preprocess(item.picture.load()) for item in data.items])
    for tap in TAPS:
        rows = Bench().features(model, data.items, tap)
        torch.testing.assert_close(rows.tensor(), model.encode_taps(pixels, TAPS)[tap])


@pytest.mark.parametrize("batch", [1, 7, 64])
def test_the_batch_size_changes_nothing(data: Dataset, batch: int) -> None:
    model = Tower()
    expected = Bench(batch=13).features(model, data.items).tensor()
    torch.testing.assert_close(Bench(batch=batch).features(model, data.items).tensor(), expected, atol=1e-5, rtol=1e-5)


def test_a_second_bench_on_the_same_store_forwards_nothing(data: Dataset, tmp_path: Path) -> None:
    Bench(FeatureStore(tmp_path)).prepare(Tower(), data, TAPS)
    model = Tower()
    Bench(FeatureStore(tmp_path)).prepare(model, data.keep(data.items[::-3]), TAPS)
    assert model.passes == 0


@pytest.mark.parametrize(
    ("model", "precision"),
    [(Tower(digest="other"), "fp32"), (Tower(resize="crop"), "fp32"), (Tower(), "bf16")],
    ids=["weights", "crop", "precision"],
)
def test_other_weights_crop_or_precision_are_forwarded_anew(
    data: Dataset, tmp_path: Path, model: Tower, precision: str
) -> None:
    Bench(FeatureStore(tmp_path)).prepare(Tower(), data, ("image",))
    bench = Bench(FeatureStore(tmp_path), precision=precision)
    bench.prepare(model, data, ("image",))
    assert bench.forwarded > 0


def test_only_what_a_stopped_run_lacked_is_forwarded(data: Dataset, tmp_path: Path) -> None:
    Bench(FeatureStore(tmp_path)).features(Tower(), data.items[:15])
    bench = Bench(FeatureStore(tmp_path))
    bench.features(Tower(), data.items)
    assert bench.forwarded == len({item.picture.digest() for item in data.items[15:]})


def test_a_broken_shard_is_computed_again(data: Dataset, tmp_path: Path) -> None:
    expected = Bench(FeatureStore(tmp_path)).features(Tower(), data.items).tensor()
    (shard,) = tmp_path.glob("*/*.safetensors")
    content = bytearray(shard.read_bytes())
    content[-2] ^= 255
    shard.write_bytes(content)
    bench = Bench(FeatureStore(tmp_path))
    torch.testing.assert_close(bench.features(Tower(), data.items).tensor(), expected)
    assert bench.forwarded > 0


def test_a_model_without_a_digest_is_not_kept(data: Dataset, tmp_path: Path) -> None:
    bench = Bench(FeatureStore(tmp_path))
    model = Tower(digest="")
    bench.prepare(model, data, ("image",))
    bench.prepare(model, data, ("image",))
    assert bench.forwarded == model.images
    assert not list(tmp_path.iterdir())


def test_pictures_that_cannot_be_read_are_listed_and_left_out(data: Dataset) -> None:
    assert data.train is not None
    torn, gone = Item(id="torn", picture=Torn(), label=0), Item(id="gone", picture=Gone(), label=1)
    train = data.train.keep([*data.train.items, replace(torn, id="torn in train")])
    kept, unread = Bench().prepare(Tower(), replace(data.keep([torn, *data.items, gone]), train=train), ("image",))
    assert {entry.id: entry.reason for entry in unread} == {
        "torn": "the file ends in the middle",
        "gone": "there is no such file",
        "torn in train": "the file ends in the middle",
    }
    assert [item.id for item in kept.items] == [item.id for item in data.items]
    assert kept.train is not None
    assert len(kept.train) == len(data.train)


def test_asking_for_features_of_an_unreadable_picture_is_refused() -> None:
    with pytest.raises(Refused, match="1 of 1 pictures cannot be read"):
        Bench().features(Tower(), [Item(id="torn", picture=Torn())])


def test_running_out_of_memory_halves_the_batch(data: Dataset) -> None:
    small, large = Tower(room=4), Tower()
    rows = Bench(batch=64).features(small, data.items)
    torch.testing.assert_close(rows.tensor(), Bench().features(large, data.items).tensor())
    assert small.passes >= len({item.picture.digest() for item in data.items}) // 4


def test_running_out_of_memory_with_one_image_is_an_error(data: Dataset) -> None:
    with pytest.raises(torch.OutOfMemoryError):
        Bench().features(Tower(room=0), data.items)


def test_a_tap_that_is_not_there_is_refused_with_those_that_are(data: Dataset) -> None:
    with pytest.raises(Refused, match="no tap 'logits'; it has image, pooled, patches"):
        Bench().features(Tower(), data.items, "logits")


def test_features_that_are_not_finite_are_refused(data: Dataset) -> None:
    with pytest.raises(Refused, match="NaN"):
        Bench().prepare(NaN(), data, ("image",))
    with pytest.raises(Refused, match="NaN"):
        Bench().texts(NaN(), ["a", "b"])


def test_texts_are_encoded_once_each(tmp_path: Path) -> None:
    bench = Bench(FeatureStore(tmp_path))
    rows = bench.texts(Random(), ["b", "a", "b"])
    assert torch.equal(rows[0], rows[2])
    model = Tower()
    bench.texts(model, ["x"])
    bench.texts(model, ["x"])
    assert model.passes == 1


def test_features_are_fp32_whatever_the_forward_pass_was(data: Dataset) -> None:
    rows = Bench(precision="bf16").features(Tower(), data.items)
    assert rows.tensor().dtype == torch.float32


def test_an_unknown_precision_is_told() -> None:
    with pytest.raises(BadInput, match="fp12"):
        Bench(precision="fp12")


def test_auto_keeps_narrow_models_in_fp32() -> None:
    assert Bench(precision="auto").precision_of(Tower()) == "fp32"
