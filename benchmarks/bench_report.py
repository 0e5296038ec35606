"""The report on many models: how long it takes to write, how large it is, and how soon a browser has it.

Made-up models answer three real exams on made-up datasets; every record, sheet and picture is of the project's own
types, and every number in them comes from the exams' own grading. Loading is timed in headless Chromium, where there is
one and Playwright is installed.
"""

from __future__ import annotations

import argparse
import io
import shutil
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
from _work import tell
from PIL import Image

from eyechart import gallery, plugins
from eyechart.core import (
    Display,
    Hung,
    Machine,
    Mistake,
    ModelCard,
    Norm,
    Preprocessing,
    Record,
    Request,
    Result,
    Sheet,
    Statistics,
)
from eyechart.reporting.page import write
from eyechart.store.codec import plain
from eyechart.store.digest import of_json

EXAMS = ("zero_shot", "knn", "linear")
CLASSES = tuple(f"class {number}" for number in range(50))
FEW = Statistics(resamples=100)  # making the records is not what is timed
MACHINE = Machine(
    system="Linux", processor="made up", device="cpu", cores=2, memory_gib=16.0, python="3.11", packages={}
)


class Pictures:
    """A thumbnail of about a photograph's size for every name, each other bytes."""

    def __init__(self) -> None:
        self.drawn = [noise(number) for number in range(64)]

    def thumbnail(self, name: str) -> bytes:
        """A WebP file, with its name behind its end."""
        return self.drawn[int(name[:2], 16) % len(self.drawn)] + name.encode()


def noise(seed: int) -> bytes:
    """Coloured clouds, as WebP."""
    small = np.random.default_rng(seed).integers(0, 256, (10, 10, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(small).resize((96, 96), Image.Resampling.BICUBIC).save(file, "WEBP", quality=85)
    return file.getvalue()


def sheet(model: int, data: int, count: int) -> Sheet:
    """Answers of a model of its own skill to items of their own difficulty."""
    items, own = np.random.default_rng(data), np.random.default_rng([model, data])
    right = 0.6 * items.random(count) + 0.4 * own.random(count) < 0.35 + 0.02 * model
    truth = items.integers(len(CLASSES), size=count)
    answer = np.where(right, truth, (truth + own.integers(1, len(CLASSES), count)) % len(CLASSES))
    names, ids = np.array(CLASSES), np.array([f"{data}/test/{row:05}" for row in range(count)])
    score = right.astype(np.float64)
    by_k = np.where(own.random((count, 3)) < 0.9, score[:, None], 1 - score[:, None])
    return Sheet(
        columns={
            "id": ids,
            "group": ids,
            "score": score,
            "truth": names[truth],
            "answer": names[answer],
            "confidence": own.random(count),
            "by_k": by_k,
        },
        facts={"classes": list(CLASSES), "prior": 1 / len(CLASSES), "ks": [1, 5, 20], "tap": "image"},
    )


def result(exam_name: str, model: int, data: int, rows: Sheet) -> Result:
    """The record that the exam's own grading gives for a sheet."""
    exam = plugins.find("exams", exam_name)()
    name = f"made-up:model-{model:02}"
    norm = Norm(
        exam=exam.name,
        version=exam.version,
        settings=plain(exam),
        data=f"made-up-{data}",
        split="test",
        revision="1",
        items=of_json(data),
        count=len(rows),
        learnt_from="",
        preprocessing="own",
        statistics=FEW,
    )
    card = ModelCard(
        name=name,
        digest=of_json(name),
        params=1_000_000 * (model + 1),
        flops=None,
        width=128,
        preprocessing=Preprocessing(size=(64, 64), resize="crop"),
    )
    record = Record(
        norm=norm,
        card=card,
        question=exam.question,
        headline=exam.headline,
        estimates=exam.grade(rows, FEW),
        sheet=of_json([exam.name, model, data]),
        facts=rows.facts,
        request=Request(
            model=name,
            data=norm.data,
            exam=exam.name,
            settings=norm.settings,
            preprocessing="own",
            precision="auto",
            statistics=FEW,
        ),
        machine=MACHINE,
        made="2026-01-01T00:00:00+00:00",
        seconds={"forward": 1.0, "measure": 1.0, "grade": 1.0},
        mistakes=mistakes(rows),
        displays=(display(exam.name, model, data),),
    )
    return Result(record, rows)


def mistakes(rows: Sheet) -> tuple[Mistake, ...]:
    """The worst of a sheet, each with a picture."""
    return tuple(
        Mistake(
            id=str(rows["id"][row]),
            picture=f"{of_json(str(rows['id'][row]))}.webp",
            truth=str(rows["truth"][row]),
            answer=str(rows["answer"][row]),
            confidence=float(rows["confidence"][row]),
        )
        for row in gallery.worst(rows)
    )


def display(exam: str, model: int, data: int) -> Display:
    """Eight pictures that only this record has."""
    hung = tuple(Hung(f"{of_json([exam, model, data, place])}.webp", f"picture {place}") for place in range(8))
    return Display(title="What it looked at", note="Eight pictures.", pictures=hung)


def loaded(page: Path) -> dict[str, float]:
    """Seconds until the page is there, until a figure is explored, and until two other models are compared."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return {}
    chromium = shutil.which("chromium")
    if chromium is None:
        return {}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        start = perf_counter()
        tab.goto(page.as_uri())
        tab.screenshot()
        found = {"load": perf_counter() - start}
        start = perf_counter()
        tab.get_by_label("Second").select_option("2")
        tab.locator("#compare-table tbody tr").first.wait_for()
        found["compare"] = perf_counter() - start
        tab.evaluate("document.querySelector('.exam > details').open = true")
        start = perf_counter()
        tab.locator("button.explore").first.click()
        tab.locator(".drawing svg").first.wait_for()
        found["explore"] = perf_counter() - start
        browser.close()
    return {f"{name}_seconds": round(value, 2) for name, value in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=20)
    parser.add_argument("--datasets", type=int, default=10, help="each is taken by three exams")
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--keep", type=Path, help="where the page is written; a temporary place when not given")
    given = parser.parse_args()
    start = perf_counter()
    results = [
        result(exam, model, data, rows)
        for data in range(given.datasets)
        for model in range(given.models)
        for rows in (sheet(model, data, given.items),)
        for exam in EXAMS
    ]
    made = perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        out = given.keep or Path(folder) / "report.html"
        start = perf_counter()
        write(results, [], Pictures(), out)
        facts = {"write_seconds": round(perf_counter() - start, 1), "megabytes": round(out.stat().st_size / 1e6, 2)}
        tell(
            "report",
            models=given.models,
            exams=given.datasets * len(EXAMS),
            items=given.items,
            make_seconds=round(made, 1),
            **facts,
            **loaded(out.resolve()),
        )


if __name__ == "__main__":
    main()
