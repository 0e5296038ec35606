"""What the commands of `eyechart world` print and write. Layout only; the facts come from elsewhere."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from rich.table import Table
from rich.text import Text

from eyechart.data.export import export as write_out
from eyechart.data.export.known import Known, words
from eyechart.data.reels import Order, Reel, Shown, ShownScene, open_reel
from eyechart.errors import BadInput
from eyechart.listing import console, print_json
from eyechart.progress import Bars
from eyechart.world.sheet import sheet as draw_sheet
from eyechart.world.world import Twin, World

_HAIR = 8  # pixels between a picture and its twin


def sheet(by: str, out: Path, size: int, *, labels: bool) -> None:
    """Draw a contact sheet. Raises `UnknownName` or `BadInput`."""
    _save(draw_sheet(by, size=size, labels=labels), out)


def export(order: Order, out: Path, form: str, counts: Mapping[str, int], *, masks: bool, workers: int | None) -> None:
    """Write pictures for other tools, and say how to examine them."""
    if masks and order.of != "scenes":
        raise BadInput(f"only scenes have masks; the {order.of} have boxes at most, so leave out --masks")
    reels = {split: open_reel(order, split) for split in counts}
    wanted = masks or form == "coco"
    sources = {split: Known(reel=reel, count=counts[split], masks=wanted) for split, reel in reels.items()}
    told = words(next(iter(reels.values())))
    names = write_out(out, form, sources, told, workers=workers or os.cpu_count() or 1, progress=Bars())
    listed = ", ".join(f"{count:,} of {split}" for split, count in counts.items())
    _say(f"wrote {out}: {listed}")
    for name in names:
        _say(f"eyechart examine --data {shlex.quote(name)}")


def show(order: Order, split: str, index: int, out: Path, *, twin: str | None, as_json: bool) -> None:
    """Print all that is known of a picture and draw it, or beside it the twin that differs in `twin`.

    Raises:
        UnknownName: there is no such kind, split, draw, language or change.
        BadInput: this picture has no such twin; the file cannot be written.
    """
    reel = open_reel(order, split)
    if twin is not None:
        _twins(_twin(reel, index, twin), order.language, out, as_json=as_json)
        return
    shown = reel[index]
    changes = reel.world.changes(index) if isinstance(reel.world, World) else ()
    if as_json:
        print_json(_plain(reel, shown, changes))
    else:
        console.print(_table(_lines(_plain(reel, shown, changes))))
    _save(Image.fromarray(shown.drawn().pixels), out, as_json=as_json)


def _twin(reel: Reel, index: int, change: str) -> Twin:
    if not isinstance(reel.world, World):
        raise BadInput(f"only scenes have twins; of the {reel.kind} there are none")
    return reel.world.twin(index, change)


def _twins(twin: Twin, language: str, out: Path, *, as_json: bool) -> None:
    """Both pictures in one file, and a sentence for each."""
    one, other = twin.told(language)
    told = {"change": str(twin.change), "this one": one, "its twin": other}
    if as_json:
        print_json(told)
    else:
        console.print(_table((name, Text(line)) for name, line in told.items()))
    before, after = twin.before.pixels, twin.view.pixels
    hair = np.full((before.shape[0], _HAIR, 3), 255, dtype=np.uint8)
    _save(Image.fromarray(np.concatenate([before, hair, after], axis=1)), out, as_json=as_json)


def _plain(reel: Reel, shown: Shown, changes: Sequence[str]) -> dict[str, Any]:
    """All of it as JSON knows it."""
    drawn = shown.drawn()
    return {
        "class": reel.subject.classes[shown.label],
        "facts": dict(shown.facts),
        "scenes": _scenes(shown),
        "regions": [
            {"name": name, "box": [round(edge) for edge in box]}
            for name, box in zip(shown.names, drawn.boxes, strict=True)
        ],
        "captions": shown.captions,
        "falsehoods": [{"text": false.text, "change": false.change} for false in shown.falsehoods],
        "questions": shown.questions,
        "changes": changes,
    }


def _lines(told: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    yield "class", Text(told["class"], style="bold")
    yield "facts", Text(", ".join(f"{name} {_word(value)}" for name, value in told["facts"].items() if value != ""))
    if told["scenes"]:
        yield "scene", Text(", ".join(told["scenes"]))
    for number, region in enumerate(told["regions"], start=1):
        left, top, right, bottom = region["box"]
        yield f"object {number}", Text(f"{region['name']}, {left}–{right} × {top}–{bottom}")
    for caption in told["captions"]:
        yield "true", Text(caption, style="green")
    for false in told["falsehoods"]:
        yield "false", Text.assemble((false["text"], "red"), (f"  {false['change']}", "dim"))
    for question in told["questions"]:
        others = [option for option in question.get("options", ()) if option != question["answer"]]
        rest = f"  not {', '.join(others)}" if others else ""
        yield "asked", Text.assemble(question["text"], " ", (question["answer"], "bold"), (rest, "dim"))
    if told["changes"]:
        yield "--twin", Text(", ".join(told["changes"]))


def _scenes(shown: Shown) -> tuple[str, ...]:
    return shown.view.scene_concepts if isinstance(shown, ShownScene) else ()


def _word(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _table(rows: Iterable[tuple[str, Text]]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, line in rows:
        table.add_row(name, line)
    return table


def _save(image: Image.Image, out: Path, *, as_json: bool = False) -> None:
    """Write a picture, and say so. Raises `BadInput` where it cannot be written."""
    try:
        image.save(out)
    except (OSError, ValueError) as error:
        raise BadInput(f"cannot write {out}: {error}") from error
    if not as_json:
        _say(f"wrote {out}")


def _say(sentence: str) -> None:
    console.print(sentence, markup=False, highlight=False, soft_wrap=True)
