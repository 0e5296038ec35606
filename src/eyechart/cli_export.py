"""The command `eyechart export`: a model as other programs read it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer


def export(
    model: Annotated[str, typer.Argument(help="As for examine: zoo:vit-clip, checkpoint:runs/x/model, timm:resnet50.")],
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
    as_: Annotated[
        Literal["onnx", "timm"], typer.Option("--as", help="onnx: graphs of its towers; timm: its image trunk.")
    ] = "onnx",
) -> None:
    """Write a model so that onnxruntime, or timm, runs it without eyechart.

    [bold]eyechart export zoo:convnext-clip ./graphs[/bold], and back: [bold]eyechart examine onnx:./graphs[/bold]
    """
    from eyechart import models  # noqa: PLC0415  # heavy libraries load when a command needs them
    from eyechart.errors import Refused  # noqa: PLC0415
    from eyechart.models.export import GRAPHS, TRUNKS, to_timm  # noqa: PLC0415
    from eyechart.models.export import export as to_onnx  # noqa: PLC0415

    found = models.load(model)
    if as_ == "onnx" and isinstance(found, GRAPHS):
        to_onnx(found, folder)
    elif as_ == "timm" and isinstance(found, TRUNKS):
        to_timm(found, folder)
    else:
        raise Refused(f"{model} cannot be written as {as_}: a {type(found).__name__} has no network that fits")
    typer.echo(f"written: {folder.resolve()}", err=True)
