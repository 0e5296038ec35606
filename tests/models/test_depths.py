"""Blocks of networks of several libraries, what they give and how far they attend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import timm
import torch
from einops import rearrange
from torch import Tensor, nn

from eyechart.core import Preprocessing
from eyechart.errors import Refused
from eyechart.models.depths import blocks_of, distances, even, numbered, states
from eyechart.models.eye import Eye, eye_of
from eyechart.models.towers import EyePlan, ImagePlan, OneTower, TimmPlan

SIDE = 16


def eye(plan: ImagePlan | TimmPlan, size: tuple[int, int] = (SIDE, SIDE)) -> Eye:
    torch.manual_seed(0)
    tower = OneTower(EyePlan(image=plan, preprocessing=Preprocessing(size=size, resize="squash")))
    return eye_of(tower.eval().requires_grad_(requires_grad=False), "eye", {})


VIT = ImagePlan(family="vit", patch=4, widths=(16,), depths=(5,), heads=2, class_token=True)


@pytest.fixture
def pixels() -> Tensor:
    return torch.rand(3, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(1))


def test_blocks_are_spread_over_the_depth_with_the_first_and_the_last() -> None:
    assert blocks_of(eye(VIT), 12).names == tuple(f"net.blocks.{number}" for number in range(5))
    found = blocks_of(eye(VIT), 3)
    assert found.names == ("net.blocks.0", "net.blocks.2", "net.blocks.4")
    assert (found.depths, found.widths, found.grid) == ((0, 0.5, 1), (16, 16, 16), (4, 4))


def test_what_a_block_gives_is_the_mean_of_its_tokens(pixels: Tensor) -> None:
    model = eye(VIT)
    blocks = blocks_of(model, 12)
    seen: list[Tensor] = []
    hook = model.tower.image.net.blocks[1].register_forward_hook(lambda _part, _given, out: seen.append(out))
    found = states(model, blocks, pixels)
    hook.remove()
    assert torch.allclose(found.split(list(blocks.widths), 1)[1], seen[0].mean(1))
    assert torch.allclose(found[:1], states(model, blocks, pixels[:1]), atol=1e-6)
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in model.network.modules())


def test_distances_are_those_of_the_weights_without_the_class_token(pixels: Tensor) -> None:
    model = eye(VIT)
    blocks, attention = blocks_of(model, 12), model.tower.image.net.blocks[0].attn
    given: list[Tensor] = []
    hook = attention.register_forward_pre_hook(lambda _part, inputs: given.append(inputs[0]))
    found = distances(model, blocks, pixels)
    hook.remove()
    query, key, _ = rearrange(attention.qkv(given[0]), "n t (three k d) -> three n k t d", three=3, k=2)
    weights = (query[:, :, 1:] @ key[:, :, 1:].mT * attention.scale).softmax(-1)
    places = torch.cartesian_prod(torch.arange(4), torch.arange(4)) / 4
    by_hand = (weights * torch.cdist(places, places)).sum(-1).mean((1, 2))
    assert blocks.attending == blocks.names
    assert torch.allclose(found[:, 0], by_hand, atol=1e-6)


def test_who_attends_to_all_alike_reaches_as_far_as_chance(pixels: Tensor) -> None:
    model = eye(VIT)
    blocks = blocks_of(model, 12)
    for block in model.tower.image.net.blocks:
        nn.init.zeros_(block.attn.qkv.weight)
    assert torch.allclose(distances(model, blocks, pixels), torch.tensor(even(blocks, (SIDE, SIDE))), atol=1e-6)
    assert 0.4 < even(blocks, (SIDE, SIDE)) < 0.5214


def test_in_a_wide_picture_distances_are_widths_of_it() -> None:
    blocks = blocks_of(eye(replace(VIT, class_token=False), (8, 16)), 12)
    assert blocks.grid == (2, 4)
    across = torch.cdist(places := torch.cartesian_prod(torch.arange(2), torch.arange(4)) / 4, places)
    assert even(blocks, (8, 16)) == pytest.approx(float(across.mean()))


def test_convolutions_attend_to_nothing_and_are_read_map_by_map(pixels: Tensor) -> None:
    model = eye(ImagePlan(family="convnext", patch=2, widths=(4, 6, 8, 10), depths=(1, 1, 2, 1)))
    blocks = blocks_of(model, 12)
    assert blocks.names == tuple(
        f"net.stages.{stage}.blocks.{one}" for stage, one in ((0, 0), (1, 0), (2, 0), (2, 1), (3, 0))
    )
    assert (blocks.widths, blocks.attending) == ((4, 6, 8, 8, 10), ())
    assert states(model, blocks, pixels).shape == (3, 36)


@pytest.mark.parametrize(
    ("name", "options", "first", "widths"),
    [
        ("resnet10t", {}, "net.layer1.0", (64, 128, 256, 512)),
        (
            "swin_tiny_patch4_window7_224",
            {"depths": (1, 1), "embed_dim": 12, "num_heads": (2, 2), "img_size": 32, "window_size": 4},
            "net.layers.0.blocks.0",
            (12, 24),
        ),
    ],
)
def test_networks_of_timm_are_opened(name: str, options: dict[str, Any], first: str, widths: tuple[int, ...]) -> None:
    class Bare:
        device = "cpu"
        card = replace(eye(VIT).card, name=name, preprocessing=Preprocessing(size=(32, 32), resize="squash"))
        network = nn.ModuleDict({"net": timm.create_model(name, num_classes=0, **options).eval()})

        def preprocess(self, image: Any) -> Tensor:
            raise NotImplementedError

        def encode_image(self, pixels: Tensor) -> Tensor:
            found: Tensor = self.network["net"](pixels)
            return found

    blocks = blocks_of(Bare(), 12)
    assert blocks.names[0] == first
    assert blocks.widths == widths
    assert states(Bare(), blocks, torch.rand(2, 3, 32, 32)).shape == (2, sum(widths))
    assert blocks.attending == ()


def test_open_clip_and_transformers_are_opened(clip_tower: Callable[[str], Any]) -> None:
    for library in ("open_clip", "transformers"):
        model = clip_tower(library)
        blocks = blocks_of(model, 12)
        assert (len(blocks.names), blocks.grid) == (2, (4, 4))
        assert blocks.attending == blocks.names
        assert distances(model, blocks, torch.rand(2, 3, 32, 32)).shape == (2, 2)


@pytest.fixture
def clip_tower() -> Callable[[str], Any]:
    """A small tower without weights from anywhere, as a model."""
    from open_clip.transformer import VisionTransformer
    from transformers import CLIPVisionConfig, CLIPVisionModel

    from eyechart.models.encoders import DenseEncoder
    from eyechart.models.huggingface_towers import tower_of as borrowed
    from eyechart.models.openclip_towers import tower_of as opened
    from eyechart.models.sight import Sight

    shape = {"image_size": 32, "patch_size": 8}

    def made(library: str) -> Any:
        if library == "open_clip":
            network: Any = VisionTransformer(**shape, width=32, layers=2, heads=2, mlp_ratio=2, output_dim=8).eval()
            tower = opened(network, library)
        else:
            plan = CLIPVisionConfig(
                **shape, hidden_size=32, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2
            )
            network = CLIPVisionModel(plan).eval()
            tower = borrowed(network)
        seen = Preprocessing(size=(32, 32), resize="squash")
        sight = Sight(lambda image: torch.zeros(3, 32, 32), tower, seen, "cpu", network)
        return DenseEncoder(replace(eye(VIT).card, name=library, preprocessing=seen), sight)

    return made


def test_one_block_and_parts_without_numbers_are_no_depth() -> None:
    with pytest.raises(Refused, match="1 block"):
        blocks_of(eye(replace(VIT, depths=(1,))), 12)
    assert numbered(nn.ModuleDict({"first": nn.Linear(2, 2), "then": nn.Linear(2, 2)})) == []
