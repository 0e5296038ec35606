"""k-NN of eyechart beside faiss' exact flat index: from raw features to the same neighbours."""

from __future__ import annotations

import faiss
import numpy as np
import torch
from _work import seconds, tell

from eyechart.store.cache import Rows
from eyechart.transfer.neighbours import QUERIES as QUERIES_AT_ONCE
from eyechart.transfer.neighbours import Kept, nearest

QUERIES, BANK, WIDTH, K = 2_000, 50_000, 512, 20


def main() -> None:
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((100, WIDTH), dtype=np.float32)
    bank = centres[rng.integers(0, 100, BANK)] + rng.standard_normal((BANK, WIDTH), dtype=np.float32)
    queries = centres[rng.integers(0, 100, QUERIES)] + rng.standard_normal((QUERIES, WIDTH), dtype=np.float32)
    faiss.omp_set_num_threads(torch.get_num_threads())
    found: dict[str, np.ndarray] = {}

    def peer() -> None:
        near, far = queries.copy(), bank.copy()
        faiss.normalize_L2(near)
        faiss.normalize_L2(far)
        index = faiss.IndexFlatIP(WIDTH)
        index.add(far)
        found["faiss"] = index.search(near, K)[1]

    def ours() -> None:
        kept = Kept.of(Rows.of(bank))
        chunks = torch.nn.functional.normalize(torch.from_numpy(queries), dim=1).split(QUERIES_AT_ONCE)
        found["eyechart"] = torch.cat([nearest(kept, chunk, K)[1] for chunk in chunks]).numpy()

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
