"""The command `eyechart publish`: results as other programs read them."""

from __future__ import annotations

from typing import Annotated

import typer

from eyechart import plugins


def _complete_ways(incomplete: str) -> list[str]:
    return [name for name in plugins.names("ways") if name.startswith(incomplete)]


def publish(  # one parameter per option
    records: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RECORDS…",
            help="Record files, digests or shelves; the shelf when none is given.",
            show_default=False,
        ),
    ] = None,
    as_: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="WAY",
            help="markdown, latex, csv, figures, card, mlflow, wandb, tensorboard, features, probe.",
            autocompletion=_complete_ways,
        ),
    ] = "markdown",
    where: Annotated[
        str, typer.Option("-o", "--out", help="A file, a folder or an address, as the way has it.", show_default=False)
    ] = "",
    formats: Annotated[
        str | None,
        typer.Option("--format", help="figures: svg, png, pdf; features: npy, parquet, fiftyone.", show_default=False),
    ] = None,
    across: Annotated[
        str | None, typer.Option(help="markdown, latex: models or exams side by side.", show_default=False)
    ] = None,
    tap: Annotated[
        str | None, typer.Option(help="features: this tap only; all that are kept otherwise.", show_default=False)
    ] = None,
    shelf: Annotated[
        str, typer.Option("--shelf", help="Where records and sheets are kept: a folder or fsspec URL.")
    ] = "shelf",
    store: Annotated[
        str | None,
        typer.Option("--store", help="Where features are kept. Default: features/ on the shelf.", show_default=False),
    ] = None,
) -> None:
    """Write results for papers, model cards, trackers and other programs.

    [bold]eyechart publish --as latex -o results.tex[/bold] · [bold]eyechart publish --as card -o README.md[/bold]
    """
    from eyechart import terminal  # noqa: PLC0415  # heavy libraries load when a command needs them
    from eyechart.store.shelf import Shelf  # noqa: PLC0415
    from eyechart.ways.way import publish as carry_out  # noqa: PLC0415

    results, _ = terminal.collect(records or (), Shelf(shelf))
    given = {"formats": formats, "across": across, "tap": tap, "store": store}
    options = {name: value for name, value in given.items() if value is not None}
    done = carry_out(results, as_, where, shelf=shelf, options=options)
    for line in done.left_out:
        typer.secho(f"left out: {line}", fg="yellow", err=True)
    for line in done.written:
        typer.echo(line)
