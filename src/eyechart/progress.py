"""Progress of long work: bars with rate and time left, silent where nobody looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, final, runtime_checkable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from rich.text import Text


@runtime_checkable
class Progress(Protocol):
    """Follows one piece of work at a time."""

    def track(self, what: str, total: int) -> AbstractContextManager[Callable[[int], None]]:
        """`what` in words, `total` units; the block calls what it gets with the units just done."""

    def say(self, sentence: str) -> None:
        """Something that the user should know and need not act on."""


@final
class _Quiet:
    @contextmanager
    def track(self, what: str, total: int) -> Iterator[Callable[[int], None]]:  # noqa: ARG002  # says nothing
        yield lambda _: None

    def say(self, sentence: str) -> None:
        """Nothing."""


quiet: Progress = _Quiet()


@final
class Bars:
    """Bars on standard error with count, rate and time left; nothing where standard error is not a terminal."""

    def __init__(self, console: Console | None = None) -> None:
        """`console`: another place than standard error."""
        self._console = console or Console(stderr=True)

    @contextmanager
    def track(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        """One bar for the length of the block; it disappears when the work is done."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
        hidden = not self._console.is_terminal
        with RichProgress(*columns, console=self._console, transient=True, disable=hidden) as bars:
            task = bars.add_task(Text(what).markup, total=total)
            yield lambda done: bars.advance(task, done)

    def say(self, sentence: str) -> None:
        """One line above the bars; also where standard error is a file, which then tells what happened."""
        self._console.print(sentence, style="yellow", markup=False, highlight=False, soft_wrap=True)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        """Units per second over the last half minute."""
        return Text("" if task.speed is None else f"{task.speed:,.1f}/s", style="progress.data.speed")
