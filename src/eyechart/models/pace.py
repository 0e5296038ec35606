"""How long one look takes and how much memory it holds, found by looking several times at a black picture."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, final

import numpy as np
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

WARM_UP = 3  # looks that are not timed: kernels are chosen and memory is fetched in them

See = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds of one look at so many pictures: the median and the quartiles over several looks."""

    seconds: float
    low: float
    high: float


def pace(see: See, size: tuple[int, int], device: str, *, pictures: int, looks: int) -> Pace:
    """Takes the time of `looks` looks after the warm-up; what else the machine does makes them slower."""
    pixels = torch.zeros(pictures, 3, *size, device=device)
    spent = []
    for look in range(WARM_UP + looks):
        _wait(device)
        started = perf_counter()
        see(pixels)
        _wait(device)
        if look >= WARM_UP:
            spent.append(perf_counter() - started)
    low, middle, high = np.quantile(spent, [0.25, 0.5, 0.75]).tolist()
    return Pace(seconds=middle, low=low, high=high)


def held(see: See, size: tuple[int, int], device: str, *, pictures: int) -> int | None:
    """Bytes that the tensors of one look hold at once at most, weights aside; the same on every machine.

    What a kernel keeps to itself while it works is not seen. None where another library than torch computes.
    """
    pixels = torch.zeros(pictures, 3, *size, device=device)
    with _Ledger() as ledger:
        seen = see(pixels)
    return ledger.most if ledger.most > seen.untyped_storage().nbytes() else None


@final
class _Ledger(TorchDispatchMode):
    """Counts the bytes of all storages that operations have made and that still live."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.most = 0, 0
        self._live: set[int] = set()

    def __torch_dispatch__(
        self, func: Any, types: Sequence[type], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        given = {_key(value) for value in _tensors((*args, *(kwargs or {}).values()))}
        made = func(*args, **(kwargs or {}))
        for value in _tensors(made):
            if _key(value) not in given | self._live:
                self._enter(value)
        return made

    def _enter(self, value: Tensor) -> None:
        storage, key = value.untyped_storage(), _key(value)
        size = storage.nbytes()
        self._live.add(key)
        self.now += size
        self.most = max(self.most, self.now)
        weakref.finalize(storage, self._leave, key, size)

    def _leave(self, key: int, size: int) -> None:
        self._live.discard(key)
        self.now -= size


def _key(value: Tensor) -> int:
    return int(value.untyped_storage()._cdata)


def _tensors(values: Any) -> list[Tensor]:
    if isinstance(values, Tensor):
        return [values]
    return [found for value in values for found in _tensors(value)] if isinstance(values, tuple | list) else []


def _wait(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)
