"""Objectives with texts over two real processes: loss and gradients are those of the whole batch in one."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from unittest import mock

import pytest
import torch
from torch import Tensor, distributed

from eyechart.core import Box, Preprocessing
from eyechart.learn.chance import Chance
from eyechart.learn.objective import Batch, Named, Objective
from eyechart.learn.objectives.clip import Clip
from eyechart.learn.objectives.coca import CoCa
from eyechart.learn.objectives.filip import Filip
from eyechart.learn.objectives.lit import Lit
from eyechart.learn.objectives.region import Region
from eyechart.learn.objectives.siglip import Siglip
from eyechart.learn.objectives.supervised import Supervised
from eyechart.learn.pieces import part
from eyechart.models.tokens import Words
from eyechart.models.towers import EyePlan, ImagePlan, OneTower, Plan, TextPlan, TwoTowers

# Texts of unequal length, of which two are equal across the processes and two within one.
TEXTS = ("red", "a red cube on the left", "blue", "something", "blue", "red", "a green ball on the right", "red")
WORDS = Words.learn(TEXTS, entries=280, context=24)
IMAGE = ImagePlan(family="vit", patch=8, widths=(16,), depths=(1,), heads=2)
TEXT = TextPlan(entries=WORDS.entries, context=24, width=16, depth=1, heads=2)
PREPROCESSING = Preprocessing(size=(16, 16), resize="crop", mean=(0.5,) * 3, std=(0.25,) * 3)
CLASSES = ("a", "b", "c")


def batch() -> Batch:
    """The first process has five named boxes, the second one; or, of `LATE`, none and all."""
    boxes = [Named(Box(0, 0, 9 + index, 12), TEXTS[index]) for index in range(6)]
    regions = [boxes[:2], boxes[2:3], [], boxes[3:5], [], [], boxes[5:], []]
    pixels = torch.rand(8, 3, 16, 16, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    return Batch(pixels=pixels, texts=TEXTS, labels=torch.arange(8) % 3, regions=regions)


def late() -> Batch:
    """All regions are in the second half."""
    whole = batch()
    return Batch(pixels=whole.pixels, regions=[[], [], [], [], *whole.regions[:4]])


def towers(link: str = "softmax") -> TwoTowers:
    return TwoTowers(Plan(image=IMAGE, text=TEXT, space=16, preprocessing=PREPROCESSING, link=link))  # type: ignore[arg-type]


CASES: Mapping[str, tuple[Callable[[], Objective], Callable[[], Batch]]] = {
    "supervised": (
        lambda: Supervised(OneTower(EyePlan(image=IMAGE, preprocessing=PREPROCESSING, classes=CLASSES))),
        batch,
    ),
    "clip": (lambda: Clip(towers(), WORDS), batch),
    "siglip": (lambda: Siglip(towers("sigmoid"), WORDS), batch),
    "lit": (lambda: Lit(towers(), WORDS), batch),
    "lit with a sigmoid": (lambda: Lit(towers("sigmoid"), WORDS), batch),
    "filip": (lambda: Filip(towers(), WORDS, whole=0.5), batch),
    "coca": (lambda: CoCa(towers(), WORDS), batch),
    "region": (lambda: Region(towers(), WORDS, whole=1.0), batch),
    "region in one process only": (lambda: Region(towers(), WORDS), late),
}


def outcome(name: str, rows: slice) -> dict[str, Tensor]:
    """Loss and gradients of these rows of the batch, in double precision: no processor rounds all of them alike."""
    make, data = CASES[name]
    torch.manual_seed(0)
    objective = make().double()
    with mock.patch.object(Tensor, "float", Tensor.double):  # losses widen to float what autocast narrowed
        total = objective.loss(part(data(), rows.start, rows.stop - rows.start), Chance(0, 0)).total
    total.backward()
    found = {"loss": total.detach()}
    for key, value in objective.named_parameters():
        if value.requires_grad:
            found[key] = torch.zeros_like(value) if value.grad is None else value.grad
    return found


def member(rank: int, folder: str) -> None:
    """Runs in a process of its own: half of every batch, then the mean over both halves."""
    distributed.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=2)
    means = {}
    for name in CASES:
        found = outcome(name, slice(4 * rank, 4 * rank + 4))
        for value in found.values():
            distributed.all_reduce(value)
        means[name] = {key: value / 2 for key, value in found.items()}
    if rank == 0:
        torch.save(means, f"{folder}/means.pt")
    distributed.barrier()
    distributed.destroy_process_group()


@pytest.fixture(scope="module")
def means(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Tensor]]:
    folder = tmp_path_factory.mktemp("two")
    script = "import sys, test_objectives_text_processes as t; t.member(int(sys.argv[1]), sys.argv[2])"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "OMP_NUM_THREADS": "1"}
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(rank), str(folder)], env=environment) for rank in (0, 1)
    ]
    assert [process.wait(timeout=120) for process in running] == [0, 0]
    found: dict[str, dict[str, Tensor]] = torch.load(folder / "means.pt")
    return found


@pytest.mark.parametrize("name", CASES)
def test_two_processes_give_the_loss_and_the_gradients_of_one(name: str, means: dict[str, dict[str, Tensor]]) -> None:
    whole = outcome(name, slice(0, 8))
    assert whole.keys() == means[name].keys()
    assert whole["loss"] > 0
    assert max(value.abs().max() for key, value in whole.items() if key != "loss") > 1e-3
    for key, value in whole.items():
        torch.testing.assert_close(
            means[name][key], value, rtol=1e-9, atol=1e-12, msg=lambda text, k=key: f"{k}: {text}"
        )
