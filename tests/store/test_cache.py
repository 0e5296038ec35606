from __future__ import annotations

import multiprocessing
import os
import signal
import time
from dataclasses import replace
from hashlib import blake2b
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from eyechart.errors import BadInput, Corrupt
from eyechart.store.cache import FeatureKey, FeatureStore
from eyechart.store.digest import of_bytes
from eyechart.store.rows import Rows
from eyechart.store.shard import digests

KEY = FeatureKey(weights="w", preprocessing="p", precision="fp32", tap="image")


def names(count: int, start: int = 0) -> list[str]:
    return [of_bytes(str(index).encode()) for index in range(start, start + count)]


def values(count: int, width: int = 4, start: int = 0) -> np.ndarray:
    return np.arange(start, start + count, dtype=np.float32)[:, None] + np.zeros((1, width), np.float32)


@pytest.fixture(params=["local", "memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "store") if request.param == "local" else f"memory://{tmp_path.name}"


def test_rows_come_back_in_any_order_and_number(url: str) -> None:
    drawer = FeatureStore(url).drawer(KEY)
    drawer.append(names(10), values(10))
    drawer.append(names(10, 10), values(10, start=10))
    wanted = [names(20)[index] for index in (19, 3, 3, 10, 0)]
    assert drawer.rows(wanted)[:][:, 0].tolist() == [19, 3, 3, 10, 0]


def test_another_store_object_finds_what_was_written(url: str) -> None:
    FeatureStore(url).drawer(KEY).append(names(5), values(5))
    drawer = FeatureStore(url).drawer(KEY)
    assert drawer.missing(names(7)) == [5, 6]
    np.testing.assert_array_equal(drawer.rows(names(5)).tensor().numpy(), values(5))


@pytest.mark.parametrize("field", ["weights", "preprocessing", "precision", "tap"])
def test_any_change_of_the_key_opens_another_drawer(tmp_path: Path, field: str) -> None:
    store = FeatureStore(tmp_path)
    store.drawer(KEY).append(names(3), values(3))
    other = store.drawer(replace(KEY, **{field: "other"}))
    assert other.missing(names(3)) == [0, 1, 2]


def test_tokens_keep_their_shape(tmp_path: Path) -> None:
    drawer = FeatureStore(tmp_path).drawer(KEY)
    tokens = np.random.default_rng(0).standard_normal((6, 5, 3)).astype(np.float32)
    drawer.append(names(6), tokens)
    rows = drawer.rows(names(6))
    assert rows.shape == (6, 5, 3)
    np.testing.assert_array_equal(rows[2:4], tokens[2:4])


def test_a_missing_row_is_told(tmp_path: Path) -> None:
    drawer = FeatureStore(tmp_path).drawer(KEY)
    drawer.append(names(2), values(2))
    with pytest.raises(Corrupt, match="1 of 3 rows"):
        drawer.rows(names(3))


def test_rows_of_another_shape_are_refused(tmp_path: Path) -> None:
    drawer = FeatureStore(tmp_path).drawer(KEY)
    drawer.append(names(2), values(2))
    with pytest.raises(BadInput, match="shape"):
        drawer.append(names(2, 2), values(2, width=5))
    with pytest.raises(BadInput, match="3 pictures"):
        drawer.append(names(3), values(2))


def test_a_flipped_byte_is_found_and_the_shard_set_aside(tmp_path: Path) -> None:
    FeatureStore(tmp_path).drawer(KEY).append(names(8), values(8))
    (shard,) = tmp_path.glob("*/*.safetensors")
    content = bytearray(shard.read_bytes())
    content[-1] ^= 1
    shard.write_bytes(content)
    assert FeatureStore(tmp_path).drawer(KEY).missing(names(8)) == list(range(8))
    assert not list(tmp_path.glob("*/*.safetensors"))
    assert len(list(tmp_path.glob("*/*.broken"))) == 1


def test_verify_names_what_is_broken_and_summary_counts_it(tmp_path: Path) -> None:
    store = FeatureStore(tmp_path)
    store.drawer(KEY).append(names(8), values(8))
    store.drawer(KEY).append(names(8, 8), values(8))
    assert store.verify() == []
    shard = min(tmp_path.glob("*/*.safetensors"))
    shard.write_bytes(shard.read_bytes()[:-3])
    assert len(store.verify()) == 1
    (row,) = store.summary()
    assert (row["shards"], row["rows"], row["set aside"]) == (1, 8, 1)
    store.prune()
    assert store.summary() == []


forking = pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")  # Python 3.12
FORK = multiprocessing.get_context("fork")  # the libraries are loaded already


def write(folder: Path, start: int, end: int, told: Connection | None = None) -> None:
    drawer = FeatureStore(folder).drawer(KEY)
    for first in range(start, end, 50):
        drawer.append(names(50, first), values(50, 4000, first))
        if told is not None:
            told.send(first)


@forking
def test_a_writer_that_is_killed_leaves_whole_shards_only(tmp_path: Path) -> None:
    for delay in (0.0, 0.002, 0.005):
        listening, told = FORK.Pipe(duplex=False)
        process = FORK.Process(target=write, args=(tmp_path, 0, 10_000_000, told))
        process.start()
        for _ in range(3):
            listening.recv()
        time.sleep(delay)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    store = FeatureStore(tmp_path)
    assert store.verify() == []
    drawer = store.drawer(KEY)
    assert drawer.missing(names(150)) == []
    assert drawer.rows(names(150))[:][:, 0].tolist() == list(range(150))


@forking
def test_several_processes_may_write_one_drawer(tmp_path: Path) -> None:
    writers = [FORK.Process(target=write, args=(tmp_path, *span)) for span in ((0, 400), (200, 600), (100, 500))]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    drawer = FeatureStore(tmp_path).drawer(KEY)
    assert drawer.missing(names(600)) == []
    assert drawer.rows(names(600))[:][:, 0].tolist() == list(range(600))


def test_what_a_killed_process_left_unfinished_is_swept(tmp_path: Path) -> None:
    drawer = FeatureStore(tmp_path).drawer(KEY)
    folder = tmp_path / drawer.folder
    folder.mkdir()
    for name, age in (("old", 7200), ("young", 0)):
        left = folder / f".{name}.tmp"
        left.write_bytes(b"half")
        os.utime(left, (time.time() - age,) * 2)
    drawer.append(names(2), values(2))
    assert [path.name for path in folder.glob(".*")] == [".young.tmp"]
    assert drawer.missing(names(2)) == []


@pytest.mark.parametrize("content", [b"", b"x", b"\xff" * 100, b"\2\0\0\0\0\0\0\0{}"])
def test_a_file_that_is_no_shard_is_set_aside(url: str, content: bytes) -> None:
    store = FeatureStore(url)
    drawer = store.drawer(KEY)
    drawer.append(names(3), values(3))
    store.place.write(f"{drawer.folder}/{'0' * 32}.safetensors", content)
    again = FeatureStore(url).drawer(KEY)
    assert again.missing(names(3)) == []
    assert again.take_aside() == [store.place.path(f"{drawer.folder}/{'0' * 32}.broken")]
    assert again.take_aside() == []


def test_a_shard_that_changes_after_it_was_checked_is_noticed(tmp_path: Path) -> None:
    drawer = FeatureStore(tmp_path).drawer(KEY)
    drawer.append(names(4), values(4))
    assert drawer.missing(names(4)) == []
    (shard,) = tmp_path.glob("*/*.safetensors")
    content = bytearray(shard.read_bytes())
    content[-80] ^= 1
    shard.write_bytes(content)
    with pytest.raises(Corrupt, match="4 of 4 rows"):
        drawer.rows(names(4))
    drawer.append(names(4), values(4))  # the very same content, so the very same name
    assert drawer.rows(names(4))[:][:, 0].tolist() == [0, 1, 2, 3]
    other = FeatureStore(tmp_path).drawer(KEY)
    assert other.missing(names(4)) == []


def test_two_that_find_the_same_shard_broken_agree(tmp_path: Path) -> None:
    drawers = [FeatureStore(tmp_path).drawer(KEY) for _ in range(2)]
    drawers[0].append(names(4), values(4))
    assert drawers[1].missing(names(4)) == []
    (shard,) = tmp_path.glob("*/*.safetensors")
    shard.write_bytes(shard.read_bytes()[:-1])
    assert [drawer.missing(names(4)) for drawer in drawers] == [[0, 1, 2, 3]] * 2
    assert sorted(len(drawer.take_aside()) for drawer in drawers) == [0, 1]


def test_only_the_shards_that_are_wanted_are_read(tmp_path: Path) -> None:
    drawer = FeatureStore(tmp_path).drawer(KEY)
    drawer.append(names(4), values(4))
    drawer.append(names(4, 4), values(4, start=4))
    for shard in tmp_path.glob("*/*.safetensors"):
        content = bytearray(shard.read_bytes())
        if digests(names(1, 4)).tobytes() in content:
            content[content.index(values(1, start=4).tobytes())] ^= 1  # in a row of the second shard
            shard.write_bytes(content)
    again = FeatureStore(tmp_path).drawer(KEY)
    assert again.missing(names(4)) == []
    assert again.take_aside() == []
    assert again.missing(names(8)) == [4, 5, 6, 7]


def test_a_drawer_may_have_more_shards_than_a_process_may_have_files(tmp_path: Path) -> None:
    drawer = FeatureStore(tmp_path).drawer(KEY)
    drawer.append(names(2), values(2))
    before = len(list(Path("/proc/self/fd").iterdir()))
    for start in range(2, 60, 2):
        drawer.append(names(2, start), values(2, start=start))
    rows = drawer.rows(names(60))
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert rows[:][:, 0].tolist() == list(range(60))


def test_a_file_url_and_a_path_with_brackets_are_stores_too(tmp_path: Path) -> None:
    for url in (f"file://{tmp_path}/url", str(tmp_path / "a[1]*b")):
        FeatureStore(url).drawer(KEY, "a model").append(names(3), values(3))
        (row,) = FeatureStore(url).summary()
        assert (row["model"], row["rows"]) == ("a model", 3)
        assert FeatureStore(url).drawer(KEY).missing(names(4)) == [3]


def test_pruning_a_folder_that_is_no_store_removes_nothing(tmp_path: Path) -> None:
    precious = tmp_path / "precious" / "key.json"
    precious.parent.mkdir()
    precious.write_text("{}")
    FeatureStore(tmp_path).drawer(KEY).append(names(3), values(3))
    FeatureStore(tmp_path).prune()
    assert list(tmp_path.rglob("*.json")) == [precious]


def test_a_drawer_whose_label_is_torn_is_listed_all_the_same(tmp_path: Path) -> None:
    FeatureStore(tmp_path).drawer(KEY).append(names(3), values(3))
    (label,) = tmp_path.glob("*/key.json")
    label.write_text("{")
    (row,) = FeatureStore(tmp_path).summary()
    assert (row["model"], row["rows"]) == ("unknown", 3)


def test_names_of_any_kind_are_digests_of_pictures(tmp_path: Path) -> None:
    drawer = FeatureStore(tmp_path).drawer(KEY)
    given = [*names(1), "ab" * 32, "no hex at all", "\udc80", "zz" * 16]
    drawer.append(given, values(5))
    assert drawer.missing(given) == []
    assert drawer.rows(given[::-1])[:][:, 0].tolist() == [4, 3, 2, 1, 0]


def test_a_store_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(BadInput, match="cannot write"):
        FeatureStore(tmp_path / "file").drawer(KEY).append(names(1), values(1))


def test_an_unknown_kind_of_url_is_told() -> None:
    with pytest.raises(BadInput, match="nonsense"):
        FeatureStore("nonsense://somewhere")


def test_a_shard_is_plain_safetensors_and_named_by_its_content(tmp_path: Path) -> None:
    FeatureStore(tmp_path).drawer(KEY).append(names(3), values(3))
    (shard,) = tmp_path.glob("*/*.safetensors")
    arrays = load_file(shard)
    np.testing.assert_array_equal(arrays["rows"], values(3))
    assert [row.tobytes().hex() for row in arrays["pictures"]] == names(3)
    assert shard.stem == blake2b(shard.read_bytes(), digest_size=16).hexdigest()


def test_rows_over_an_array_behave_like_the_array() -> None:
    array = np.random.default_rng(0).standard_normal((50, 3)).astype(np.float32)
    rows = Rows.of(array)
    chosen = np.array([4, 4, 49, 0])
    np.testing.assert_array_equal(rows[chosen], array[chosen])
    np.testing.assert_array_equal(rows.take(chosen)[1:3], array[chosen][1:3])
    pieces = [(piece, tensor.shape) for piece, tensor in rows.batches(20)]
    assert pieces == [(slice(0, 20), (20, 3)), (slice(20, 40), (20, 3)), (slice(40, 50), (10, 3))]
    assert rows[slice(0, 0)].shape == (0, 3)
