"""The same in Python: examine, compare, report, publish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eyechart.charts import Chart, chart
from eyechart.core import Dataset, Exam, Model, Record, Result
from eyechart.progress import Bars
from eyechart.reporting.comparison import Comparison
from eyechart.reporting.comparison import compare as compare_results
from eyechart.reporting.page import write
from eyechart.run import Desk, Outcome, Plan
from eyechart.run import examine as carry_out
from eyechart.settings import exams as exams_by_name
from eyechart.store.cache import FeatureStore
from eyechart.store.shelf import Shelf
from eyechart.ways.way import Published
from eyechart.ways.way import publish as hand_over


def examine(
    models: Sequence[str | Model],
    data: Sequence[str | Dataset] = ("world",),
    exams: Sequence[str | Exam] | str = "quick",
    *,
    settings: Sequence[str] = (),
    shelf: str | Path = "shelf",
    limit: int | None = None,
) -> list[Outcome]:
    """Examine models on datasets; returns records and refusals, all of them on the shelf too.

    Args:
        models: names as for `load`, or objects with the capabilities of `eyechart.core`.
        data: names as for `load_data`, or `Dataset` values.
        exams: the name of a chart, or exams by name or as values.
        settings: ``exam.field=value`` for exams given by name.
        shelf: a folder or an fsspec URL for results; features are kept in its ``features``.
        limit: at most so many items per dataset, drawn by digest and stratified by class.
    """
    battery = chart(exams) if isinstance(exams, str) else Chart(purpose="as given", exams=_names(exams))
    given = () if isinstance(exams, str) else tuple(exam for exam in exams if not isinstance(exam, str))
    named = exams_by_name(battery.exams, (*battery.settings, *settings))
    plan = Plan(models=tuple(models), data=tuple(data), exams=(*named, *given), limit=limit)
    desk = Desk(shelf=Shelf(shelf), store=FeatureStore(f"{shelf}/features"), progress=Bars())
    return list(carry_out(plan, desk))


def compare(records: Sequence[Record | str | Path], *, shelf: str | Path = "shelf") -> Comparison:
    """Rank models by norm, with paired tests on the rows they share; results of other norms stay apart."""
    place = Shelf(shelf)
    return compare_results([_result(record, place) for record in records])


def report(
    records: Sequence[Record | str | Path], out: str | Path = "report.html", *, shelf: str | Path = "shelf"
) -> Path:
    """Write one self-contained HTML page and return its path."""
    place = Shelf(shelf)
    return write([_result(record, place) for record in records], (), place, Path(out))


def publish(
    records: Sequence[Record | str | Path],
    way: str,
    where: str | Path = "",
    *,
    options: Mapping[str, Any] | None = None,
    shelf: str | Path = "shelf",
) -> Published:
    """Write results as other programs read them; returns what was written, and what was left out and why.

    Args:
        records: record values, record files, or names on the shelf.
        way: "markdown", "latex", "csv", "figures", "card", "mlflow", "wandb", "tensorboard", "features" or "probe".
        where: a file, a folder or an address, as the way has it; its usual place when empty.
        options: of that way, for example ``{"formats": ("pdf",)}``.
        shelf: where sheets and kept features lie.
    """
    place = Shelf(shelf)
    found = [_result(record, place) for record in records]
    return hand_over(found, way, str(where), shelf=str(shelf), options=options or {})


def _names(exams: Sequence[str | Exam]) -> tuple[str, ...]:
    return tuple(exam for exam in exams if isinstance(exam, str))


def _result(record: Record | str | Path, shelf: Shelf) -> Result:
    """A record with its sheet: of a record value, a record file, or a name on the shelf."""
    return Result(record, shelf.sheet(record.sheet)) if isinstance(record, Record) else shelf.read(record)
