"""What a training run must remember to go on as if it had never stopped: one safetensors file, replaced atomically."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from eyechart.errors import Corrupt


def keep(path: Path, tensors: Mapping[str, Tensor], notes: Mapping[str, str]) -> None:
    """After a crash at any moment `path` holds either the former content or this one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    save_file({name: tensor.detach().contiguous() for name, tensor in tensors.items()}, scratch, dict(notes))
    with scratch.open("rb") as file:
        os.fsync(file.fileno())
    scratch.replace(path)


def recall(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """What `keep` wrote: tensors and notes. Raises `Corrupt` when the file is not whole."""
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118
    except SafetensorError as error:
        raise Corrupt(f"{path} cannot be read ({error}); delete it to start the run again from step 0") from error
