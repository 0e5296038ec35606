from __future__ import annotations

import torch
from torch import nn

from eyechart.core import Preprocessing
from eyechart.models.eye import Eye, eye_of
from eyechart.models.towers import EyePlan, ImagePlan, OneTower
from eyechart.models.trainable import Renewable, Trainable, layers
from eyechart.testing import Constant


def eye() -> Eye:
    image = ImagePlan(family="vit", patch=4, widths=(8,), depths=(3,), heads=2)
    return eye_of(
        OneTower(EyePlan(image=image, preprocessing=Preprocessing(size=(8, 8), resize="squash"))).eval(), "eye", {}
    )


def test_layers_go_from_the_pixels_to_the_features_and_leave_nothing_out() -> None:
    network = eye().network
    found = layers(network)
    assert len(found) == 4
    assert {name.split(".")[1] for name in found[0]} == {"pos_embed", "patch_embed"}
    assert all(name.startswith("net.blocks.1.") for name in found[2])
    assert "net.norm.weight" in found[3]
    assert sorted(name for layer in found for name in layer) == sorted(name for name, _ in network.named_parameters())


def test_a_network_without_numbers_is_one_layer() -> None:
    network = nn.ModuleDict({"first": nn.Linear(2, 2), "then": nn.Linear(2, 2)})
    assert layers(network) == [("first.weight", "first.bias", "then.weight", "then.bias")]


def test_fresh_weights_depend_on_the_seed_alone() -> None:
    model = eye()
    before = torch.get_rng_state()
    one, same, other = model.renewed(0), model.renewed(0), model.renewed(1)
    assert torch.equal(before, torch.get_rng_state())
    weight = "net.blocks.0.attn.qkv.weight"
    assert torch.equal(one.state_dict()[weight], same.state_dict()[weight])
    assert not torch.equal(one.state_dict()[weight], other.state_dict()[weight])
    assert one.state_dict().keys() == model.network.state_dict().keys()


def test_only_models_with_a_network_are_trainable() -> None:
    assert isinstance(eye(), Trainable)
    assert isinstance(eye(), Renewable)
    assert not isinstance(Constant(), Trainable)
