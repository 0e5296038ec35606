"""Pictures that change in one square: the answers are those of the whole, for less work, or the whole is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import timm
import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from eyechart.attack import nearby, ways
from eyechart.attack.apgd import Goal
from eyechart.attack.ball import Ball
from eyechart.attack.fields import Axis, Field, Reach, joined
from eyechart.attack.maps import Squares
from eyechart.attack.nearby import Nearby
from eyechart.attack.square import square

NETWORKS = (
    "resnet10t",
    "resnet18d",
    "regnetx_002",
    "mobilenetv3_small_050",
    "densenet121",
    "convnext_atto",
)
COUNT, TURNS = 5, 4
Ask = Callable[[Tensor], Tensor]


@pytest.fixture(autouse=True)
def _alike(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    monkeypatch.setattr(nearby, "WORTH", {"cpu": 0.0})  # these networks are small


def network(name: str) -> nn.Module:
    """At rest, in double precision, with norms that have seen something."""
    net = timm.create_model(name, num_classes=5).eval().double().requires_grad_(requires_grad=False)
    for part in net.modules():
        if isinstance(part, _BatchNorm):
            part.running_mean.uniform_(-0.2, 0.2)
            part.running_var.uniform_(0.5, 1.5)
    return net


def plain() -> nn.Module:
    """Three convolutions, of which a square of two pixels in 32 reaches a few cells."""
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 8, 3, stride=2, padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(8, 8, 3, padding=1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 5),
    ).double()


def pictures(size: int = 32) -> Tensor:
    return torch.rand(COUNT, 3, size, size, dtype=torch.float64)


def squares(side: int, size: int) -> Squares:
    """Corners and edges of pictures among them."""
    top, left = torch.randint(0, size - side + 1, (2, COUNT, TURNS))
    top[0], left[:, 0], top[1], left[2, 1:] = 0, 0, size - side, size - side
    return Squares(top, left, side)


def pasted(known: Tensor, patch: Tensor, there: Squares, turn: int) -> Tensor:
    changed = known.clone()
    for row in range(len(known)):
        top, left = int(there.top[row, turn]), int(there.left[row, turn])
        changed[row, :, top : top + there.side, left : left + there.side] = patch[row]
    return changed


def agrees(logits: Ask, near: Nearby, known: Tensor, there: Squares) -> None:
    """Turn after turn, some of the changes being kept; and after pictures were forgotten."""
    for turn in range(TURNS):
        patch = torch.rand(len(known), 3, there.side, there.side, dtype=known.dtype)
        changed = pasted(known, patch, there, turn)
        with torch.no_grad():
            expected = logits(changed)
        assert torch.allclose(near.ask(patch, turn, there), expected, atol=1e-10 * float(expected.abs().max()))
        rows = torch.tensor([1, 3])
        near.keep(rows)
        known = known.clone()
        known[rows] = changed[rows]
        assert torch.equal(near.images, known)


@pytest.mark.parametrize("side", [1, 3, 8])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_answers_are_those_of_the_whole(name: str, side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearby, "PAYS", 2.0)  # where it does not pay, it must still be right
    monkeypatch.setattr(nearby, "FAILURES", ())
    net, known = network(name), pictures(64)
    near = Nearby(net, known, side)
    assert near.pays
    agrees(net, near, known, squares(side, 64))


def test_what_has_been_taken_out_is_forgotten() -> None:
    net, known = plain(), pictures()
    near, there = Nearby(net, known, 2), squares(2, 32)
    rows = torch.tensor([0, 2, 3, 4])
    near.ask(torch.rand(COUNT, 3, 2, 2, dtype=torch.float64), 0, there)
    near.take(rows)
    assert torch.equal(near.images, known[rows])
    agrees(net, near, known[rows], Squares(there.top[rows], there.left[rows], 2))


def test_only_the_cells_that_the_square_reaches_are_computed() -> None:
    net = plain()
    near = Nearby(net, pictures(), 2)
    seen: list[tuple[int, int]] = []
    for part in net:
        if isinstance(part, nn.Conv2d):
            part.register_forward_hook(lambda _, __, out: seen.append(tuple(out.values.shape[-2:])))
    near.ask(torch.rand(COUNT, 3, 2, 2, dtype=torch.float64), 0, squares(2, 32))
    assert seen == [(4, 4), (3, 3), (5, 5)]  # 2 pixels; one more on each side; half of that and one; one more


def test_pictures_that_are_changed_in_place_on_the_way_stay_as_they_are_known() -> None:
    ask, known = whitened(plain()), pictures()
    agrees(ask, Nearby(ask, known, 2), known, squares(2, 32))


def whitened(net: nn.Module) -> Ask:
    return lambda images: net(images.clone().sub_(0.5).mul_(2))


def in_place(net: nn.Module) -> Ask:
    return lambda images: net(images.mul_(0.5))


def test_a_network_may_change_its_pictures() -> None:
    ask, known = in_place(plain()), pictures()
    near = Nearby(ask, known, 2)
    assert near.pays
    agrees(lambda images: ask(images.clone()), near, known, squares(2, 32))


def loud(net: nn.Module) -> Callable[[Tensor, int], Tensor]:
    return lambda images, call: net(images * torch.tensor([1.0 + call]))


def louder(net: nn.Module) -> Callable[[Tensor, int], Tensor]:
    return lambda images, call: net(images * (1.0 + call))


def undecided(net: nn.Module) -> Callable[[Tensor, int], Tensor]:
    return lambda images, call: net(images.tanh() if call else images.relu())


def longer(net: nn.Module) -> Callable[[Tensor, int], Tensor]:
    return lambda images, call: net(images).cos() if call else net(images)


def later(net: nn.Module) -> Callable[[Tensor, int], Tensor]:
    return lambda images, call: net(-images if call else images)


def drifting(net: nn.Module) -> Callable[[Tensor, int], Tensor]:
    first, *rest = net.children()
    assert isinstance(first, nn.Conv2d)
    return lambda images, call: nn.Sequential(*rest)(
        torch.nn.functional.conv2d(images, first.weight + call, first.bias, padding=1)
    )


@pytest.mark.parametrize("way", [loud, louder, undecided, later, drifting])
def test_a_network_that_does_not_go_the_same_way_is_asked_about_the_whole(
    way: Callable[[nn.Module], Callable[[Tensor, int], Tensor]],
) -> None:
    ask, known, calls = way(plain()), pictures(), iter(range(10))
    near, there = Nearby(lambda images: ask(images, next(calls)), known, 2), squares(2, 32)
    patch, paid = torch.rand(COUNT, 3, 2, 2, dtype=torch.float64), near.pays
    with torch.no_grad():
        assert torch.allclose(near.ask(patch, 0, there), ask(pasted(known, patch, there, 0), 2), atol=1e-10)
    assert (paid, near.pays) == (True, False)
    near.keep(torch.arange(COUNT))
    assert torch.equal(near.images, pasted(known, patch, there, 0))


def test_what_is_done_behind_the_windows_may_differ() -> None:
    """All that is remembered lies before it."""
    ask, known, calls = longer(plain()), pictures(), iter(range(10))
    near, there = Nearby(lambda images: ask(images, next(calls)), known, 2), squares(2, 32)
    patch = torch.rand(COUNT, 3, 2, 2, dtype=torch.float64)
    with torch.no_grad():
        assert torch.allclose(near.ask(patch, 0, there), ask(pasted(known, patch, there, 0), 1))
    assert near.pays


def tokens() -> Ask:
    net: Ask = timm.create_model("vit_tiny_patch16_224", img_size=32, num_classes=5).eval().double()
    return net


def noise() -> Ask:
    net, added = plain(), torch.rand(COUNT, 3, 32, 32)
    return lambda images: net(images + added)


def gated() -> Ask:
    """As large as the whole picture is bright."""
    net = plain()
    return lambda images: net(images * images.mean(dim=(2, 3), keepdim=True))


def bent() -> Ask:
    """With weights that depend on the pictures."""
    net, weight = plain(), torch.rand(3, 3, 3, 3, dtype=torch.float64)
    return lambda images: net(torch.nn.functional.conv2d(images, weight * images.mean(), padding=1))


def elsewhere() -> Ask:
    net = plain()
    return lambda images: net(torch.from_numpy(images.numpy() * 1.0))


def fourier() -> Ask:
    net = plain()
    return lambda images: net(torch.fft.fft2(images).real)


@pytest.mark.parametrize("make", [tokens, noise, gated, bent, elsewhere, fourier])
def test_where_it_does_not_pay_or_cannot_be_nothing_is_remembered(make: Callable[[], Ask]) -> None:
    ask, known = make(), pictures()
    near = Nearby(ask, known, 2)
    assert not near.pays
    agrees(ask, near, known, squares(2, 32))


def told_apart() -> Ask:
    """By a number that leaves torch on the way."""
    net = plain()
    return lambda images: net(images * float(images.mean()))


def test_a_number_that_leaves_torch_on_the_way_is_noticed() -> None:
    ask, known = told_apart(), pictures()
    near = Nearby(ask, known, 2)
    assert near.pays
    agrees(ask, near, known, squares(2, 32))


def test_a_few_pictures_of_a_small_network_are_computed_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same pictures stay worth it until too few of them are left."""
    net, known = plain(), pictures()
    near = Nearby(net, known, 2)
    less = near._way.whole_cost - near._way.cost
    monkeypatch.setattr(nearby, "WORTH", {"cpu": 0.7 * less})
    there, rows, paid = squares(2, 32), torch.arange(4), []
    for _ in range(2):
        near.take(rows)
        paid.append(near.pays)
        known, there, rows = known[rows], Squares(there.top[rows], there.left[rows], 2), torch.arange(3)
    assert paid == [True, False]
    patch = torch.rand(3, 3, 2, 2, dtype=torch.float64)
    with torch.no_grad():
        assert torch.allclose(near.ask(patch, 0, there), net(pasted(known, patch, there, 0)))


