"""What a fair reader wants to know of each model, and how every number is obtained again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from eyechart import plugins
from eyechart.core import Machine, ModelCard, Preprocessing, Record
from eyechart.errors import UnknownName
from eyechart.report import words
from eyechart.settings import defaults

LONG = 8  # entries up to which a list is spelt out

RESIZE = {
    "crop": "shorter side resized, centre cropped",
    "squash": "both sides squashed to fit",
    "pad": "longer side resized, borders padded",
}


class Row(NamedTuple):
    """One property, with what each model has of it."""

    name: str
    cells: tuple[str, ...]


def ledger(models: Mapping[str, Sequence[Record]]) -> list[Row]:
    """Fairness at a glance: one row per property, one cell per model. Properties that nobody has are left out."""
    cards = [records[0].card for records in models.values()]
    rows = [Row(name, tuple(told(card) for card in cards)) for name, told in _CARD.items()]
    rows += [Row(name, tuple(told(records) for records in models.values())) for name, told in _RECORDS.items()]
    return [row for row in rows if any(row.cells)]


def facts(records: Sequence[Record]) -> list[Row]:
    """What holds for each record's whole sheet: taps, counts, what was chosen. Tables within facts are left out."""
    names = dict.fromkeys(name for record in records for name in record.facts)
    rows = [Row(_plain(name), tuple(_fact(record.facts.get(name)) for record in records)) for name in names]
    return [row for row in rows if any(row.cells)]


def norm_rows(record: Record) -> list[tuple[str, str]]:
    """The agreement, field by field."""
    norm, drawn = record.norm, record.norm.statistics
    return [
        ("exam", f"{norm.exam}, version {norm.version}"),
        *((f"setting {name}", _fact(value) or "none") for name, value in norm.settings.items()),
        ("data", f"{norm.data}, split {norm.split}, revision {norm.revision}"),
        ("items", f"{norm.count}, digest {norm.items}"),
        ("learnt from", f"items of digest {norm.learnt_from}" if norm.learnt_from else "nothing"),
        ("preprocessing", "each model's own" if norm.preprocessing == "own" else f"{norm.preprocessing}, for all"),
        ("statistics", f"level {drawn.level:g}, {drawn.resamples} resamples, seed {drawn.seed}"),
    ]


def commands(records: Sequence[Record]) -> list[str]:
    """What to type to obtain the records again: one command per model, data and way of looking."""
    sittings: dict[tuple[Any, ...], list[Record]] = {}
    for record in records:
        asked = record.request
        key = (asked.model, asked.data, asked.preprocessing, asked.precision, asked.limit)
        sittings.setdefault(key, []).append(record)
    return [_command(group) for group in sittings.values()]


def machines(records: Iterable[Record]) -> list[str]:
    """Each distinct machine with its versions, in a line."""
    return list(dict.fromkeys(_machine(record.machine, record.eyechart) for record in records))


def _command(group: Sequence[Record]) -> str:
    asked = group[0].request
    parts = ["eyechart", "examine", asked.model, "--data", asked.data]
    for record in group:
        parts += ["--exam", record.request.exam]
    for record in group:
        for name, value in _changed(record.request.exam, record.request.settings):
            parts += ["--set", f"{record.request.exam}.{name}={value}"]
    if asked.preprocessing != "own":
        parts += ["--preprocessing", asked.preprocessing]
    parts += ["--precision", asked.precision]
    if asked.limit is not None:
        parts += ["--limit", str(asked.limit)]
    return shlex.join(parts)


def _changed(exam: str, settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Settings that are not what they are when nothing is said; all of them where the exam is not installed."""
    try:
        usual = json.loads(json.dumps(defaults(plugins.find("exams", exam)), default=str))
    except UnknownName:
        usual = {}
    return [
        (name, value if isinstance(value, str) else json.dumps(value))
        for name, value in settings.items()
        if name not in usual or usual[name] != json.loads(json.dumps(value))
    ]


def _machine(machine: Machine, version: str) -> str:
    packages = ", ".join(f"{name} {number}" for name, number in sorted(machine.packages.items()))
    return (
        f"{machine.processor}, {machine.cores} cores, {machine.memory_gib:.0f} GiB, device {machine.device}; "
        f"{machine.system}; Python {machine.python}, eyechart {version or 'unknown'}, {packages}"
    )


def _resize(found: Preprocessing) -> str:
    kept = f", {found.crop_fraction:.3g} of it kept" if found.resize == "crop" and found.crop_fraction != 1 else ""
    return f"{RESIZE[found.resize]}{kept}; {found.interpolation}"


def _bands(values: Sequence[float]) -> str:
    return " ".join(words.number(value) for value in values)


_CARD: Mapping[str, Callable[[ModelCard], str]] = {
    "parameters": lambda card: words.large(card.params),
    "FLOPs per image": lambda card: "unknown" if card.flops is None else words.large(card.flops),
    "feature width": lambda card: str(card.width),
    "input, pixels": lambda card: "{} × {}".format(*card.preprocessing.size),
    "resize": lambda card: _resize(card.preprocessing),
    "mean": lambda card: _bands(card.preprocessing.mean),
    "deviation": lambda card: _bands(card.preprocessing.std),
    "preprocessing": lambda card: "its own" if card.preprocessing.chosen_by == "model" else "asked for",
    "precision of the forward pass": lambda card: f"{card.precision}; scores fp32",
    "trained on": lambda card: card.trained_on,
    "samples seen": lambda card: "unknown" if card.samples_seen is None else words.large(card.samples_seen),
    "licence": lambda card: card.licence,
    "weights": lambda card: card.digest or "no digest",
}


def _taps(records: Sequence[Record]) -> str:
    found = {record.norm.exam: str(record.facts["tap"]) for record in records if "tap" in record.facts}
    return ", ".join(f"{exam}: {tap}" for exam, tap in found.items())


def _templates(records: Sequence[Record]) -> str:
    found = {record.norm.data: record.facts["templates"] for record in records if record.facts.get("templates")}
    return ", ".join(f"{data}: {len(texts) if isinstance(texts, Sequence) else texts}" for data, texts in found.items())


def _forward(records: Sequence[Record]) -> str:
    found = {record.norm.data: record.seconds["forward"] for record in records if "forward" in record.seconds}
    return ", ".join(f"{data}: {words.duration(seconds)}" for data, seconds in found.items())


def _after(records: Sequence[Record]) -> str:
    spent = [seconds for record in records for phase, seconds in record.seconds.items() if phase != "forward"]
    return words.duration(sum(spent)) if spent else ""


_RECORDS: Mapping[str, Callable[[Sequence[Record]], str]] = {
    "features read": _taps,
    "prompt templates": _templates,
    "forward passes, shared by the exams": _forward,
    "exams after them, together": _after,
}


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _fact(value: Any) -> str:
    """A fact or setting in words; empty for tables and for what is absent."""
    if value is None or isinstance(value, Mapping):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        parts = [_fact(part) for part in value]
        return "" if not all(parts) else ", ".join(parts) if len(parts) <= LONG else f"{len(parts)} entries"
    return str(value)
