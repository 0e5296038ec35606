"""Progress of long work: bars with rate and time left, silent where nobody looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, runtime_checkable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from rich.text import Text


@runtime_checkable
class Progress(Protocol):
    """Follows one piece of work at a time."""

    def track(self, what: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """`what` in words, `total` units; the block calls what it gets with the units just done."""


class _Quiet:
    @contextmanager
    def track(self, what: str, total: int) -> Iterator[Callable[[int], None]]:  # noqa: ARG002  # says nothing
        yield lambda _: None


quiet: Progress = _Quiet()


class Bars:
    """Bars on standard error with count, rate and time left; nothing where standard error is not a terminal."""

    @contextmanager
    def track(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        """One bar for the length of the block; it disappears when the work is done."""
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
        with RichProgress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
            task = bars.add_task(what, total=total)
            yield lambda done: bars.advance(task, done)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        """Units per second over the last half minute."""
        return Text("" if task.speed is None else f"{task.speed:,.1f}/s", style="progress.data.speed")
