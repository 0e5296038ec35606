"""Weights from a file into a module: whole or not at all, and never with code."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from eyechart.errors import BadInput, Refused
from eyechart.store import digest

PICKLED = (".pt", ".pth", ".bin", ".ckpt")
SUFFIXES = (".safetensors", *PICKLED)
WRAPPERS = ("state_dict", "model")  # keys under which training scripts keep the weights
PREFIXES = ("module.", "_orig_mod.")  # left by DistributedDataParallel and by torch.compile
NAMED = 5  # so many keys are listed, the rest is counted

# What torch's restricted unpickler raises on files that are no checkpoint, or that hold more than tensors.
UNPICKLABLE = (
    pickle.UnpicklingError, RuntimeError, EOFError, KeyError, IndexError, ValueError, TypeError, AttributeError,
)  # fmt: skip

# What libraries raise when a download fails, or when what came does not fit.
UNREACHABLE = (OSError, RuntimeError, ValueError, pickle.UnpicklingError, SafetensorError)


def local(given: str) -> Path:
    """The file that the rest of a name means: ``~`` works, and so does an absolute path whose first slash was eaten.

    Raises:
        BadInput: there is no such file.
    """
    path = Path(given).expanduser()
    for candidate in (path, Path("/") / path):
        if candidate.is_file():
            return candidate
    raise BadInput(f"there is no file {path}")


def only_file(folder: Path) -> Path:
    """The one file with weights in `folder`; safetensors are preferred. Raises `BadInput` where it is not one."""
    found = sorted(path for suffix in SUFFIXES for path in folder.glob(f"*{suffix}"))
    safe = [path for path in found if path.suffix == ".safetensors"]
    if len(safe or found) != 1:
        raise BadInput(f"{folder} holds {len(safe or found)} files with weights; expected exactly one")
    return (safe or found)[0]


def read(path: Path) -> dict[str, Tensor]:
    """The tensors of a ``.safetensors`` file or of a pickled checkpoint, on the CPU, by name.

    Pickles are read with ``weights_only``: what asks for anything beyond tensors and plain containers is refused,
    TorchScript archives included, because they are programs.

    Raises:
        BadInput: there is no such file, or its suffix is not one of `SUFFIXES`.
        Refused: the file cannot be read, would run code, or holds no weights.
    """
    if path.suffix not in SUFFIXES:
        raise BadInput(f"{path} is not a checkpoint that can be read; expected a file ending in {', '.join(SUFFIXES)}")
    if not path.is_file():
        raise BadInput(f"there is no file {path}")
    held: Any = _safe(path) if path.suffix == ".safetensors" else _unpickled(path)
    for wrapper in WRAPPERS:
        if isinstance(held, Mapping) and isinstance(held.get(wrapper), Mapping):
            held = held[wrapper]
    if not isinstance(held, Mapping) or not held or not all(isinstance(value, Tensor) for value in held.values()):
        raise Refused(f"{path} holds no weights; expected names and tensors, bare or under {' or '.join(WRAPPERS)!r}")
    return _bare(held)


def install(module: nn.Module, state: Mapping[str, Tensor], where: str, what: str) -> None:
    """Put `state` into `module`; every name and shape must be there on both sides.

    Args:
        module: receives the values, cast to its own dtypes.
        state: from `read`.
        where: the file or tag, for the message.
        what: the architecture, for the message.

    Raises:
        Refused: with the missing, unexpected and misshapen keys; the module is unchanged then.
    """
    expected = module.state_dict()
    misshapen = [
        f"{name} ({tuple(state[name].shape)} for {tuple(expected[name].shape)})"
        for name in expected
        if name in state and state[name].shape != expected[name].shape
    ]
    check(where, what, missing=set(expected) - set(state), unexpected=set(state) - set(expected), misshapen=misshapen)
    module.load_state_dict(dict(state), strict=True)


def check(
    where: str, what: str, *, missing: Iterable[str], unexpected: Iterable[str], misshapen: Iterable[str] = ()
) -> None:
    """Raise `Refused`, naming the first keys of each kind and counting the rest, unless all is well."""
    complaints = [
        f"{len(names)} {kind} ({_first(names)})"
        for kind, given in (("missing", missing), ("unexpected", unexpected), ("of another shape", misshapen))
        if (names := sorted(given))
    ]
    if complaints:
        raise Refused(
            f"the weights of {where} do not fit {what}: {', '.join(complaints)}; "
            "nothing was loaded, because a model with half its weights gives meaningless numbers"
        )


def identity(module: nn.Module, plan: Mapping[str, Any]) -> str:
    """The digest on a card: of all weights, and of the plan without which the same weights compute something else.

    The plan is what the library was told (an activation, a tokenizer, a patch size), as plain values.
    """
    told = json.loads(json.dumps(plan, default=_named))
    return digest.of_json({"weights": digest.of_state(module.state_dict()), "plan": told})


def _named(value: Any) -> str:
    """In words that are the same in every process: callables would print their address."""
    return getattr(value, "__qualname__", type(value).__qualname__) if callable(value) else str(value)


def _first(names: list[str]) -> str:
    rest = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _safe(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise Refused(f"{path} cannot be read as safetensors: {error}") from error


def _unpickled(path: Path) -> Any:
    if _is_program(path):
        raise Refused(f"{path} is a TorchScript archive, a program; save its state_dict() and load that")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except UNPICKLABLE as error:
        raise Refused(
            f"{path} holds more than weights, or is damaged, and no code of a checkpoint is run; "
            f"save the bare state_dict, best as .safetensors ({_reason(error)})"
        ) from error


def _is_program(path: Path) -> bool:
    """TorchScript archives carry their constants beside the code (torch tells them apart in the same way)."""
    try:
        return "constants.pkl" in torch._C.PyTorchFileReader(str(path)).get_all_records()
    except RuntimeError:  # not an archive: an old pickle, which the restricted unpickler will judge
        return False


def _reason(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if "GLOBAL" in line or "Unsupported" in line]
    return (lines or [type(error).__name__])[0][:200]


def _bare(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Without a prefix that all names share."""
    for prefix in PREFIXES:
        if all(name.startswith(prefix) for name in state):
            return {name.removeprefix(prefix): value for name, value in state.items()}
    return dict(state)
