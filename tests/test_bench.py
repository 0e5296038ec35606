from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from eyechart.bench import Bench, known_taps
from eyechart.core import Dataset, Item, ModelCard, Preprocessing
from eyechart.errors import BadInput, Refused, Unreadable
from eyechart.store.cache import FeatureStore
from eyechart.testing.datasets import toy
from eyechart.testing.twins import NaN, Random


class Tower:
    """A small real encoder that counts its forward passes and can run out of memory."""

    device = "cpu"

    def __init__(
        self, *, digest: str = "tower", room: int = 10_000, resize: str = "squash", stop_after: int = 10_000
    ) -> None:
        self.card = ModelCard(
            name="tower",
            digest=digest,
            params=1,
            flops=None,
            width=8,
            preprocessing=Preprocessing(size=(8, 8), resize=resize),  # type: ignore[arg-type]
            taps=("image", "pooled", "patches"),
        )
        self.room, self.stop_after, self.passes, self.images = room, stop_after, 0, 0
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
        if self.passes == self.stop_after:
            raise KeyboardInterrupt
        self.passes, self.images = self.passes + 1, self.images + len(pixels)
        patches = pixels.flatten(2).transpose(1, 2) @ self.weight.T
        pooled = patches.mean(1)
        return {"image": pooled * 2, "pooled": pooled, "patches": patches}

    def encode_text(self, texts: object) -> Tensor:
        self.passes += 1
        return torch.ones(len(texts), 8)  # type: ignore[arg-type]


class Labeller:
    """Knows classes and nothing else."""

    device = "cpu"
    card = replace(Tower().card, taps=("logits",))
    classes = ("a", "b", "c")

    def preprocess(self, image: Image.Image) -> Tensor:
        return Tower().preprocess(image)

    def classify(self, pixels: Tensor) -> Tensor:
        return pixels.mean((2, 3)) * 3


class Reader:
    """Reads and does not see."""

    device = "cpu"
    card = Tower().card

    def encode_text(self, texts: list[str]) -> Tensor:
        return torch.ones(len(texts), 8)


