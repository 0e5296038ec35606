"""The page of the command line, written from the commands themselves (a hook of mkdocs)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

import typer

from eyechart.cli import app

MARK = "<!-- commands -->"


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put in every command."""
    return markdown.replace(MARK, "\n\n".join(commands())) if MARK in markdown else markdown


def commands() -> Iterator[str]:
    """Every command as Markdown; those of a group after it."""
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # it is a group
    for name, command in sorted(known.items()):
        yield told(f"eyechart {name}", command)
        for below, inner in getattr(command, "commands", {}).items():
            yield told(f"eyechart {name} {below}", inner)


def told(name: str, command: Any) -> str:
    """Heading, what it does, and its arguments and options with their defaults."""
    words = re.sub(r"\[/?bold\]", "`", cleandoc(command.help or ""))
    rows = [row(parameter) for parameter in command.params if not getattr(parameter, "hidden", False)]
    table = "\n".join(["| | | default |", "|---|---|---|", *rows]) if rows else ""
    return f"## `{name}`\n\n{words}\n\n{table}"


def row(parameter: Any) -> str:
    """One argument or option."""
    option = parameter.param_type_name == "option"
    names = ", ".join(f"`{name}`" for name in parameter.opts) if option else f"`{parameter.metavar or parameter.name}`"
    plain = parameter.default is None or callable(parameter.default) or parameter.default in (False, "")
    default = "" if plain else f"`{parameter.default}`"
    return f"| {names} | {getattr(parameter, 'help', '') or ''} | {default} |"
