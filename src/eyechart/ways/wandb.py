"""A run of Weights & Biases per model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from eyechart.core import Result
from eyechart.errors import BadInput
from eyechart.learn.journal import check
from eyechart.ways.tracked import PROJECT, Run, runs
from eyechart.ways.way import Published


@dataclass(frozen=True, slots=True, kw_only=True)
class WandB:
    """To the account that is logged in, or with ``WANDB_MODE=offline`` into the folder, for ``wandb sync``."""

    where: ClassVar[str] = "."

    def publish(self, results: Sequence[Result], where: str) -> Published:
        check(["wandb"])
        wandb = import_module("wandb")
        try:
            Path(where).mkdir(parents=True, exist_ok=True)
            return Published(written=tuple(_write(wandb, where, run) for run in runs(results)))
        except OSError as error:
            raise BadInput(f"cannot write {where}: {error.strerror or error}") from error
        except wandb.errors.Error as error:
            said = str(error).strip().splitlines()[0].rstrip(".")
            raise BadInput(
                f"Weights & Biases did not take the results ({said}); log in, or set WANDB_MODE=offline"
            ) from error


def _write(wandb: Any, where: str, run: Run) -> str:
    opened = wandb.init(project=PROJECT, name=run.model, config=dict(run.parameters), dir=where, job_type="examine")
    try:
        opened.log(dict(run.metrics))
        records = wandb.Artifact(run.slug, type="records")
        for name, text in run.records.items():
            with records.new_file(name, encoding="utf-8") as file:
                file.write(text)
        opened.log_artifact(records)
    finally:
        opened.finish()
    return f"{run.model}: {opened.dir if opened.offline else opened.url}"


PUBLIC = WandB
