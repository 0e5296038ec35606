"""The training loop on networks so small that a step takes milliseconds."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from eyechart.core import Model, Preprocessing
from eyechart.errors import BadInput, Corrupt, Refused, UnknownName
from eyechart.learn.chance import Chance
from eyechart.learn.health import Limits
from eyechart.learn.loop import Batch, Recipe, Watch, order, train
from eyechart.learn.objective import Loss, Objective
from eyechart.learn.objectives.clip import Clip
from eyechart.learn.optim import LAMB, SGD
from eyechart.learn.recipe import recipe
from eyechart.models.dual import Dual
from eyechart.models.tokens import Words
from eyechart.models.towers import ImagePlan, Plan, TextPlan, TwoTowers
from eyechart.testing import Constant

COLOURS = ("red", "green", "blue", "grey")
WORDS = Words.learn(COLOURS, entries=280, context=8)
RECIPE = Recipe(steps=12, batch=4, rate=3e-3, warmup=2, ema=0.9)
WATCH = Watch(log_every=1, save_every=5, look_every=6, exam_every=6)


def clip(seed: int = 0) -> Clip:
    plan = Plan(
        image=ImagePlan(family="vit", patch=8, widths=(32,), depths=(1,), heads=2),
        text=TextPlan(entries=WORDS.entries, context=8, width=16, depth=1, heads=2),
        space=16,
        preprocessing=Preprocessing(size=(16, 16), resize="crop", mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25)),
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return Clip(TwoTowers(plan), WORDS)


def plain_colours(step: int) -> Batch:
    """Four plain pictures and their colours, with a little noise that depends on the step alone."""
    noise = np.random.default_rng(step).random((4, 3, 16, 16), dtype=np.float32)
    pixels = torch.tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0.5]]).reshape(4, 3, 1, 1)
    return Batch(pixels=0.9 * pixels + 0.1 * torch.from_numpy(noise), texts=COLOURS, labels=torch.arange(4))


class Mean(Objective):
    """Tells the class from the mean colour; with a part that draws from torch's own generator."""

    independent = True

    def __init__(self, *parts: nn.Module) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.body = nn.Sequential(nn.Linear(3, 8), *parts)
            self.head = nn.Linear(8, 4)
        self.register_buffer("seen", torch.zeros((), dtype=torch.int64))

    def loss(self, batch: Batch, chance: Chance) -> Loss:
        assert batch.labels is not None
        logits = self.head(self.body(batch.pixels.mean(dim=(2, 3)))).float()
        return Loss(nn.functional.cross_entropy(logits, batch.labels), {})

    def after_step(self, step: int, steps: int) -> None:
        self.seen += 1

    def product(self) -> Model:
        return Constant()


class Shouting(Mean):
    """Breaks in a way of one's choice after its third step."""

    def __init__(self, break_it: Callable[[Mean], object]) -> None:
        super().__init__()
        self.break_it = break_it

    def after_step(self, step: int, steps: int) -> None:
        if step == 3:
            with torch.no_grad():
                self.break_it(self)


def assert_bit_equal(a: nn.Module, b: nn.Module) -> None:
    for name, value in a.state_dict().items():
        assert torch.equal(value, b.state_dict()[name]), name


def lines(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_learns_to_tell_four_colours(tmp_path: Path) -> None:
    model = train(clip(), plain_colours, Recipe(steps=60, batch=4, rate=3e-3, warmup=5), tmp_path)
    batch = plain_colours(1000)
    assert isinstance(model, Dual)
    scores = model.logits(model.encode_image(batch.pixels), model.encode_text(batch.texts))
    assert scores.argmax(dim=1).tolist() == [0, 1, 2, 3]
    assert lines(tmp_path)[-1]["loss"] < 0.5


class Stopped(Exception):
    """The end of a process, as far as the loop can tell."""


OBJECTIVES: dict[str, tuple[Callable[[], Objective], Recipe]] = {
    "clip": (clip, RECIPE),
    "dropout": (lambda: Mean(nn.Dropout(0.5)), RECIPE),
    "sgd": (Mean, replace(RECIPE, optimiser=SGD(), schedule="wsd", cooldown=4, decay_end=0.4)),
    "lamb": (Mean, replace(RECIPE, optimiser=LAMB(), pieces=2)),
}


@pytest.mark.parametrize("name", OBJECTIVES)
@pytest.mark.parametrize("stop", [1, 5, 7, 11])
def test_a_stopped_run_goes_on_bit_equal(tmp_path: Path, name: str, stop: int) -> None:
    def stopping(step: int) -> Batch:
        if step == stop:
            raise Stopped
        return plain_colours(step)

    make, recipe = OBJECTIVES[name]
    unbroken, stopped, resumed = make(), make(), make()
    train(unbroken, plain_colours, recipe, tmp_path / "unbroken", WATCH)
    with pytest.raises(Stopped):
        train(stopped, stopping, recipe, tmp_path / "stopped", WATCH)
    train(resumed, plain_colours, recipe, tmp_path / "stopped", WATCH)
    assert_bit_equal(resumed, unbroken)
    losses = [[line["loss"] for line in lines(tmp_path / name)] for name in ("unbroken", "stopped")]
    assert losses[0] == losses[1]


def test_a_killed_process_goes_on_bit_equal(tmp_path: Path) -> None:
    script = "import sys, pathlib, test_loop as t; t.until_killed(pathlib.Path(sys.argv[1]))"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path / "killed")], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    unbroken, resumed = clip(), clip()
    train(unbroken, plain_colours, RECIPE, tmp_path / "unbroken", WATCH)
    train(resumed, plain_colours, RECIPE, tmp_path / "killed", WATCH)
    assert_bit_equal(resumed, unbroken)


