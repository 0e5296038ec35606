"""What a run must remember is either the former state or the new one."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from eyechart.errors import Corrupt
from eyechart.learn import checkpoint
from eyechart.learn.average import Average
from eyechart.learn.checkpoint import keep, recall

TENSORS = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.tensor(3)}


def test_what_is_kept_is_recalled(tmp_path: Path) -> None:
    keep(tmp_path / "deep" / "state", TENSORS, {"step": "7"})
    tensors, notes = recall(tmp_path / "deep" / "state")
    assert notes == {"step": "7"}
    assert all(torch.equal(tensors[name], value) for name, value in TENSORS.items())


def test_a_process_that_ends_while_it_writes_leaves_the_former_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(tensors: object, path: Path, notes: object) -> None:
        path.write_bytes(b"half of it")
        raise KeyboardInterrupt

    keep(tmp_path / "state", TENSORS, {"step": "1"})
    monkeypatch.setattr(checkpoint, "save_file", cut)
    with pytest.raises(KeyboardInterrupt):
        keep(tmp_path / "state", {"a": torch.zeros(1)}, {"step": "2"})
    assert recall(tmp_path / "state")[1] == {"step": "1"}


def test_a_torn_file_is_told(tmp_path: Path) -> None:
    keep(tmp_path / "state", TENSORS, {})
    (tmp_path / "state").write_bytes((tmp_path / "state").read_bytes()[:-3])
    with pytest.raises(Corrupt, match="start the run again"):
        recall(tmp_path / "state")


def test_an_average_is_worn_for_a_while() -> None:
    weight = torch.nn.Parameter(torch.zeros(2))
    average = Average({"w": weight}, 0.5)
    with torch.no_grad():
        weight.add_(1)
    average.follow(1)  # (1 + 1) / (10 + 1) of the past is kept while the average is young
    with average.worn():
        assert weight.tolist() == pytest.approx([9 / 11] * 2)
    assert weight.tolist() == [1, 1]
    average.put_on()
    assert weight.tolist() == pytest.approx([9 / 11] * 2)
