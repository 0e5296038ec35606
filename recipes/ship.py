"""Put what the studies taught where the package finds it: `python recipes/ship.py [RUNS]`.

Of every pair of objective and tower the first seed ships, at the largest budget; the other seeds are in the records.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from eyechart.models.checkpoint import CONFIG, WEIGHTS
from eyechart.models.zoo import FOLDER
from eyechart.study.study import Course, courses, read

RECIPES = Path(__file__).parent
ALONE = "clip"  # the study whose models bear short names
LARGEST = 8_000_000  # bytes of the weights; what is larger stays at home, and its records speak for it


def name(study: str, course: Course) -> str:
    """``convnext-clip``, ``objectives/mae-vit``, ``ladder/vit-2m``."""
    if study == ALONE:
        return f"{course.tower}-{course.objective}"
    return f"{study}/{course.tower}" if study == "ladder" else f"{study}/{course.objective}-{course.tower}"


def ship(recipe: Path, runs: Path) -> None:
    """Those models of a study that were taught, with the recipe on their cards."""
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
        config["facts"]["recipe"] = f"recipes/{recipe.name}"
        (place / CONFIG).write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        print(place.relative_to(FOLDER))


if __name__ == "__main__":
    for recipe in sorted(RECIPES.glob("*.toml")):
        ship(recipe, Path(sys.argv[1] if len(sys.argv) > 1 else "runs"))
