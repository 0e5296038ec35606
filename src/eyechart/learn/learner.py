"""A training run between two steps: what it holds, how it moves, and how it is kept."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import NamedTuple, final

import torch
from torch import Tensor, nn

from eyechart.core import Model
from eyechart.errors import BadInput, Refused
from eyechart.learn import health, norms, optim
from eyechart.learn.average import Average
from eyechart.learn.checkpoint import keep, recall
from eyechart.learn.descend import Descent
from eyechart.learn.distribute import Spread, as_dealt, whole
from eyechart.learn.gather import mean_of_all, processes, rank
from eyechart.learn.objective import Batch, Loss, Objective
from eyechart.learn.pieces import Piece, part, placed
from eyechart.learn.recipe import Recipe, check_layout, differences, spelled
from eyechart.learn.watch import at_rest

WEIGHTS, AVERAGE, OPTIMISER = "weights.", "average.", "optimiser."


class Moved(NamedTuple):
    """What one step was like."""

    loss: Loss  # of this process, detached
    value: float  # the loss over all processes
    gradient: float  # its length before it was clipped


@final
class Learner:
    """An objective with all that its next steps depend on."""

    def __init__(self, objective: Objective, recipe: Recipe) -> None:
        """Before the first step. Raises `BadInput` or `Refused` when this objective cannot follow this recipe."""
        self.step = 0
        self.objective, self.recipe = objective.train(), recipe
        frozen = optim.freeze(objective, recipe.rates)
        check_layout(recipe, objective)
        if processes() > 1:
            norms.join(objective)
        _compile(objective, recipe.compiled)
        self._spread = Spread(objective, recipe.shards)
        everything = dict(objective.named_parameters())
        groups = optim.groups(everything, recipe.rates, recipe.decays)
        if not groups:
            raise BadInput(f"nothing of {type(objective).__name__} is left to learn; the recipe freezes all of it")
        self._learning = {name: value for name, value in everything.items() if value.requires_grad}
        self._optimiser = recipe.optimiser.over(groups)
        self._average = None if recipe.ema is None else Average(self._learning, recipe.ema)
        self._descent = Descent(objective, self._spread, pieces=recipe.pieces, half=recipe.precision == "bf16")
        self._frozen = _of(objective, frozen)
        self._prints = health.fingerprint(self._frozen)

    def share(self, batch: Batch) -> Piece:
        """The rows that are this process' to learn, where the weights are."""
        recipe = self.recipe
        if len(batch) != recipe.batch:
            raise BadInput(f"the source gave {len(batch)} pictures at step {self.step}; the recipe says {recipe.batch}")
        count = recipe.batch // processes()
        rows = batch if processes() == 1 else part(batch, rank() * count, count)
        device = next(iter(self._learning.values())).device
        return Piece(placed(rows, device), rank() * count, recipe.seed, self.step, recipe.batch)

    def advance(self, piece: Piece) -> Moved:
        """One step. Raises `Refused` when loss or gradient are not finite; the weights then stay what they were."""
        recipe = self.recipe
        optim.steer(self._optimiser, recipe.rate_at(self.step), recipe.decay_at(self.step))
        self._optimiser.zero_grad()
        loss = self._descent(piece)
        self._spread.settle()
        length = whole(nn.utils.clip_grad_norm_(self._learning.values(), recipe.clip or math.inf))
        moved = Moved(loss, *torch.stack([mean_of_all(loss.total), length.to(loss.total)]).tolist())
        if not (math.isfinite(moved.value) and math.isfinite(moved.gradient)):
            raise Refused(f"at step {self.step} {_not_finite(piece.batch, moved, self._learning)}")
        self._optimiser.step()
        self.objective.after_step(self.step, recipe.steps)
        self.step += 1
        if self._average is not None:
            self._average.follow(self.step)
        return moved

    def rates(self) -> dict[str, float]:
        """The learning rates of the last step: the full one, and those of patterns by their multiplier."""
        named = {f"rate x {group['share']:.3g}": group["lr"] for group in self._optimiser.param_groups}
        return {
            "rate": self.recipe.rate_at(self.step - 1),
            **{name: rate for name, rate in named.items() if name != "rate x 1"},
        }

    def moved_though_frozen(self) -> list[str]:
        """Names of tensors that the recipe froze and that are not what they were."""
        return health.moved(self._prints, health.fingerprint(self._frozen))

    @contextmanager
    def shown(self) -> Iterator[Model]:
        """The product with the weights that count, at rest; every process must ask."""
        worn = nullcontext() if self._average is None else self._average.worn()
        with worn, self._spread.whole() as objective, at_rest(objective):
            yield objective.product()

    def finish(self) -> Model:
        """Leaves the objective with the weights that count, and returns its product; every process must ask."""
        if self._average is not None:
            self._average.put_on()
        with self._spread.whole() as objective:
            return objective.eval().product()

    def save(self, path: Path, notes: Mapping[str, str]) -> None:
        """All that the next steps depend on. Raises `Refused` for weights that are not finite: they are not kept."""
        tensors = {name: whole(value) for name, value in {**self._weights(), **self._memory()}.items()}
        if broken := health.not_finite({name: value for name, value in tensors.items() if value.is_floating_point()}):
            raise Refused(f"after {self.step} steps these hold numbers that are not finite: {_some(broken)}")
        if rank() == 0:
            keep(path, tensors, {**notes, "step": str(self.step), "recipe": spelled(self.recipe)})

    def resume(self, path: Path) -> dict[str, str]:
        """Goes on from what `save` kept, and returns its notes."""
        kept, notes = recall(path)
        mine, theirs = spelled(self.recipe), notes["recipe"]
        if mine != theirs:
            raise Refused(
                f"{path} belongs to another recipe: this one has {differences(mine, theirs)}; "
                "take another folder or delete it"
            )
        live, memory = self._weights(), {name for name in kept if name.startswith(OPTIMISER)}
        if strangers := live.keys() ^ (kept.keys() - memory):
            raise Refused(f"{path} holds another network than this objective has: they differ in {_some(strangers)}")
        with torch.no_grad():
            for name, value in live.items():
                value.copy_(as_dealt(kept[name], value))
        optim.remember(self._optimiser, self._learning, {name.removeprefix(OPTIMISER): kept[name] for name in memory})
        self.step = int(notes["step"])
        self._prints = health.fingerprint(self._frozen)
        return notes

    def _weights(self) -> dict[str, Tensor]:
        """Parameters and persistent buffers, each once, and the average."""
        persistent = self.objective.state_dict(keep_vars=True).keys()
        named = {**dict(self.objective.named_parameters()), **dict(self.objective.named_buffers())}
        means = {} if self._average is None else self._average.means
        return {
            **{WEIGHTS + name: value for name, value in named.items() if name in persistent},
            **{AVERAGE + name: value for name, value in means.items()},
        }

    def _memory(self) -> dict[str, Tensor]:
        return {OPTIMISER + name: value for name, value in optim.memory(self._optimiser, self._learning).items()}


