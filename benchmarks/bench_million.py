"""A million feature rows: how much memory k-NN over a store needs, beside the size of the features."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import torch
from _work import seconds, tell

from eyechart.store.cache import FeatureKey, FeatureStore
from eyechart.store.digest import of_bytes
from eyechart.transfer.neighbours import Kept, nearest

ROWS, WIDTH, SHARD, QUERIES, K = 1_000_000, 640, 50_000, 200, 20


def anonymous_mib() -> float:
    """Memory of this process that is not a mapped file."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon"))


def main() -> None:
    rng = np.random.default_rng(0)
    names = [of_bytes(index.to_bytes(8, "little")) for index in range(ROWS)]
    with tempfile.TemporaryDirectory() as folder:
        key = FeatureKey(weights="w", preprocessing="p", precision="fp32", tap="image")
        drawer = FeatureStore(folder).drawer(key)
        for start in range(0, ROWS, SHARD):
            drawer.append(names[start : start + SHARD], rng.standard_normal((SHARD, WIDTH), dtype=np.float32))
        order = rng.permutation(ROWS)
        before = anonymous_mib()
        rows = drawer.rows([names[index] for index in order])
        indexed = anonymous_mib()
        queries = torch.from_numpy(rows[np.arange(QUERIES)])
        spent = seconds(lambda: nearest(Kept.of(rows), queries, K))
        tell(
            "million",
            rows=ROWS,
            features_mib=ROWS * WIDTH * 4 / 2**20,
            index_mib=indexed - before,
            search_mib=anonymous_mib() - indexed,
            search_seconds=spent,
        )


if __name__ == "__main__":
    main()
