"""The command `eyechart claims`: what the records on shelves say to what is said of vision models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def claims(
    shelf: Annotated[
        list[str] | None,
        typer.Option("--shelf", help="Where records are kept; repeatable. Default: shelf.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The Markdown page to write as well.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Judge each claim by the records: supported, contradicted, undecided or not examined.

    [bold]eyechart claims --shelf shelf -o docs/claims.md[/bold]
    """
    from eyechart import terminal_claims  # noqa: PLC0415  # heavy libraries load when a command needs them

    terminal_claims.tell(shelf or ["shelf"], out, as_json=as_json)
