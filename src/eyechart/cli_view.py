"""The command `eyechart view`: a local page over a shelf."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated

import typer


def view(
    shelf: Annotated[str, typer.Option("--shelf", help="Where records and sheets are kept.")] = "shelf",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of this machine; 0 takes any that is free.")] = 7860,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", help="Chosen at first; repeatable. Default: the zoo.", show_default=False),
    ] = None,
    data: Annotated[
        str, typer.Option("--data", help="What scores are held against, and examples come from.")
    ] = "world",
    runs: Annotated[Path, typer.Option("--runs", help="Where eyechart learn keeps what it teaches.")] = Path("runs"),
    show: Annotated[bool, typer.Option("--open/--no-open", help="Open it in the browser.")] = True,
) -> None:
    """Open a page on this machine: compare records, ask a picture, watch a run.

    It listens to 127.0.0.1 alone, asks nothing of any other machine, and keeps uploads in a temporary folder.

    [bold]eyechart view --shelf shelf --model openclip:ViT-B-32/laion2b_s34b_b79k[/bold]
    """
    from eyechart.view.serve import Window, serve  # noqa: PLC0415  # heavy libraries load when a command needs them

    served = serve(Window(shelf=shelf, runs=runs, data=data, models=tuple(model or ())), port, show=show)
    typer.echo(f"eyechart view: {served.url} (Ctrl-C closes it)")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it, uploads are removed
    try:
        served.wait()
    finally:
        served.close()
