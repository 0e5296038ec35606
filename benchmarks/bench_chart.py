"""The whole recognition chart beside one bare forward pass, and beside clip-benchmark's zero-shot and linear probe.

CIFAR-10 (5 000 train, 2 000 test images), an open_clip ViT-B-32 with seeded random weights (speed does not depend on
their values), fp32 on both sides, one process after the other on the same machine.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq
import torch
from _work import MODEL, ROOT, cifar, tell

from eyechart.charts import chart
from eyechart.core import Dataset, Record
from eyechart.data import load as load_data
from eyechart.models import load as load_model
from eyechart.run import Desk, Plan, examine
from eyechart.settings import exams
from eyechart.store.cache import FeatureStore
from eyechart.store.shelf import Shelf

BATCH, SAMPLE = 64, 1024


def excerpt(name: str, count: int, folder: Path) -> Path:
    """The first `count` rows of a CIFAR-10 file, as Parquet."""
    table = pq.read_table(cifar(name))
    path = folder / f"{name}.parquet"
    pq.write_table(table.slice(0, count).replace_schema_metadata(table.schema.metadata), path)
    return path


def bare(model_name: str, data: Dataset) -> float:
    """Seconds of `encode_image` alone over all pictures, at the rate of `SAMPLE` of them; pixels are not counted."""
    model = load_model(model_name)
    items = [*data.items, *(data.train.items if data.train is not None else ())]
    spent, sample = 0.0, items[:SAMPLE]
    with torch.inference_mode():
        for start in range(0, len(sample), BATCH):
            pixels = torch.stack([model.preprocess(item.picture.load()) for item in sample[start : start + BATCH]])
            begin = time.perf_counter()
            model.encode_image(pixels)
            spent += time.perf_counter() - begin
    return spent * len(items) / len(sample)


def ours(name: str, folder: Path) -> tuple[float, dict[str, dict[str, float]], dict[str, str], dict[str, float]]:
    """Seconds of the whole chart with loading, by phase, and the zero-shot answers by item."""
    desk = Desk(shelf=Shelf(folder / "shelf"), store=FeatureStore(folder / "features"), batch=BATCH)
    plan = Plan(models=(MODEL,), data=(name,), exams=exams(chart("recognition").exams), precision="fp32")
    start = time.perf_counter()
    records = [outcome for outcome in examine(plan, desk) if isinstance(outcome, Record)]
    whole = time.perf_counter() - start
    phases = {record.norm.exam: dict(record.seconds) for record in records}
    values = {record.norm.exam: record.estimates[record.headline].value for record in records}
    sheet = desk.shelf.sheet(next(record.sheet for record in records if record.norm.exam == "zero_shot"))
    return whole, phases, dict(zip(map(str, sheet["id"]), map(str, sheet["answer"]), strict=True)), values


def peer(name: str, folder: Path, mode: str) -> dict[str, object]:
    out = folder / f"peer-{mode}.json"
    command = [sys.executable, "-O", str(ROOT / "benchmarks" / "_peer_clip_benchmark.py"), name, str(out), mode]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return dict(json.loads(out.read_text()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=int, default=5_000)
    parser.add_argument("--test", type=int, default=2_000)
    parser.add_argument("--sweep", action="store_true", help="let the peer sweep weight decay on a validation split")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        name = f"parquet:{excerpt('test', asked.test, folder)}?train={excerpt('train', asked.train, folder)}"
        data = load_data(name)
        whole, phases, answers, values = ours(name, folder)
        forward = bare(MODEL, data)
        theirs = peer(name, folder, "sweep" if asked.sweep else "plain")
        peer_seconds = float(theirs["zero_shot"]) + float(theirs["linear"])  # type: ignore[arg-type]
        peer_answers = {key: data.classes[value] for key, value in theirs["answers"].items()}  # type: ignore[attr-defined]
        tell(
            "chart",
            chart_seconds=whole,
            bare_forward_seconds=forward,
            chart_over_bare=whole / forward,
            phases=phases,
            headline=values,
            peer_seconds=peer_seconds,
            chart_over_peer=whole / peer_seconds,
            peer_linear=theirs["probe"],
            equal_zero_shot_predictions=sum(answers[key] == value for key, value in peer_answers.items()),
            of=len(peer_answers),
        )


if __name__ == "__main__":
    main()
