"""What the working commands print while and after they work. Layout only; the facts come from elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from eyechart.core import Norm, Record, Refusal, Result
from eyechart.errors import BadInput, NormMismatch
from eyechart.listing import print_json
from eyechart.progress import Bars, quiet
from eyechart.reporting.comparison import compare as compare_results
from eyechart.reporting.page import write
from eyechart.reporting.tables import comparison_table
from eyechart.reporting.words import interval, number
from eyechart.run import Desk, Outcome, Plan, again, examine
from eyechart.store.cache import FeatureStore
from eyechart.store.codec import plain
from eyechart.store.shelf import Shelf

console = Console()
complaints = Console(stderr=True)


def open_desk(shelf: str, store: str | None, batch: int | None, device: str, *, as_json: bool) -> Desk:
    """Open the shelf and the feature store; bars only where somebody reads tables."""
    return Desk(
        shelf=Shelf(shelf),
        store=FeatureStore(store or f"{shelf}/features"),
        progress=quiet if as_json else Bars(),
        batch=batch,
        device=device,
    )


def carry_out(plan: Plan, desk: Desk, page: str, *, as_json: bool) -> int:
    """Examine, print each outcome as it comes, then the table and where the page is. Returns the exit code."""
    outcomes: list[Outcome] = []
    for outcome in examine(plan, desk):
        outcomes.append(outcome)
        if not as_json:
            console.print(_line(outcome), highlight=False, soft_wrap=True)
    records = [outcome for outcome in outcomes if isinstance(outcome, Record)]
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    if as_json:
        print_json([plain(outcome) for outcome in outcomes])
    elif records:
        console.print(summary(records, console.width))
        for line in unread(records):
            console.print(line, style="yellow", markup=False, highlight=False, soft_wrap=True)
    if page and records:
        results = [Result(record, desk.shelf.sheet(record.sheet)) for record in records]
        where = write(results, refusals, desk.shelf, Path(page))
        complaints.print(f"report: {where.resolve()}", soft_wrap=True, highlight=False)
    if not any(refusal.exam == "*" for refusal in refusals):
        return 0
    return 1 if records else 2


def summary(records: Sequence[Record], width: int) -> Table:
    """Headlines with their intervals, and what chance would give: models side by side where so many columns fit."""
    models = list(dict.fromkeys(record.card.name for record in records))
    found = {(record.norm.data, record.norm.exam, record.card.name): record for record in records}
    rows = [
        [found.get((data, exam, model)) for model in models]
        for data, exam in dict.fromkeys((record.norm.data, record.norm.exam) for record in records)
    ]
    across = _across(models, rows)
    needed = Measurement.get(console, console.options.update(max_width=sys.maxsize), across).maximum
    return across if needed <= width else _down(models, rows)


def _across(models: Sequence[str], rows: Sequence[Sequence[Record | None]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("data", "exam", "measure", "chance"):
        table.add_column(heading)
    for model in models:
        table.add_column(escape(model), justify="right")
    for cells in rows:
        norm, measure, chance = _asked(cells)
        table.add_row(escape(norm.data), norm.exam, measure, chance, *map(_answer, cells))
    return table


def _down(models: Sequence[str], rows: Sequence[Sequence[Record | None]]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True)
    for cells in rows:
        norm, measure, chance = _asked(cells)
        asked = f"{norm.exam} on {escape(norm.data)}: {measure}{chance and f', chance {chance}'}"
        table.add_row(f"[bold]{asked}[/]")
        for model, cell in zip(models, cells, strict=True):
            table.add_row(f"  {escape(model)}", _answer(cell))
    return table


def _asked(cells: Sequence[Record | None]) -> tuple[Norm, str, str]:
    """The norm, the name of the headline, and the chance level in words."""
    example = next(record for record in cells if record is not None)
    chance = example.estimates[example.headline].chance
    return example.norm, example.headline, "" if chance is None else number(chance)


def _answer(record: Record | None) -> str:
    return "refused" if record is None else interval(record.estimates[record.headline])


def unread(records: Sequence[Record]) -> Iterator[str]:
    """One line per dataset with pictures that could not be read, and the first few of them."""
    for data in dict.fromkeys(record.norm.data for record in records):
        lost = dict.fromkeys(entry for record in records if record.norm.data == data for entry in record.unread)
        if lost:
            shown = "; ".join(f"{entry.id}: {entry.reason}" for entry in islice(lost, 3))
            yield f"{data}: {len(lost)} pictures could not be read and were left out ({shown}{' …' * (len(lost) > 3)})"


def _line(outcome: Outcome) -> str:
    if isinstance(outcome, Refusal):
        said = f"{outcome.model} · {outcome.data} · {outcome.exam}: {outcome.reason}"
        return f"[yellow]–[/yellow] {escape(said)}"
    headline = outcome.estimates[outcome.headline]
    seconds = outcome.seconds.get("measure", 0.0)
    taken = f"{outcome.card.name} · {outcome.norm.data} · {outcome.norm.exam}: {outcome.headline} {interval(headline)}"
    return f"[green]✓[/green] {escape(taken)} [dim]{seconds:.1f} s[/dim]"


def repeat(record: Path, desk: Desk, *, as_json: bool) -> int:
    """Obtain a record again and say whether it is the same. Returns the exit code."""
    before = desk.shelf.read(record).record
    after = again(before, desk)
    same = (before.norm, before.estimates) == (after.norm, after.estimates)
    if as_json:
        print_json({"same": same, "before": plain(before), "after": plain(after)})
    elif same:
        console.print(f"same: {after.card.name} · {after.norm.data} · {after.norm.exam}, every estimate equal")
    else:
        for name, estimate in after.estimates.items():
            old = before.estimates.get(name)
            if old != estimate:
                console.print(f"differs: {name} was {old and interval(old)}, is {interval(estimate)}", markup=False)
    return 0 if same else 1


def compare(names: Sequence[str], shelf: str, *, strict: bool, as_json: bool) -> None:
    """Print the ranking of each norm. Raises `NormMismatch` when `strict` and there is more than one norm per exam."""
    results, _ = collect(names, Shelf(shelf))
    comparison = compare_results(results)
    if strict and comparison.differences:
        raise NormMismatch("; ".join(comparison.differences))
    if as_json:
        print_json(plain(comparison))
        return
    console.print(comparison_table(comparison))
    for sentence in comparison.differences:
        console.print(sentence, style="yellow", markup=False)


def report(names: Sequence[str], shelf: str, out: Path) -> None:
    """Write the page for these records, or for the whole shelf."""
    place = Shelf(shelf)
    results, refusals = collect(names, place)
    console.print(f"report: {write(results, refusals, place, out).resolve()}", soft_wrap=True, highlight=False)


def collect(names: Sequence[str], shelf: Shelf) -> tuple[list[Result], list[Refusal]]:
    """Records by file, digest or shelf; without names the newest record of each norm and model, and the refusals."""
    if not names:
        return _whole(shelf)
    results: list[Result] = []
    refusals: list[Refusal] = []
    for name in names:
        if Path(name).is_dir():
            found, declined = _whole(Shelf(name))
            results, refusals = [*results, *found], [*refusals, *declined]
        else:
            results.append(shelf.read(name))
    return results, refusals


def _whole(shelf: Shelf) -> tuple[list[Result], list[Refusal]]:
    """The newest record of each norm and model on a shelf, and the refusals that still stand."""
    records = list(_newest(shelf.records()))
    if not records:
        raise BadInput(
            f"the shelf {shelf.place.url} holds no records; run `eyechart examine` first, or name record files"
        )
    taken = {(record.norm.exam, record.card.name, record.norm.data) for record in records}
    refusals = {
        (refusal.exam, refusal.model, refusal.data): refusal
        for refusal in shelf.refusals()
        if (refusal.exam, refusal.model, refusal.data) not in taken
    }
    return [Result(record, shelf.sheet(record.sheet)) for record in records], list(refusals.values())


def _newest(records: Iterable[Record]) -> Iterable[Record]:
    newest = {(str(plain(record.norm)), record.card.name, record.card.digest): record for record in records}
    return newest.values()
