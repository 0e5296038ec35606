from __future__ import annotations

import bz2
import hashlib
import json
import pickle
import struct
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
import torchvision.datasets as theirs
from PIL import Image
from scipy.io import savemat

from eyechart import data as sources
from eyechart.core import Dataset
from eyechart.data import names
from eyechart.data.torchvision import KNOWN, load
from eyechart.data.torchvision_sets import RECIPES
from eyechart.errors import BadInput, UnknownName

counter = iter(range(10**6))


def picture(path: Path) -> None:
    """A small picture that differs from all others; encoded without loss, whatever the file is called."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(next(counter)).integers(0, 256, (6, 5, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path, "png")


def text(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))


def food(root: Path, _: Any) -> None:
    for split in ("train", "test"):
        table = {name: [f"{name}/{split}{n}" for n in range(2)] for name in ("waffles", "apple_pie")}
        text(root / f"food-101/meta/{split}.json", json.dumps(table))
        for files in table.values():
            for file in files:
                picture(root / f"food-101/images/{file}.jpg")


def dtd(root: Path, _: Any) -> None:
    for split, classes in (
        ("train", ("braided", "zigzagged")),
        ("val", ("zigzagged",)),
        ("test", ("zigzagged", "braided")),
    ):
        files = [f"{name}/{name}_{split}.jpg" for name in classes]
        text(root / f"dtd/dtd/labels/{split}1.txt", *files)
        for file in files:
            picture(root / "dtd/dtd/images" / file)


def pets(root: Path, _: Any) -> None:
    for split in ("trainval", "test"):
        rows = [(f"Abyssinian_{split}", 1, 1), (f"american_bulldog_{split}", 2, 2)]
        text(
            root / f"oxford-iiit-pet/annotations/{split}.txt",
            *(f"{name} {label} {kind} 1" for name, label, kind in rows),
        )
        for name, _, _ in rows:
            picture(root / f"oxford-iiit-pet/images/{name}.jpg")


def aircraft(root: Path, _: Any) -> None:
    base = root / "fgvc-aircraft-2013b/data"
    text(base / "variants.txt", "707-320", "DHC-8-100", "F-16A/B")
    for number, split in enumerate(("train", "val", "trainval", "test")):
        rows = [(f"{number}{n}", name) for n, name in enumerate(("F-16A/B", "707-320"))]
        text(base / f"images_variant_{split}.txt", *(f"{file} {name}" for file, name in rows))
        for file, _ in rows:
            picture(base / f"images/{file}.jpg")


def cars(root: Path, _: Any) -> None:
    base = root / "stanford_cars"
    words = ["AM General Hummer SUV 2000", "Acura RL Sedan 2012"]
    (base / "devkit").mkdir(parents=True)
    savemat(base / "devkit/cars_meta.mat", {"class_names": np.array(words, dtype=object)})
    for split, file in (("train", "devkit/cars_train_annos.mat"), ("test", "cars_test_annos_withlabels.mat")):
        rows = np.array([("00001.jpg", 2), ("00002.jpg", 1)], dtype=[("fname", object), ("class", int)])
        savemat(base / file, {"annotations": rows})
        for name in ("00001.jpg", "00002.jpg"):
            picture(base / f"cars_{split}" / name)


def caltech(root: Path, _: Any) -> None:
    for name in ("BACKGROUND_Google", "Faces", "accordion", "yin_yang"):
        for number in range(1, 5):
            picture(root / f"caltech101/101_ObjectCategories/{name}/image_{number:04d}.jpg")


def eurosat(root: Path, _: Any) -> None:
    for name in ("SeaLake", "AnnualCrop"):
        for number in range(4):
            picture(root / f"eurosat/2750/{name}/{name}_{number}.jpg")


def sun(root: Path, _: Any) -> None:
    text(root / "SUN397/ClassName.txt", "/a/abbey", "/a/apse/indoor")
    for number in range(4):
        picture(root / f"SUN397/a/abbey/sun_{number}.jpg")
        picture(root / f"SUN397/a/apse/indoor/sun_{number}x.jpg")


def flowers(root: Path, patch: pytest.MonkeyPatch) -> None:
    base = root / "flowers-102"
    for number in range(1, 7):
        picture(base / f"jpg/image_{number:05d}.jpg")
    savemat(base / "setid.mat", {"trnid": [[1, 2]], "valid": [[3, 4]], "tstid": [[5, 6]]})
    savemat(base / "imagelabels.mat", {"labels": [[1, 2, 1, 2, 102, 1]]})
    table = theirs.Flowers102._file_dict
    sums = {key: (file, md5(base / file)) for key, (file, _) in table.items() if (base / file).exists()}
    patch.setattr(theirs.Flowers102, "_file_dict", {**table, **sums})


def imagenet(root: Path, _: Any) -> None:
    wnids = {"n01440764": ("tench", "Tinca tinca"), "n01443537": ("goldfish",)}
    root.mkdir(exist_ok=True)
    torch.save((wnids, ["n01440764", "n01443537"]), root / "meta.bin")
    for wnid in wnids:
        picture(root / f"val/{wnid}/ILSVRC2012_val_{wnid}.JPEG")


def mnist(root: Path, _: Any) -> None:
    raw = root / "MNIST/raw"
    raw.mkdir(parents=True)
    for split, count in (("train", 5), ("t10k", 3)):
        pixels = np.random.default_rng(count).integers(0, 256, (count, 28, 28), dtype=np.uint8)
        (raw / f"{split}-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 2051, count, 28, 28) + pixels.tobytes())
        (raw / f"{split}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 2049, count) + bytes(range(count)))


def cifar(root: Path, patch: pytest.MonkeyPatch) -> None:
    base = root / "cifar-10-batches-py"
    base.mkdir(parents=True)
    random = np.random.default_rng(0)
    for name, labels in (("data_batch_1", [0, 9, 1]), ("test_batch", [9, 2])):
        rows = random.integers(0, 256, (len(labels), 3072), dtype=np.uint8)
        (base / name).write_bytes(pickle.dumps({"data": rows, "labels": labels}))
    words = list(names.vocabulary("cifar10").keys)
    (base / "batches.meta").write_bytes(pickle.dumps({"label_names": words}))
    patch.setattr(theirs.CIFAR10, "train_list", [["data_batch_1", md5(base / "data_batch_1")]])
    patch.setattr(theirs.CIFAR10, "test_list", [["test_batch", md5(base / "test_batch")]])
    patch.setattr(theirs.CIFAR10, "meta", {**theirs.CIFAR10.meta, "md5": md5(base / "batches.meta")})


def svhn(root: Path, patch: pytest.MonkeyPatch) -> None:
    table = {}
    root.mkdir(exist_ok=True)
    for split in ("train", "test"):
        pixels = np.random.default_rng(len(split)).integers(0, 256, (32, 32, 3, 3), dtype=np.uint8)
        savemat(root / f"{split}.mat", {"X": pixels, "y": [[10], [1], [9]]})
        table[split] = ["", f"{split}.mat", md5(root / f"{split}.mat")]
    patch.setattr(theirs.SVHN, "split_list", table)


def stl(root: Path, patch: pytest.MonkeyPatch) -> None:
    base = root / "stl10_binary"
    base.mkdir(parents=True)
    listed = {}
    for split in ("train", "test"):
        pixels = np.random.default_rng(len(split)).integers(0, 256, (2, 3, 96, 96), dtype=np.uint8)
        (base / f"{split}_X.bin").write_bytes(pixels.tobytes())
        (base / f"{split}_y.bin").write_bytes(bytes([1, 10]))
        listed[split] = [[f"{split}_{kind}.bin", md5(base / f"{split}_{kind}.bin")] for kind in "Xy"]
    patch.setattr(theirs.STL10, "train_list", listed["train"])
    patch.setattr(theirs.STL10, "test_list", listed["test"])


def gtsrb(root: Path, _: Any) -> None:
    for name in ("00000", "00042"):
        picture(root / f"gtsrb/GTSRB/Training/{name}/00000_00000.ppm")
    picture(root / "gtsrb/GTSRB/Final_Test/Images/00000.ppm")
    text(root / "gtsrb/GT-final_test.csv", "Filename;ClassId", "00000.ppm;42")


def sst2(root: Path, _: Any) -> None:
    for split in ("train", "valid", "test"):
        for name in ("positive", "negative"):
            picture(root / f"rendered-sst2/{split}/{name}/{split}.png")


def countries(root: Path, _: Any) -> None:
    for split in ("train", "valid", "test"):
        for name in ("ZW", "AD"):
            picture(root / f"country211/{split}/{name}/{split}.jpg")


def usps(root: Path, _: Any) -> None:
    root.mkdir(exist_ok=True)
    for name in ("usps.bz2", "usps.t.bz2"):
        rows = (f"{label} " + " ".join(f"{n + 1}:{label / 10 - 0.5}" for n in range(256)) for label in (1, 10))
        (root / name).write_bytes(bz2.compress("\n".join(rows).encode()))


def fer(root: Path, patch: pytest.MonkeyPatch) -> None:
    pixels = " ".join(map(str, range(48 * 48 // 16))) + " 7" * (48 * 48 - 144)
    rows = [f"{emotion},{usage},{pixels}" for usage in ("Training", "PublicTest") for emotion in (4, 6)]
    text(root / "fer2013/fer2013.csv", "emotion,Usage,pixels", *rows)
    sums = {**theirs.FER2013._RESOURCES, "fer": ("fer2013.csv", md5(root / "fer2013/fer2013.csv"))}
    patch.setattr(theirs.FER2013, "_RESOURCES", sums)


def pcam(root: Path, patch: pytest.MonkeyPatch) -> None:
    """With a stand-in for the HDF5 library, which is not asked for: NumPy archives under the same names."""

    class File:
        def __init__(self, path: Path) -> None:
            self.table = np.load(path)

        def __enter__(self) -> Any:
            return self.table

        def __exit__(self, *_: object) -> None:
            self.table.close()

    patch.setitem(sys.modules, "h5py", SimpleNamespace(File=File))
    (root / "pcam").mkdir(parents=True)
    for split in ("train", "val", "test"):
        pixels = np.random.default_rng(len(split)).integers(0, 256, (2, 96, 96, 3), dtype=np.uint8)
        for kind, table in (("images", {"x": pixels}), ("targets", {"y": np.array([1, 0]).reshape(2, 1, 1, 1)})):
            with (root / "pcam" / theirs.PCAM._FILES[split][kind][0]).open("wb") as file:
                np.savez(file, **table)


def imagenette(root: Path, _: Any) -> None:
    for split in ("train", "val"):
        for wnid in ("n01440764", "n03888257"):
            picture(root / f"imagenette2/{split}/{wnid}/{wnid}_{split}.JPEG")


def caltech256(root: Path, _: Any) -> None:
    for place, name in enumerate(("001.ak47", "002.american-flag"), start=1):
        for number in (1, 2):
            picture(root / f"caltech256/256_ObjectCategories/{name}/{place:03d}_{number:04d}.jpg")


def md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes()).hexdigest()


# name, what writes it, torchvision's arguments for the examined split, items, items to learn from, some class names
Case = tuple[str, Callable[[Path, Any], None], dict[str, Any], int, int, dict[int, str]]
CASES: list[Case] = [
    ("Food101", food, {"split": "test"}, 4, 4, {0: "apple pie", 1: "waffles"}),
    ("DTD", dtd, {"split": "test"}, 2, 3, {0: "braided", 1: "zigzagged"}),
    ("OxfordIIITPet", pets, {"split": "test"}, 2, 2, {1: "American Bulldog"}),
    ("FGVCAircraft", aircraft, {"split": "test"}, 2, 2, {2: "F-16A/B"}),
    ("StanfordCars", cars, {"split": "test"}, 2, 2, {1: "Acura RL Sedan 2012"}),
    ("Flowers102", flowers, {"split": "test"}, 2, 4, {101: "blackberry lily"}),
    ("ImageNet", imagenet, {"split": "val"}, 2, 0, {0: "tench", 1: "goldfish"}),
    ("MNIST", mnist, {"train": False}, 3, 5, {2: "2"}),
    ("CIFAR10", cifar, {"train": False}, 2, 3, {1: "automobile"}),
    ("SVHN", svhn, {"split": "test"}, 3, 3, {0: "zero"}),
    ("STL10", stl, {"split": "test"}, 2, 2, {9: "truck"}),
    ("GTSRB", gtsrb, {"split": "test"}, 1, 2, {14: "stop"}),
    ("RenderedSST2", sst2, {"split": "test"}, 2, 4, {1: "positive"}),
    ("Country211", countries, {"split": "test"}, 2, 4, {1: "Zimbabwe"}),
    ("USPS", usps, {"train": False}, 2, 2, {9: "9"}),
    ("FER2013", fer, {"split": "test"}, 2, 2, {0: "angry", 4: "sad", 6: "neutral"}),
    ("PCAM", pcam, {"split": "test"}, 2, 4, {0: "lymph node"}),
    ("Imagenette", imagenette, {"split": "val"}, 2, 2, {0: "tench", 1: "parachute"}),
    ("Caltech256", caltech256, {}, 2, 2, {0: "001.ak47"}),
    ("Caltech101", caltech, {}, 6, 6, {0: "off-center face", 2: "yin and yang symbol"}),
    ("EuroSAT", eurosat, {}, 4, 4, {0: "annual crop land", 1: "lake or sea"}),
    ("SUN397", sun, {}, 4, 4, {1: "apse indoor"}),
]


def shown(image: Image.Image, label: int | None) -> tuple[bytes, int | None]:
    return image.convert("RGB").tobytes(), label


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_pictures_and_labels_are_those_that_torchvision_gives(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, write, arguments, count, learnt, words = case
    write(tmp_path, monkeypatch)
    data = load(name, {"root": str(tmp_path)})
    examined = [*data.items, *(data.train.items if data.split == "all" and data.train else ())]
    direct = getattr(theirs, name)(str(tmp_path), **arguments)
    assert Counter(shown(*direct[i]) for i in range(len(direct))) == Counter(
        shown(item.picture.load(), item.label) for item in examined
    )
    assert (len(data), len(data.train) if data.train else 0) == (count, learnt)
    assert {label: data.classes[label] for label in words} == words
    usual = RECIPES[name].names
    assert data.templates == (("a photo of a {}.",) if usual == "own" else names.templates(usual))
    ids = [item.id for item in [*data.items, *(data.train.items if data.train else ())]]
    assert len(set(ids)) == len(ids)
    assert not any(str(tmp_path) in item for item in ids)  # the same on every machine


def test_pictures_are_the_files_themselves(tmp_path: Path) -> None:
    food(tmp_path, None)
    item = load("Food101", {"root": str(tmp_path)}).items[0]
    assert item.id == "food-101/images/apple_pie/test0.jpg"
    content = (tmp_path / item.id).read_bytes()
    assert item.picture.digest() == hashlib.blake2b(content, digest_size=16).hexdigest()


def test_the_name_loads_the_same_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    eurosat(tmp_path / "here", None)
    monkeypatch.chdir(tmp_path)
    data = sources.load("torchvision:EuroSAT?root=here")
    assert data.name == f"torchvision:EuroSAT?root={tmp_path}/here"
    again = sources.load(data.name)
    assert [item.id for item in again.items] == [item.id for item in data.items]
    assert again.revision == data.revision


def test_each_split_of_a_dataset_counts_its_classes_anew_and_is_still_aligned(tmp_path: Path) -> None:
    dtd(tmp_path, None)
    data = load("DTD", {"root": str(tmp_path), "split": "val", "train": "test"})
    assert [data.classes[item.label or 0] for item in data.items] == ["zigzagged"]
    assert data.train is not None
    assert {item.id.split("/")[3]: data.classes[item.label or 0] for item in data.train.items} == {
        "braided": "braided",
        "zigzagged": "zigzagged",
    }


def test_only_the_usual_split_comes_with_something_to_learn_from(tmp_path: Path) -> None:
    food(tmp_path, None)
    root = {"root": str(tmp_path)}
    assert load("Food101", {**root, "train": "no"}).train is None
    assert load("Food101", {**root, "split": "train"}).train is None
    asked = load("Food101", {**root, "split": "train", "train": "test"}).train
    assert asked is not None
    assert asked.split == "test"


def test_own_names_and_other_templates_can_be_had(tmp_path: Path) -> None:
    eurosat(tmp_path, None)
    data = load("EuroSAT", {"root": str(tmp_path), "names": "own", "templates": "cifar10"})
    assert data.classes == ("AnnualCrop", "SeaLake")
    assert len(data.templates) == 18


def test_split_files_of_coop_are_followed(tmp_path: Path) -> None:
    eurosat(tmp_path, None)
    table = {
        split: [[f"{name}/{name}_{number}.jpg", label, word] for label, name, word in rows]
        for number, split in enumerate(("train", "val", "test"))
        for rows in [((0, "AnnualCrop", "annual crop land"), (1, "SeaLake", "Sea_or_Lake"))]
    }
    text(tmp_path / "split_zhou_EuroSAT.json", json.dumps(table))
    data = load("EuroSAT", {"root": str(tmp_path), "splits": "split_zhou_EuroSAT.json"})
    assert data.classes == ("annual crop land", "Sea or Lake")
    assert [item.id for item in data.items] == ["AnnualCrop/AnnualCrop_2.jpg", "SeaLake/SeaLake_2.jpg"]
    assert data.items[1].picture.load().size == (5, 6)
    assert data.train is not None
    assert (data.train.split, len(data.train)) == ("train+val", 4)
    text(tmp_path / "broken.json", json.dumps({"test": [["x.jpg", 0]]}))
    with pytest.raises(BadInput, match=r"should list \[path, label, class name\]"):
        load("EuroSAT", {"root": str(tmp_path), "splits": "broken.json"})
    with pytest.raises(BadInput, match=r"the split file none\.json cannot be read"):
        load("EuroSAT", {"root": str(tmp_path), "splits": "none.json"})


def frames(root: Path) -> Dataset:
    for folder, video in (
        ("Yo_Yo", "YoYo"),
        ("Archery", "Archery"),
        ("Hammer_Throw", "HammerThrow"),
        ("Hammering", "Hammering"),
    ):
        for group in ("g01_c01", "g01_c02", "g08_c01"):
            picture(root / f"UCF-101-midframes/{folder}/v_{video}_{group}.jpg")
    for name, groups in (("train", ("g08_c01",)), ("test", ("g01_c01", "g01_c02"))):
        rows = [f"{video}/v_{video}_{group}.avi" for video in ("YoYo", "Archery", "Hammering") for group in groups]
        text(root / f"ucfTrainTestlist/{name}list01.txt", *rows)
    return load("UCF101", {"root": str(root)})


def test_middle_frames_of_ucf101_follow_the_official_lists(tmp_path: Path) -> None:
    data = frames(tmp_path)
    assert data.classes == ("Archery", "Hammer Throw", "Hammering", "Yo Yo")
    assert Counter(data.classes[item.label or 0] for item in data.items) == {"Archery": 2, "Hammering": 2, "Yo Yo": 2}
    assert {item.group for item in data.items} == {"v_YoYo_g01", "v_Archery_g01", "v_Hammering_g01"}
    assert data.items[0].picture.load().size == (5, 6)
    assert data.train is not None
    assert len(data.train) == 3
    assert len(data.templates) == 48


def test_absent_data_are_told_with_the_place_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=rf"Caltech101 was looked for in {tmp_path}/caltech101/.*download=yes"):
        load("Caltech101", {"root": str(tmp_path)})
    assert not list(tmp_path.iterdir())  # torchvision would have made a folder
    with pytest.raises(BadInput, match=r"StanfordCars was looked for in .*give another root$"):
        load("StanfordCars", {"root": str(tmp_path)})
    with pytest.raises(BadInput, match="torchvision cannot download StanfordCars"):
        load("StanfordCars", {"root": str(tmp_path), "download": "yes"})
    with pytest.raises(BadInput, match=r"write torchvision:DTD\?root=/data"):
        load("DTD", {})


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_nothing_is_downloaded_unless_asked_for(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import urllib.request

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a download was tried")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    with pytest.raises(BadInput):
        load(name, {"root": str(tmp_path)})


def test_half_present_data_are_told_in_torchvisions_words(tmp_path: Path) -> None:
    food(tmp_path, None)
    (tmp_path / "food-101/meta/test.json").unlink()
    with pytest.raises(
        BadInput, match=r"the split test of Food101 under .* cannot be read; torchvision says: .*test.json"
    ):
        load("Food101", {"root": str(tmp_path)})


def test_names_that_do_not_fit_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    eurosat(tmp_path, None)
    mnist(tmp_path, None)
    root = {"root": str(tmp_path)}
    with pytest.raises(BadInput, match="the names 'dtd' know no class 'AnnualCrop'"):
        load("EuroSAT", {**root, "names": "dtd"})
    with pytest.raises(BadInput, match="has numbers for classes"):
        load("MNIST", {**root, "names": "own"})
    with pytest.raises(UnknownName, match="did you mean 'EuroSAT'"):
        load("Eurosat", root)
    with pytest.raises(UnknownName, match="no split of EuroSAT is called 'test'; known: all"):
        load("EuroSAT", {**root, "split": "test"})
    with pytest.raises(UnknownName, match="no option of torchvision is called 'downlod'; did you mean 'download'"):
        load("EuroSAT", {**root, "downlod": "yes"})
    dtd(tmp_path, None)
    with pytest.raises(UnknownName, match="no variant of DTD is called '11'"):
        load("DTD", {**root, "variant": "11"})


def test_splits_that_share_pictures_are_not_learnt_from(tmp_path: Path) -> None:
    aircraft(tmp_path, None)
    base = tmp_path / "fgvc-aircraft-2013b/data"
    (base / "images_variant_val.txt").write_text((base / "images_variant_trainval.txt").read_text())
    with pytest.raises(BadInput, match="the splits val and trainval of FGVCAircraft share pictures"):
        load("FGVCAircraft", {"root": str(tmp_path), "split": "val", "train": "trainval"})


def test_every_recipe_names_a_class_of_torchvision_and_a_list_that_exists() -> None:
    for name, recipe in RECIPES.items():
        assert hasattr(theirs, name)
        assert recipe.names == "own" or names.vocabulary(recipe.names)
        assert set(recipe.learn) <= set(recipe.splits)


def test_a_survey_set_loads_under_its_suite_name(tmp_path: Path) -> None:
    from eyechart.data import survey

    food(tmp_path, None)
    loaded, absent = [], []
    for name in survey.expand(f"survey11?root={tmp_path}"):
        try:
            loaded.append(sources.load(name).name)
        except BadInput as error:
            absent.append(str(error))
    assert loaded == [f"torchvision:Food101?root={tmp_path}"]
    assert len(absent) == 10
    assert all("was looked for in" in line or "cannot be read" in line for line in absent)
