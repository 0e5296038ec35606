"""Feature extraction beside the bare forward pass and the machine's matmul peak, in fp32 and bf16."""

from __future__ import annotations

import contextlib
import tempfile

import torch
from _work import MODEL, cifar, matmul_peak, seconds, tell

from eyechart.bench import Bench
from eyechart.data import load as load_data
from eyechart.models import load as load_model
from eyechart.store.cache import FeatureStore

IMAGES, BATCH = 256, 64


def main() -> None:
    model = load_model(MODEL)
    data = load_data(f"parquet:{cifar('test')}?train=no", limit=IMAGES)
    pixels = torch.stack([model.preprocess(item.picture.load()) for item in data.items])
    for precision, dtype in (("fp32", torch.float32), ("bf16", torch.bfloat16)):
        cast = torch.autocast("cpu", dtype=dtype) if precision != "fp32" else contextlib.nullcontext()

        def bare(cast: contextlib.AbstractContextManager[object] = cast) -> None:
            with torch.inference_mode(), cast:
                for start in range(0, IMAGES, BATCH):
                    model.encode_image(pixels[start : start + BATCH])

        def ours(precision: str = precision) -> None:
            with tempfile.TemporaryDirectory() as folder:
                bench = Bench(FeatureStore(folder), precision=precision)
                bench.prepare(model, data, ("image", "pooled", "patches"))

        bare()  # warm
        bare_seconds, our_seconds = seconds(bare, 2), seconds(ours, 2)
        peak = matmul_peak(dtype)
        tell(
            f"extraction {precision}",
            images=IMAGES,
            bare_images_per_second=IMAGES / bare_seconds,
            eyechart_images_per_second=IMAGES / our_seconds,
            eyechart_over_bare_time=our_seconds / bare_seconds,
            matmul_peak_gflops=peak / 1e9,
            share_of_peak_bare=model.card.flops * IMAGES / bare_seconds / peak,
            share_of_peak_eyechart=model.card.flops * IMAGES / our_seconds / peak,
        )


if __name__ == "__main__":
    main()
