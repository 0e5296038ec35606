"""How to learn, as a value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_type_hints

from torch import nn

from eyechart.errors import BadInput, Refused, UnknownName
from eyechart.learn.objective import Objective, Replayable
from eyechart.learn.optim import LAMB, SGD, AdamW, Decays, Rates
from eyechart.learn.schedule import Shape, cosine, share
from eyechart.store.codec import coerce


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All that decides what is learnt, but for objective and data.

    The defaults are CLIP's (Radford et al. 2021, table 18) with a peak rate and warm-up for toys.
    """

    steps: int
    batch: int  # pictures per step, of all processes together
    seed: int = 0
    optimiser: AdamW | SGD | LAMB = AdamW()  # noqa: RUF009  # frozen
    rate: float = 1e-3  # at its peak
    rates: Rates = ()  # multipliers by pattern over names of parameters, the first fit decides; None: frozen
    schedule: Shape = "cosine"
    warmup: int = 200
    cooldown: int = 0  # steps at the end, of "wsd"
    floor: float = 0.0  # the rate at the end, as a share of the peak
    decay: float = 0.2
    decay_end: float | None = None  # the decay moves there along half a cosine (DINO, I-JEPA)
    decays: Decays = ()  # multipliers by pattern; where none fits, matrices decay and vectors do not
    clip: float | None = 1.0  # global norm of the gradient
    pieces: int = 1  # in which the rows of a process are learnt one after the other, to save memory
    ema: float | None = None  # decay per step of the averaged weights; None: no average, the last weights count
    precision: Literal["fp32", "bf16"] = "fp32"
    compiled: tuple[str, ...] = ()  # patterns over names of parts that torch.compile shall speed up
    shards: tuple[str, ...] | None = None  # patterns over names of parts to deal out (FSDP2); None: copies (DDP)

    def rate_at(self, step: int) -> float:
        """The rate of what has the multiplier 1, at `step` from 0."""
        sunk = share(step, self.steps, self.schedule, self.warmup, self.cooldown)
        return self.rate * (sunk if step < self.warmup else self.floor + (1 - self.floor) * sunk)

    def decay_at(self, step: int) -> float:
        """The decay of what has the multiplier 1, at `step` from 0."""
        return self.decay if self.decay_end is None else cosine(self.decay, self.decay_end, step / self.steps)


def recipe(facts: Mapping[str, Any]) -> Recipe:
    """A recipe from plain values, such as a file holds.

    Raises:
        UnknownName: a field that recipes have not.
        BadInput: a value of another type, or no `steps` or `batch`.
    """
    types = get_type_hints(Recipe)
    for name in facts:
        if name not in types:
            raise UnknownName("field of a recipe", name, types)
    for name in ("steps", "batch"):
        if name not in facts:
            raise BadInput(f"a recipe says how many {name}; this one says {', '.join(facts) or 'nothing'}")
    return Recipe(**{name: coerce(types[name], value, f"recipe.{name}") for name, value in facts.items()})


def spelled(recipe: Recipe) -> str:
    """A recipe as text, equal for equal recipes."""
    return json.dumps(asdict(recipe), sort_keys=True)


def differences(one: str, other: str) -> str:
    """What two spelled recipes disagree on, in words."""
    a, b = json.loads(one), json.loads(other)
    names = sorted(name for name in a.keys() | b.keys() if a.get(name) != b.get(name))
    return ", ".join(f"{name} {a.get(name)!r} instead of {b.get(name)!r}" for name in names)


def check(recipe: Recipe, objective: Objective, processes: int) -> None:
    """Raises `BadInput` or `Refused`, in one sentence, for a recipe that cannot be followed."""
    _check_numbers(recipe)
    share, rest = divmod(recipe.batch, processes * recipe.pieces)
    if rest or not share:
        raise BadInput(
            f"a batch of {recipe.batch} cannot be dealt out equally to {processes} process(es) "
            f"in {recipe.pieces} piece(s) each"
        )
    if recipe.pieces > 1 and not (objective.independent or isinstance(objective, Replayable)):
        raise Refused(
            f"{type(objective).__name__} compares the pictures of a batch in a way that pieces would change; "
            "take pieces=1"
        )


def check_layout(recipe: Recipe, objective: Objective) -> None:
    """Raises `Refused` where a part computes with the statistics of whatever piece of a batch it happens to see."""
    norms = [name for name, part in objective.named_modules() if isinstance(part, BATCHED) and part.training]
    if norms and recipe.pieces > 1:
        raise Refused(
            f"{norms[0]} normalises over the pictures that it sees together, so that {recipe.pieces} pieces would "
            "learn something else than one; take another norm, freeze it, or take one piece"
        )


BATCHED = nn.modules.batchnorm._BatchNorm  # the one class over BatchNorm1d, 2d and 3d


def _check_numbers(recipe: Recipe) -> None:
    for name in ("steps", "batch", "pieces"):
        if getattr(recipe, name) < 1:
            raise BadInput(f"a recipe needs at least one of its {name}; got {getattr(recipe, name)}")
    for name, above in {"rate": recipe.rate > 0, "decay": recipe.decay >= 0, "warmup": recipe.warmup >= 0}.items():
        if not above:
            raise BadInput(f"a recipe's {name} cannot be {getattr(recipe, name)}")
    if recipe.clip is not None and recipe.clip <= 0:
        raise BadInput(f"a gradient is clipped to a positive norm, not to {recipe.clip}; None leaves it")
    if recipe.ema is not None and not 0 < recipe.ema < 1:
        raise BadInput(f"the decay of an average lies between 0 and 1; got {recipe.ema}")
    if not 0 <= recipe.floor <= 1:
        raise BadInput(f"the floor is a share of the peak rate, between 0 and 1; got {recipe.floor}")
    if recipe.warmup + recipe.cooldown > recipe.steps:
        raise BadInput(
            f"{recipe.warmup} steps of warm-up and {recipe.cooldown} of cooldown do not fit in {recipe.steps} steps"
        )
    if recipe.cooldown and recipe.schedule != "wsd":
        raise BadInput(f"only the schedule 'wsd' has a cooldown; got {recipe.schedule!r} with {recipe.cooldown} steps")
