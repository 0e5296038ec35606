from __future__ import annotations

import torch

from eyechart.machine import gains_from_bf16, machine


def test_a_machine_is_told_with_what_computes_on_it() -> None:
    here = machine("cpu")
    assert here.device == "cpu"
    assert here.cores >= 1
    assert here.memory_gib > 0
    assert torch.__version__.startswith(here.packages["torch"])
    assert isinstance(gains_from_bf16("cpu"), bool)
