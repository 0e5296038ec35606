"""Which parameters learn, how fast, and by which optimiser."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from eyechart.errors import BadInput
from eyechart.learn import optim
from eyechart.learn.optim import LAMB, SGD, AdamW, freeze, groups, layered, resting, steer


def net() -> nn.Module:
    torch.manual_seed(0)
    tower = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5))
    return nn.ModuleDict({"tower": tower, "head": nn.Linear(4, 2)})


def rates(module: nn.Module, rules: optim.Rates, decays: optim.Decays = ()) -> dict[str, tuple[float, float]]:
    """What each parameter gets of rate and decay."""
    names = {parameter: name for name, parameter in module.named_parameters()}
    found = groups(dict(module.named_parameters()), rules, decays)
    return {names[p]: (group["share"], group["drag"]) for group in found for p in group["params"]}


def test_the_first_pattern_that_fits_decides() -> None:
    found = rates(net(), ((r"head\.bias", 3.0), (r"head\..*", 0.5)))
    assert found["head.bias"] == (3.0, 0.0)
    assert found["head.weight"] == (0.5, 1.0)
    assert found["tower.0.weight"] == (1.0, 1.0)


def test_matrices_decay_and_vectors_do_not_unless_told() -> None:
    found = rates(net(), (), ((r"head\.bias", 2.0), (r"tower\.0\.weight", 0.0)))
    assert {name: drag for name, (_, drag) in found.items()} == {
        "tower.0.weight": 0.0,
        "tower.0.bias": 0.0,
        "tower.1.weight": 0.0,
        "tower.1.bias": 0.0,
        "head.weight": 1.0,
        "head.bias": 2.0,
    }


@pytest.mark.parametrize(("pattern", "said"), [("heads.*", "fits no parameter"), ("hea", "fits no parameter")])
def test_a_pattern_that_fits_nothing_is_refused(pattern: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        groups(dict(net().named_parameters()), ((pattern, 1.0),), ())


def test_what_is_no_pattern_is_refused() -> None:
    with pytest.raises(BadInput, match="is no pattern"):
        freeze(net(), (("(", None),))


def test_a_frozen_tower_comes_to_rest_and_is_in_no_group() -> None:
    module = net()
    frozen = freeze(module, ((r"tower\..*", None),))
    assert frozen == ["tower.0.weight", "tower.0.bias", "tower.1.weight", "tower.1.bias"]
    assert [part.training for part in (module["tower"], module["tower"][1], module["head"])] == [False, False, True]
    assert rates(module, ((r"tower\..*", None),)).keys() == {"head.weight", "head.bias"}


def test_a_part_of_which_something_learns_is_not_at_rest() -> None:
    module = net()
    assert resting(module, ["tower.1.weight", "tower.1.bias", "tower.0.bias"]) == ["tower.1"]


def test_layer_decay_equals_that_of_a_vit_b() -> None:
    blocks = [rf"blocks\.{number}\..*" for number in range(12)]
    rules = layered([r"patch_embed\..*", *blocks], 0.65)
    assert rules[0][1] == pytest.approx(0.003697, rel=1e-3)
    assert rules[-1] == (r"blocks\.11\..*", 0.65)


@pytest.mark.parametrize("optimiser", [AdamW(), SGD(), LAMB()])
def test_every_optimiser_goes_downhill_and_is_remembered(optimiser: AdamW | SGD | LAMB) -> None:
    def made() -> tuple[nn.Module, torch.optim.Optimizer]:
        module = net().eval()
        return module, optimiser.over(groups(dict(module.named_parameters()), ((r"head\..*", 0.5),), ()))

    def stepped(module: nn.Module, by: torch.optim.Optimizer) -> float:
        steer(by, 0.01, 0.1)
        by.zero_grad()
        loss = (module["head"](module["tower"](torch.ones(2, 3))) - 1).square().mean()
        loss.backward()
        by.step()
        return loss.item()

    module, by = made()
    losses = [stepped(module, by) for _ in range(20)]
    assert losses[-1] < losses[0]
    other, again = made()
    other.load_state_dict(module.state_dict())
    kept = {name: value.clone() for name, value in optim.memory(by, dict(module.named_parameters())).items()}
    optim.remember(again, dict(other.named_parameters()), kept)
    assert [stepped(other, again) for _ in range(3)] == [stepped(module, by) for _ in range(3)]


def test_rates_and_decays_are_multiplied() -> None:
    module = net()
    by = AdamW().over(groups(dict(module.named_parameters()), ((r"head\..*", 0.5),), ()))
    steer(by, 0.2, 0.1)
    found = {(round(group["lr"], 9), group["weight_decay"]) for group in by.param_groups}
    assert found == {(0.2, 0.1), (0.2, 0.0), (0.1, 0.1), (0.1, 0.0)}