def until_killed(folder: Path) -> None:
    """Runs in a process of its own and ends it without a word at step 8."""

    def source(step: int) -> Batch:
        if step == 8:
            os.kill(os.getpid(), signal.SIGKILL)
        return plain_colours(step)

    train(clip(), source, RECIPE, folder, WATCH)


def test_a_finished_run_is_not_done_again(tmp_path: Path) -> None:
    def never(step: int) -> Batch:
        raise AssertionError(step)

    first, again = clip(), clip(1)
    train(first, plain_colours, RECIPE, tmp_path)
    train(again, never, RECIPE, tmp_path)
    assert_bit_equal(again, first)


def test_the_generator_of_the_caller_is_left_alone(tmp_path: Path) -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    train(Mean(nn.Dropout(0.5)), plain_colours, RECIPE, tmp_path)
    assert torch.equal(torch.get_rng_state(), before)


def test_watching_changes_nothing(tmp_path: Path) -> None:
    def exam(step: int, model: Model) -> dict[str, float]:
        torch.manual_seed(step)
        return {"drawn": torch.rand(3).sum().item()}

    seen, unseen = Mean(nn.Dropout(0.5)), Mean(nn.Dropout(0.5))
    train(seen, plain_colours, RECIPE, tmp_path / "seen", replace(WATCH, exam=exam, exam_every=1, look_every=1))
    train(unseen, plain_colours, RECIPE, tmp_path / "unseen", Watch())
    assert_bit_equal(seen, unseen)


def test_another_recipe_does_not_go_on_from_here(tmp_path: Path) -> None:
    train(clip(), plain_colours, RECIPE, tmp_path)
    with pytest.raises(Refused, match=r"belongs to another recipe: this one has rate 0.1 instead of 0.003, steps 13"):
        train(clip(), plain_colours, replace(RECIPE, steps=13, rate=0.1), tmp_path)


def test_another_network_does_not_go_on_from_here(tmp_path: Path) -> None:
    train(clip(), plain_colours, RECIPE, tmp_path)
    with pytest.raises(Refused, match="another network"):
        train(Mean(), plain_colours, RECIPE, tmp_path)


def test_a_torn_state_is_told(tmp_path: Path) -> None:
    train(clip(), plain_colours, RECIPE, tmp_path)
    state = tmp_path / "state.safetensors"
    state.write_bytes(state.read_bytes()[:1000])
    with pytest.raises(Corrupt, match="start the run again"):
        train(clip(), plain_colours, RECIPE, tmp_path)


@pytest.mark.parametrize(
    ("make", "pieces"),
    [(clip, 2), (clip, 4), (Mean, 2), (lambda: Mean(nn.Tanh()), 4)],
    ids=["clip2", "clip4", "2", "4"],
)
def test_pieces_learn_what_the_whole_batch_learns(tmp_path: Path, make: Callable[[], Objective], pieces: int) -> None:
    for name, count in {"whole": 1, "pieces": pieces}.items():
        train(make(), plain_colours, replace(RECIPE, pieces=count), tmp_path / name, WATCH)
    whole, pieced = ([line["loss"] for line in lines(tmp_path / name)] for name in ("whole", "pieces"))
    assert pieced == pytest.approx(whole, rel=1e-4)


def test_bf16_learns_too(tmp_path: Path) -> None:
    train(clip(), plain_colours, replace(RECIPE, precision="bf16"), tmp_path / "bf16", WATCH)
    train(clip(), plain_colours, RECIPE, tmp_path / "fp32", WATCH)
    half, single = ([line["loss"] for line in lines(tmp_path / name)] for name in ("bf16", "fp32"))
    assert half != single
    assert half == pytest.approx(single, abs=0.1)