def test_large_squares_and_large_maps_are_computed_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    net, known = plain(), pictures()
    near = Nearby(net, known, 24)
    assert not near.pays
    agrees(net, near, known, squares(24, 32))
    monkeypatch.setattr(ways, "ROOM", 100_000)
    assert not Nearby(net, known, 2).pays


def test_square_finds_the_same_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    net, images = plain(), torch.rand(40, 3, 32, 32, dtype=torch.float64)
    with torch.no_grad():
        head = net[-1]
        assert isinstance(head, nn.Linear)
        head.bias -= net(images).mean(dim=0)  # so that no class is ahead of all others
        truth = net(images).argmax(dim=1)
    goal = Goal(images=images, truth=truth, target=truth, seeds=torch.arange(40))
    ball, asked, plainly = Ball(metric="linf", radius=4 / 255), list[bool](), Nearby.ask

    def noted(near: Nearby, patch: Tensor, turn: int, there: Squares) -> Tensor:
        asked.append(near.pays)
        return plainly(near, patch, turn, there)

    monkeypatch.setattr(Nearby, "ask", noted)
    found = square(net, goal, ball, 200)
    assert sum(asked) > 100
    monkeypatch.setattr(nearby, "PAYS", -1.0)
    asked.clear()
    assert torch.allclose(square(net, goal, ball, 200), found, atol=1e-12)
    assert not any(asked)
    with torch.no_grad():
        assert 0 < int((net(found).argmax(dim=1) != truth).sum()) < 40


