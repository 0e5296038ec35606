"""What is written for other tools is read back as it was: by this project's readers and by theirs."""

from __future__ import annotations

import contextlib
import gc
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from eyechart import data as sources
from eyechart.core import Dataset, Item
from eyechart.data import masks
from eyechart.data.export import FORMATS, export, hands
from eyechart.data.export.known import Known, words
from eyechart.data.reels import Order, open_reel
from eyechart.data.world import load
from eyechart.errors import BadInput, EyechartError, UnknownName
from eyechart.progress import quiet

COUNT = 12
SCENES = Order()
SPLITS = {"train": 5, "test": COUNT}


def written(out: Path, form: str, order: Order = SCENES, splits: dict[str, int] = SPLITS, workers: int = 1) -> Path:
    known = {split: Known(reel=open_reel(order, split), count=count, masks=True) for split, count in splits.items()}
    export(out, form, known, words(known["test"].reel), workers=workers, progress=quiet)
    return out


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All formats, a folder each."""
    root = tmp_path_factory.mktemp("exported")
    for form in FORMATS:
        written(root / form, form)
    return root


@pytest.fixture(scope="module")
def world() -> Sequence[Item]:
    return load("", {"test": str(COUNT), "train": "0"}).items


def assert_same(found: Dataset, world: Sequence[Item], *what: str) -> None:
    """The same pixels, and what else the format can hold."""
    assert len(found) == len(world)
    classes = load("", {}).classes
    for ours, item in zip(found.items, world, strict=True):
        np.testing.assert_array_equal(np.asarray(ours.picture.load()), np.asarray(item.picture.load()))
        if "label" in what:
            assert ours.label is not None
            assert item.label is not None
            assert found.classes[ours.label] == classes[item.label]
        for name in {"captions", "distractors"} & set(what):
            assert getattr(ours, name) == getattr(item, name)


def test_a_folder_is_read_back(exported: Path, world: Sequence[Item]) -> None:
    found = sources.load(f"folder:{exported}/folder")
    assert found.train is not None
    assert (found.split, len(found.train)) == ("test", 5)
    # Items of a folder are in the order of its classes.
    known = {Path(item.id).stem: item for item in found.items}
    assert_same(found.keep([known[f"{number:07d}"] for number in range(COUNT)]), world, "label")


def test_the_captions_of_a_folder_are_read_back(exported: Path, world: Sequence[Item]) -> None:
    found = sources.load(f"csv:{exported}/folder/test/captions.csv?distractors=distractor&train=no")
    assert_same(found, world, "label", "captions", "distractors")
    told = [json.loads(line) for line in (exported / "folder/test/facts.jsonl").read_text("utf-8").splitlines()]
    assert [row["facts"] for row in told] == [dict(item.facts) for item in world]
    assert all((exported / "folder" / "test" / row["image"]).is_file() for row in told)


def test_shards_are_read_back(exported: Path, world: Sequence[Item]) -> None:
    folder = exported / "webdataset"
    found = sources.load(f"wds:{folder}")
    assert found.train is not None
    assert (len(found.train), found.classes, found.templates) == (5, load("", {}).classes, load("", {}).templates)
    assert_same(found, world, "label")
    plain = sources.load(f"wds:{folder}/test/*.tar?names={folder}/classnames.txt&train=no")
    assert_same(plain, world, "label", "captions")


def test_parquet_is_read_back(exported: Path, world: Sequence[Item]) -> None:
    facts = ",".join(world[0].facts)
    found = sources.load(f"parquet:{exported}/parquet?distractors=distractors&facts={facts}")
    assert found.train is not None
    assert (found.classes, len(found.train)) == (load("", {}).classes, 5)
    assert_same(found, world, "label", "captions", "distractors")
    assert [dict(item.facts) for item in found.items] == [dict(item.facts) for item in world]


def test_coco_is_read_back(exported: Path, world: Sequence[Item]) -> None:
    folder = exported / "coco" / "annotations"
    found = sources.load(f"coco:{folder}/instances_test.json?captions={folder}/captions_test.json&train=no")
    assert_same(found, world, "captions")
    assert found.classes == load("", {}).classes
    assert found.taxonomy == {name: load("", {}).taxonomy[name] for name in found.classes}
    for ours, item in zip(found.items, world, strict=True):
        seen = [region for region in item.regions if region.box.right > region.box.left]
        assert [(region.label, region.box) for region in ours.regions] == [(one.label, one.box) for one in seen]
        for region, original in zip(ours.regions, seen, strict=True):
            assert region.mask is not None
            assert original.mask is not None
            np.testing.assert_array_equal(region.mask(), original.mask())


def test_hugging_face_reads_parquet(exported: Path, world: Sequence[Item], tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    table = datasets.load_dataset(str(exported / "parquet"), cache_dir=str(tmp_path))
    assert {split: part.num_rows for split, part in table.items()} == SPLITS
    part = table["test"]
    for row, item in zip(part, world, strict=True):
        np.testing.assert_array_equal(np.asarray(row["image"]), np.asarray(item.picture.load()))
        assert part.features["label"].int2str(row["label"]) == item.facts["concept"]
        assert tuple(row["captions"]) == item.captions
        assert [part.features["objects"].feature["category"].int2str(one["category"]) for one in row["objects"]] == [
            region.label for region in item.regions
        ]
        left, top, right, bottom = item.regions[0].box
        assert row["objects"][0]["bbox"] == [left, top, right - left, bottom - top]
        assert json.loads(row["questions"])[0]["answer"]


@pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning")  # shards left open
def test_webdataset_reads_shards(exported: Path, world: Sequence[Item]) -> None:
    library = pytest.importorskip("webdataset")
    shards = library.WebDataset(str(exported / "webdataset/test/0.tar"), shardshuffle=False, empty_check=False)
    samples = list(shards.decode("rgb8"))
    del shards
    gc.collect()
    assert len(samples) == COUNT
    for sample, item in zip(samples, world, strict=True):
        np.testing.assert_array_equal(sample["png"], np.asarray(item.picture.load()))
        assert sample["cls"] == item.label
        assert tuple(sample["json"]["captions"]) == item.captions
        assert [one["text"] for one in sample["json"]["falsehoods"]] == list(item.distractors)


@pytest.mark.filterwarnings("ignore:WebDataset:UserWarning")  # clip_benchmark's own call
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_clip_benchmark_reads_shards(exported: Path, world: Sequence[Item], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "requests", ModuleType("requests"))  # it forgot to ask for it, and only imports it
    builder = pytest.importorskip("clip_benchmark.datasets.builder")
    folder = exported / "webdataset"
    theirs = builder.build_wds_dataset("x", transform=np.asarray, data_dir=str(folder))
    assert tuple(theirs.classes) == load("", {}).classes
    assert len(theirs.templates) == len(load("", {}).templates)
    for (image, label), item in zip(list(theirs), world, strict=True):
        np.testing.assert_array_equal(image, np.asarray(item.picture.load()))
        assert label == item.label
    del theirs
    gc.collect()  # it leaves its shards open


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools and numpy 2
def test_the_coco_api_reads_coco(exported: Path, world: Sequence[Item]) -> None:
    api = pytest.importorskip("pycocotools.coco")
    with contextlib.redirect_stdout(None):
        coco = api.COCO(str(exported / "coco/annotations/instances_test.json"))
    for number, item in enumerate(world):
        things = coco.loadAnns(coco.getAnnIds(imgIds=[number]))
        for thing, region in zip(things, item.regions, strict=True):
            mask = coco.annToMask(thing).astype(bool)
            assert region.mask is not None
            np.testing.assert_array_equal(mask, region.mask())
            assert thing["area"] == mask.sum()
            assert coco.loadCats([thing["category_id"]])[0]["name"] == region.label


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("of", ["writing", "people", "documents"])
def test_every_kind_of_picture_is_exported(of: str, form: str, tmp_path: Path) -> None:
    order = Order(of=of)
    out = written(tmp_path / "out", form, order, {"test": 3})
    name = f"coco:{out}/annotations/instances_test.json" if form == "coco" else str(out)
    reel = open_reel(order, "test")
    ours = {np.asarray(item.picture.load()).tobytes() for item in whole(sources.load(name))}
    assert ours == {reel[number].drawn().pixels.tobytes() for number in range(3)}


def whole(found: Dataset) -> list[Item]:
    """Also what is carved off to learn from."""
    return [*found.items, *(found.train.items if found.train else ())]


def test_chinese_is_exported(tmp_path: Path) -> None:
    out = written(tmp_path / "out", "webdataset", Order(language="zh"), {"test": 3})
    found = sources.load(f"wds:{out}/test/*.tar?names={out}/classnames.txt&train=no")
    chinese = load("", {"language": "zh", "test": "3"})
    assert [item.captions for item in found.items] == [item.captions for item in chinese.items]
    assert found.classes == chinese.classes


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_command_writes_the_same_bytes(form: str, exported: Path, tmp_path: Path) -> None:
    assert contents(written(tmp_path / "again", form)) == contents(exported / form)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_many_processes_write_what_one_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hands, "CHUNK", 2)
    monkeypatch.setattr(hands, "WORTH", 1)
    one, two = (written(tmp_path / str(number), "webdataset", workers=number) for number in (1, 2))
    assert contents(one) == contents(two)
    assert not multiprocessing.active_children()


def test_shards_and_files_are_numbered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from eyechart.data.export import parquet, webdataset

    monkeypatch.setattr(webdataset, "SHARD", 5)
    monkeypatch.setattr(parquet, "ROWS", 2)
    monkeypatch.setattr(parquet, "FILE", 3)
    shards, tables = (written(tmp_path / form, form) for form in ("webdataset", "parquet"))
    assert sorted(path.name for path in (shards / "test").glob("*.tar")) == ["0.tar", "1.tar", "2.tar"]
    assert (shards / "test" / "nshards.txt").read_text() == "3\n"
    assert sorted(path.name for path in (tables / "data").iterdir()) == [
        "test-00000-of-00002.parquet",
        "test-00001-of-00002.parquet",
        "train-00000-of-00001.parquet",
    ]
    assert len(sources.load(f"parquet:{tables}")) == len(sources.load(f"wds:{shards}")) == COUNT


def test_members_tell_no_time_and_no_owner(exported: Path) -> None:
    with tarfile.open(exported / "webdataset/test/0.tar") as tar:
        assert {(member.mtime, member.uid, member.uname) for member in tar} == {(0, 0, "")}


def test_without_masks_there_are_boxes(tmp_path: Path) -> None:
    known = Known(reel=open_reel(Order(), "test"), count=2, masks=False)
    export(tmp_path / "out", "folder", {"test": known}, words(known.reel), workers=1, progress=quiet)
    rows = [json.loads(line) for line in (tmp_path / "out/test/facts.jsonl").read_text("utf-8").splitlines()]
    assert all("box" in thing and "mask" not in thing for row in rows for thing in row["things"])


def test_what_is_there_already_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("full", "file"):
        with pytest.raises(BadInput, match="there already and not empty"):
            written(tmp_path / name, "folder", splits={"test": 1})
    assert contents(tmp_path) == {"full/mine.txt": b"mine", "file": b"mine"}


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert (written(tmp_path / "empty", "folder", splits={"test": 1}) / "test" / "facts.jsonl").is_file()


def test_an_unknown_format_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean 'parquet'"):
        written(tmp_path / "out", "parket", splits={"test": 1})


def test_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot write"):
        written(tmp_path / "file" / "out", "folder", splits={"test": 1})


class Failing:
    """A source that draws two pictures and then no more."""

    count = 4

    def sample(self, number: int) -> Any:
        if number == 2:
            raise EyechartError("no more")
        return Known(reel=open_reel(Order(), "test"), count=4, masks=False).sample(number)


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_is_left_of_an_export_that_fails(form: str, tmp_path: Path) -> None:
    with pytest.raises(EyechartError, match="no more"):
        export(
            tmp_path / "out",
            form,
            {"test": Failing()},
            words(open_reel(Order(), "test")),
            workers=1,
            progress=quiet,
        )
    assert not list(tmp_path.iterdir())


def test_a_killed_export_leaves_no_half_and_the_next_one_sweeps_up(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\n"
        "from eyechart.data.export import export\n"
        "from eyechart.data.export.known import Known, words\n"
        "from eyechart.data.reels import Order, open_reel\n"
        "from eyechart.progress import quiet\n"
        "if __name__ == '__main__':\n"
        "    known = Known(reel=open_reel(Order(), 'test'), count=100000, masks=False)\n"
        f"    export(Path({str(tmp_path / 'out')!r}), 'folder', {{'test': known}}, words(known.reel),"
        " workers=1, progress=quiet)\n"
    )
    script = tmp_path / "go.py"
    script.write_text(code)
    process = subprocess.Popen([sys.executable, str(script)])
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".out.*/test/*/*.png")):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "out").exists()
    assert list(tmp_path.glob(".out.*.unfinished"))
    written(tmp_path / "out", "folder", splits={"test": 1})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["go.py", "out"]


@settings(deadline=None, max_examples=60)
@given(arrays.arrays(bool, st.tuples(st.integers(1, 40), st.integers(1, 40))))
def test_a_mask_is_found_again_in_its_run_lengths(mask: np.ndarray[Any, np.dtype[np.bool_]]) -> None:
    np.testing.assert_array_equal(masks.from_runs(masks.to_runs(mask), *mask.shape), mask)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools and numpy 2
@settings(deadline=None, max_examples=40)
@given(arrays.arrays(bool, st.tuples(st.integers(1, 70), st.integers(1, 70))))
def test_run_lengths_are_those_of_the_coco_api(mask: np.ndarray[Any, np.dtype[np.bool_]]) -> None:
    api = pytest.importorskip("pycocotools.mask")
    assert api.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode() == masks.to_runs(mask)


def test_pictures_are_png_of_three_bytes_a_pixel(exported: Path) -> None:
    for path in list((exported / "coco/images/test").iterdir())[:3]:
        with Image.open(path) as image:
            assert (image.format, image.mode, image.size) == ("PNG", "RGB", (64, 64))
