"""The tab of work in progress: records as they arrive, and a run that learns."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from eyechart import draw
from eyechart.errors import EyechartError
from eyechart.view import watching
from eyechart.view.pages import rendered, sentence
from eyechart.view.records import Records


def build(records: Records, root: Path, wake: Sequence[Any]) -> None:
    """Put the tab into the surrounding blocks; `wake` tells when to look again."""
    seen = gr.State(())
    gr.Markdown(f"## Learning below `{root}`")
    which = gr.Dropdown(label="Run", choices=list(watching.runs(root)), elem_id="run")
    state = gr.HTML(elem_id="run-state")
    curves = gr.HTML(elem_id="run-curves")
    gr.Markdown("## Examining")
    arriving = gr.HTML(elem_id="arriving")

    def look(name: str | None, before: tuple[Any, ...]) -> Any:
        names = watching.runs(root)
        name = name if name in names else next(iter(names), None)
        picker = gr.skip() if before[:2] == (names, name) else gr.Dropdown(choices=list(names), value=name)
        now: tuple[Any, ...] = (names, name)
        if name is None:
            said, drawn = rendered("run", {"told": None, "root": str(root)}), ""
        else:
            status = (root / name / watching.LOG).stat()
            now = (*now, status.st_mtime_ns, status.st_size)
            said, drawn = _run(root, name, status.st_mtime, drawn=now != before)
        return picker, said, gr.skip() if now == before else drawn, _arriving(records), now

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    outputs = [which, state, curves, arriving, seen]
    gr.on([*wake, which.input], look, [which, seen], outputs, **quiet)


def _run(root: Path, name: str, written: float, *, drawn: bool) -> tuple[str, str]:
    """The run in words and, where its curves are wanted, drawn; or why it cannot be read."""
    try:
        run = watching.read(root, name)
    except EyechartError as error:
        return sentence(str(error)), ""
    told = rendered("run", {"told": watching.told(run, time.time(), written), "root": str(root)})
    charts = watching.curves(run).items() if drawn else ()
    return told, rendered("curves", {"curves": {what: draw.to_svg(one, f"{what} of {name}") for what, one in charts}})


def _arriving(records: Records) -> str:
    try:
        return rendered("arriving", {"rows": records.rows(), "shelf": records.shelf.place.url})
    except EyechartError as error:
        return sentence(str(error))
