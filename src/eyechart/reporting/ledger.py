"""What a fair reader wants to know of each model, and how every number is obtained again."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from eyechart import plugins
from eyechart.core import Machine, ModelCard, Preprocessing, Record
from eyechart.errors import UnknownName
from eyechart.reporting import words
from eyechart.settings import defaults

LONG = 8  # entries up to which a list is spelt out
MISSING = "not recorded"

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
    """Fairness at a glance: one row per property, one cell per model; what no record tells is said to be missing."""
    cards = [records[0].card for records in models.values()]
    rows = [Row(name, tuple(told(card) for card in cards)) for name, told in _CARD.items()]
    rows += [Row(name, tuple(told(records) for records in models.values())) for name, told in _RECORDS.items()]
    return [Row(row.name, tuple(cell or MISSING for cell in row.cells)) for row in rows]


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
    "FLOPs per image": lambda card: "" if card.flops is None else words.large(card.flops),
    "feature width": lambda card: str(card.width),
    "input, pixels": lambda card: "{} × {}".format(*card.preprocessing.size),
    "resize": lambda card: _resize(card.preprocessing),
    "mean": lambda card: _bands(card.preprocessing.mean),
    "deviation": lambda card: _bands(card.preprocessing.std),
    "crop and deviation chosen by": lambda card: (
        "the model" if card.preprocessing.chosen_by == "model" else "whoever asked"
    ),
    "precision of the forward pass": lambda card: f"{card.precision}; scores fp32",
    "trained on": lambda card: "" if card.trained_on == "unknown" else card.trained_on,
    "samples seen": lambda card: "" if card.samples_seen is None else words.large(card.samples_seen),
    "licence": lambda card: "" if card.licence == "unknown" else card.licence,
    "digest of the weights": lambda card: card.digest,
}


# What was tried is a list among the facts; what was taken from it stands beside it under these names.
TRIED = ("path", "grid", "held_out_losses")
TAKEN = ("penalty", "rate", "decay", "threshold")
SIZES = (("fitted_on", "fitted on {}"), ("chosen_on", "chosen on {}"), ("threshold_chosen_on", "chosen on {}"))


def _taps(records: Sequence[Record]) -> str:
    return _by_exam(records, lambda record: _fact(record.facts.get("tap")))


def _templates(records: Sequence[Record]) -> str:
    found = {record.norm.data: record.facts["templates"] for record in records if record.facts.get("templates")}
    return "; ".join(f"{data}: {_texts(texts)}" for data, texts in found.items())


def _texts(texts: Any) -> str:
    if not isinstance(texts, Sequence) or isinstance(texts, str):
        return str(texts)
    shown = ", ".join(f"“{text}”" for text in texts[:2])
    return f"{len(texts)}, such as {shown}" if len(texts) > 2 else shown


def _learnt(records: Sequence[Record]) -> str:
    """How many items of train were learnt from, where an exam learns."""
    return _by_exam(records, lambda record: _pupils(record) if record.norm.learnt_from else "")


def _pupils(record: Record) -> str:
    known = [record.facts[name] for name in ("train", "learnt_from") if isinstance(record.facts.get(name), int)]
    parts = [record.facts[name] for name in ("fitted_on", "chosen_on") if isinstance(record.facts.get(name), int)]
    told = known[0] if known else sum(parts)
    return f"{told} items" if told else f"items of digest {record.norm.learnt_from[:8]}"


def _budget(records: Sequence[Record]) -> str:
    """How many settings were tried before one was taken."""
    return _by_exam(
        records, lambda record: next((_many(record.facts[name]) for name in TRIED if name in record.facts), "")
    )


def _many(tried: Any) -> str:
    rows = next(iter(tried.values()), ()) if isinstance(tried, Mapping) else tried
    return f"{len(rows)} settings" if isinstance(rows, Sequence) else ""


def _chosen(records: Sequence[Record]) -> str:
    """What was taken, and the items held out of train, or of the set, on which that was decided."""
    return _by_exam(records, _choice)


def _choice(record: Record) -> str:
    if not any(name in record.facts for name, _ in SIZES):
        return ""
    taken = [f"{name} {_fact(record.facts[name])}" for name in TAKEN if name in record.facts]
    sizes = [told.format(_fact(record.facts[name])) for name, told in SIZES if name in record.facts]
    edge = ["at the border of what was tried"] if record.facts.get("at_the_border") else []
    return ", ".join(taken + sizes + edge)


def _seeds(records: Sequence[Record]) -> str:
    drawn = ", ".join(dict.fromkeys(str(record.norm.statistics.seed) for record in records))
    own = _by_exam(records, lambda record: _fact(record.norm.settings.get("seed")))
    return f"intervals: {drawn}; {own}" if own else f"intervals: {drawn}"


def _taught_with(records: Sequence[Record]) -> str:
    """The seed of the model's own training, where a record knows it."""
    return ", ".join(dict.fromkeys(_fact(record.facts["seed"]) for record in records if "seed" in record.facts))


def _forward(records: Sequence[Record]) -> str:
    found = {record.norm.data: record.seconds["forward"] for record in records if "forward" in record.seconds}
    return "; ".join(f"{data}: {words.duration(seconds)}" for data, seconds in found.items())


def _after(records: Sequence[Record]) -> str:
    spent = [seconds for record in records for phase, seconds in record.seconds.items() if phase != "forward"]
    each = _by_exam(records, lambda record: words.duration(record.seconds.get("measure", 0)))
    return f"{words.duration(sum(spent))} together; {each}" if spent else ""


def _device(records: Sequence[Record]) -> str:
    return "; ".join(dict.fromkeys(f"{record.machine.device} ({record.machine.processor})" for record in records))


def _by_exam(records: Sequence[Record], told: Callable[[Record], str]) -> str:
    """``knn, linear: image; rules: pooled``: exams of which the same is told together, others left out.

    The data are named where an exam was taken on several.
    """
    exams = Counter(record.norm.exam for record in records)
    found: dict[str, dict[str, None]] = {}
    for record in records:
        where = f" on {record.norm.data}" if exams[record.norm.exam] > 1 else ""
        if text := told(record):
            found.setdefault(text, {})[_plain(record.norm.exam) + where] = None
    return "; ".join(f"{', '.join(names)}: {text}" for text, names in found.items())


_RECORDS: Mapping[str, Callable[[Sequence[Record]], str]] = {
    "features read (tap)": _taps,
    "prompt templates": _templates,
    "learnt from, of the train split": _learnt,
    "settings tried (budget)": _budget,
    "what was chosen, on what": _chosen,
    "seeds of the exams": _seeds,
    "seed of its training": _taught_with,
    "wall time: forward passes, shared": _forward,
    "wall time: exams after them": _after,
    "ran on": _device,
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
