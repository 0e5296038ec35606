"""The command `eyechart returns`: what the next parameter would buy, from records of the exam of that name."""

from __future__ import annotations

from typing import Annotated

import typer


def returns(
    records: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RECORDS…", help="Record files, digests or shelves; the shelf when none.", show_default=False
        ),
    ] = None,
    exam: Annotated[str, typer.Option(help="Whose score is held against the costs that `returns` knows.")] = "returns",
    params: Annotated[float | None, typer.Option(min=0, help="At most so many parameters: 88e6.")] = None,
    flops: Annotated[float | None, typer.Option(min=0, help="At most so many operations per picture.")] = None,
    latency: Annotated[float | None, typer.Option(min=0, help="At most so many seconds for one picture.")] = None,
    shelf: Annotated[str, typer.Option("--shelf", help="Where records and sheets are kept.")] = "shelf",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Fit score against size, tell what the next doubling would bring, and find the best model under a budget.

    Only models that learnt alike (study, objective, data, samples) share a law; every budget of samples has its own.

    [bold]eyechart examine checkpoint:runs/ladder/… --exam returns[/bold]

    [bold]eyechart returns --params 88e6[/bold]
    """
    from eyechart import terminal_returns  # noqa: PLC0415  # heavy libraries load when a command needs them

    asked = {"parameters": params, "flops": flops, "seconds_one": latency}
    budget = {cost: most for cost, most in asked.items() if most is not None}
    terminal_returns.tell(records or (), shelf, exam, budget, as_json=as_json)
