"""Health, judged on planted histories; and where a run writes what it saw."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

from eyechart.errors import BadInput, UnknownName
from eyechart.learn import journal
from eyechart.learn.health import Limits, Seen, deviation, fingerprint, moved, not_finite, rankme, verdict
from eyechart.learn.watch import at_rest

LIMITS = Limits(prior_patience=300, collapse_patience=300)
PRIOR = math.log(64)


def history(losses: list[float], *, rank: float | None = 20.0, deviation: float | None = 0.9) -> list[Seen]:
    return [Seen(100 * (at + 1), loss, PRIOR, rank, deviation) for at, loss in enumerate(losses)]


def test_a_loss_that_falls_is_healthy() -> None:
    assert verdict(history([PRIOR, PRIOR, PRIOR, 3.0, 2.0, 1.0]), LIMITS) is None


def test_a_loss_at_its_prior_for_too_long_is_told_with_its_steps() -> None:
    said = verdict(history([3.0, PRIOR, PRIOR * 1.005, PRIOR * 0.995, PRIOR]), LIMITS)
    assert said is not None
    assert "from step 200 to 500 the loss stayed at 4.159" in said


def test_a_loss_that_left_its_prior_in_between_is_given_time_again() -> None:
    assert verdict(history([PRIOR, PRIOR, PRIOR, 3.0, PRIOR, PRIOR]), LIMITS) is None


def test_without_a_prior_nothing_is_said_of_it() -> None:
    assert verdict([Seen(100 * at, 4.0, None, None, None) for at in range(1, 9)], LIMITS) is None


@pytest.mark.parametrize(("rank", "scatter"), [(1.0, 0.9), (20.0, 0.001)])
def test_collapsed_features_are_told(rank: float, scatter: float) -> None:
    said = verdict(history([3.0, 2.0, 1.0, 0.5], rank=rank, deviation=scatter), LIMITS)
    assert said is not None
    assert "collapsed" in said


def test_features_that_recover_are_healthy() -> None:
    poor, rich = history([3.0, 2.9, 2.8], rank=1.0), history([3.0, 2.9, 2.8, 2.0])[3:]
    assert verdict([*poor, *rich], LIMITS) is None


def test_limits_can_be_switched_off() -> None:
    calm = Limits(prior_patience=0, collapse_patience=0)
    assert verdict(history([PRIOR] * 9, rank=1.0), calm) is None


def test_nothing_seen_is_healthy() -> None:
    assert verdict([], LIMITS) is None


def test_rankme_counts_directions() -> None:
    assert rankme(torch.eye(6)) == pytest.approx(6)
    assert rankme(torch.ones(6, 4)) == pytest.approx(1)
    assert rankme(torch.diag(torch.tensor([1.0, 1.0, 0.0]))) == pytest.approx(2)
    assert rankme(torch.zeros(3, 3)) == pytest.approx(1)


def test_deviation_is_one_for_random_directions_and_zero_for_one() -> None:
    drawn = torch.randn(4000, 32, generator=torch.Generator().manual_seed(0))
    assert deviation(drawn) == pytest.approx(1, abs=0.02)
    assert deviation(torch.ones(50, 32)) == pytest.approx(0, abs=1e-7)


def test_not_finite_names_the_tensor() -> None:
    named = {
        "fine": torch.ones(2),
        "none": None,
        "broken": torch.tensor([1.0, math.nan]),
        "endless": torch.tensor(math.inf),
    }
    assert not_finite(named) == ["broken", "endless"]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.int64, torch.bool])
def test_a_tensor_that_changes_by_one_bit_has_moved(dtype: torch.dtype) -> None:
    tensors = {"still": torch.ones(5).to(dtype), "moves": torch.ones(5).to(dtype)}
    before = fingerprint(tensors)
    assert moved(before, fingerprint(tensors)) == []
    tensors["moves"] = tensors["moves"].clone()
    tensors["moves"].view(torch.int8)[0] ^= 1
    assert moved(before, fingerprint(tensors)) == ["moves"]


def test_at_rest_gives_every_part_its_mode_back() -> None:
    net = torch.nn.Sequential(torch.nn.Dropout(), torch.nn.Dropout().eval())
    with at_rest(net):
        assert not any(part.training for part in net)
    assert [part.training for part in net] == [True, False]


def test_the_log_forgets_what_came_after_a_step_and_a_line_that_was_cut(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text('{"step": 1}\n{"step": 2}\n{"step": 3}\n{"st')
    lines = journal.Lines(tmp_path, 2)
    lines.write(3, {"loss": 1.5})
    written = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert written == [{"step": 1}, {"step": 2}, {"step": 3, "loss": 1.5}]


def test_an_unknown_writer_is_refused() -> None:
    with pytest.raises(UnknownName, match="did you mean 'tensorboard'"):
        journal.check(["tensorbord"])


def test_a_writer_that_is_not_installed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "find_spec", lambda name: None)
    with pytest.raises(BadInput, match="pip install mlflow"):
        journal.check(["mlflow"])


class Recorder:
    """Stands in for whatever a tracking service hands out."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def __getattr__(self, name: str) -> object:
        return lambda *args, **named: self.calls.append((name, *args, named)) or self


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("wandb", ("log", {"loss": 2.0}, {"step": 4})),
        ("mlflow", ("log_metrics", {"loss": 2.0}, {"step": 4})),
    ],
)
def test_services_are_told_by_their_own_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, expected: tuple[object, ...]
) -> None:
    recorder = Recorder()
    monkeypatch.setitem(sys.modules, name, recorder)  # type: ignore[arg-type]
    for writer in journal.opened([name], tmp_path, 0):
        writer.write(4, {"loss": 2.0})
        writer.close()
    assert expected in recorder.calls


def test_tensorboard_gets_a_scalar_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder, module = Recorder(), ModuleType("torch.utils.tensorboard")
    module.SummaryWriter = lambda folder, purge_step: recorder  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", module)
    writer = journal.TensorBoard(tmp_path, 3)
    writer.write(4, {"loss": 2.0, "rate": 0.1})
    writer.close()
    assert recorder.calls == [("add_scalar", "loss", 2.0, 4, {}), ("add_scalar", "rate", 0.1, 4, {}), ("close", {})]
