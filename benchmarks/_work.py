"""The work that several benchmarks share: real images, a ViT-B-32, and a stopwatch."""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("EYECHART_SHARED_DATA", ROOT.parent / "shared" / "data"))
MODEL = "openclip:ViT-B-32/random?seed=0"


def cifar(name: str) -> Path:
    """CIFAR-10 as Parquet, or a plain stop."""
    path = SHARED / "cifar10" / f"{name}.parquet"
    if not path.exists():
        sys.exit(f"this benchmark needs CIFAR-10 at {path}; name its folder in EYECHART_SHARED_DATA")
    return path


def seconds(work: Callable[[], object], repeats: int = 1) -> float:
    """Best wall time of `repeats` runs."""
    best = float("inf")
    for _ in range(repeats):
        gc.collect()
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def matmul_peak(dtype: torch.dtype, size: int = 2048) -> float:
    """Multiply-adds × 2 per second of a large square product: what this machine can do at best."""
    left, right = torch.randn(size, size).to(dtype), torch.randn(size, size).to(dtype)
    return 2 * size**3 / seconds(lambda: left @ right, repeats=8)


def tell(name: str, **facts: object) -> None:
    """One line of JSON per benchmark, so that runs can be collected."""
    machine = {"cores": os.cpu_count(), "torch": torch.__version__, "threads": torch.get_num_threads()}
    print(json.dumps({"benchmark": name, **facts, "machine": machine}))
