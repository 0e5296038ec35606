"""Draw the figures of the exams' pages from records: ``docs/draw_figures.py --shelf SHELF``; `--shelf` is repeatable.

Of each exam the norm is drawn under which most models were examined. Beside the drawings, ``figures.json`` keeps which
records they show; the pages tell their numbers from it.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from eyechart import draw
from eyechart.core import Record, Result
from eyechart.settings import with_settings
from eyechart.store.codec import plain
from eyechart.store.digest import of_json
from eyechart.store.shelf import Shelf

FOLDER = Path(__file__).parent / "images" / "exams"
MOST = 100_000  # letters of a drawing; a heavier one shows fewer models


def main() -> None:
    """Draw all that the shelves have records of; what they lack stays as it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shelf", action="append", required=True)
    shelves = [Shelf(path) for path in parser.parse_args().shelf]
    index = FOLDER / "figures.json"
    told = json.loads(index.read_text(encoding="utf-8")) if index.is_file() else {}
    for exam, shown in sorted(chosen(shelves).items()):
        results = [Result(record, shelf.sheet(record.sheet)) for record, shelf in shown]
        while len(drawing := drawn(exam, results)) > MOST and len(results) > 1:
            results = results[:-1]
        (FOLDER / f"{exam}.svg").write_text(drawing, encoding="utf-8")
        told[exam] = facts([record for record, _ in results])
    index.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def chosen(shelves: Iterable[Shelf]) -> dict[str, list[tuple[Record, Shelf]]]:
    """Per exam the records of one norm, one per model, the newest: the norm of most models, then of most pictures."""
    norms: dict[str, dict[str, tuple[Record, Shelf]]] = defaultdict(dict)
    for shelf in shelves:
        for record in sorted(shelf.records(), key=lambda one: one.made):
            norms[of_json(plain(record.norm))][record.card.name] = (record, shelf)
    best: dict[str, list[tuple[Record, Shelf]]] = {}
    for found in norms.values():
        shown = [found[name] for name in sorted(found)]
        exam = shown[0][0].norm.exam
        if exam not in best or _rank(shown) > _rank(best[exam]):
            best[exam] = shown
    return best


def facts(records: list[Record]) -> dict[str, Any]:
    """What a page says of its figure."""
    norm, headline = records[0].norm, records[0].headline
    usual = plain(with_settings(norm.exam, {}))
    estimates = [record.estimates[headline] for record in records]
    return {
        "headline": headline,
        "data": norm.data,
        "split": norm.split,
        "count": norm.count,
        "settings": {name: value for name, value in norm.settings.items() if value != usual[name]},
        "chance": estimates[0].chance,
        "level": norm.statistics.level,
        "models": [
            {"model": record.card.name, "value": found.value, "low": found.low, "high": found.high}
            for record, found in zip(records, estimates, strict=True)
        ],
    }


def drawn(exam: str, results: list[Result]) -> str:
    """The figure of one exam, as light as it can be."""
    taken = with_settings(exam, results[0].record.norm.settings)
    return lighter(draw.to_svg(taken.figure(results), f"Figure of the exam {exam}")) + "\n"


def lighter(drawing: str) -> str:
    """The same picture in fewer letters: places to a tenth of a pixel, and nothing that a page does not use."""
    bare = re.sub(r' (?:class="[^"]*"|pointer-events="none"|opacity="1"|stroke-miterlimit="10")', "", drawing)
    bare = re.sub(r'<path d="" display="none"/>', "", bare)
    return re.sub(r'(?<= )(?:d|transform|[xy][12]?|width|height)="[^"]*"', _short, bare)


def _short(attribute: re.Match[str]) -> str:
    return re.sub(r"-?\d+\.\d\d+", lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), attribute[0])


def _rank(shown: list[tuple[Record, Shelf]]) -> tuple[int, int]:
    return len(shown), shown[0][0].norm.count


if __name__ == "__main__":
    main()
