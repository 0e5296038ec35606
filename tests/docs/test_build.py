"""The site and the wheel as they are built: whole, and asking nothing of anybody."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from snippets import ROOT

from eyechart import plugins

pytestmark = pytest.mark.nightly
UV = ROOT / ".uv" / "bin" / "uv"
FETCHED = re.compile(r"<(?:script|img|iframe|source)\b[^>]*\bsrc=\"?https?:|<link\b[^>]*\bhref=\"?https?:|url\(https?:")
SHOWN = ("index.html", "exams/knn.html", "reference/python.html", "world.html")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_site_asks_nobody_for_anything(site: Path) -> None:
    pages = [path for path in site.rglob("*") if path.suffix in (".html", ".css")]
    assert len(pages) > 40
    assert [path for path in pages if FETCHED.search(path.read_text(encoding="utf-8"))] == []


def test_in_a_browser_too(site: Path) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    home = f"http://127.0.0.1:{server.server_port}/"
    asked: list[str] = []
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        for name in SHOWN:
            page.goto(home + name, wait_until="networkidle")
        browser.close()
    server.shutdown()
    server.server_close()
    assert asked
    assert [url for url in asked if not url.startswith((home, "data:", "blob:"))] == []


def test_the_wheel_holds_all_that_runs(tmp_path: Path) -> None:
    if not UV.exists():
        pytest.skip("no uv to build with; make install brings it")
    done = subprocess.run(
        [UV, "build", "--quiet", "--wheel", "--out-dir", tmp_path, ROOT], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    source = ROOT / "src"
    wanted = {
        str(path.relative_to(source))
        for path in (source / "eyechart").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted - held == set()
    assert all(f"eyechart/zoo/{name}/weights.safetensors" in held for name in plugins.shipped())
    assert "eyechart/py.typed" in held
    assert any(name.endswith("licenses/LICENSE") for name in held)
    assert not any(name.startswith(("tests/", "docs/")) for name in held)