def test_without_an_average_the_last_weights_count(tmp_path: Path) -> None:
    seen: list[Tensor] = []

    def exam(step: int, model: Model) -> Mapping[str, float]:
        assert isinstance(model, Dual)
        assert not model.towers.training
        seen.append(model.towers.image_projection.weight.clone())
        return {"looked": float(step)}

    model = train(clip(), plain_colours, Recipe(steps=4, batch=4, warmup=1), tmp_path, Watch(exam=exam, exam_every=2))
    assert isinstance(model, Dual)
    assert [line["looked"] for line in lines(tmp_path) if "looked" in line] == [2.0, 4.0]
    assert torch.equal(model.towers.image_projection.weight, seen[-1])


def test_with_an_average_that_is_what_is_examined_and_what_remains(tmp_path: Path) -> None:
    seen: list[Tensor] = []

    def exam(step: int, model: Model) -> Mapping[str, float]:
        assert isinstance(model, Dual)
        seen.append(model.towers.image_projection.weight.clone())
        return {}

    averaged, last = clip(), clip()
    train(averaged, plain_colours, RECIPE, tmp_path / "averaged", replace(WATCH, exam=exam))
    train(last, plain_colours, replace(RECIPE, ema=None), tmp_path / "last", WATCH)
    assert torch.equal(averaged.towers.image_projection.weight, seen[-1])
    assert not torch.equal(averaged.towers.image_projection.weight, last.towers.image_projection.weight)


def test_what_is_frozen_stays_and_the_rest_learns(tmp_path: Path) -> None:
    objective, before = clip(), clip().state_dict()
    locked = replace(RECIPE, rates=((r"towers\.image.*", None), (r"towers\.text\..*", 0.5)))
    train(objective, plain_colours, locked, tmp_path, WATCH)
    for name, value in objective.named_parameters():
        assert torch.equal(value, before[name]) == name.startswith("towers.image"), name
    assert lines(tmp_path)[1]["rate x 0.5"] == pytest.approx(1.5e-3)


def test_the_log_has_parts_rates_and_pace(tmp_path: Path) -> None:
    train(clip(), plain_colours, RECIPE, tmp_path, WATCH)
    last = lines(tmp_path)[-1]
    assert last.keys() >= {"step", "loss", "contrast", "scale", "gradient", "rate", "samples_per_second", "rank"}


def test_a_loss_that_is_not_finite_stops_the_run_and_is_told_where_it_began(tmp_path: Path) -> None:
    def broken(step: int) -> Batch:
        batch = plain_colours(step)
        return replace(batch, pixels=torch.full_like(batch.pixels, torch.nan)) if step == 7 else batch

    objective = clip()
    with pytest.raises(Refused, match=r"at step 7 the loss is nan .* the pixels, .*the last good state is kept in"):
        train(objective, broken, RECIPE, tmp_path, WATCH)
    assert all(torch.isfinite(value).all() for value in objective.state_dict().values())
    assert train(clip(), plain_colours, RECIPE, tmp_path, WATCH).card.params > 0  # from step 5, with better pictures


def test_weights_that_are_not_finite_are_never_kept(tmp_path: Path) -> None:
    with pytest.raises(
        Refused, match=r"after 4 steps these hold numbers that are not finite: average.head.bias, weights.head.bias"
    ):
        train(
            Shouting(lambda net: net.head.bias.fill_(torch.inf)), plain_colours, RECIPE, tmp_path, Watch(save_every=4)
        )
    assert not (tmp_path / "state.safetensors").exists()


def test_a_frozen_part_that_moves_stops_the_run(tmp_path: Path) -> None:
    recipe = replace(RECIPE, rates=((r"body\..*", None),))
    with pytest.raises(Refused, match=r"body.0.bias is frozen and has moved"):
        train(Shouting(lambda net: net.body[0].bias.add_(1)), plain_colours, recipe, tmp_path, WATCH)


class Clueless(Mean):
    """Begins at its prior exactly."""

    def __init__(self) -> None:
        super().__init__()
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def prior(self, count: int) -> float:
        return math.log(4)


def test_a_loss_that_stays_at_its_prior_stops_the_run(tmp_path: Path) -> None:
    watch = replace(WATCH, look_every=2, limits=Limits(prior_patience=4, collapse_patience=0))
    with pytest.raises(Refused, match="knows nothing has as well"):
        train(Clueless(), plain_colours, replace(RECIPE, rate=1e-9), tmp_path, watch)


def test_features_that_collapse_stop_the_run(tmp_path: Path) -> None:
    watch = replace(WATCH, look_every=2, limits=Limits(collapse_patience=4))  # its product is the constant twin
    with pytest.raises(Refused, match="all pictures look alike to this model"):
        train(Mean(), plain_colours, RECIPE, tmp_path, watch)


