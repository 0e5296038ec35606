"""What `eyechart learn` prints while and after it works. Layout only; the facts come from `eyechart.study`."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from eyechart.core import Record, Refusal, Result
from eyechart.learn.distribute import joined
from eyechart.learn.gather import rank
from eyechart.progress import Bars, quiet
from eyechart.reporting.page import write
from eyechart.run import Desk
from eyechart.store.cache import FeatureStore
from eyechart.store.shelf import Shelf
from eyechart.study.chapter import chapter
from eyechart.study.examined import examined, folder_of, records
from eyechart.study.page import markdown
from eyechart.study.results import findings
from eyechart.study.study import Study, courses, read
from eyechart.study.teach import Taught, planned, teach
from eyechart.terminal import complaints, console

KEY = """\
params: of all that takes part, teachers and heads too; learn: of those, what changes; MFLOP: of one picture, forward
and backward; MiB: weights, optimiser and what a batch keeps; loss: of the first batch, before anything is learnt;
prior: the loss of who knows nothing; img/s: measured here and now; minutes: of the largest budget."""


def tell_plan(path: Path, runs: Path) -> None:
    """One line per objective and tower, and the sum over everything."""
    study = read(path)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("objective", "tower"):
        table.add_column(heading)
    for heading in ("params M", "learn M", "MFLOP", "MiB", "loss", "prior", "img/s", "minutes"):
        table.add_column(heading, justify="right", no_wrap=True)
    per_pair, refused = {}, []
    for course, cost in planned(study, folder_of(study, runs), Bars()):
        if isinstance(cost, str):
            refused.append(f"{course.objective} on {course.tower} cannot be taught: {cost}")
            continue
        per_pair[course.objective, course.tower] = cost
        most = max(study.samples) if study.samples else max(study.flops) / cost.flops
        table.add_row(
            course.objective,
            course.tower,
            f"{cost.params / 1e6:.2f}",
            f"{cost.learning / 1e6:.2f}",
            f"{cost.flops / 1e6:.0f}",
            f"{cost.memory / 2**20:.0f}",
            f"{cost.loss:.3f}",
            "" if cost.prior is None else f"{cost.prior:.3f}",
            f"{cost.rate:.0f}",
            f"{most / cost.rate / 60:.1f}",
        )
    console.print(table)
    console.print(KEY, style="dim", highlight=False)
    for line in refused:
        console.print(line, style="yellow", markup=False, highlight=False, soft_wrap=True)
    every = [
        (course, per_pair.get((course.objective, course.tower)))
        for course in courses(study, {pair: cost.flops for pair, cost in per_pair.items()})
    ]
    seconds = sum(course.samples / cost.rate for course, cost in every if cost is not None)
    flops = sum(course.samples * cost.flops for course, cost in every if cost is not None)
    count = sum(cost is not None for _, cost in every)
    budgets = ", ".join(dict.fromkeys(course.budget for course, _ in every))
    console.print(
        f"{count} courses of {budgets}: {flops:.2g} operations, "
        f"{seconds / 3600:.1f} hours at the rates measured here, one after the other",
        highlight=False,
    )


def carry_out(path: Path, runs: Path, shelf: str, *, jobs: int, out: Path | None, page: str) -> None:
    """Teach, examine, write down."""
    study = read(path)
    with joined():
        first = rank() == 0
        taught = []
        for one in teach(study, folder_of(study, runs), jobs=jobs, progress=Bars() if first else quiet):
            taught.append(one)
            if first:
                _tell(one)
    if first:  # of several processes, one examines
        _conclude(study, taught, runs, shelf, out=out, page=page)


def _tell(one: Taught) -> None:
    said = "taught" if one.model else escape(one.reason)
    console.print(f"{escape(one.course.folder)}: {said}", highlight=False, soft_wrap=True)


def _conclude(study: Study, taught: list[Taught], runs: Path, shelf: str, *, out: Path | None, page: str) -> None:
    desk = Desk(shelf=Shelf(shelf), store=FeatureStore(f"{shelf}/features"), progress=Bars())
    outcomes = list(examined(study, taught, desk))
    where = out or runs / f"{study.name}.md"
    learnt = findings(records(outcomes))
    where.write_text(markdown(study, learnt, taught), encoding="utf-8")
    complaints.print(f"written: {where.resolve()}", soft_wrap=True, highlight=False)
    if page:
        found = [outcome for _, outcome in outcomes]
        results = [Result(one, desk.shelf.sheet(one.sheet)) for one in found if isinstance(one, Record)]
        refusals = [one for one in found if isinstance(one, Refusal)]
        shown = write(results, refusals, desk.shelf, Path(page), chapter(study, learnt))
        complaints.print(f"report: {shown.resolve()}", highlight=False)
