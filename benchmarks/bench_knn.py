"""k-NN of eyechart beside faiss' exact flat index: the same neighbours, the same queries, one run."""

from __future__ import annotations

import faiss
import numpy as np
import torch
from _work import seconds, tell

from eyechart.store.cache import Rows
from eyechart.transfer.neighbours import nearest

QUERIES, BANK, WIDTH, K = 2_000, 50_000, 512, 20


def main() -> None:
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((100, WIDTH), dtype=np.float32)
    bank = centres[rng.integers(0, 100, BANK)] + rng.standard_normal((BANK, WIDTH), dtype=np.float32)
    queries = centres[rng.integers(0, 100, QUERIES)] + rng.standard_normal((QUERIES, WIDTH), dtype=np.float32)
    bank /= np.linalg.norm(bank, axis=1, keepdims=True)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    faiss.omp_set_num_threads(torch.get_num_threads())
    found: dict[str, np.ndarray] = {}

    def peer() -> None:
        index = faiss.IndexFlatIP(WIDTH)
        index.add(bank)
        found["faiss"] = index.search(queries, K)[1]

    def ours() -> None:
        found["eyechart"] = nearest(Rows.of(bank), torch.from_numpy(queries), K)[1].numpy()

    peer_seconds, our_seconds = seconds(peer, 3), seconds(ours, 3)
    same = float(np.mean([len(set(a) & set(b)) / K for a, b in zip(found["faiss"], found["eyechart"], strict=True)]))
    tell(
        "knn",
        faiss_seconds=peer_seconds,
        eyechart_seconds=our_seconds,
        faiss_over_eyechart=peer_seconds / our_seconds,
        shared_neighbours=same,
    )


if __name__ == "__main__":
    main()
