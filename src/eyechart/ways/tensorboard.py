"""Event files of TensorBoard, a folder per model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from eyechart.core import Result
from eyechart.errors import BadInput
from eyechart.learn.journal import check
from eyechart.ways.tracked import Run, runs
from eyechart.ways.way import Published


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorBoard:
    """Scalars at step 0, the card as hyper-parameters beside the headlines, norms and records as text."""

    where: ClassVar[str] = "tensorboard"

    def publish(self, results: Sequence[Result], where: str) -> Published:
        check(["tensorboard"])
        try:
            return Published(written=tuple(_write(Path(where) / run.slug, run) for run in runs(results)))
        except OSError as error:
            raise BadInput(f"cannot write {where}: {error.strerror or error}") from error


def _write(folder: Path, run: Run) -> str:
    from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415  # optional
    from torch.utils.tensorboard.summary import hparams  # noqa: PLC0415

    cards = {name: value for name, value in run.parameters.items() if name.startswith("card/")}
    norms = {name: value for name, value in run.parameters.items() if name not in cards}
    with SummaryWriter(str(folder)) as writer:
        for name, value in run.metrics.items():
            writer.add_scalar(name, value, 0)
        for summary in hparams(cards, dict(run.headlines)):
            writer.file_writer.add_summary(summary)
        writer.add_text("norms", "\n".join(f"    {name} = {value}" for name, value in norms.items()), 0)
        for name, text in run.records.items():
            writer.add_text(f"records/{name}", "".join(f"    {line}\n" for line in text.splitlines()), 0)
    return str(folder)


PUBLIC = TensorBoard
