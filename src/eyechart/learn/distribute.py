"""Several processes that learn as one: copies of everything (DDP) or a share of everything (FSDP2), by torch."""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar, final

import torch
import torch.distributed
from torch import Tensor, nn
from torch.distributed.fsdp import fully_shard, register_fsdp_forward_method
from torch.distributed.tensor import DTensor, distribute_tensor
from torch.nn.parallel import DistributedDataParallel

from eyechart.errors import BadInput
from eyechart.learn.gather import mean_of_all
from eyechart.learn.objective import Objective

Found = TypeVar("Found")


@contextmanager
def joined() -> Iterator[torch.device]:
    """Joins the processes that torchrun started, if it did; yields the device of this one.

    NCCL where there are GPUs, else gloo.
    """
    cuda = torch.cuda.is_available()
    if cuda:
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    if "WORLD_SIZE" not in os.environ:
        yield here()
        return
    torch.distributed.init_process_group("nccl" if cuda else "gloo")
    try:
        yield here()
    finally:
        torch.distributed.destroy_process_group()


def here() -> torch.device:
    """The device of this process: its GPU where there is one."""
    return torch.device("cuda", torch.cuda.current_device()) if torch.cuda.is_available() else torch.device("cpu")


@final
class Spread:
    """An objective whose gradients are the mean over the processes when `exchanging` ends its last backward pass."""

    def __init__(self, objective: Objective, shards: Sequence[str] | None) -> None:
        """Everybody begins with the weights of process 0.

        `shards`: None for copies; else patterns over names of parts, each of which is dealt out and gathered by itself.
        """
        self._objective = objective
        self._task: nn.Module = _Task(objective)
        self._entire: Objective | None = None  # of shards, a copy in which they are put together
        self._single = [value for value in objective.parameters() if not value.ndim]  # FSDP2 cannot deal out a number
        if not torch.distributed.is_initialized():
            return
        for tensor in (*objective.parameters(), *objective.buffers()):
            torch.distributed.broadcast(tensor.detach(), 0)
        if shards is not None:
            self._entire = copy.deepcopy(objective).cpu()
            _deal(objective, shards, set(self._single))
        elif torch.distributed.get_world_size() > 1:
            # Part of the passes of a step happen outside of DDP's sight, so it has to look for what was used.
            self._task = DistributedDataParallel(self._task, find_unused_parameters=True, broadcast_buffers=False)

    def run(self, work: Callable[[], Found]) -> Found:
        """A forward pass whose backward pass is exchanged."""
        return self._task(work)

    def alone(self) -> AbstractContextManager[None]:
        """Backward passes within the block only add to this process' gradients."""
        if isinstance(self._task, DistributedDataParallel):
            return self._task.no_sync()
        if self._entire is not None:
            return _held(self._objective)
        return nullcontext()

    def settle(self) -> None:
        """After the last backward pass of a step: exchanges what FSDP2 leaves out."""
        for value in self._single if self._entire is not None else ():
            if value.grad is not None:
                value.grad = mean_of_all(value.grad)

    @contextmanager
    def whole(self) -> Iterator[Objective]:
        """The objective with all of its weights in this process; all processes must ask."""
        if self._entire is None:
            yield self._objective
            return
        device = next(self._objective.parameters()).device
        self._fill(self._entire)
        try:
            yield self._entire.to(device)
        finally:
            self._entire.cpu()

    def _fill(self, entire: Objective) -> None:
        live = {**dict(self._objective.named_parameters()), **dict(self._objective.named_buffers())}
        with torch.no_grad():
            for name, tensor in (*entire.named_parameters(), *entire.named_buffers()):
                tensor.copy_(whole(live[name]))


@final
class _Task(nn.Module):
    """DDP watches the forward pass of one module: here it is whatever the loop computes."""

    def __init__(self, objective: Objective) -> None:
        super().__init__()
        self.objective = objective
        self.idle = nn.Parameter(
            torch.zeros(())
        )  # of no use, so that DDP, which looks for such, finds one and is quiet

    def forward(self, work: Callable[[], Found]) -> Found:
        return work()


def _deal(objective: Objective, shards: Sequence[str], without: set[nn.Parameter]) -> None:
    """Parts within parts first."""
    named = {name: part for name, part in reversed(list(objective.named_modules())) if name}
    for pattern in shards:
        if not any(re.fullmatch(pattern, name) for name in named):
            raise BadInput(f"the pattern {pattern!r} of the recipe's shards fits no part of {type(objective).__name__}")
    for name, part in named.items():
        if any(re.fullmatch(pattern, name) for pattern in shards) and list(part.parameters()):
            fully_shard(part, ignored_params=without)
    fully_shard(objective, ignored_params=without)
    for method in ("loss", "features", "compare", "after_step"):
        if method in dir(objective):  # not all have features to compare
            register_fsdp_forward_method(objective, method)


@contextmanager
def _held(objective: nn.Module) -> Iterator[None]:
    objective.set_requires_gradient_sync(False)
    try:
        yield
    finally:
        objective.set_requires_gradient_sync(True)


def local(tensor: Tensor) -> Tensor:
    """The part of a tensor that lies here; the same memory."""
    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


def whole(tensor: Tensor) -> Tensor:
    """All of it; every process must ask."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def as_dealt(tensor: Tensor, like: Tensor) -> Tensor:
    """A whole tensor on the device of another and dealt out like it."""
    tensor = tensor.to(like.device)
    return distribute_tensor(tensor, like.device_mesh, like.placements) if isinstance(like, DTensor) else tensor
