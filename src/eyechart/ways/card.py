"""A Hugging Face model card: the headlines as ``model-index`` metadata, and in words what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, cast

from huggingface_hub import EvalResult, ModelCard, ModelCardData
from yaml import YAMLError  # type: ignore[import-untyped]  # what the line above reads metadata with

from eyechart import plugins
from eyechart.core import Record, Result
from eyechart.errors import BadInput
from eyechart.reporting import words
from eyechart.reporting.comparison import norm_digest
from eyechart.reporting.ledger import commands
from eyechart.reporting.tables import escaped
from eyechart.ways.files import slugs, write
from eyechart.ways.models import by_model
from eyechart.ways.way import Published

BEGIN, END = "<!-- eyechart: begin; what stands here is written anew -->", "<!-- eyechart: end -->"
TASKS = {  # as the hub calls them; what it has no word for is "other"
    "zero_shot": "zero-shot-image-classification",
    "knn": "image-classification",
    "linear": "image-classification",
    "attentive": "image-classification",
    "finetune": "image-classification",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A README.md per model in a folder of its own, or one file for one model.

    A card that is there keeps its text and its metadata: only what stands between two comments is replaced, and of the
    results only those that were published here.
    """

    where: ClassVar[str] = "cards"

    def publish(self, results: Sequence[Result], where: str) -> Published:
        models = by_model(results)
        one_file = where.endswith(".md")
        if one_file and len(models) > 1:
            raise BadInput(f"{where} is one card and there are {len(models)} models; give a folder, or fewer records")
        folders = slugs(models)
        paths = {model: Path(where) if one_file else Path(where) / folders[model] / "README.md" for model in models}
        cards = {path: card(model, [record for record, _ in models[model]], path) for model, path in paths.items()}
        return Published(written=tuple(write(path, text) for path, text in cards.items()))


def card(model: str, records: Sequence[Record], path: Path) -> str:
    """The card with these results in it: a new one, or the one at `path`. Raises `BadInput` if that cannot be read."""
    found = _opened(path, model)
    data = cast("ModelCardData", found.data)  # of a model's card it is one
    others = [result for result in data.eval_results or [] if not _ours(result)]
    data.eval_results = [*others, *(_result(record) for record in records)]
    data.model_name = data.model_name or model
    data.tags = list(dict.fromkeys([*(data.tags or []), "eyechart"]))
    licence = records[0].card.licence.lower()
    if not data.license and licence != "unknown" and re.fullmatch(r"[a-z0-9.-]+", licence):  # the hub knows short names
        data.license = licence
    found.text = _placed(found.text, section(records))
    return str(found)


def section(records: Sequence[Record]) -> str:
    """What the results mean, as Markdown between two comments."""
    return "\n".join([BEGIN, *_section(records), END])


def _opened(path: Path, model: str) -> ModelCard:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            text = file.read()
    except FileNotFoundError:
        text = f"\n# {escaped(model)}\n"
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"the card {path} cannot be read: {error}") from error
    try:
        return ModelCard(text if text.lstrip().startswith("---") else _with_metadata(text))
    except (ValueError, TypeError, YAMLError) as error:
        raise BadInput(f"the metadata on top of {path} cannot be read: {error}") from error


def _with_metadata(text: str) -> str:
    """The text below metadata that say nothing; lines end as the text's do."""
    end = _line_end(text)
    return f"---{end}{{}}{end}---{end}{text}"


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _ours(result: EvalResult) -> bool:
    return isinstance(result.metric_args, dict) and "norm" in result.metric_args


def _result(record: Record) -> EvalResult:
    norm, headline = record.norm, record.estimates[record.headline]
    args = {
        "norm": norm_digest(norm),
        "low": headline.low,
        "high": headline.high,
        "level": norm.statistics.level,
        "chance": headline.chance,
        "units": headline.units,
        "better": headline.better,
    }
    return EvalResult(
        task_type=TASKS.get(norm.exam, "other"),
        dataset_type=norm.data,
        dataset_name=norm.data,
        dataset_split=norm.split,
        dataset_revision=norm.revision,
        metric_type=record.headline,
        metric_name=f"{norm.exam}: {record.headline}",
        metric_value=headline.value,
        metric_args={name: value for name, value in args.items() if value is not None},
    )


def _placed(text: str, block: str) -> str:
    """The text with the block in place of the one that is there, or at its end; lines end as the text's do."""
    end = _line_end(text)
    written = block.replace("\n", end)
    before, begin, rest = text.partition(BEGIN)
    _, closed, after = rest.partition(END)
    if begin and closed:
        return before + written + after
    if begin or END in text:
        raise BadInput(f"of the two comments between which results stand, one is missing; remove the other: {BEGIN}")
    return f"{text.rstrip()}{end}{end}{written}{end}" if text.strip() else f"{written}{end}"


def _section(records: Sequence[Record]) -> Iterator[str]:
    example = records[0]
    levels = ", ".join(sorted({f"{record.norm.statistics.level:.0%}" for record in records}))
    yield "## Eye exams\n"
    yield (
        f"What this model ({words.large(example.card.params)} parameters) has learnt and where it breaks, as examined "
        f"by eyechart. Every number stands with its {levels} interval and with chance, which is what a model gets that "
        "sees nothing. Numbers may be compared only between models that were examined under the same norm.\n"
    )
    yield "| question | measure | data | value | interval | chance | norm |"
    yield "|:--|:--|:--|--:|--:|--:|:--|"
    yield from map(_row, records)
    yield ""
    yield from filter(None, map(_told, records))
    yield "\n### To repeat it\n"
    yield "```bash"
    yield from commands(records)
    yield "```\n"
    yield (
        f"Weights {example.card.digest or 'without digest'}, forward pass in {example.card.precision}; "
        f"eyechart {example.eyechart or 'unknown'}, last examined on {max(record.made for record in records)[:10]}."
    )


def _row(record: Record) -> str:
    norm, found = record.norm, record.estimates[record.headline]
    measure = f"{record.headline}, less is better" if found.better == "lower" else record.headline
    chance = "none" if found.chance is None else words.amount(found.chance, found)
    numbers = (words.amount(found.value, found), words.ends(found), chance)
    cells = (
        *(record.question, f"{norm.exam}: {measure}", f"{norm.data}, {norm.count} items"),
        *(number.replace(" ", "\u00a0") for number in numbers),
        norm_digest(norm)[:8],
    )
    return f"| {' | '.join(map(escaped, cells))} |"


def _told(record: Record) -> str:
    """What came out, as the exam says it; nothing where it is not installed."""
    if record.norm.exam not in plugins.names("exams"):
        return ""
    said = words.told(plugins.find("exams", record.norm.exam).says, record.estimates)
    headline = record.estimates[record.headline]
    level = f" That is {words.level(headline)}." if headline.better == "higher" else ""
    return f"- {escaped(record.norm.exam)}, {escaped(record.norm.data)}: {escaped(said)}{level}" if said else ""


PUBLIC = Card
