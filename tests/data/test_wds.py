from __future__ import annotations

import gc
import io
import json
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

import fsspec
import numpy as np
import pytest
from PIL import Image

from eyechart import data as sources
from eyechart.core import Dataset
from eyechart.data import shards
from eyechart.data.wds import load
from eyechart.errors import BadInput, UnknownName, Unreadable
from eyechart.store import digest

Members = Sequence[tuple[str, bytes]]


def encoded(seed: int, kind: str = "png") -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **({"lossless": True} if kind == "webp" else {}))
    return out.getvalue()


def tarred(members: Members, odd: Sequence[tarfile.TarInfo] = ()) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for info in odd:
            tar.addfile(info)
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def labelled(count: int, start: int = 0, kind: str = "webp", classes: int = 3) -> Members:
    rows = [(f"s{n:07d}", encoded(n, kind), str(n % classes).encode()) for n in range(start, start + count)]
    return [part for key, image, label in rows for part in ((f"{key}.cls", label), (f"{key}.{kind}", image))]


def published(root: Path, splits: Mapping[str, Sequence[bytes]], *, words: str = "cat\ndog\nred fox\n") -> Path:
    """A folder as clip-benchmark writes it."""
    root.mkdir(parents=True, exist_ok=True)
    if words:
        (root / "classnames.txt").write_text(words)
        (root / "zeroshot_classification_templates.txt").write_text("a photo of a {c}.\na drawing of the {c}.\n")
    for split, tars in splits.items():
        (root / split).mkdir()
        (root / split / "nshards.txt").write_text(f"{len(tars)}\n")
        for number, content in enumerate(tars):
            (root / split / f"{number}.tar").write_bytes(content)
    return root


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return published(
        tmp_path / "wds_small",
        {"test": [tarred(labelled(4)), tarred(labelled(2, 4))], "train": [tarred(labelled(3, 100))]},
    )


def pixels(data: Dataset, row: int) -> list[int]:
    return np.asarray(data.items[row].picture.load()).ravel().tolist()


def test_a_published_set_is_read_as_it_is(small: Path) -> None:
    data = load(str(small), {})
    assert data.name == f"wds:{small}"
    assert (data.split, len(data), data.classes) == ("test", 6, ("cat", "dog", "red fox"))
    assert data.templates == ("a photo of a {}.", "a drawing of the {}.")
    assert [item.label for item in data.items] == [0, 1, 2, 0, 1, 2]
    assert [item.id for item in data.items][:2] == ["test/s0000000", "test/s0000001"]
    assert data.train is not None
    assert (data.train.split, len(data.train)) == ("train", 3)
    assert pixels(data, 5) == np.asarray(Image.open(io.BytesIO(encoded(5, "webp")))).ravel().tolist()
    assert len({item.picture.digest() for item in [*data.items, *data.train.items]}) == 9


@pytest.mark.filterwarnings("ignore:WebDataset:UserWarning")  # clip_benchmark's own call
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_pictures_and_labels_are_those_that_clip_benchmark_reads(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "requests", ModuleType("requests"))  # it forgot to ask for it, and only imports it
    builder = pytest.importorskip("clip_benchmark.datasets.builder")
    theirs = list(builder.build_wds_dataset("x", transform=np.asarray, data_dir=str(small)))
    ours = load(str(small), {})
    assert len(theirs) == len(ours)
    for (image, label), item in zip(theirs, ours.items, strict=True):
        assert label == item.label
        assert np.array_equal(image, np.asarray(item.picture.load()))
    del theirs
    gc.collect()  # it leaves its shards open


def test_the_webdataset_library_writes_what_is_read_here(tmp_path: Path) -> None:
    webdataset = pytest.importorskip("webdataset")
    with webdataset.TarWriter(str(tmp_path / "0.tar")) as sink:
        for n in range(3):
            sink.write({"__key__": f"a/{n:03d}", "jpg": encoded(n, "jpeg"), "txt": f"one\ntwo {n}", "json": {"w": 8}})
    data = load(str(tmp_path), {})
    assert [item.captions for item in data.items] == [("one", f"two {n}") for n in range(3)]
    assert data.items[2].picture.load().size == (8, 8)
    assert data.classes == ()


