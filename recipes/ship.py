"""Put what the studies taught where the package finds it: `python recipes/ship.py [RUNS [SHELF]]`.

Of every pair of objective and tower the first seed ships, at the largest budget; the other seeds are in the records.
What it reached in the exams of its study stands on its card.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from eyechart.core import Record
from eyechart.models import checkpoint
from eyechart.models.checkpoint import CONFIG, WEIGHTS
from eyechart.models.wish import Wish
from eyechart.models.zoo import FOLDER
from eyechart.store.shelf import Shelf
from eyechart.study.study import Course, courses, read

RECIPES = Path(__file__).parent
ALONE = ("clip", "forty")  # studies whose models bear short names
LARGEST = 8_000_000  # bytes of the weights; what is larger stays at home, and its records speak for it


def name(study: str, course: Course) -> str:
    """``convnext-clip``, ``objectives/mae-vit``, ``ladder/vit-2m``."""
    if study in ALONE:
        return f"{course.tower}-{course.objective}"
    return f"{study}/{course.tower}" if study == "ladder" else f"{study}/{course.objective}-{course.tower}"


def reached(shelf: Shelf, folder: Path, exams: Sequence[str]) -> str:
    """The newest headline of each exam of the study that this model took: ``knn on world: top1 0.12 [0.10, 0.14]``."""
    digest = checkpoint.load(str(folder), Wish()).card.digest
    mine = [one for one in shelf.records() if one.card.digest == digest and one.norm.exam in exams]
    return "; ".join({one.norm.exam: _headline(one) for one in mine}.values())


def _headline(record: Record) -> str:
    found = record.estimates[record.headline]
    ends = f"[{found.low:.3f}, {found.high:.3f}]"
    return f"{record.norm.exam} on {record.norm.data}: {record.headline} {found.value:.3f} {ends}"


def ship(recipe: Path, runs: Path, shelf: Shelf) -> None:
    """Those models of a study that were taught, with the recipe and what they reached on their cards."""
    study = read(recipe)
    for course in courses(study):
        taught = runs / study.name / course.folder / "model"
        if course.seed != study.seeds[0] or course.samples != max(study.samples) or not taught.exists():
            continue
        if (taught / WEIGHTS).stat().st_size > LARGEST:
            continue
        place = FOLDER / name(study.name, course)
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(taught, place)
        config = json.loads((place / CONFIG).read_text(encoding="utf-8"))
        scores = reached(shelf, taught, study.exams)
        config["facts"] |= {"recipe": f"recipes/{recipe.name}", **({"reached": scores} if scores else {})}
        (place / CONFIG).write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        print(place.relative_to(FOLDER))


if __name__ == "__main__":
    runs, shelf = [*sys.argv[1:], *("runs", "shelf")[len(sys.argv) - 1 :]]
    for recipe in sorted(RECIPES.glob("*.toml")):
        ship(recipe, Path(runs), Shelf(shelf))
