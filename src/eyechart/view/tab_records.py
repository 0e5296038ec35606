"""The tab of records: filter, choose, compare, and write the report of what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import gradio as gr

from eyechart.errors import EyechartError
from eyechart.reporting.page import write
from eyechart.view.comparing import comparison
from eyechart.view.pages import rendered, sentence
from eyechart.view.records import Records, listed

MOST = 200  # rows shown at once
PICK = """
element.addEventListener('change', () => {
  const names = [...element.querySelectorAll('input:checked')].map(box => box.value);
  trigger('pick', {names: names});
});
"""


def build(records: Records, wake: Sequence[Any], scratch: Path) -> None:
    """Put the tab into the surrounding blocks.

    `wake` tells when to look whether the shelf changed; reports are written into `scratch`.
    """
    chosen = gr.State([])
    seen = gr.State(-1)
    typed = gr.Textbox(label="Filter", placeholder="words that a record must hold: knn world vit", elem_id="filter")
    with gr.Row():
        every = gr.Button("Choose all that are listed", size="sm", elem_id="choose-all")
        none = gr.Button("Choose none", size="sm", elem_id="choose-none")
        make = gr.Button(_offered(0), interactive=False, size="sm", elem_id="make-report")
        page = gr.DownloadButton("Download report.html", visible=False, size="sm", variant="primary", elem_id="report")
    table = gr.HTML(js_on_load=PICK, elem_id="records")
    compared = gr.HTML(comparison(()), elem_id="comparison")

    def show(words: str, names: Sequence[str]) -> str:
        return _table(records, words, names)

    def picked(event: gr.EventData) -> list[str]:
        return [str(name) for name in event.names]

    def all_listed(words: str, names: Sequence[str]) -> list[str]:
        return [row.name for row in listed(records.rows(), words, names)]

    def look(count: int) -> Any:
        now = records.count()
        return gr.skip() if now == count else now

    def compare(names: Sequence[str]) -> tuple[str, Any, Any]:
        return _compared(records, names), _offer(len(names)), gr.DownloadButton(visible=False)

    def report(names: Sequence[str]) -> Any:
        return gr.DownloadButton(value=str(_report(records, names, scratch)), visible=True)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    typed.change(show, [typed, chosen], table, trigger_mode="always_last", **quiet)
    table.pick(picked, None, chosen, trigger_mode="always_last", **quiet)
    every.click(all_listed, [typed, chosen], chosen, **quiet).then(show, [typed, chosen], table, **quiet)
    none.click(list, None, chosen, **quiet).then(show, [typed, chosen], table, **quiet)
    chosen.change(compare, chosen, [compared, make, page], trigger_mode="always_last", api_visibility="private")
    gr.on(wake, look, seen, seen, **quiet)
    seen.change(show, [typed, chosen], table, trigger_mode="always_last", **quiet)  # with what is typed by then
    make.click(report, chosen, page, api_visibility="private")


def _offered(count: int) -> str:
    return f"Write a report of the {count} chosen" if count else "Choose records to write a report of them"


def _offer(count: int) -> Any:
    return gr.Button(_offered(count), interactive=count > 0)


def _table(records: Records, words: str, names: Sequence[str]) -> str:
    try:
        rows = records.rows()
    except EyechartError as error:
        return sentence(str(error))
    found = listed(rows, words, names)
    values = {"rows": found, "total": len(rows), "chosen": set(names), "most": MOST, "more": len(found) > MOST}
    return rendered("records", {**values, "shelf": records.shelf.place.url})


def _compared(records: Records, names: Sequence[str]) -> str:
    try:
        return comparison(records.results(names))
    except EyechartError as error:
        return sentence(str(error))


def _report(records: Records, names: Sequence[str], scratch: Path) -> Path:
    """The report of these records, in a folder of its own."""
    try:
        return write(records.results(names), (), records.shelf, Path(mkdtemp(dir=scratch)) / "report.html")
    except EyechartError as error:
        raise gr.Error(str(error), print_exception=False) from error