def test_retrieval_gives_several_captions_and_no_classes(tmp_path: Path) -> None:
    members = [("s0.jpg", encoded(0, "jpeg")), ("s0.txt", b"a cat\n a dog \n\n")]
    root = published(tmp_path / "r", {"test": [tarred(members)]}, words="")
    (root / "dataset_type.txt").write_text("retrieval\n")
    data = load(str(root), {})
    assert data.items[0].captions == ("a cat", "a dog")
    assert (data.classes, data.items[0].label, data.train) == ((), None, None)


def test_a_picture_costs_one_seek_and_a_slice_of_items_nothing(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = load(str(small), {})
    monkeypatch.setattr(tarfile, "open", None)  # the archive is never opened as such again
    assert [item.label for item in data.items[4:]] == [1, 2]
    assert data.items[-1].picture.load().size == (8, 8)
    with pytest.raises(IndexError):
        data.items[6]


def test_reading_headers_keeps_no_list_of_members(tmp_path: Path) -> None:
    path = tmp_path / "0.tar"
    path.write_bytes(tarred(labelled(50)))
    seen = [sample.key for sample, _ in shards.samples(path)]
    assert len(seen) == 50
    sample, _ = next(iter(shards.samples(path)))
    assert sorted(sample.spans) == ["cls", "webp"]


def test_plain_shards_by_pattern_with_names_known_by_name(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"cifar-{number:03d}.tar").write_bytes(tarred(labelled(2, kind="png", classes=10)))
    data = load(f"{tmp_path}/cifar-{{000..001}}.tar", {"names": "cifar10", "train": f"{tmp_path}/cifar-002.tar"})
    assert [item.id for item in data.items] == [f"test/cifar-{n:03d}/s000000{k}" for n in (0, 1) for k in (0, 1)]
    assert data.classes[1] == "automobile"
    assert len(data.templates) == 18
    assert data.train is not None
    assert len(data.train) == 2
    assert len(load(f"{tmp_path}/*.tar", {"names": "cifar10", "train": "no"})) == 6
    with pytest.raises(BadInput, match="give shards of their own to each"):
        load(f"{tmp_path}/*.tar", {"names": "cifar10", "train": f"{tmp_path}/cifar-000.tar"})


def test_a_single_list_of_shards_is_carved_by_digest(tmp_path: Path) -> None:
    (tmp_path / "0.tar").write_bytes(tarred(labelled(12)))
    data = load(str(tmp_path), {"names": "mnist"})
    assert data.train is not None
    assert (len(data), len(data.train)) == (6, 6)
    assert {item.id for item in data.items}.isdisjoint(item.id for item in data.train.items)


def test_a_published_set_without_train_is_examined_whole_unless_it_is_to_be_carved(tmp_path: Path) -> None:
    root = published(tmp_path / "x", {"test": [tarred(labelled(12))]})
    assert (len(load(str(root), {})), load(str(root), {}).train) == (12, None)
    assert len(load(str(root), {"train": "carve"})) == 6


def test_captions_may_be_json(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(
        tarred([("0.png", encoded(0)), ("0.json", json.dumps({"caption": "a cat"}).encode()), ("1.png", encoded(1))])
    )
    data = load(str(tmp_path / "a.tar"), {})
    assert [item.captions for item in data.items] == [("a cat",), ()]


def test_braces_are_written_out() -> None:
    assert shards.expand("x-{08..11}.tar") == ("x-08.tar", "x-09.tar", "x-10.tar", "x-11.tar")
    assert shards.expand("{a,b}-{0..1}") == ("a-0", "a-1", "b-0", "b-1")
    with pytest.raises(BadInput, match="never closed"):
        shards.expand("x{0..3.tar")
    with pytest.raises(BadInput, match="does not count up"):
        shards.expand("x{3..0}.tar")


def test_a_remote_set_is_fetched_once(small: Path, tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    memory.put(str(small), "/sets/small", recursive=True)
    cache = {"cache": str(tmp_path / "cache")}
    data = load("memory://sets/small", cache)
    assert [item.label for item in data.items] == [0, 1, 2, 0, 1, 2]
    assert pixels(data, 3) == pixels(load(str(small), {}), 3)
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").iterdir()}
    assert len(kept) == 3
    again = load("memory://sets/small", cache)
    assert again.revision == data.revision
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").iterdir()} == kept
    memory.rm("/sets", recursive=True)


def test_a_page_of_the_hub_is_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    from eyechart.data import remote

    seen: list[str] = []
    monkeypatch.setattr(remote.fsspec.core, "url_to_fs", lambda url: (seen.append(url), (None, "x"))[1])
    remote.place("https://huggingface.co/datasets/clip-benchmark/wds_cars/tree/main")
    remote.place("hf://datasets/clip-benchmark/wds_cars")
    assert seen == ["hf://datasets/clip-benchmark/wds_cars@main", "hf://datasets/clip-benchmark/wds_cars"]


def test_what_is_no_plain_picture_is_listed_and_not_followed(tmp_path: Path) -> None:
    link = tarfile.TarInfo("s1.png")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    device = tarfile.TarInfo("s2.png")
    device.type = tarfile.CHRTYPE
    folder = tarfile.TarInfo("a-folder")
    folder.type = tarfile.DIRTYPE
    (tmp_path / "0.tar").write_bytes(
        tarred([("../../s3.png", encoded(3)), ("/s4.png", encoded(4)), ("s5.png", encoded(5))], [folder, link, device])
    )
    data = load(str(tmp_path), {})
    reasons = []
    for item in data.items[:4]:
        with pytest.raises(Unreadable) as refused:
            item.picture.load()
        reasons.append(str(refused.value))
    assert "link to '/etc/passwd'" in reasons[0]
    assert "is a device" in reasons[1]
    assert "outside of its archive" in reasons[2]
    assert "outside of its archive" in reasons[3]
    assert len({item.picture.digest() for item in data.items}) == 5
    assert data.items[4].picture.load().size == (8, 8)


def test_a_picture_that_is_cut_off_is_unreadable_and_the_others_are_not(tmp_path: Path) -> None:
    (tmp_path / "0.tar").write_bytes(tarred([("a.png", encoded(0)[:60]), ("b.png", b""), ("c.png", encoded(2))]))
    data = load(str(tmp_path), {})
    for item in data.items[:2]:
        with pytest.raises(Unreadable):
            item.picture.load()
    assert data.items[2].picture.load().size == (8, 8)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([("a.png", b"x")], r"a has no label \(a member .cls\), only .png"),
        ([("a.png", b"x"), ("a.cls", b"3")], r"a.cls says class 3, but there are 3 class names \(0 … 2\)"),
        ([("a.png", b"x"), ("a.cls", b"-1")], "a.cls says class -1"),
        ([("a.png", b"x"), ("a.cls", b"cat")], "a.cls should hold a class index, it holds b'cat'"),
        ([("a.cls", b"1")], "a has no picture, only .cls"),
        ([("a.png", b"x"), ("a.cls", b"1"), ("a.png", b"x")], "holds 'a.png' twice"),
        (
            [("a.png", b"x"), ("a.cls", b"1"), ("b.png", b"x"), ("b.cls", b"1"), ("a.png", b"x"), ("a.cls", b"1")],
            "'test/a' .* names two samples",
        ),
    ],
)
def test_a_sample_that_is_not_whole_is_told_in_a_sentence(tmp_path: Path, members: Members, message: str) -> None:
    root = published(tmp_path / "x", {"test": [tarred(members)]})
    with pytest.raises(BadInput, match=message):
        load(str(root), {})


def test_shards_must_be_as_many_as_the_set_says(small: Path) -> None:
    (small / "test" / "nshards.txt").write_text("3")
    with pytest.raises(BadInput, match=r"nshards.txt says 3 shards, the folder holds 2 \(look at 2.tar\)"):
        load(str(small), {})
    (small / "test" / "nshards.txt").write_text("1")
    with pytest.raises(BadInput, match=r"says 1 shards, the folder holds 2 \(look at 1.tar\)"):
        load(str(small), {})
    (small / "test" / "nshards.txt").write_text("many")
    with pytest.raises(BadInput, match="should hold the number of shards, it holds 'many'"):
        load(str(small), {})


def test_a_shard_that_is_cut_off_or_compressed_is_refused(small: Path) -> None:
    shard = small / "test" / "0.tar"
    whole = shard.read_bytes()
    shard.write_bytes(whole[:700])
    with pytest.raises(BadInput, match=r"0.tar is not a whole, uncompressed tar file"):
        load(str(small), {})
    shard.write_bytes(b"\x1f\x8b" + bytes(600))
    with pytest.raises(BadInput, match=r"0.tar is not a whole, uncompressed tar file"):
        load(str(small), {})
    shard.write_bytes(b"")
    with pytest.raises(BadInput, match=r"0.tar is not a whole, uncompressed tar file"):
        load(str(small), {})


def test_what_is_missing_or_unknown_is_said(small: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean 'split'"):
        load(str(small), {"spilt": "test"})
    with pytest.raises(BadInput, match=r"holds neither test/nshards\.txt"):
        load(str(tmp_path / "nowhere"), {})
    with pytest.raises(BadInput, match="has no other split 'val' to learn from"):
        load(str(small), {"train": "val"})
    with pytest.raises(BadInput, match="Protocol not known"):
        load("nonsense://x/y", {})
    listed = tmp_path / "words.txt"
    listed.write_text("a cat\na dog\na fox\n")
    assert load(str(small), {"names": str(listed)}).classes == ("a cat", "a dog", "a fox")
    with pytest.raises(BadInput, match="names=cifar10 has 10 classes, the dataset 3"):
        load(str(small), {"names": "cifar10"})
    (small / "classnames.txt").unlink()
    with pytest.raises(BadInput, match=r"lacks classnames.txt; write one class name per line, or give names="):
        load(str(small), {})
    (small / "dataset_type.txt").write_text("multilabel")
    with pytest.raises(BadInput, match="is a multilabel dataset; classification and retrieval"):
        load(str(small), {})


def test_labels_without_names_are_refused(tmp_path: Path) -> None:
    (tmp_path / "0.tar").write_bytes(tarred(labelled(2)))
    with pytest.raises(BadInput, match="the classes have no names; give names="):
        load(str(tmp_path), {})


def test_hidden_members_and_notes_of_the_shard_are_no_samples(tmp_path: Path) -> None:
    members = [
        ("._a.png", b"x"),
        ("d/.DS_Store", b"x"),
        ("README", b"x"),
        ("__index__.json", b"{}"),
        ("./d/a.png", encoded(0)),
    ]
    (tmp_path / "0.tar").write_bytes(tarred(members))
    assert [item.id for item in load(str(tmp_path), {}).items] == ["test/0/d/a"]


def test_the_name_of_a_set_loads_it_again_and_a_bare_path_does_too(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small.parent)
    data = sources.load("wds:wds_small?train=no")
    assert data.name == f"wds:{small}?train=no"
    assert sources.load(data.name).revision == data.revision
    assert digest.of_dataset(sources.load(str(small))) == digest.of_dataset(data)
    assert len(sources.load(str(small), limit=3)) == 3


def test_there_may_be_nothing_to_learn_from(small: Path) -> None:
    assert load(str(small), {"train": "no"}).train is None
    train = load(str(small), {"split": "train"})
    assert (len(train), train.train) == (3, None)
