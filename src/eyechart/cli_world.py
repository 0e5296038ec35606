"""The commands of `eyechart world`: look at it, ask about one picture, write it out for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="The built-in visual world: look at it, ask about one picture, export it.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


def _complete_sheets(incomplete: str) -> list[str]:
    from eyechart.world.sheet import SHEETS  # noqa: PLC0415  # numpy loads when somebody asks

    return [name for name in SHEETS if name.startswith(incomplete)]


def _complete_formats(incomplete: str) -> list[str]:
    from eyechart.data.export import FORMATS  # noqa: PLC0415

    return [name for name in FORMATS if name.startswith(incomplete)]


Of = Annotated[str, typer.Option(metavar="WHAT", help="scenes, writing, people or documents.")]
Seed = Annotated[int, typer.Option(min=0, help="Another seed is another world.")]
Draw = Annotated[
    str,
    typer.Option(
        metavar="HOW", help="balanced, or long-tailed: by Zipf's law. Of scenes and people.", show_default=False
    ),
]
Language = Annotated[str, typer.Option(metavar="CODE", help="Of captions, questions and class names: en or zh.")]
Size = Annotated[int, typer.Option(metavar="PX", help="Pixels per side, 32 to 512; 0: as suits it best.")]


@app.command()
def sheet(
    by: Annotated[
        str,
        typer.Option(metavar="WHAT", help="What the sheet shows; see below.", autocompletion=_complete_sheets),
    ] = "concept",
    out: Annotated[Path, typer.Option("-o", "--out", help="The PNG to write.")] = Path("world.png"),
    size: Size = 0,
    labels: Annotated[bool, typer.Option("--labels/--no-labels", help="With names, or without, to guess them.")] = True,
) -> None:
    """Draw a contact sheet: many small pictures with their names.

    Things: concept, taxonomy, state, colour, texture, material, style, size, pose, skin.
    Scenes: world, place, habit, scene, relation, twin, motion, depth, spectrum.
    Texts and faces: writing, font, look-alike, document, people, face.

    [bold]eyechart world sheet --by place[/bold]

    [bold]eyechart world sheet --no-labels --size 64 -o guess.png[/bold]
    """
    from eyechart import listing_world  # noqa: PLC0415  # heavy libraries load when a command needs them

    listing_world.sheet(by, out, size, labels=labels)


@app.command()
def show(  # noqa: PLR0913, PLR0917  # one parameter per option
    index: Annotated[int, typer.Argument(min=0, metavar="NUMBER", help="Of the picture, from 0.", show_default=False)],
    twin: Annotated[
        str | None,
        typer.Option(metavar="CHANGE", help='Beside its twin, such as "colour of object 2".', show_default=False),
    ] = None,
    of: Of = "scenes",
    split: Annotated[str, typer.Option(help="train, valid or test.")] = "train",
    seed: Seed = 0,
    size: Size = 256,
    draw: Draw = "",
    language: Language = "en",
    out: Annotated[Path, typer.Option("-o", "--out", help="The PNG to write.")] = Path("item.png"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Everything that is known of one picture: facts, captions true and false, questions, twins; and its PNG.

    [bold]eyechart world show 17 --size 512[/bold]

    [bold]eyechart world show 17 --twin "colour of object 2"[/bold]
    """
    from eyechart import listing_world  # noqa: PLC0415
    from eyechart.data.reels import Order  # noqa: PLC0415

    order = Order(of=of, seed=seed, size=size, draw=draw, language=language)
    listing_world.show(order, split, index, out, twin=twin, as_json=as_json)


app.command("item", hidden=True)(show)


@app.command()
def export(  # noqa: PLR0913, PLR0917
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder to make.", show_default=False)],
    form: Annotated[
        str,
        typer.Option(
            "--as", metavar="FORMAT", help="folder, webdataset, parquet or coco.", autocompletion=_complete_formats
        ),
    ] = "folder",
    count: Annotated[int, typer.Option(min=1, help="Pictures of every split.")] = 1000,
    splits: Annotated[
        list[str] | None,
        typer.Option("--split", help="train, valid or test; repeatable.  [default: test]", show_default=False),
    ] = None,
    of: Of = "scenes",
    seed: Seed = 0,
    size: Size = 0,
    draw: Draw = "",
    language: Language = "en",
    masks: Annotated[bool, typer.Option("--masks", help="Masks beside the boxes; coco has them always.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes.  [default: all cores]")] = None,
) -> None:
    """Write pictures with all that is known of them, so that any other tool can read them.

    [bold]eyechart world export ./pictures --as webdataset --split train --split test --count 10000[/bold]

    The same command writes the same bytes. The folder appears when it is whole.
    """
    from eyechart import listing_world  # noqa: PLC0415
    from eyechart.data.reels import Order  # noqa: PLC0415

    order = Order(of=of, seed=seed, size=size, draw=draw, language=language)
    wanted = tuple(dict.fromkeys(splits or ["test"]))
    try:
        listing_world.export(order, out, form, dict.fromkeys(wanted, count), masks=masks, workers=workers)
    except KeyboardInterrupt:
        typer.secho(f"eyechart: stopped; nothing was written to {out}", fg="red", err=True)
        raise typer.Exit(130) from None
