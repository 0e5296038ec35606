"""The networks that see: tokens that are left out or hidden, other sizes, other bands, and timm's architectures."""

from dataclasses import replace
from typing import Any

import pytest
import timm
import torch

from eyechart.core import Preprocessing
from eyechart.errors import BadInput, UnknownName
from eyechart.models.image_trunks import ConvNet, ImagePlan, TimmPlan, Trunk, ViT, build, chosen, dropping, taken
from eyechart.models.towers import EyePlan, OneTower

SIZE = (16, 24)
OWN = ImagePlan(family="vit", patch=4, widths=(16,), depths=(2,), heads=2)
TINY: dict[str, Any] = {"patch_size": 8, "embed_dim": 24, "depth": 2, "num_heads": 3}
VITS = {
    "own": OWN,
    "own with a class token": replace(OWN, class_token=True),
    "timm": TimmPlan(name="vit_tiny_patch16_224", options=TINY),
    "timm with registers": TimmPlan(name="vit_small_patch14_reg4_dinov2", options=TINY),
}
vits = pytest.mark.parametrize("plan", VITS.values(), ids=VITS)


def trunk(plan: ImagePlan | TimmPlan, size: tuple[int, int] = SIZE) -> Trunk:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return build(plan, size).eval()


def vit(plan: ImagePlan | TimmPlan, size: tuple[int, int] = SIZE) -> ViT:
    return dropping(trunk(plan, size), "this test")


@vits
def test_all_tokens_kept_in_order_is_the_whole_picture(plan: ImagePlan | TimmPlan) -> None:
    net, pixels = vit(plan), torch.randn(2, 3, *SIZE)
    everything = torch.arange(net.count(pixels)).expand(2, -1)
    for a, b in zip(net(pixels), net.kept(pixels, everything), strict=True):
        torch.testing.assert_close(a, b)


@vits
def test_it_is_what_timm_computes(plan: ImagePlan | TimmPlan) -> None:
    net, pixels = vit(plan), torch.randn(2, 3, *SIZE)
    torch.testing.assert_close(net(pixels).pooled, net.net(pixels))


@vits
def test_the_order_of_the_kept_moves_the_tokens_and_nothing_else(plan: ImagePlan | TimmPlan) -> None:
    net, pixels = vit(plan), torch.randn(1, 3, *SIZE)
    one, other = (net.kept(pixels, torch.tensor([places])) for places in ([4, 0, 3], [0, 3, 4]))
    torch.testing.assert_close(one.patches[:, [1, 2, 0]], other.patches)
    torch.testing.assert_close(one.pooled, other.pooled)


