"""Hugging Face datasets: saved to disk, local files, and the hub out of reach."""

import datasets
import pytest
from huggingface_hub.errors import OfflineModeIsEnabled
from huggingface_hub.utils import httpx
from PIL import Image

from eyechart import data
from eyechart.data import hf
from eyechart.errors import BadInput, Unreadable

FEATURES = datasets.Features({
    "image": datasets.Image(),
    "label": datasets.ClassLabel(names=["house_cat", "dog"]),
    "caption": datasets.Value("string"),
})  # fmt: skip


@pytest.fixture(autouse=True)
def _offline_and_apart(monkeypatch, tmp_path):
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    datasets.disable_progress_bars()


@pytest.fixture
def split(paint):
    """A split of `count` pictures."""

    def made(count, first=0):
        rows = {
            "image": [paint(first + n) for n in range(count)],
            "label": [n % 2 for n in range(count)],
            "caption": [f"number {n}" for n in range(count)],
        }
        return datasets.Dataset.from_dict(rows, features=FEATURES)

    return made


def test_a_saved_dataset_with_its_splits(split, tmp_path):
    whole = datasets.DatasetDict(train=split(6, 20), validation=split(4, 10), test=split(4))
    whole.save_to_disk(tmp_path / "saved")
    found = data.load(str(tmp_path / "saved"))
    assert (found.split, len(found), len(found.train)) == ("test", 4, 6)
    assert found.classes == ("house cat", "dog")
    assert [item.label for item in found.items] == [0, 1, 0, 1]
    assert found.items[3].captions == ("number 3",)
    assert found.items[3].picture.load().getpixel((0, 0)) == (3, 0, 200)
    assert found.train.items[5].picture.load().getpixel((0, 0)) == (25, 0, 200)
    assert data.load(f"hf:{tmp_path}/saved?split=validation&train=test").train.items[0].id == "train/0"
    assert data.load(found.name).revision == found.revision
    with pytest.raises(BadInput, match="no split 'valid2'; it has train, validation, test"):
        data.load(f"hf:{tmp_path}/saved?split=valid2")


def test_a_single_saved_split_is_carved(split, tmp_path):
    split(10).save_to_disk(tmp_path / "saved")
    found = data.load(str(tmp_path / "saved"))
    assert (len(found), len(found.train)) == (6, 4)  # two of every five


def test_nothing_is_decoded_until_it_is_shown(split, tmp_path, monkeypatch):
    rows = split(3).cast_column("image", datasets.Image(decode=False))
    broken = rows.map(
        lambda row, n: {"image": {"bytes": b"text" if n == 1 else row["image"]["bytes"], "path": None}},
        with_indices=True,
    )
    broken.cast_column("image", datasets.Image()).save_to_disk(tmp_path / "saved")
    found = data.load(f"hf:{tmp_path}/saved?carve=0")
    assert isinstance(found.items[0].picture.load(), Image.Image)
    with pytest.raises(Unreadable, match="not an image"):
        found.items[1].picture.load()


def test_paths_in_a_dataset_never_leave_its_folder(tmp_path, plant):
    plant("secret.png")
    rows = datasets.Dataset.from_dict({"image": [{"bytes": None, "path": str(tmp_path / "secret.png")}]})
    rows.save_to_disk(tmp_path / "saved")  # not marked as images, so that the library does not take the file in
    with pytest.raises(Unreadable, match="leads out of"):
        data.load(str(tmp_path / "saved")).items[0].picture.load()


def test_a_folder_that_the_library_reads(plant, tmp_path):
    plant(*(f"pets/{kind}/{n}.png" for kind in ("cat", "dog") for n in range(3)))
    found = data.load(f"hf:{tmp_path}/pets?carve=0")
    assert found.classes == ("cat", "dog")
    assert len(found) == 6
    assert found.items[0].picture.load().size == (8, 6)


def test_the_hub_is_asked_for_a_commit_and_read_at_it(split, monkeypatch):
    asked = []

    def load_dataset(name, config=None, *, split, revision):
        asked.append((name, config, split, revision))
        return whole[split]

    whole = {"train": split(4, 10), "test": split(2)}
    monkeypatch.setattr(hf, "dataset_info", lambda name, revision=None: type("Info", (), {"sha": "abc123"}))
    monkeypatch.setattr(datasets, "get_dataset_split_names", lambda *_, **__: ["train", "test"])
    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    found = data.load("hf:org/pets?config=small")
    assert found.revision == "abc123"
    assert found.name == "hf:org/pets?config=small"
    assert len(found.train) == 4
    assert asked == [("org/pets", "small", "test", "abc123"), ("org/pets", "small", "train", "abc123")]


@pytest.mark.parametrize(("error", "reason"), [
    (OfflineModeIsEnabled("offline mode"), "org/pets cannot be read by Hugging Face datasets: no cache"),
    (httpx.ConnectError("no route"), r"cannot be asked for org/pets \(no route\); HF_HUB_OFFLINE=1 reads"),
    (ValueError("bad\nname"), "neither a folder here nor a dataset that the hub gives: bad name"),
])  # fmt: skip
def test_a_hub_out_of_reach_is_said_in_one_sentence(error, reason, monkeypatch):
    monkeypatch.setattr(hf, "dataset_info", _raising(error))
    monkeypatch.setattr(datasets, "get_dataset_split_names", _raising(ConnectionError("no cache")))
    with pytest.raises(BadInput, match=reason) as caught:
        data.load("hf:org/pets")
    assert "\n" not in str(caught.value)


def test_hf_needs_a_location():
    with pytest.raises(BadInput, match="write hf:org/name or hf:/folder"):
        data.load("hf:")


def _raising(error):
    def asked(*_, **__):
        raise error

    return asked
