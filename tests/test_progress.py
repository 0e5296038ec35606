from __future__ import annotations

from io import StringIO

from rich.console import Console

from eyechart.progress import Bars, Progress, quiet


def shown(*, terminal: bool) -> str:
    out = StringIO()
    bars = Bars(Console(file=out, force_terminal=terminal, width=120, _environ={}))
    with bars.track("looking [at] pictures", 40) as done:
        done(30)
        bars.say("[the batch] was halved")
    return out.getvalue()


def test_bars_show_what_is_done_how_much_and_how_long() -> None:
    seen = shown(terminal=True)
    for part in ("looking [at] pictures", "30/40", "[the batch] was halved"):
        assert part in seen


def test_where_nobody_looks_there_are_no_bars_and_sentences_remain() -> None:
    assert shown(terminal=False) == "[the batch] was halved\n"


def test_quiet_says_nothing() -> None:
    assert isinstance(quiet, Progress)
    assert isinstance(Bars(), Progress)
    with quiet.track("anything", 3) as done:
        done(3)
    quiet.say("anything")


def test_one_bar_may_stand_under_another() -> None:
    out = StringIO()
    bars = Bars(Console(file=out, force_terminal=True, width=120, _environ={}))
    with bars.track("outer", 2) as outer, bars.track("inner", 2) as inner:
        inner(2)
        outer(1)
    assert "inner" in out.getvalue()
