from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eyechart.errors import BadInput, Corrupt
from eyechart.store.cache import FeatureKey, FeatureStore
from eyechart.store.digest import of_bytes
from eyechart.store.rows import Rows

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


WRITER = """
import sys
import numpy as np
from eyechart.store.cache import FeatureKey, FeatureStore
from eyechart.store.digest import of_bytes
drawer = FeatureStore(sys.argv[1]).drawer(FeatureKey(weights="w", preprocessing="p", precision="fp32", tap="image"))
for start in range(int(sys.argv[2]), int(sys.argv[3]), 50):
    names = [of_bytes(str(index).encode()) for index in range(start, start + 50)]
    drawer.append(names, np.arange(start, start + 50, dtype=np.float32)[:, None] + np.zeros((1, 4000), np.float32))
    print(start, flush=True)
"""


def test_a_writer_that_is_killed_leaves_whole_shards_only(tmp_path: Path) -> None:
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), "0", "10000000"], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        for _ in range(3):
            process.stdout.readline()
        time.sleep(0.003)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    store = FeatureStore(tmp_path)
    assert store.verify() == []
    drawer = store.drawer(KEY)
    assert drawer.missing(names(150)) == []
    assert drawer.rows(names(150))[:][:, 0].tolist() == list(range(150))


def test_several_processes_may_write_one_drawer(tmp_path: Path) -> None:
    spans = [("0", "400"), ("200", "600"), ("100", "500")]
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), *span], stdout=subprocess.DEVNULL)
        for span in spans
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    drawer = FeatureStore(tmp_path).drawer(KEY)
    assert drawer.missing(names(600)) == []
    assert drawer.rows(names(600))[:][:, 0].tolist() == list(range(600))


def test_rows_over_an_array_behave_like_the_array() -> None:
    array = np.random.default_rng(0).standard_normal((50, 3)).astype(np.float32)
    rows = Rows.of(array)
    chosen = np.array([4, 4, 49, 0])
    np.testing.assert_array_equal(rows[chosen], array[chosen])
    np.testing.assert_array_equal(rows.take(chosen)[1:3], array[chosen][1:3])
    pieces = [(piece, tensor.shape) for piece, tensor in rows.batches(20)]
    assert pieces == [(slice(0, 20), (20, 3)), (slice(20, 40), (20, 3)), (slice(40, 50), (10, 3))]
    assert rows[slice(0, 0)].shape == (0, 3)
