"""What `list`, `show` and `cache` print. Layout only; the facts come from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from inspect import cleandoc
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from eyechart import plugins
from eyechart.charts import CHARTS
from eyechart.errors import BadInput, UnknownName

console = Console()
Rows = Sequence[Mapping[str, Any]]


def show(what: str, shelf: str, *, as_json: bool) -> None:
    """Print one kind of thing. Raises `UnknownName`."""
    kinds: dict[str, Callable[[], Rows]] = {
        "models": _models,
        "data": lambda: _plugins("data"),
        "exams": lambda: _plugins("exams"),
        "charts": lambda: [
            {"chart": name, "exams": ", ".join(chart.exams), "purpose": chart.purpose} for name, chart in CHARTS.items()
        ],
        "norms": lambda: _norms(shelf),
    }
    if what not in kinds:
        raise UnknownName("kind of thing to list", what, kinds)
    emit(kinds[what](), as_json=as_json)


def emit(rows: Rows, *, as_json: bool) -> None:
    """Rows as a table, or as JSON."""
    if as_json:
        print_json(list(rows))
        return
    if not rows:
        console.print("none")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, name in enumerate(rows[0]):
        table.add_column(name, style="cyan" if index == 0 else None, no_wrap=index == 0, overflow="fold")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    console.print(table)


def print_json(value: Any) -> None:
    """JSON on standard output, without colour or folding."""
    console.file.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def _plugins(kind: str) -> Rows:
    word = plugins.KINDS[kind]
    return [{word: name, "what it is": plugins.summary(kind, name)} for name in plugins.names(kind)]


def _models() -> Rows:
    shipped = [_shipped(name, folder) for name, folder in plugins.shipped().items()]
    return [*shipped, *(_source(plugins.summary("models", name)) for name in plugins.names("models") if name != "zoo")]


def _shipped(name: str, folder: Path) -> dict[str, str]:
    facts = json.loads((folder / "config.json").read_text(encoding="utf-8"))["facts"]
    told = f"ships with eyechart; trained on {facts['trained_on']}"
    return {"model": f"zoo:{name}", "what it is": f"{told}; {facts['reached']}" if "reached" in facts else told}


def _source(summary: str) -> dict[str, str]:
    """``"``timm:<model>``: any backbone"`` → the pattern, and what it is."""
    pattern, _, words = summary.removeprefix("``").partition("``: ")
    return {"model": pattern, "what it is": words}


def _norms(shelf: str) -> Rows:
    from eyechart.store.codec import plain  # noqa: PLC0415
    from eyechart.store.digest import of_json  # noqa: PLC0415
    from eyechart.store.shelf import Shelf  # noqa: PLC0415

    found: dict[str, dict[str, Any]] = {}
    for record in Shelf(shelf).records():
        norm = record.norm
        row = found.setdefault(
            of_json(plain(norm))[:8],
            {"norm": "", "exam": norm.exam, "data": norm.data, "split": norm.split, "items": norm.count, "records": 0},
        )
        row["records"] += 1
    return [{**row, "norm": digest} for digest, row in found.items()]


def describe(thing: str, shelf: str, *, as_json: bool) -> None:
    """Print all about one thing: exam, chart, record, dataset or model, looked for in this order."""
    for look in (_exam, _chart, _record, _dataset):
        facts = look(thing, shelf)
        if facts is not None:
            break
    else:
        facts = _model(thing)
    if as_json:
        print_json(facts)
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts.items():
        table.add_row(name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))
    console.print(table)


def _exam(thing: str, _shelf: str) -> dict[str, Any] | None:
    from eyechart.settings import defaults  # noqa: PLC0415

    if thing.replace("-", "_") not in plugins.names("exams"):
        return None
    exam = plugins.find("exams", thing)
    return {
        "exam": exam.name,
        "question": exam.question,
        "measure": cleandoc(exam.__doc__ or ""),
        "version": exam.version,
        "needs a model that is": " or ".join(need.__name__ for need in exam.needs),
        "asks of the data": ", ".join(exam.asks),
        "headline": exam.headline,
        **{f"--set {exam.name}.{name}": value for name, value in defaults(exam).items()},
    }


def _chart(thing: str, _shelf: str) -> dict[str, Any] | None:
    found = CHARTS.get(thing)
    if found is None:
        return None
    return {"chart": thing, "purpose": found.purpose, "exams": list(found.exams), "settings": list(found.settings)}


def _record(thing: str, shelf: str) -> dict[str, Any] | None:
    from eyechart.store.codec import plain  # noqa: PLC0415
    from eyechart.store.shelf import Shelf  # noqa: PLC0415

    if not thing.endswith(".json") or "instances" in thing:
        return None
    return plain(Shelf(shelf).read(thing).record)


def _dataset(thing: str, _shelf: str) -> dict[str, Any] | None:
    from eyechart.data import load  # noqa: PLC0415
    from eyechart.data.name import parse  # noqa: PLC0415

    try:
        parse(thing)
    except BadInput:
        return None
    found = load(thing)
    first = found.items[0]
    return {
        "dataset": found.name,
        "split": found.split,
        "revision": found.revision,
        "items": len(found),
        "to learn from": len(found.train) if found.train is not None else 0,
        "classes": list(found.classes),
        "templates": list(found.templates),
        "captions": list(first.captions),
        "facts": dict(first.facts),
        "licence": found.licence,
    }


def _model(thing: str) -> dict[str, Any]:
    from eyechart.models import load  # noqa: PLC0415
    from eyechart.store.codec import plain  # noqa: PLC0415

    try:
        return plain(load(thing, device="cpu").card)
    except UnknownName as error:
        raise BadInput(f"{thing!r} is no exam, chart, record, dataset or model; {error}") from error


def cache(store: str, *, verify: bool, clear: bool, as_json: bool) -> int:
    """Print what the feature store holds; exit code 1 when something in it is not what was written."""
    from eyechart.store.cache import FeatureStore  # noqa: PLC0415

    features = FeatureStore(store)
    if clear:
        features.prune()
    broken = list(features.verify()) if verify else []
    emit(features.summary(), as_json=as_json)
    for name in broken:
        console.print(f"[red]set aside, not what was written:[/red] {name}")
    return 1 if broken else 0