def _compile(objective: Objective, patterns: Sequence[str]) -> None:
    for pattern in patterns:
        parts = [part for name, part in objective.named_modules() if name and re.fullmatch(pattern, name)]
        if not parts:
            raise BadInput(
                f"the pattern {pattern!r} of what shall be compiled fits no part of {type(objective).__name__}"
            )
        for found in parts:
            found.compile()


def _of(objective: Objective, frozen: Sequence[str]) -> dict[str, Tensor]:
    """The frozen parameters, and the buffers of parts that are frozen as a whole."""
    parts = tuple(optim.resting(objective, frozen))
    parameters = {name: objective.get_parameter(name) for name in frozen}
    buffers = {name: value for name, value in objective.named_buffers() if name.rpartition(".")[0] in parts}
    return {**parameters, **buffers}


def _not_finite(batch: Batch, moved: Moved, learning: Mapping[str, nn.Parameter]) -> str:
    """What is not finite, from the cause to the effect."""
    where = {
        "the pixels": health.not_finite({"pixels": batch.pixels}),
        "the weights": health.not_finite(learning),
        "the parts of the loss": health.not_finite(moved.loss.parts),
        "the gradients": health.not_finite((name, value.grad) for name, value in learning.items()),
    }
    told = [f"{what} ({_some(names)})" if what != "the pixels" else what for what, names in where.items() if names]
    return (
        f"the loss is {moved.value:g} and these hold numbers that are not finite: {', '.join(told) or 'the loss alone'}"
    )


def _some(names: Iterable[str]) -> str:
    first = sorted(names)
    return ", ".join(first[:3]) + (f" and {len(first) - 3} more" if len(first) > 3 else "")
