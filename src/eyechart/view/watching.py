"""What a run that learns has written so far: curves, pace, time left, health."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import altair as alt

from eyechart import draw
from eyechart.errors import Corrupt
from eyechart.learn.health import Limits, Seen, verdict
from eyechart.reporting.words import duration, number

LOG, RECIPE = "log.jsonl", "recipe.json"
DEEP = 4  # folders below the one of all runs: study, course …
DOTS = 80  # of a curve; what lies between is told by a band
FIRST = ("loss", "rate", "gradient", "rank", "deviation")  # the order of curves; whatever else was logged follows
UNDRAWN = {"step", "prior", "samples_per_second", "steps_per_second"}
IN_WORDS = {
    "rate": "learning rate",
    "gradient": "size of the gradient",
    "rank": "directions that the features span",
    "deviation": "scatter of the features (1: as if drawn at random)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A log as far as it goes; `steps` and `batch` where the recipe lies beside it."""

    name: str
    lines: tuple[Mapping[str, float], ...]
    steps: int | None
    batch: int | None

    @property
    def step(self) -> int:
        """The last one that was logged."""
        return int(self.lines[-1]["step"]) if self.lines else 0

    def last(self, name: str) -> float | None:
        """The newest value of that name."""
        return next((line[name] for line in reversed(self.lines) if name in line), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A run in words."""

    name: str
    where: str  # how far it is
    share: float | None  # of its steps that are done
    pace: str
    left: str
    health: str
    ill: bool


def runs(root: Path) -> tuple[str, ...]:
    """Folders below `root`, or it itself, that hold a log, as paths from there; the one written last comes first."""
    logs = [log for depth in range(DEEP) for log in root.glob("*/" * depth + LOG)]
    ordered = sorted(logs, key=lambda log: -log.stat().st_mtime)
    return tuple(log.parent.relative_to(root).as_posix() for log in ordered)


def read(root: Path, name: str) -> Run:
    """The run in that folder; a line that is still being written is left for the next time.

    Raises:
        Corrupt: a line is not JSON.
    """
    folder = root / name
    recipe = _recipe(folder / RECIPE)
    text = (folder / LOG).read_text(encoding="utf-8")
    try:
        whole = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
    except ValueError as error:
        raise Corrupt(f"{folder / LOG} is no log of a run: {error}") from error
    return Run(name=name, lines=tuple(whole), steps=recipe.get("steps"), batch=recipe.get("batch"))


def told(run: Run, now: float, written: float) -> Told:
    """How a run is, at the time `now` in seconds when its log was last `written`."""
    rate, share = run.last("samples_per_second"), run.steps and run.step / run.steps
    done = run.steps is not None and run.step >= run.steps
    of = "" if run.steps is None else f" of {run.steps}"
    ago = "" if done else f", written {duration(max(0.0, now - written))} ago"
    wrong = health(run)
    return Told(
        name=run.name,
        where=f"step {run.step}{of}{ago}" if run.lines else "nothing was logged yet",
        share=share,
        pace="" if rate is None else f"{number(rate)} pictures a second",
        left="done" if done else left(run),
        health=wrong or _sound(run),
        ill=wrong is not None,
    )


def left(run: Run) -> str:
    """The time that it will still take at its pace."""
    rate = run.last("samples_per_second")
    if run.steps is None or run.batch is None:
        return f"not known: there is no {RECIPE} beside the log"
    if not rate:
        return "not known yet"
    return f"about {duration((run.steps - run.step) * run.batch / rate)}"


def health(run: Run) -> str | None:
    """What is wrong with it in plain words, or None."""
    losses = [line for line in run.lines if "loss" in line]
    broken = next((int(line["step"]) for line in losses if not isfinite(line["loss"])), None)
    if broken is not None:
        return f"at step {broken} the loss is not a finite number"
    seen = [
        Seen(int(line["step"]), line["loss"], line.get("prior"), line.get("rank"), line.get("deviation"))
        for line in losses
        if {"prior", "rank"} & line.keys()
    ]
    return verdict(seen, Limits()) if seen else None


def curves(run: Run) -> dict[str, alt.TopLevelMixin]:
    """One chart per number that was logged twice at least, by what it shows; numbers that equal the loss are it."""
    names = dict.fromkeys([*FIRST, *(name for line in run.lines for name in line)])
    drawn: dict[str, alt.TopLevelMixin] = {}
    loss = _points(run, "loss")
    for name in names:
        points = _points(run, name)
        if name not in UNDRAWN and len(points) > 1 and (name == "loss" or points != loss):
            drawn[IN_WORDS.get(name, name.replace("_", " "))] = _curve(points, name, run)
    return drawn


def _curve(points: Sequence[tuple[float, float]], name: str, run: Run) -> alt.TopLevelMixin:
    size = -(-len(points) // DOTS)
    parts = [points[start : start + size] for start in range(0, len(points), size)]
    rows = [
        draw.Point(
            name, part[-1][0], sum(y for _, y in part) / len(part), min(y for _, y in part), max(y for _, y in part)
        )
        for part in parts
    ]
    chance = run.last("prior") if name == "loss" else None
    return draw.curve(rows, x="step", y=name.replace("_", " "), chance=chance, domain=None)


def _points(run: Run, name: str) -> list[tuple[float, float]]:
    return [(line["step"], line[name]) for line in run.lines if name in line and isfinite(line[name])]


def _sound(run: Run) -> str:
    rank, deviation = run.last("rank"), run.last("deviation")
    if rank is None or deviation is None:
        return "nothing is wrong so far; the features were not looked at yet"
    return f"nothing is wrong; the features span {number(rank)} directions and scatter by {number(deviation)}"


def _recipe(path: Path) -> Mapping[str, int]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
