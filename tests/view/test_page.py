"""The page in a real browser: clicks, typed text, an upload, a picture of it; and nothing leaves this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
pytestmark = [
    pytest.mark.skipif(find_spec("gradio") is None, reason="the extra `view` is not installed"),
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed to open the page with"),
]
COMMAND = (sys.executable, "-c", "from eyechart.cli import main; main()", "view", "--port", "0", "--no-open")


class Served(NamedTuple):
    """The page of a process of its own, and where that keeps what is temporary."""

    url: str
    temporary: Path
    process: subprocess.Popen[str]


@pytest.fixture(scope="module")
def served(scene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    temporary = tmp_path_factory.mktemp("temporary")
    options = {"shelf": scene.shelf, "runs": scene.runs, "data": scene.pictures}
    given = [f"--{name}={value}" for name, value in options.items()]
    models = [f"--model={scene.model(name)}" for name in ("Keen", "Mute")]
    told = {**os.environ, "TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen([*COMMAND, *given, *models], stdout=subprocess.PIPE, text=True, env=told) as process:
        try:
            first = process.stdout.readline()
            assert first.startswith("eyechart view: http://127.0.0.1:")
            yield Served(first.split()[2], temporary, process)
            process.terminate()
            process.communicate(timeout=60)
        finally:
            process.kill()  # where it did not end by itself


@pytest.fixture(scope="module")
def window() -> Iterator[sync_api.BrowserContext]:
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_context(viewport={"width": 1280, "height": 900})
        browser.close()


@pytest.fixture
def page(served: Served, window: sync_api.BrowserContext) -> Iterator[sync_api.Page]:
    """A fresh page with the records listed; whatever it asks of other machines fails the test."""
    opened = window.new_page()
    opened.set_default_timeout(60_000)
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(served.url)
    opened.wait_for_selector("#records tbody tr")
    yield opened
    opened.close()
    assert asked
    assert [url for url in asked if not url.startswith((served.url, "data:", "blob:"))] == []


def tab(page: sync_api.Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def upload(page: sync_api.Page, content: bytes, name: str) -> None:
    tab(page, "Ask a picture")
    page.set_input_files("#upload input[type=file]", {"name": name, "mimeType": "image/png", "buffer": content})


def png(band: int) -> bytes:
    array = np.full((24, 24, 3), 40, dtype=np.uint8)
    array[..., band] = 220
    file = BytesIO()
    Image.fromarray(array).save(file, "PNG")
    return file.getvalue()


def test_records_are_listed_and_typing_narrows_them(page: sync_api.Page) -> None:
    rows = page.locator("#records tbody tr")
    sync_api.expect(rows).to_have_count(4)
    page.fill("#filter textarea, #filter input", "zero keen")
    page.wait_for_function("document.querySelectorAll('#records tbody tr').length === 1")
    assert "zero_shot" in rows.inner_text()


def test_ticking_records_compares_them_and_writes_a_report_of_them(page: sync_api.Page) -> None:
    boxes = page.locator("#records tbody tr", has_text="zero_shot").locator("input")
    boxes.nth(0).check()
    page.wait_for_selector("#comparison section")
    boxes.nth(1).check()
    page.wait_for_selector("#comparison h3")
    told = page.locator("#comparison").inner_text()
    assert "Keen is best" in told
    assert "p (Holm)" in told
    assert page.locator("#comparison figure svg").count() == 1
    page.get_by_role("button", name="Write a report of the 2 chosen").click()
    with page.expect_download() as download:
        page.locator("#report").click()
    report = Path(download.value.path()).read_text(encoding="utf-8")
    assert "zero_shot" in report
    page.get_by_role("button", name="Choose none").click()
    page.wait_for_selector("#comparison section", state="detached")


def test_records_of_other_exams_are_not_ranked_together(page: sync_api.Page) -> None:
    page.get_by_role("button", name="Choose all").click()
    page.wait_for_function("document.querySelectorAll('#comparison section').length >= 2")
    for ranking in page.locator("#comparison section").all():
        assert ranking.locator("tbody").first.locator("tr").count() <= 2


@pytest.mark.parametrize(("band", "label"), [(0, "red"), (2, "blue")])
def test_an_uploaded_picture_is_ranked_over_typed_labels(page: sync_api.Page, band: int, label: str) -> None:
    upload(page, png(band), "mine.png")
    page.wait_for_selector("#picture img")
    page.fill("#labels textarea", "green\nblue\nred")
    page.locator("#rank").click()
    page.wait_for_selector("#answers tbody tr")
    assert page.locator("#answers tbody tr th").all_inner_texts()[0] == label
    assert f"{label} (" in page.locator("#answers").inner_text()
    sync_api.expect(page.locator("#answers")).to_contain_text("Mute has no language")


def test_a_typed_sentence_is_placed_among_the_pairs(page: sync_api.Page) -> None:
    upload(page, png(0), "mine.png")
    page.wait_for_selector("#picture img")
    page.fill("#sentence textarea, #sentence input", "a blue thing")
    page.locator("#judge").click()
    page.wait_for_selector("#meaning table")
    told = page.locator("#meaning").inner_text().replace("\u00a0", " ")
    assert "% of the unmatched pairs of folder:" in told
    assert "a score has no threshold of its own" in told
    assert page.locator("#meaning figure svg").count() == 1


def test_an_example_brings_its_picture_and_what_was_said_of_another_goes(page: sync_api.Page) -> None:
    upload(page, png(0), "mine.png")
    page.wait_for_selector("#picture img")
    page.locator("#rank").click()
    page.wait_for_selector("#answers tbody tr")
    assert set(page.locator("#labels textarea").input_value().splitlines()) == {"red", "green", "blue"}
    before = page.locator("#picture img").get_attribute("src")
    page.locator("#examples button.thumbnail-item").first.click()
    page.wait_for_selector("#answers tbody tr", state="detached")
    page.wait_for_function("before => document.querySelector('#picture img').src !== before", arg=before)


def test_what_is_no_picture_is_refused_in_one_sentence(page: sync_api.Page) -> None:
    upload(page, b"<html>not a picture</html>", "page.png")
    page.wait_for_selector("#picture p")
    assert "it is a page of text" in page.locator("#picture").inner_text()
    page.locator("#rank").click()
    page.wait_for_selector("#answers p")
    assert "Upload a picture first" in page.locator("#answers").inner_text()


def test_a_growing_log_is_watched_without_a_restart(page: sync_api.Page, scene, logged: Callable[..., None]) -> None:
    tab(page, "In progress")
    page.wait_for_selector("#run-state p")
    assert "No run lies in" in page.locator("#run-state").inner_text()
    logged(scene.runs / "study" / "course", 100, of=400)
    page.wait_for_selector("text=step 100 of 400")
    sync_api.expect(page.locator("#run-curves svg")).to_have_count(2)
    logged(scene.runs / "study" / "course", 200, of=400)
    page.wait_for_selector("text=step 200 of 400")
    told = page.locator("#run-state").inner_text()
    assert "about 1 min 40 s" in told
    assert "nothing is wrong" in told
    sync_api.expect(page.locator("#arriving")).to_contain_text("4 records")


def test_the_page_can_be_seen(page: sync_api.Page) -> None:
    shot = Image.open(BytesIO(page.screenshot()))
    assert shot.size == (1280, 900)
    assert len(np.unique(np.asarray(shot.convert("L")))) > 50


def test_a_narrow_page_is_not_wider_than_its_screen(page: sync_api.Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    for name in ("Ask a picture", "In progress", "Records"):
        tab(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_only_this_machine_by_its_own_name_is_answered(served: Served) -> None:
    assert served.url.startswith("http://127.0.0.1:")
    stranger = urllib.request.Request(served.url, headers={"Host": "elsewhere.example"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(stranger)
    assert caught.value.code == 400
    caught.value.close()


def test_uploads_lie_in_a_temporary_folder_that_goes_with_the_page(page: sync_api.Page, served: Served) -> None:
    upload(page, png(1), "secret.png")
    page.wait_for_selector("#picture img")
    (kept,) = served.temporary.rglob("secret.png")
    assert kept.is_relative_to(next(served.temporary.glob("eyechart-view-*")))
    served.process.terminate()
    served.process.wait(timeout=60)
    assert not list(served.temporary.glob("eyechart-*"))
    assert not [*served.temporary.rglob("report.html"), *served.temporary.rglob("secret.png")]
