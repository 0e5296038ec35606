"""Batch norms of several processes: what one norm over the whole batch would do, forward, backward and in memory."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from typing import cast

import pytest
import torch
from timm.layers import BatchNormAct2d
from torch import Tensor, nn

from eyechart.learn.norms import join
from eyechart.testing.circle import together

NORMS: dict[str, Callable[[], nn.Module]] = {
    "flat": lambda: nn.BatchNorm1d(5),
    "picture": lambda: nn.BatchNorm2d(5),
    "film": lambda: nn.BatchNorm3d(5),
    "of timm": lambda: BatchNormAct2d(5),
    "without weights": lambda: nn.BatchNorm2d(5, affine=False),
    "without memory": lambda: nn.BatchNorm2d(5, track_running_stats=False),
    "of equal memory": lambda: nn.BatchNorm2d(5, momentum=None),
}
SHAPES = {"flat": (12, 5), "film": (12, 5, 2, 3, 2)}


def made(name: str) -> nn.Module:
    norm = NORMS[name]().double()
    for place, weights in enumerate(norm.parameters()):
        weights.data = torch.linspace(-1, 1, 5, dtype=torch.float64) + place
    return norm


@pytest.mark.parametrize("name", NORMS)
@pytest.mark.parametrize("processes", [2, 3])
def test_processes_normalise_as_one_would(name: str, processes: int) -> None:
    torch.manual_seed(0)
    rows = torch.randn(SHAPES.get(name, (12, 5, 3, 2)), dtype=torch.float64) * 2 + 100
    pull = torch.randn_like(rows)
    alone = made(name)
    given = rows.clone().requires_grad_()
    for _ in range(2):
        found = alone(given)
    (found * pull).sum().backward()
    assert given.grad is not None

    mine = [part.clone().requires_grad_() for part in rows.chunk(processes)]
    norms = [made(name) for _ in mine]

    def share(norm: nn.Module, part: Tensor) -> Tensor:
        join(norm)
        norm(part)
        return cast("Tensor", norm(part))

    parts = torch.cat(together([partial(share, norm, part) for norm, part in zip(norms, mine, strict=True)]))
    (parts * pull).sum().backward()
    torch.testing.assert_close(parts, found)
    torch.testing.assert_close(torch.cat([slope for part in mine if (slope := part.grad) is not None]), given.grad)
    for norm in norms:
        assert dict(norm.named_buffers()).keys() == dict(alone.named_buffers()).keys()
        for held, whole in zip(norm.buffers(), alone.buffers(), strict=True):
            torch.testing.assert_close(held, whole)
    for word, weights in alone.named_parameters():
        slopes = [slope for norm in norms if (slope := norm.get_parameter(word).grad) is not None]
        torch.testing.assert_close(torch.stack(slopes).sum(dim=0), weights.grad)


def test_one_process_and_a_norm_at_rest_are_left_to_torch() -> None:
    norm, rows = nn.BatchNorm2d(5), torch.randn(4, 5, 3, 3)
    joint = copy.deepcopy(norm)
    join(joint)
    assert torch.equal(joint(rows), norm(rows))
    assert torch.equal(joint.eval()(rows), norm.eval()(rows))
    assert joint.state_dict().keys() == norm.state_dict().keys()
    assert isinstance(joint, nn.BatchNorm2d)


def test_joining_twice_is_joining_once() -> None:
    network = nn.Sequential(nn.Conv2d(3, 5, 1), nn.BatchNorm2d(5))
    join(network)
    kind = type(network[1])
    join(network)
    assert type(network[1]) is kind
