"""What every objective must hold to, as one public check."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor

from eyechart.core import ImageEncoder, Model
from eyechart.learn.ahead import Source
from eyechart.learn.chance import Chance
from eyechart.learn.descend import Descent
from eyechart.learn.distribute import Spread
from eyechart.learn.loop import train
from eyechart.learn.objective import Batch, Loss, Objective, Replayable
from eyechart.learn.pieces import Piece, part
from eyechart.learn.recipe import Recipe
from eyechart.learn.watch import Watch, at_rest
from eyechart.testing.circle import together
from eyechart.testing.conformance import Nonconforming

Make = Callable[[], Objective]
STEPS, STOP = 6, 5
CALM = Watch(log_every=1, save_every=2, look_every=4)


def check_objective(
    make: Make,
    source: Source,
    *,
    recipe: Recipe | None = None,
    layouts: bool = True,
    prior_within: float = 0.25,
    rounding: float = 1e-4,
) -> None:
    """Put an objective to the test on a few small batches, on the CPU.

    It asks that two of `make()` are equal; that the loss is one finite fp32 number, in bf16 too, twice the same for the
    same step, and made of finite parts; that the batch stays what it was; that a finite gradient reaches all that
    requires one and nothing else; that the batch may be dealt out to two processes, and learnt in two pieces where the
    objective is `Replayable` or `independent`, without changing loss or gradient; that the product is a model made of
    the objective's own tensors; that a run that was stopped goes on bit-equal, average and optimiser included; and that
    the loss before any learning is at the prior, where one is given. Takes about thirty forward passes::

        def test_conforms() -> None:
            check_objective(lambda: Clip(tiny_towers(), WORDS), source)

    Args:
        make: gives the same fresh objective whenever it is called, so it seeds its own initialisation.
        source: the batch of a step, of the same even number of pictures each; a pure function, as for `train`.
        recipe: for the stopped run; six steps of AdamW with an average when absent. Give one when some part must be
            frozen by pattern.
        layouts: False for an objective whose networks draw from torch's own generator (dropout) or whose loss is by
            definition of the pictures that one process holds.
        prior_within: how far the first loss may be from the prior, as a share of it.
        rounding: how far apart two orders of summation may be, relative to the largest number.

    Raises:
        Nonconforming: a rule is broken.
    """
    batch = source(0)
    recipe = recipe or Recipe(steps=STEPS, batch=len(batch), warmup=1, ema=0.9)
    name = type(make()).__name__
    with torch.random.fork_rng():
        for broken in _broken(make, batch, prior_within):
            raise Nonconforming(f"{name}: {broken}")
        for broken in _layouts(make, batch, rounding) if layouts else ():
            raise Nonconforming(f"{name}: {broken}")
        for broken in _resumed(make, source, recipe):
            raise Nonconforming(f"{name}: {broken}")


def _broken(make: Make, batch: Batch, prior_within: float) -> Iterator[str]:
    objective, before = make().train(), _copied(batch)
    yield from (f"two that were made differ in {name}; seed the initialisation" for name in _unlike(objective, make()))
    loss = _loss(objective, batch)
    yield from _malformed(loss)
    if _loss(objective, batch).total.item() != loss.total.item():
        yield "computing the loss twice gives two numbers; what is random comes from chance, what changes in after_step"
    yield from (
        f"the loss changed {name} of the batch"
        for name, kept in before.items()
        if not torch.equal(kept, getattr(batch, name))
    )
    with torch.autocast("cpu", torch.bfloat16):
        half = _loss(objective, batch)
    yield from (f"under bf16, {fault}" for fault in _malformed(half))
    prior = objective.prior(len(batch))
    if prior is not None and abs(loss.total.item() - prior) > prior_within * abs(prior):
        yield f"it starts at {loss.total.item():.4g}; the prior is {prior:.4g}"
    yield from _gradients(objective, batch)
    yield from _product(objective, batch)


def _malformed(loss: Loss) -> Iterator[str]:
    if loss.total.ndim or loss.total.dtype != torch.float32:
        yield f"the loss is no fp32 number: {loss.total.dtype}, shape {tuple(loss.total.shape)}"
    for name, value in {"the loss": loss.total, **loss.parts}.items():
        if value.numel() != 1 or not math.isfinite(value.item()):
            yield f"{name} is not one finite number: {value}"


def _gradients(objective: Objective, batch: Batch) -> Iterator[str]:
    objective.zero_grad()
    _loss(objective, batch).total.backward()
    for name, parameter in objective.named_parameters():
        if parameter.requires_grad and parameter.grad is None:
            yield f"no gradient reaches {name}; what shall not learn is made with requires_grad=False"
        if parameter.grad is not None and not parameter.requires_grad:
            yield f"a gradient reaches {name}, which requires none"
        if parameter.grad is not None and not torch.isfinite(parameter.grad).all():
            yield f"the gradient of {name} is not finite"
    if not any(p.grad.any() for p in objective.parameters() if p.grad is not None):
        yield "the gradient is zero everywhere"


def _product(objective: Objective, batch: Batch) -> Iterator[str]:
    product: object = objective.product()
    if not isinstance(product, Model):
        yield f"its product, a {type(product).__name__}, is no eyechart.core.Model"
    if not isinstance(product, ImageEncoder):
        return
    with torch.no_grad(), at_rest(objective):
        before = product.encode_image(batch.pixels)
        for parameter in objective.parameters():
            parameter.add_(0.1 * torch.rand_like(parameter))
        if torch.equal(before, product.encode_image(batch.pixels)):
            yield "its product sees the same after all weights have changed, so it is not made of them"


def _layouts(make: Make, batch: Batch, rounding: float) -> Iterator[str]:
    if len(batch) % 2:
        yield f"a batch of {len(batch)} cannot be dealt out to two; give an even one"
        return
    whole = make().train()
    expected, gradients = _descended(whole, batch, 1), _gradients_of(whole)
    found: dict[str, tuple[float, dict[str, Tensor]]] = {"two processes": _dealt(make, batch)}
    if isinstance(whole, Replayable) or whole.independent:
        pieces = make().train()
        found["two pieces"] = _descended(pieces, batch, 2), _gradients_of(pieces)
    for layout, (loss, changed) in found.items():
        if abs(loss - expected) > rounding * max(1.0, abs(expected)):
            yield f"{layout} give the loss {loss:.7g}; at once it is {expected:.7g}"
        largest = max(float(gradient.abs().max()) for gradient in gradients.values())
        for name, gradient in gradients.items():
            if (gradient - changed[name]).abs().max() > rounding * largest:
                yield f"{layout} give another gradient of {name}"


def _descended(objective: Objective, batch: Batch, pieces: int) -> float:
    descent = Descent(objective, Spread(objective, None), pieces=pieces)
    return descent(Piece(batch, 0, 0, 0, len(batch))).total.item()


def _dealt(make: Make, batch: Batch) -> tuple[float, dict[str, Tensor]]:
    """The mean loss and the mean gradient of two who hold half of the batch each."""
    half, copies = len(batch) // 2, [make().train(), make().train()]
    works = [
        partial(copy.loss, part(batch, first, half), Chance(0, 0, first=first, total=len(batch)))
        for first, copy in zip((0, half), copies, strict=True)
    ]
    losses = [loss.total for loss in together(works)]
    torch.stack(losses).sum().backward()
    both = [_gradients_of(copy) for copy in copies]
    return torch.stack(losses).mean().item(), {name: (both[0][name] + both[1][name]) / 2 for name in both[0]}


def _resumed(make: Make, source: Source, recipe: Recipe) -> Iterator[str]:
    def until(step: int) -> Batch:
        if step == min(STOP, recipe.steps - 1):
            raise _Stopped
        return source(step)

    with TemporaryDirectory() as folder:
        unbroken, stopped, resumed = make(), make(), make()
        train(unbroken, source, recipe, Path(folder) / "unbroken", CALM)
        try:
            train(stopped, until, recipe, Path(folder) / "stopped", CALM)
        except _Stopped:
            train(resumed, source, recipe, Path(folder) / "stopped", CALM)
        for name in _unlike(unbroken, resumed):
            yield f"a run that was stopped and went on ended with another {name}; is it a persistent buffer?"
        learnt = [not torch.equal(a, b) for a, b in zip(unbroken.parameters(), make().parameters(), strict=True)]
        if not any(learnt):
            yield f"{recipe.steps} steps changed nothing"


class _Stopped(Exception):
    """The end of a run, as far as the loop can tell."""


def _loss(objective: Objective, batch: Batch) -> Loss:
    return objective.loss(batch, Chance(0, 0, first=0, total=len(batch)))


def _gradients_of(objective: Objective) -> dict[str, Tensor]:
    named = objective.named_parameters()
    return {name: torch.zeros_like(p) if p.grad is None else p.grad for name, p in named if p.requires_grad}


def _unlike(one: Objective, other: Objective) -> list[str]:
    theirs: Mapping[str, Tensor] = other.state_dict()
    mine: Mapping[str, Tensor] = one.state_dict()
    return [name for name, value in mine.items() if name not in theirs or not torch.equal(value, theirs[name])]


def _copied(batch: Batch) -> dict[str, Tensor]:
    named = {"pixels": batch.pixels, "labels": batch.labels, "later": batch.later}
    return {name: value.clone() for name, value in named.items() if value is not None}
