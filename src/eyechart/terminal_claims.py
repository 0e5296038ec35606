"""What `eyechart claims` prints. Layout only; the verdicts come from `eyechart.claims`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from eyechart.claims.evidence import evidence, schooling
from eyechart.claims.listed import CLAIMS
from eyechart.claims.page import markdown, values
from eyechart.claims.verdicts import Judged, judge
from eyechart.errors import BadInput
from eyechart.listing import print_json
from eyechart.store.shelf import Shelf
from eyechart.terminal import complaints, console

STYLES = {"supported": "green", "contradicted": "red", "undecided": "yellow", "not examined": "dim"}


def tell(shelves: Sequence[str], out: Path | None, *, as_json: bool) -> None:
    """Judge all claims by the records of these shelves; print, and write the page where one is wanted.

    Raises:
        BadInput: the shelves hold no records, or the page cannot be written.
    """
    records = [record for shelf in shelves for record in Shelf(shelf).records()]
    if not records:
        raise BadInput(f"no records on {', '.join(shelves)}; run `eyechart examine` first, or name another --shelf")
    judged = judge(CLAIMS, evidence(records, schooling))
    if as_json:
        print_json(values(judged))
    else:
        console.print(table(judged))
    if out is not None:
        _write(out, markdown(judged))
        complaints.print(f"written: {out.resolve()}", soft_wrap=True, highlight=False)


def table(judged: Sequence[Judged]) -> Table:
    """One line per claim."""
    told = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", "claim", "verdict", "how many"):
        told.add_column(heading, no_wrap=heading == "verdict")
    for one in judged:
        told.add_row(one.claim.id, Text(one.claim.text), Text(one.verdict, style=STYLES[one.verdict]), one.count)
    return told


def _write(out: Path, page: str) -> None:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(page, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {error.strerror}") from error