def test_the_temperature_stays_within_reason(tmp_path: Path) -> None:
    objective = clip()
    nn.init.constant_(objective.towers.log_scale, 10.0)
    train(objective, plain_colours, Recipe(steps=1, batch=4, warmup=1), tmp_path)
    assert objective.towers.scale.item() == pytest.approx(100.0, rel=1e-5)


class Pairwise(Mean):
    """Says neither that its pictures are independent nor how its features compare."""

    independent = False


@pytest.mark.parametrize(
    ("make", "changed", "said"),
    [
        (Mean, {"steps": 0}, "at least one of its steps; got 0"),
        (Mean, {"batch": 0}, "at least one of its batch; got 0"),
        (Mean, {"pieces": 3}, r"a batch of 4 cannot be dealt out equally to 1 process\(es\) in 3 piece"),
        (Mean, {"rate": 0.0}, "rate cannot be 0.0"),
        (Mean, {"clip": 0.0}, "positive norm"),
        (Mean, {"ema": 1.0}, "between 0 and 1"),
        (Mean, {"floor": 2.0}, "share of the peak"),
        (Mean, {"warmup": 13}, "do not fit in 12 steps"),
        (Mean, {"cooldown": 3}, "only the schedule 'wsd'"),
        (Mean, {"batch": 8}, "the source gave 4 pictures at step 0; the recipe says 8"),
        (Mean, {"rates": (("tower.*", None),)}, "'tower.*' of the recipe's rates fits no parameter"),
        (Mean, {"rates": ((".*", None),)}, "nothing of Mean is left to learn"),
        (Mean, {"compiled": ("tower",)}, "'tower' of what shall be compiled fits no part"),
        (Pairwise, {"pieces": 2}, "compares the pictures of a batch in a way that pieces would change"),
        (lambda: Mean(nn.BatchNorm1d(8)), {"pieces": 2}, "body.1 normalises over the pictures that it sees together"),
    ],
)
def test_a_recipe_that_cannot_be_followed_is_refused_before_the_first_step(
    tmp_path: Path, make: Callable[[], Objective], changed: dict[str, object], said: str
) -> None:
    with pytest.raises((BadInput, Refused), match=said):
        train(make(), plain_colours, replace(RECIPE, **changed), tmp_path)  # type: ignore[arg-type]
    assert not (tmp_path / "state.safetensors").exists()


def test_batch_norm_learns_where_the_batch_is_whole(tmp_path: Path) -> None:
    objective = Mean(nn.BatchNorm1d(8))
    train(objective, plain_colours, RECIPE, tmp_path)
    assert objective.body[1].num_batches_tracked == RECIPE.steps


def test_a_recipe_is_read_from_plain_values() -> None:
    facts = {"steps": 10, "batch": 4, "optimiser": {"name": "sgd", "momentum": 0.8}, "rates": [["head.*", None]]}
    assert recipe(facts) == Recipe(steps=10, batch=4, optimiser=SGD(momentum=0.8), rates=(("head.*", None),))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"steps": 10, "batch": 4, "warm_up": 3}, "no field of a recipe is called 'warm_up'; did you mean 'warmup'"),
        ({"steps": "many", "batch": 4}, "expected a whole number"),
        ({"batch": 4}, "says how many steps"),
    ],
)
def test_plain_values_that_are_no_recipe_are_refused(facts: dict[str, object], said: str) -> None:
    with pytest.raises((BadInput, UnknownName), match=said):
        recipe(facts)


def test_an_epoch_shows_every_sample_once_and_the_next_in_another_order() -> None:
    epochs = [
        np.concatenate([order(step, batch=5, total=20, seed=1) for step in range(*span)]) for span in [(0, 4), (4, 8)]
    ]
    assert [sorted(epoch) for epoch in epochs] == [list(range(20))] * 2
    assert epochs[0].tolist() != epochs[1].tolist()


def test_a_batch_larger_than_the_data_is_told() -> None:
    with pytest.raises(BadInput, match="a batch of 8"):
        order(0, batch=8, total=5, seed=0)


@pytest.mark.nightly
def test_compiled_parts_learn_the_same(tmp_path: Path) -> None:
    for name, parts in {"eager": (), "compiled": (r"towers\.image",)}.items():
        train(clip(), plain_colours, replace(RECIPE, compiled=parts), tmp_path / name, WATCH)
    eager, compiled = ([line["loss"] for line in lines(tmp_path / name)] for name in ("eager", "compiled"))
    assert compiled == pytest.approx(eager, rel=1e-4)
