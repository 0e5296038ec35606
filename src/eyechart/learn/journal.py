"""Where a run writes what it saw: one line of JSON per look, and whatever else draws curves."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, final, runtime_checkable

from eyechart.errors import BadInput, UnknownName


@runtime_checkable
class Writer(Protocol):
    """Takes numbers with names."""

    def write(self, step: int, facts: Mapping[str, float]) -> None:
        """What was seen after `step` steps."""

    def close(self) -> None:
        """Nothing more will come."""


@final
class Lines:
    """``log.jsonl``."""

    def __init__(self, folder: Path, step: int) -> None:
        """Forgets what came after `step`, and a last line that the end of the process cut short."""
        self._path = folder / "log.jsonl"
        text = self._path.read_text(encoding="utf-8") if self._path.exists() and step else ""
        whole = [line for line in text.splitlines(keepends=True) if line.endswith("\n")]
        self._path.write_text("".join(line for line in whole if json.loads(line)["step"] <= step), encoding="utf-8")

    def write(self, step: int, facts: Mapping[str, float]) -> None:
        """One line."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, **facts}) + "\n")

    def close(self) -> None:
        """Every line is closed already."""


@final
class TensorBoard:
    """Event files in ``tensorboard/``."""

    def __init__(self, folder: Path, step: int) -> None:
        """What was written after `step` is hidden."""
        from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415  # optional

        self._writer = SummaryWriter(str(folder / "tensorboard"), purge_step=step + 1 if step else None)

    def write(self, step: int, facts: Mapping[str, float]) -> None:
        """A scalar each."""
        for name, value in facts.items():
            self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        """Flushes."""
        self._writer.close()


@final
class WandB:
    """A run of Weights & Biases with the name of the folder, which a resumed run goes on with."""

    def __init__(self, folder: Path, step: int) -> None:  # noqa: ARG002  # it ignores steps that it has
        self._run = import_module("wandb").init(
            project="eyechart", dir=str(folder), id=folder.resolve().name, resume="allow"
        )

    def write(self, step: int, facts: Mapping[str, float]) -> None:
        """All at once."""
        self._run.log(dict(facts), step=step)

    def close(self) -> None:
        """Uploads what is left."""
        self._run.finish()


@final
class MLflow:
    """A run of MLflow with the name of the folder, where MLflow is told to track."""

    def __init__(self, folder: Path, step: int) -> None:  # noqa: ARG002  # later values of a step replace earlier ones
        self._client = import_module("mlflow")
        self._client.set_experiment("eyechart")
        self._client.start_run(run_name=folder.resolve().name)

    def write(self, step: int, facts: Mapping[str, float]) -> None:
        """All at once."""
        self._client.log_metrics(dict(facts), step=step)

    def close(self) -> None:
        """Ends the run."""
        self._client.end_run()


WRITERS: dict[str, tuple[str, Callable[[Path, int], Writer]]] = {
    "tensorboard": ("tensorboard", TensorBoard),
    "wandb": ("wandb", WandB),
    "mlflow": ("mlflow", MLflow),
}


def check(names: Sequence[str]) -> None:
    """Raises `UnknownName` or `BadInput` for writers that are not known or whose package is not installed."""
    for name in names:
        if name not in WRITERS:
            raise UnknownName("writer", name, WRITERS)
        if find_spec(WRITERS[name][0]) is None:
            raise BadInput(f"the writer {name!r} needs a package; install it with: pip install {WRITERS[name][0]}")


def opened(names: Sequence[str], folder: Path, step: int) -> list[Writer]:
    """The lines of JSON and the writers of these names, at the end of `step`."""
    return [Lines(folder, step), *(WRITERS[name][1](folder, step) for name in names)]