@vits
def test_pixels_that_were_left_out_have_no_influence(plan: ImagePlan | TimmPlan) -> None:
    """A convolutional stem looks beyond its patch, so this is no matter of course."""
    net, pixels = vit(plan), torch.randn(2, 3, *SIZE)
    count = net.count(pixels)
    kept = torch.stack([torch.randperm(count)[: count // 2] for _ in range(2)])
    grid = (~chosen(kept, count)).reshape(2, 1, SIZE[0] // net.patch[0], -1)
    out = grid.repeat_interleave(net.patch[0], 2).repeat_interleave(net.patch[1], 3)
    changed = torch.where(out, torch.randn_like(pixels), pixels)
    torch.testing.assert_close(net.kept(pixels, kept), net.kept(changed, kept))
    token = torch.randn(net.width)
    hidden = ~chosen(kept, count)
    torch.testing.assert_close(net.hidden(pixels, hidden, token), net.hidden(changed, hidden, token))
    assert not torch.allclose(net(pixels).pooled, net(changed).pooled)


@vits
def test_hiding_nothing_changes_nothing_and_the_token_counts_where_something_is_hidden(
    plan: ImagePlan | TimmPlan,
) -> None:
    net, pixels = vit(plan), torch.randn(2, 3, *SIZE)
    none = torch.zeros(2, net.count(pixels), dtype=torch.bool)
    torch.testing.assert_close(net.hidden(pixels, none, torch.ones(net.width)), net(pixels))
    some = none.clone()
    some[0, 1] = True
    a, b = (net.hidden(pixels, some, torch.full((net.width,), value)).patches for value in (0.0, 1.0))
    assert not torch.allclose(a[0], b[0])
    torch.testing.assert_close(a[1], b[1])


@vits
def test_entries_that_fill_a_row_are_seen_by_nobody(plan: ImagePlan | TimmPlan) -> None:
    net, pixels = vit(plan), torch.randn(2, 3, *SIZE)
    real = torch.tensor([[True, True, True, True], [True, True, False, False]])
    both = net.kept(pixels, torch.tensor([[0, 2, 3, 5], [4, 1, 4, 4]]), real).patches
    torch.testing.assert_close(both[:1], net.kept(pixels[:1], torch.tensor([[0, 2, 3, 5]])).patches)
    torch.testing.assert_close(both[1:, :2], net.kept(pixels[1:], torch.tensor([[4, 1]])).patches)


@vits
def test_a_smaller_picture_has_fewer_tokens_with_positions_between(plan: ImagePlan | TimmPlan) -> None:
    net = vit(plan)
    small = torch.randn(2, 3, 8, 8)
    assert net(small).patches.shape == (2, 64 // (net.patch[0] * net.patch[1]), net.width)
    with torch.no_grad():
        net.net.pos_embed.fill_(0.5)
    torch.testing.assert_close(net.positions(small), torch.full((1, net.count(small), net.width), 0.5))


def test_positions_tell_tokens_apart() -> None:
    net, flat = vit(OWN), torch.zeros(1, 3, *SIZE)
    a, b = (net.kept(flat, torch.tensor([[place]])).patches for place in (0, 7))
    assert not torch.allclose(a, b)


def test_taken_by_hand() -> None:
    tokens = torch.arange(12.0).reshape(2, 3, 2)
    places = torch.tensor([[2, 0], [1, 1]])
    assert taken(tokens, places).tolist() == [[[4, 5], [0, 1]], [[8, 9], [8, 9]]]


@pytest.mark.parametrize("name", ["resnet10t", "convnext_atto", "vit_tiny_patch16_224"])
def test_an_architecture_of_timm_at_another_size_with_five_bands(name: str) -> None:
    net = trunk(TimmPlan(name=name, bands=5), (32, 32))
    depths = net(torch.randn(2, 5, 32, 32))
    assert depths.pooled.shape == (2, net.width)
    assert depths.patches.shape[0::2] == (2, net.width)
    again = timm.create_model(
        name, num_classes=0, in_chans=5, **({"img_size": 32} if name.startswith("vit") else {})
    ).eval()
    again.load_state_dict(net.net.state_dict(), strict=True)
    torch.testing.assert_close(again(torch.ones(1, 5, 32, 32)), net(torch.ones(1, 5, 32, 32)).pooled)


def test_building_does_not_leave_a_network_at_rest_or_taught() -> None:
    net = build(TimmPlan(name="resnet10t"), (32, 32))
    assert all(part.training for part in net.modules())
    assert not any(value.any() for name, value in net.state_dict().items() if name.endswith("num_batches_tracked"))


def test_own_trunks_read_any_number_of_bands() -> None:
    cnn = ImagePlan(family="convnext", patch=2, widths=(8, 8, 8, 16), depths=(1, 1, 1, 1), bands=1)
    assert trunk(cnn, (32, 32))(torch.rand(2, 1, 32, 32)).patches.shape == (2, 4, 16)
    assert trunk(replace(OWN, bands=6))(torch.rand(2, 6, *SIZE)).pooled.shape == (2, 16)


def test_a_network_that_reads_whole_pictures_says_so() -> None:
    cnn = trunk(TimmPlan(name="resnet10t"), (32, 32))
    assert isinstance(cnn, ConvNet)
    with pytest.raises(BadInput, match="mae leaves out tokens, which only a plain vision transformer can; ResNet"):
        dropping(cnn, "mae")


@pytest.mark.parametrize(
    ("plan", "error", "told"),
    [
        (TimmPlan(name="resnet9000"), UnknownName, "resnet9000"),
        (TimmPlan(name="vit_tiny_patch16_224"), BadInput, "divisible by the patch of 16; got 16x24"),
        (TimmPlan(name="resnet10t", options={"wings": 2}), BadInput, "timm does not build resnet10t"),
        (replace(OWN, patch=8, widths=(16, 16)), BadInput, "has 1 width"),
        (replace(OWN, heads=5), BadInput, "divisible by its heads"),
    ],
)
def test_plans_that_do_not_fit_are_told(plan: ImagePlan | TimmPlan, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        build(plan, SIZE)


def test_bands_need_as_many_means() -> None:
    with pytest.raises(BadInput, match=r"2 band\(s\) need as many means"):
        OneTower(EyePlan(image=replace(OWN, bands=2), preprocessing=Preprocessing(size=SIZE, resize="crop")))