class Told:
    """Progress that remembers what it was told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.done: list[tuple[str, int, int]] = []

    @contextmanager
    def track(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        counts: list[int] = []
        yield counts.append
        self.done.append((what, total, sum(counts)))

    def say(self, sentence: str) -> None:
        self.said.append(sentence)


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
    found = Bench(batch=batch).features(model, data.items).tensor()
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)
    assert torch.equal(found.argmax(1), expected.argmax(1))


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


def test_running_out_of_memory_halves_the_batch_says_so_and_remembers(data: Dataset) -> None:
    small, told = Tower(room=4), Told()
    bench = Bench(batch=32, progress=told)
    rows = bench.features(small, data.items)
    torch.testing.assert_close(rows.tensor(), Bench().features(Tower(), data.items).tensor())
    assert [sentence.split()[-1] for sentence in told.said] == ["16", "8", "4"]
    assert small.passes == 10  # 40 pictures by 4
    assert data.train is not None
    bench.features(small, data.train.items)
    assert len(told.said) == 3


def test_other_errors_are_not_taken_for_a_lack_of_memory(data: Dataset) -> None:
    model = Tower()
    model.weight = torch.ones(8, 4)
    with pytest.raises(RuntimeError, match="Expected size"):
        Bench().features(model, data.items)


def test_not_even_one_image_in_memory_is_a_refusal(data: Dataset) -> None:
    with pytest.raises(Refused, match="tower does not fit into the memory of cpu"):
        Bench().features(Tower(room=0), data.items)


def test_a_stopped_run_goes_on_with_the_same_features_to_the_last_bit(data: Dataset, tmp_path: Path) -> None:
    torn = Item(id="torn", picture=Torn())
    items = [*data.items[:3], torn, *data.items[3:]]
    whole, model = Bench(batch=8), Tower()
    whole.prepare(model, data.keep(items), ("image", "patches"))
    stopped = Tower(stop_after=2)
    with pytest.raises(KeyboardInterrupt):
        Bench(FeatureStore(tmp_path), batch=8).prepare(stopped, data.keep(items), ("image", "patches"))
    again = Tower()
    bench = Bench(FeatureStore(tmp_path), batch=8)
    bench.prepare(again, data.keep(items), ("image", "patches"))
    assert again.images == model.images - stopped.images  # what was computed before the stop is kept
    for tap in ("image", "patches"):
        expected = whole.features(model, data.items, tap).tensor()
        assert torch.equal(bench.features(again, data.items, tap).tensor(), expected)


def test_a_tap_that_is_asked_for_later_is_all_that_is_written(data: Dataset, tmp_path: Path) -> None:
    bench = Bench(FeatureStore(tmp_path))
    bench.features(Tower(), data.items[:10])
    model = Tower()
    bench.prepare(model, replace(data, train=None), ("image", "patches"))
    assert model.images == 40
    assert {row["tap"]: row["rows"] for row in bench.store.summary()} == {"image": 40, "patches": 40}


def test_a_shard_that_is_computed_again_is_told(data: Dataset, tmp_path: Path) -> None:
    Bench(FeatureStore(tmp_path)).features(Tower(), data.items)
    (shard,) = tmp_path.glob("*/*.safetensors")
    shard.write_bytes(shard.read_bytes()[:-1])
    told = Told()
    Bench(FeatureStore(tmp_path), progress=told).features(Tower(), data.items)
    assert [sentence for sentence in told.said if shard.stem in sentence]


def test_half_precision_that_does_not_reach_the_model_is_not_claimed(data: Dataset) -> None:
    foreign = Tower()
    foreign.encode_taps = lambda pixels, taps: {tap: pixels.mean((2, 3)) for tap in taps}  # type: ignore[method-assign]
    bench = Bench(precision="bf16")
    assert bench.precision_of(foreign) == "fp32"
    assert bench.precision_of(Tower(digest="another")) == "bf16"
    assert bench.forwarded == 0


def test_the_wrong_number_of_rows_is_refused(data: Dataset) -> None:
    model = Tower()
    model.encode_taps = lambda pixels, taps: {tap: torch.ones(1, 8) for tap in taps}  # type: ignore[method-assign]
    with pytest.raises(Refused, match="1 rows at the tap 'image' for 40 inputs"):
        Bench().features(model, data.items)


def test_pixels_of_another_size_than_the_card_says_are_refused(data: Dataset) -> None:
    model = Tower()
    model.preprocess = lambda image: torch.zeros(3, 4, 4)  # type: ignore[method-assign]
    with pytest.raises(Refused, match=r"\(3, 4, 4\); its card says \(3, 8, 8\)"):
        Bench().features(model, data.items)


def test_nothing_to_show_is_refused() -> None:
    data = toy(2, 2).keep([Item(id="torn", picture=Torn()), Item(id="gone", picture=Gone())])
    with pytest.raises(Refused, match="none of the 2 pictures of toy can be read"):
        Bench().prepare(Tower(), data, ("image",))


def test_a_bare_classifier_is_read_at_its_logits(data: Dataset) -> None:
    model = Labeller()
    bench = Bench()
    assert known_taps(model) == ("logits",)
    bench.prepare(model, data, ("logits",))
    pixels = torch.stack([model.preprocess(item.picture.load()) for item in data.items])
    torch.testing.assert_close(bench.logits(model, data.items).tensor(), model.classify(pixels))
    assert bench.forwarded == 80


def test_a_model_without_eyes_is_refused(data: Dataset) -> None:
    with pytest.raises(Refused, match="no tap 'image'"):
        Bench().prepare(Reader(), data, ("image",))
    assert Bench(precision="bf16").texts(Reader(), ["a", "b", "a"]).shape == (3, 8)
    assert Bench().texts(Reader(), []).shape == (0, 8)


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


def test_progress_counts_every_picture_once_also_those_that_cannot_be_read(data: Dataset) -> None:
    told = Told()
    items = [*data.items, Item(id="torn", picture=Torn())]
    Bench(batch=7, progress=told).prepare(Tower(), replace(data.keep(items), train=None), TAPS)
    Bench(progress=told).texts(Tower(), ["a", "b", "a"])
    assert told.done == [("tower: images", 41, 41), ("tower: texts", 2, 2)]


def test_batches_and_workers_that_make_no_sense_are_told() -> None:
    with pytest.raises(BadInput, match="got 0 and 2"):
        Bench(batch=0)
    with pytest.raises(BadInput, match="got None and 0"):
        Bench(workers=0)


def test_an_unknown_precision_is_told() -> None:
    with pytest.raises(BadInput, match="fp12"):
        Bench(precision="fp12")


def test_auto_keeps_narrow_models_in_fp32() -> None:
    assert Bench(precision="auto").precision_of(Tower()) == "fp32"
