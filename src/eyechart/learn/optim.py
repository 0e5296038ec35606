"""Which parameters learn, how fast, and by which optimiser: all of it data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from eyechart.errors import BadInput
from eyechart.learn.distribute import as_dealt
from eyechart.models.lamb import lamb

Rates = tuple[tuple[str, float | None], ...]  # pattern over whole names of parameters → multiplier; None: frozen
Decays = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdamW:
    """Loshchilov & Hutter 2019; CLIP's constants."""

    name: Literal["adamw"] = "adamw"
    betas: tuple[float, float] = (0.9, 0.98)
    eps: float = 1e-6

    def over(self, groups: Sequence[dict[str, Any]]) -> Optimizer:
        """An optimiser of these groups."""
        return torch.optim.AdamW(groups, lr=0.0, betas=self.betas, eps=self.eps, weight_decay=0.0, fused=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SGD:
    """With momentum; its weight decay is part of the gradient, as in every supervised recipe that uses it."""

    name: Literal["sgd"] = "sgd"
    momentum: float = 0.9
    nesterov: bool = True

    def over(self, groups: Sequence[dict[str, Any]]) -> Optimizer:
        """An optimiser of these groups."""
        return torch.optim.SGD(groups, lr=0.0, momentum=self.momentum, nesterov=self.nesterov, fused=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LAMB:
    """You et al. 2020, for large batches."""

    name: Literal["lamb"] = "lamb"
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-6

    def over(self, groups: Sequence[dict[str, Any]]) -> Optimizer:
        """An optimiser of these groups."""
        return lamb(groups, self.betas, self.eps)


def layered(patterns: Sequence[str], factor: float) -> Rates:
    """Layer decay: `patterns` from the first layer to the last below the head, which learns at the full rate.

    Source: Clark et al. 2020 (ELECTRA); Bao et al. 2022 (BEiT). The last layer gets `factor`, the one before its
    square, and so on.
    """
    return tuple((pattern, factor ** (len(patterns) - place)) for place, pattern in enumerate(patterns))


def freeze(module: nn.Module, rates: Rates) -> list[str]:
    """Takes the gradient from parameters whose rate is None, and returns their names; their parts come to rest.

    A part all of whose parameters are frozen is put into eval mode, where dropout and the statistics of a batch end.
    """
    found = _multipliers(dict(module.named_parameters()), rates, "rates")
    frozen = [name for name, rate in found.items() if rate is None]
    for name in frozen:
        module.get_parameter(name).requires_grad_(requires_grad=False)
    for path in resting(module, frozen):
        module.get_submodule(path).eval()
    return frozen


def resting(module: nn.Module, frozen: Iterable[str]) -> list[str]:
    """Names of the parts all of whose parameters are `frozen`."""
    names = set(frozen)

    def rests(path: str, part: nn.Module) -> bool:
        inside = [f"{path}.{name}" if path else name for name, _ in part.named_parameters()]
        return bool(inside) and names.issuperset(inside)

    return [path for path, part in module.named_modules() if rests(path, part)]


def groups(parameters: Mapping[str, nn.Parameter], rates: Rates, decays: Decays) -> list[dict[str, Any]]:
    """Parameters that learn alike, with the multipliers of their rate ("share") and of their decay ("drag").

    The first pattern that fits a whole name decides. Where none fits, the rate is the full one, and matrices decay
    while gains, biases and temperatures do not. What needs no gradient is left out.

    Raises:
        BadInput: a pattern fits no name at all, or is no pattern.
    """
    share = _multipliers(parameters, rates, "rates")
    drag = _multipliers(parameters, decays, "decays")
    alike: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in parameters.items():
        rate, decay = share.get(name, 1.0), drag.get(name, 1.0 if parameter.ndim > 1 else 0.0)
        if parameter.requires_grad and rate is not None and decay is not None:
            alike.setdefault((rate, decay), []).append(parameter)
    return [{"params": found, "share": rate, "drag": decay} for (rate, decay), found in alike.items()]


def steer(optimiser: Optimizer, rate: float, decay: float) -> None:
    """Sets the rate and the decay of every group for the next step."""
    for group in optimiser.param_groups:
        group["lr"] = rate * group["share"]
        group["weight_decay"] = decay * group["drag"]


def memory(optimiser: Optimizer, learning: Mapping[str, nn.Parameter]) -> dict[str, Tensor]:
    """What the optimiser remembers, by the names of the parameters; what a group counts, by its first parameter's.

    Names, because the number of a parameter changes with the groups.
    """
    kept: dict[str, Any] = {}
    names = {parameter: name for name, parameter in learning.items()}
    for parameter, state in optimiser.state.items():
        kept |= {f"{names[parameter]}/{key}": value for key, value in state.items() if value is not None}
    for group in optimiser.param_groups:
        if "step" in group:
            kept[f"{names[group['params'][0]]}//step"] = group["step"]
    return {name: torch.as_tensor(value) for name, value in kept.items()}


def remember(optimiser: Optimizer, learning: Mapping[str, nn.Parameter], kept: Mapping[str, Tensor]) -> None:
    """Undoes `memory`, where the parameters are now."""
    for name, value in kept.items():
        path, _, key = name.rpartition("/")
        parameter = learning[path.removesuffix("/")]
        if path.endswith("/"):
            group = next(group for group in optimiser.param_groups if group["params"][0] is parameter)
            group[key] = value
        else:
            alike = value.shape == parameter.shape
            optimiser.state[parameter][key] = as_dealt(value, parameter) if alike else value.to(parameter.device)


def _multipliers(
    parameters: Mapping[str, nn.Parameter], rules: Sequence[tuple[str, float | None]], what: str
) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for pattern, multiplier in rules:
        fits = [name for name in parameters if _compiled(pattern, what).fullmatch(name)]
        if not fits:
            raise BadInput(
                f"the pattern {pattern!r} of the recipe's {what} fits no parameter; one is called {_one(parameters)}"
            )
        found = {**dict.fromkeys(fits, multiplier), **found}
    return found


def _compiled(pattern: str, what: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise BadInput(f"{pattern!r} in the recipe's {what} is no pattern: {error}") from error


def _one(parameters: Mapping[str, nn.Parameter]) -> str:
    return repr(next(iter(parameters), "nothing"))
