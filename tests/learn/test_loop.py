"""The training loop on a pair of towers so small that a step takes milliseconds."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from eyechart.core import Preprocessing
from eyechart.errors import BadInput, Corrupt, Refused
from eyechart.learn.loop import Batch, Recipe, order, train
from eyechart.models.tokens import Words
from eyechart.models.towers import ImagePlan, Plan, TextPlan, TwoTowers

COLOURS = ("red", "green", "blue", "grey")
WORDS = Words.learn(COLOURS, entries=280, context=8)
RECIPE = Recipe(steps=12, rate=3e-3, warmup=2, ema=0.9, save_every=5, log_every=1, watch_every=6)


def towers(seed: int = 0) -> TwoTowers:
    plan = Plan(
        image=ImagePlan(family="vit", patch=8, widths=(32,), depths=(1,), heads=2),
        text=TextPlan(entries=WORDS.entries, context=8, width=16, depth=1, heads=2),
        space=16,
        preprocessing=Preprocessing(size=(16, 16), resize="crop", mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25)),
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return TwoTowers(plan)


def plain_colours(step: int) -> Batch:
    """Four plain pictures and their colours, with a little noise that depends on the step alone."""
    noise = np.random.default_rng(step).random((4, 3, 16, 16), dtype=np.float32)
    pixels = torch.tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0.5]]).reshape(4, 3, 1, 1)
    return Batch(0.9 * pixels + 0.1 * torch.from_numpy(noise), COLOURS)


def weights(model: TwoTowers) -> dict[str, torch.Tensor]:
    return dict(model.state_dict())


def assert_bit_equal(a: TwoTowers, b: TwoTowers) -> None:
    for name, value in weights(a).items():
        assert torch.equal(value, weights(b)[name]), name


def lines(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_learns_to_tell_four_colours(tmp_path: Path) -> None:
    model = train(towers(), WORDS, plain_colours, Recipe(steps=60, rate=3e-3, warmup=5), tmp_path)
    batch = plain_colours(1000)
    scores = model.encode_image(batch.pixels) @ model.encode_tokens(WORDS(batch.texts)).T
    assert scores.argmax(dim=1).tolist() == [0, 1, 2, 3]
    assert lines(tmp_path)[-1]["loss"] < 0.5


class Stopped(Exception):
    """The end of a process, as far as the loop can tell."""


@pytest.mark.parametrize("stop", [1, 5, 7, 11])
def test_a_stopped_run_goes_on_bit_equal(tmp_path: Path, stop: int) -> None:
    def stopping(step: int) -> Batch:
        if step == stop:
            raise Stopped
        return plain_colours(step)

    unbroken = train(towers(), WORDS, plain_colours, RECIPE, tmp_path / "unbroken")
    with pytest.raises(Stopped):
        train(towers(), WORDS, stopping, RECIPE, tmp_path / "stopped")
    resumed = train(towers(), WORDS, plain_colours, RECIPE, tmp_path / "stopped")
    assert_bit_equal(resumed, unbroken)
    losses = [[line["loss"] for line in lines(tmp_path / name)] for name in ("unbroken", "stopped")]
    assert losses[0] == losses[1]


def test_a_killed_process_goes_on_bit_equal(tmp_path: Path) -> None:
    script = "import sys, pathlib, test_loop as t; t.until_killed(pathlib.Path(sys.argv[1]))"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path / "killed")], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    resumed = train(towers(), WORDS, plain_colours, RECIPE, tmp_path / "killed")
    assert_bit_equal(resumed, train(towers(), WORDS, plain_colours, RECIPE, tmp_path / "unbroken"))


def until_killed(folder: Path) -> None:
    """Runs in a process of its own and ends it without a word at step 8."""

    def source(step: int) -> Batch:
        if step == 8:
            os.kill(os.getpid(), signal.SIGKILL)
        return plain_colours(step)

    train(towers(), WORDS, source, RECIPE, folder)


def test_a_finished_run_is_not_done_again(tmp_path: Path) -> None:
    def never(step: int) -> Batch:
        raise AssertionError(step)

    first = train(towers(), WORDS, plain_colours, RECIPE, tmp_path)
    assert_bit_equal(train(towers(1), WORDS, never, RECIPE, tmp_path), first)


def test_another_recipe_does_not_go_on_from_here(tmp_path: Path) -> None:
    train(towers(), WORDS, plain_colours, RECIPE, tmp_path)
    with pytest.raises(Refused, match="belongs to the recipe"):
        train(towers(), WORDS, plain_colours, Recipe(steps=13), tmp_path)


def test_a_torn_state_is_told(tmp_path: Path) -> None:
    train(towers(), WORDS, plain_colours, RECIPE, tmp_path)
    state = tmp_path / "state.safetensors"
    state.write_bytes(state.read_bytes()[:1000])
    with pytest.raises(Corrupt, match="start the run again"):
        train(towers(), WORDS, plain_colours, RECIPE, tmp_path)


def test_a_loss_that_is_not_finite_stops_the_run(tmp_path: Path) -> None:
    def broken(step: int) -> Batch:
        return Batch(torch.full((4, 3, 16, 16), torch.nan), COLOURS)

    with pytest.raises(Refused, match="at step 0"):
        train(towers(), WORDS, broken, RECIPE, tmp_path)


def test_without_an_average_the_last_weights_count(tmp_path: Path) -> None:
    seen: list[dict[str, torch.Tensor]] = []

    def watch(step: int, model: TwoTowers) -> dict[str, float]:
        seen.append({name: value.clone() for name, value in weights(model).items()})
        return {"watched": float(step)}

    recipe = Recipe(steps=4, warmup=1, watch_every=2)
    model = train(towers(), WORDS, plain_colours, recipe, tmp_path, watch=watch)
    assert [line["watched"] for line in lines(tmp_path) if "watched" in line] == [2.0, 4.0]
    assert all(torch.equal(value, seen[-1][name]) for name, value in weights(model).items())


def test_the_temperature_stays_within_reason(tmp_path: Path) -> None:
    model = towers()
    torch.nn.init.constant_(model.log_scale, 10.0)
    trained = train(model, WORDS, plain_colours, Recipe(steps=1, warmup=1), tmp_path)
    assert trained.scale.item() == pytest.approx(100.0, rel=1e-5)


def test_an_epoch_shows_every_sample_once_and_the_next_in_another_order() -> None:
    epochs = [
        np.concatenate([order(step, batch=5, total=20, seed=1) for step in range(*span)]) for span in [(0, 4), (4, 8)]
    ]
    assert [sorted(epoch) for epoch in epochs] == [list(range(20))] * 2
    assert epochs[0].tolist() != epochs[1].tolist()


def test_a_batch_larger_than_the_data_is_told() -> None:
    with pytest.raises(BadInput, match="a batch of 8"):
        order(0, batch=8, total=5, seed=0)