LAYERS = [
    Reach((3, 3), padding=(1, 1)),
    Reach((2, 2), (2, 2)),
    Reach((3, 3), (2, 2), (1, 1)),
    Reach((3, 3), dilation=(2, 2)),
]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 3), (3, 2, 2), (1, 1, 0), (2, 2, 2)])
@pytest.mark.parametrize("side", [1, 2, 5])
def test_receptive_fields_are_those_that_slopes_show(order: tuple[int, ...], side: int) -> None:
    pixels = torch.zeros(1, 1, 40, dtype=torch.float64, requires_grad=True)
    field, cells = Field(), pixels
    for number in order:
        kernel, stride, padding, dilation = (part[0] for part in LAYERS[number][:4])
        ones = torch.ones(1, 1, kernel, dtype=torch.float64)
        cells = torch.nn.functional.conv1d(cells, ones, None, stride, padding, dilation)
        field = LAYERS[number].field(field)
    space = cells.shape[-1]
    sees = torch.stack([torch.autograd.grad(cell, pixels, retain_graph=True)[0][0, 0] for cell in cells[0, 0]]) != 0
    begins = torch.arange(40 - side + 1)
    starts = field.rows.begin(begins, side, space)
    assert field.rows == field.columns
    for begin, start in zip(begins.tolist(), starts.tolist(), strict=True):
        changes = sees[:, begin : begin + side].any(dim=1).nonzero()[:, 0].tolist()
        stop = start + field.rows.reached(side, space)
        assert start >= 0
        assert stop <= space
        assert all(start <= cell < stop for cell in changes)


def test_fields_are_joined_where_their_cells_stand_equally_far_apart() -> None:
    one, other = Field(Axis(2, -1, 1), Axis(2, -1, 1)), Field(Axis(2, 0, 3), Axis(2, -4, 0))
    assert joined([one, other]) == Field(Axis(2, -1, 3), Axis(2, -4, 1))
    assert joined([one, Field()]) is None
