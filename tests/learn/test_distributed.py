"""Two processes learn what one learns: for real, by torchrun and gloo."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from eyechart.core import Preprocessing
from eyechart.learn.distribute import joined
from eyechart.learn.loop import Recipe, Watch, train
from eyechart.learn.objective import Batch
from eyechart.learn.objectives.clip import Clip
from eyechart.models.tokens import Words
from eyechart.models.towers import ImagePlan, Plan, TextPlan, TimmPlan, TwoTowers

COLOURS = ("red", "green", "blue", "grey")
WORDS = Words.learn(COLOURS, entries=280, context=8)
RECIPE = Recipe(steps=8, batch=8, rate=3e-3, warmup=2, ema=0.9)
WATCH = Watch(log_every=1, save_every=4, look_every=4)
WAYS = {
    "copies": RECIPE,
    "replayed": replace(RECIPE, pieces=2),
    "shares": replace(RECIPE, shards=(r"towers\.text\.blocks\.\d+",)),
    "replayed shares": replace(RECIPE, shards=(r"towers\.text\.blocks\.\d+",), pieces=2),
    "locked": replace(RECIPE, rates=(("towers.image.*", None),)),
    "normed": RECIPE,
    "normed shares": replace(RECIPE, shards=(r"towers\.image",)),
}
VIT = ImagePlan(family="vit", patch=8, widths=(32,), depths=(1,), heads=2)
NORMED = TimmPlan(name="resnet10t", options={"channels": (8, 8, 16, 16)})  # with batch norms


def clip(way: str = "") -> Clip:
    plan = Plan(
        image=NORMED if way.startswith("normed") else VIT,
        text=TextPlan(entries=WORDS.entries, context=8, width=16, depth=2, heads=2),
        space=16,
        preprocessing=Preprocessing(size=(16, 16), resize="crop", mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25)),
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Clip(TwoTowers(plan), WORDS)


def plain_colours(step: int) -> Batch:
    noise = np.random.default_rng(step).random((8, 3, 16, 16), dtype=np.float32)
    pixels = torch.tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0.5]]).reshape(4, 3, 1, 1).repeat(2, 1, 1, 1)
    return Batch(pixels=0.6 * pixels + 0.4 * torch.from_numpy(noise), texts=COLOURS * 2)


def learn_all(folder: Path) -> None:
    """In every process."""
    with joined() as device:
        for way, recipe in WAYS.items():
            train(clip(way).to(device), plain_colours, recipe, folder / way, WATCH)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    one, two = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [*torchrun, __file__, str(two)],
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for way, recipe in WAYS.items():
        train(clip(way), plain_colours, replace(recipe, shards=None), one / way, WATCH)
    return one, two


def lines(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("curve", ["loss", "gradient", "contrast", "scale"])
def test_two_processes_draw_the_curve_of_one(folders: tuple[Path, Path], way: str, curve: str) -> None:
    one, two = ([line[curve] for line in lines(folder / way)] for folder in folders)
    assert len(one) == RECIPE.steps
    assert two == pytest.approx(one, rel=2e-4)


@pytest.mark.parametrize("way", WAYS)
def test_two_processes_keep_the_state_of_one(folders: tuple[Path, Path], way: str) -> None:
    one, two = (load_file(folder / way / "state.safetensors") for folder in folders)
    assert one.keys() == two.keys()
    for name, value in one.items():
        torch.testing.assert_close(
            two[name], value, rtol=1e-2, atol=2e-4, msg=lambda text, name=name: f"{name}: {text}"
        )


def test_pieces_draw_the_curve_of_the_whole_batch(folders: tuple[Path, Path]) -> None:
    whole, pieces = ([line["loss"] for line in lines(folders[0] / way)] for way in ("copies", "replayed"))
    assert pieces == pytest.approx(whole, rel=2e-4)


def test_one_process_goes_on_where_two_stopped(folders: tuple[Path, Path], tmp_path: Path) -> None:
    """The number of processes is no part of the recipe."""
    (tmp_path / "state.safetensors").write_bytes((folders[1] / "copies" / "state.safetensors").read_bytes())
    (tmp_path / "log.jsonl").write_bytes((folders[1] / "copies" / "log.jsonl").read_bytes())
    assert train(clip(), plain_colours, RECIPE, tmp_path, WATCH).card.params > 0


if __name__ == "__main__":
    learn_all(Path(sys.argv[1]))
