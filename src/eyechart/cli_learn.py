"""The command `eyechart learn`: a study from a TOML file is planned, taught, examined and written down."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def learn(
    study: Annotated[Path, typer.Argument(help="The TOML file of a study; see recipes/*.toml.")],
    plan: Annotated[
        bool, typer.Option("--plan", help="Only say what it will cost: parameters, operations, memory, loss, time.")
    ] = False,
    runs: Annotated[Path, typer.Option(help="Where pictures, trainings and models are kept.")] = Path("runs"),
    shelf: Annotated[str, typer.Option(help="Where the records of the exams are kept.")] = "shelf",
    jobs: Annotated[int, typer.Option(min=1, help="How many courses are taught at the same time.")] = 1,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The Markdown file to write; usual: RUNS/NAME.md.")
    ] = None,
    page: Annotated[str, typer.Option("--report", help="Also a report of all models, as `examine` writes it.")] = "",
) -> None:
    """Teach several objectives under one norm and compare what they learnt.

    A study says what is equal (data, trunk, budget, exams) and lists what is not (objectives, seeds). It goes on where
    it was stopped: what was taught or examined before is not done again.

    [bold]eyechart learn recipes/objectives.toml --plan[/bold]

    [bold]eyechart learn recipes/objectives.toml --jobs 2[/bold]

    Several processes teach each course together where torchrun starts them:

    [bold]torchrun --standalone --nproc-per-node 2 -m eyechart learn recipes/clip.toml[/bold]
    """
    from eyechart import terminal_learn  # noqa: PLC0415  # heavy libraries load when a command needs them

    if plan:
        terminal_learn.tell_plan(study, runs)
    else:
        terminal_learn.carry_out(study, runs, shelf, jobs=jobs, out=out, page=page)
