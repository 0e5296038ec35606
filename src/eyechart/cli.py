"""The command line. Every command answers with one sentence, and a non-zero exit, when it cannot.

Exit codes: 0 all done · 1 something was declined that needs you · 2 bad input, nothing done · 130 stopped.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from eyechart import (
    __version__,
    cli_claims,
    cli_export,
    cli_learn,
    cli_publish,
    cli_returns,
    cli_view,
    cli_world,
    plugins,
)
from eyechart.allocation import keep_memory
from eyechart.charts import CHARTS, Chart, chart
from eyechart.errors import EyechartError

app = typer.Typer(
    help="Eye exams for vision-language models.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(cli_world.app, name="world")
app.command()(cli_learn.learn)
app.command()(cli_export.export)
app.command()(cli_returns.returns)
app.command()(cli_claims.claims)
app.command()(cli_publish.publish)
app.command()(cli_view.view)

DEFAULT_MODELS = ("zoo:convnext-clip", "zoo:vit-clip")
DEFAULT_DATA = ("world", "digits")


def zoo_names() -> list[str]:
    """The models that come with the package, as one types them."""
    return [f"zoo:{name}" for name in plugins.shipped()]


def _complete_models(incomplete: str) -> list[str]:
    sources = ("hf" if source == "huggingface" else source for source in plugins.names("models"))
    names = [*zoo_names(), *(f"{source}:" for source in sources if source not in {"zoo", "object"})]
    return [name for name in names if name.startswith(incomplete)]


def _complete_data(incomplete: str) -> list[str]:
    return [name for name in plugins.names("data") if name.startswith(incomplete)]


def _complete_exams(incomplete: str) -> list[str]:
    return [name for name in plugins.names("exams") if name.startswith(incomplete)]


def _complete_charts(incomplete: str) -> list[str]:
    return [name for name in CHARTS if name.startswith(incomplete)]


Models = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="MODEL…",
        help="source:name/weights, a local path, or file.py:attribute; the zoo when none is given.",
        autocompletion=_complete_models,
        show_default=False,
    ),
]
Data = Annotated[
    list[str] | None,
    typer.Option(
        "--data",
        help="source:location?option=value, or a path; repeatable. Default: world and digits.",
        autocompletion=_complete_data,
        show_default=False,
    ),
]
Exams = Annotated[
    list[str] | None,
    typer.Option(
        "--exam",
        help="Take this exam instead of a chart; repeatable.",
        autocompletion=_complete_exams,
        show_default=False,
    ),
]
ShelfPath = Annotated[str, typer.Option("--shelf", help="Where records and sheets are kept: a folder or fsspec URL.")]
StoreUrl = Annotated[
    str | None,
    typer.Option("--store", help="Where features are kept. Default: features/ on the shelf.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@app.callback(invoke_without_command=True)
def _main(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"eyechart {__version__}")
        raise typer.Exit


@app.command()
def examine(  # noqa: PLR0913, PLR0917  # one parameter per option
    models: Models = None,
    data: Data = None,
    exam: Exams = None,
    chart_name: Annotated[
        str, typer.Option("--chart", help="A named battery of exams.", autocompletion=_complete_charts)
    ] = "quick",
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="exam.field=value, for example knn.k=10; repeatable.", show_default=False),
    ] = None,
    preprocessing: Annotated[
        str, typer.Option(help="own: each model's; or one for all: crop:224, squash:224, pad:224.")
    ] = "own",
    precision: Annotated[str, typer.Option(help="Of the forward pass: auto, fp32, bf16 or fp16.")] = "auto",
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many items per dataset.")] = None,
    batch: Annotated[int | None, typer.Option(min=1, help="Images per forward pass; adapts when not given.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1 …")] = "auto",
    redo: Annotated[bool, typer.Option("--redo", help="Also what the shelf already holds.")] = False,
    again: Annotated[
        Path | None, typer.Option(help="Repeat this record from its own request, and compare.", show_default=False)
    ] = None,
    report_path: Annotated[
        str, typer.Option("--report", help="Where the page is written; an empty name writes none.")
    ] = "report.html",
    shelf: ShelfPath = "shelf",
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """Examine models on data: one forward pass, all exams, records, a table and a page.

    [bold]eyechart examine openclip:ViT-B-32/laion2b_s34b_b79k --data ./my-pictures[/bold]
    """
    from eyechart import terminal  # noqa: PLC0415  # heavy libraries load when a command needs them
    from eyechart.run import Plan  # noqa: PLC0415
    from eyechart.settings import exams as exams_by_name  # noqa: PLC0415

    desk = terminal.open_desk(shelf, store, batch, device, as_json=as_json)
    if again is not None:
        raise typer.Exit(terminal.repeat(again, desk, as_json=as_json))
    battery = Chart(purpose="as typed", exams=tuple(exam)) if exam else chart(chart_name)
    plan = Plan(
        models=tuple(models or DEFAULT_MODELS),
        data=tuple(data or DEFAULT_DATA),
        exams=exams_by_name(battery.exams, (*battery.settings, *(settings or ()))),
        preprocessing=preprocessing,
        precision=precision,
        limit=limit,
        redo=redo,
    )
    raise typer.Exit(terminal.carry_out(plan, desk, report_path, as_json=as_json))


Records = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="RECORDS…", help="Record files, digests or shelves; the shelf when none is given.", show_default=False
    ),
]


@app.command()
def compare(
    records: Records = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail when the records were not obtained under one norm.")
    ] = False,
    shelf: ShelfPath = "shelf",
    as_json: Json = False,
) -> None:
    """Rank models norm by norm, with paired tests; say exactly what differs where norms do."""
    from eyechart import terminal  # noqa: PLC0415

    terminal.compare(records or (), shelf, strict=strict, as_json=as_json)


@app.command()
def report(
    records: Records = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="The page to write.")] = Path("report.html"),
    shelf: ShelfPath = "shelf",
) -> None:
    """Write one self-contained HTML page that opens offline."""
    from eyechart import terminal  # noqa: PLC0415

    terminal.report(records or (), shelf, out)


WHAT = ("models", "data", "exams", "charts", "norms")


@app.command(name="list")
def list_(
    what: Annotated[str, typer.Argument(metavar="|".join(WHAT), autocompletion=lambda: list(WHAT))] = "exams",
    shelf: ShelfPath = "shelf",
    as_json: Json = False,
) -> None:
    """What there is: models, data, exams, charts, or the norms on a shelf."""
    from eyechart import listing  # noqa: PLC0415

    listing.show(what, shelf, as_json=as_json)


@app.command()
def show(
    thing: Annotated[str, typer.Argument(help="An exam, a chart, a record file, a dataset or a model.")],
    shelf: ShelfPath = "shelf",
    as_json: Json = False,
) -> None:
    """Everything about one thing: an exam and its settings, a chart, a record, a dataset, a model's card."""
    from eyechart import listing  # noqa: PLC0415

    listing.describe(thing, shelf, as_json=as_json)


@app.command()
def cache(
    verify: Annotated[bool, typer.Option("--verify", help="Read every shard and check its digest.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Remove all features; records stay.")] = False,
    shelf: ShelfPath = "shelf",
    store: StoreUrl = None,
    as_json: Json = False,
) -> None:
    """The kept features: how many, how large, whole or not."""
    from eyechart import listing  # noqa: PLC0415

    raise typer.Exit(listing.cache(store or f"{shelf}/features", verify=verify, clear=clear, as_json=as_json))


def main() -> None:
    """Entry point: what a user can act on is one sentence and exit code 2, never a traceback."""
    keep_memory()
    try:
        app()
    except EyechartError as error:
        typer.secho(f"eyechart: {error}", fg="red", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.secho("eyechart: stopped; what was done is on the shelf, the same command goes on from there", err=True)
        sys.exit(130)
