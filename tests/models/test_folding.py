"""Norms folded into convolutions: the same answers and slopes, and every layer back in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import timm
import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from eyechart.models.folding import folded, pairs

NETWORKS = ("resnet10t", "mobilenetv3_small_050", "densenet121", "repvgg_a0")


def learnt(network: nn.Module) -> nn.Module:
    """At rest, with norms that have seen something."""
    chance = torch.Generator().manual_seed(0)
    for part in norms(network):
        for values, low, high in (
            (part.running_mean, -0.2, 0.2),
            (part.running_var, 0.5, 1.5),
            (part.weight, 0.5, 1.5),
        ):
            values.data.uniform_(low, high, generator=chance)
    return network.eval()


def norms(network: nn.Module) -> list[Any]:
    return [part for part in network.modules() if isinstance(part, _BatchNorm)]


def answer_and_slope(network: nn.Module, pictures: Tensor) -> tuple[Tensor, Tensor]:
    pictures = pictures.clone().requires_grad_()
    given = network(pictures)
    (slope,) = torch.autograd.grad(given.square().sum(), pictures)
    return given.detach(), slope


@pytest.mark.parametrize("name", NETWORKS)
def test_a_folded_network_answers_and_slopes_as_before_with_fewer_layers(name: str) -> None:
    torch.manual_seed(0)
    network = learnt(timm.create_model(name, num_classes=5)).double()  # so that rounding bends no kink the other way
    pictures = torch.rand(2, 3, 64, 64, dtype=torch.float64)
    count, before = len(norms(network)), answer_and_slope(network, pictures)
    with folded(network):
        assert len(norms(network)) <= count * 0.6
        for one, other in zip(answer_and_slope(network, pictures), before, strict=True):
            assert torch.allclose(one, other, atol=1e-9 * float(other.abs().max()))
    assert len(norms(network)) == count
    for one, other in zip(answer_and_slope(network, pictures), before, strict=True):
        assert torch.equal(one, other)


def test_all_is_back_when_something_breaks_in_between() -> None:
    network = learnt(timm.create_model("resnet10t", num_classes=5))
    count = len(norms(network))
    with pytest.raises(ZeroDivisionError), folded(network):
        raise ZeroDivisionError
    assert len(norms(network)) == count


class Way(nn.Module):
    """Two convolutions and two norms, and a way through them."""

    def __init__(self, way: Callable[[Any, Tensor], Tensor]) -> None:
        super().__init__()
        self.one, self.other = nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1)
        self.first, self.second = nn.BatchNorm2d(3), nn.BatchNorm2d(3)
        self._way = way

    def forward(self, pictures: Tensor) -> Tensor:
        return self._way(self, pictures)


def seen_twice(net: Any, pictures: Tensor) -> Tensor:
    found = net.one(pictures)
    return net.first(found) + found


def used_twice(net: Any, pictures: Tensor) -> Tensor:
    return net.first(net.one(pictures)) + net.second(net.one(pictures))


def read_elsewhere(net: Any, pictures: Tensor) -> Tensor:
    return net.first(net.one(pictures)) * net.one.weight.sum()


def norm_first(net: Any, pictures: Tensor) -> Tensor:
    return net.one(net.first(pictures))


def between(net: Any, pictures: Tensor) -> Tensor:
    return net.first(net.one(pictures).relu())


@pytest.mark.parametrize("way", [seen_twice, used_twice, read_elsewhere, norm_first, between])
def test_what_cannot_be_folded_is_left_alone(way: Callable[[Any, Tensor], Tensor]) -> None:
    network = learnt(Way(way))
    pictures = torch.rand(2, 3, 4, 4)
    before = network(pictures)
    assert not pairs(network)
    with folded(network):
        assert torch.equal(network(pictures), before)


def test_norms_that_still_learn_or_are_watched_are_left_alone() -> None:
    network = learnt(Way(lambda net, pictures: net.second(net.other(net.first(net.one(pictures))))))
    assert len(pairs(network)) == 2
    network.get_submodule("first").train()
    network.get_submodule("other").register_forward_hook(lambda *_: None)
    assert not pairs(network)


def test_of_a_network_that_decides_on_its_way_the_parts_are_folded() -> None:
    def decides(net: Any, pictures: Tensor) -> Tensor:
        return net.inner(pictures) if pictures.sum() > 0 else pictures

    network = Way(decides)
    network.inner = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
    pictures = torch.rand(2, 3, 4, 4)
    before = learnt(network)(pictures)
    assert pairs(network) == [("inner.0", "inner.1")]
    with folded(network):
        assert torch.allclose(network(pictures), before, atol=1e-6)


def test_a_model_without_a_network_is_left_alone() -> None:
    with folded(None):
        pass
