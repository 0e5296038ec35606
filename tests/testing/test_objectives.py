"""The public check of objectives: it passes what conforms, and names what does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import torch
from torch import Tensor, nn

from eyechart.core import Model
from eyechart.learn.chance import Chance
from eyechart.learn.gather import everyone
from eyechart.learn.objective import Batch, Loss, Objective
from eyechart.testing import Constant, Nonconforming, check_objective
from eyechart.testing.circle import together
from eyechart.testing.twins import TOKENS, Embedder


def batch(step: int) -> Batch:
    draw = torch.Generator().manual_seed(step)
    return Batch(pixels=torch.rand(8, 3, 4, 4, generator=draw), labels=torch.arange(8) % 4)


class Linear(Embedder):
    """The mean colour through a layer that it shares with whoever teaches it."""

    width = 8

    def __init__(self, layer: nn.Linear) -> None:
        self.layer = layer

    def see(self, pixels: Tensor) -> Tensor:
        return self.layer(pixels.mean(dim=(2, 3)))[:, None].expand(-1, TOKENS, -1)

    def read(self, texts: Sequence[str]) -> Tensor:
        return torch.zeros(len(texts), self.width)


class Namer(Objective):
    """Conforms: the class of a picture from its mean colour, with a drop of noise from chance."""

    independent = True

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.body, self.head = nn.Linear(3, 8), nn.Linear(8, 4)
        self.register_buffer("steps", torch.zeros(()))

    def see(self, batch: Batch, chance: Chance) -> Tensor:
        return self.body(batch.pixels.mean(dim=(2, 3)) + 0.01 * chance.randn(len(batch), 3)).tanh()

    def loss(self, batch: Batch, chance: Chance) -> Loss:
        logits = self.head(self.see(batch, chance)).float() * (1 + 0.1 * self.steps)
        total = nn.functional.cross_entropy(logits, batch.labels)  # type: ignore[arg-type]
        return Loss(total, {"naming": total.detach()})

    def after_step(self, step: int, steps: int) -> None:
        self.steps += 1

    def product(self) -> Model:
        return Linear(self.body)

    def prior(self, count: int) -> float | None:
        return 1.4


class Centred(Namer):
    """Compares pictures: each is named by how it differs from the others. Conforms, as it gathers them first."""

    independent = False

    def see(self, batch: Batch, chance: Chance) -> Tensor:
        seen = super().see(batch, chance)
        return seen - everyone(seen).mean(dim=0)


class Replayed(Centred):
    """The same, in a way that can be replayed."""

    def features(self, batch: Batch, chance: Chance) -> dict[str, Tensor]:
        return {"seen": Namer.see(self, batch, chance)}

    def compare(self, features: dict[str, Tensor], batch: Batch) -> Loss:
        seen = features["seen"] - everyone(features["seen"]).mean(dim=0)
        total = nn.functional.cross_entropy(self.head(seen) * (1 + 0.1 * self.steps), batch.labels)  # type: ignore[arg-type]
        return Loss(total, {})

    def loss(self, batch: Batch, chance: Chance) -> Loss:
        return self.compare(self.features(batch, chance), batch)


@pytest.mark.parametrize("make", [Namer, Centred, Replayed])
def test_what_conforms_passes(make: Callable[[], Objective]) -> None:
    check_objective(make, batch)


class Unseeded(Namer):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Linear(3, 8)


class Double(Namer):
    def loss(self, batch: Batch, chance: Chance) -> Loss:
        return Loss(super().loss(batch, chance).total.double(), {})


class Endless(Namer):
    def loss(self, batch: Batch, chance: Chance) -> Loss:
        return Loss(super().loss(batch, chance).total, {"ratio": torch.tensor(torch.inf)})


class Drawing(Namer):
    def see(self, batch: Batch, chance: Chance) -> Tensor:
        return super().see(batch, chance) + 0.1 * torch.randn(len(batch), 8)


class Spoiling(Namer):
    def loss(self, batch: Batch, chance: Chance) -> Loss:
        found = super().loss(batch, chance)
        batch.pixels.add_(0.0).clamp_(0.2, 0.8)
        return Loss(self.head.weight.square().mean() + 1.4, found.parts)


class Idle(Namer):
    def __init__(self) -> None:
        super().__init__()
        self.unused = nn.Linear(2, 2)
        nn.init.ones_(self.unused.weight)
        nn.init.ones_(self.unused.bias)


class Alone(Centred):
    """Compares only what this process sees."""

    def see(self, batch: Batch, chance: Chance) -> Tensor:
        seen = Namer.see(self, batch, chance)
        return seen - seen.mean(dim=0)


class Claiming(Centred):
    """Compares pictures and claims that it does not."""

    independent = True


class Forgetful(Namer):
    """Remembers in a place that is not kept."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def loss(self, batch: Batch, chance: Chance) -> Loss:
        found = super().loss(batch, chance)
        return Loss(found.total * (1 + 0.1 * self.count), found.parts)

    def after_step(self, step: int, steps: int) -> None:
        self.count += 1


class Elsewhere(Namer):
    def product(self) -> Model:
        return Constant()


class Sure(Namer):
    def prior(self, count: int) -> float | None:
        return 0.5


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Unseeded, r"two that were made differ in body\.weight"),
        (Double, "no fp32 number: torch.float64"),
        (Endless, "ratio is not one finite number"),
        (Drawing, "computing the loss twice gives two numbers"),
        (Spoiling, "the loss changed pixels of the batch"),
        (Idle, r"no gradient reaches unused\.weight"),
        (Alone, "two processes give"),
        (Claiming, "two pieces give"),
        (Forgetful, "a run that was stopped and went on ended with another"),
        (Elsewhere, "its product sees the same after all weights have changed"),
        (Sure, "the prior is 0.5"),
    ],
)
def test_what_does_not_conform_is_named(make: Callable[[], Objective], said: str) -> None:
    with pytest.raises(Nonconforming, match=f"^{make.__name__}: .*{said}"):
        check_objective(make, batch)


def test_an_odd_batch_cannot_be_dealt_out() -> None:
    def odd(step: int) -> Batch:
        return Batch(pixels=batch(step).pixels[:7], labels=torch.arange(7) % 4)

    with pytest.raises(Nonconforming, match="a batch of 7 cannot be dealt out to two"):
        check_objective(Namer, odd)


def test_threads_that_act_as_processes_gather_with_gradient() -> None:
    rows = [torch.full((2, 1), float(place + 1), requires_grad=True) for place in range(3)]
    losses = together([lambda own=own: own.sum() * everyone(own).sum() for own in rows])
    assert [loss.item() for loss in losses] == [24.0, 48.0, 72.0]
    torch.stack(losses).sum().backward()
    assert [own.grad.flatten().tolist() for own in rows] == [[24.0, 24.0]] * 3  # 12 from the own sum, 12 from all


def test_one_that_fails_does_not_leave_the_others_waiting() -> None:
    def fails() -> Tensor:
        raise ValueError("no batch")

    with pytest.raises(ValueError, match="no batch"):
        together([fails, lambda: everyone(torch.ones(1))])
