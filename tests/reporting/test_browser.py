"""The page in a browser: what a click does, what it asks the network for, and whether everybody can use it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest

from eyechart.core import Display, Hung, Result
from eyechart.reporting import drawing
from eyechart.reporting.page import html

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed here")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def pages(handmade) -> dict[str, str]:
    """Two models on two datasets, and seven models of which some took an exam on more."""
    few = [
        handmade.result(handmade.card(name), handmade.norm(data=data), handmade.sheet(accuracy, seed=seed))
        for data in ("world", "digits")
        for name, accuracy, seed in (("zoo:a", 0.8, 0), ("zoo:b</script><b>", 0.5, 1))
    ]
    many = [
        handmade.result(
            handmade.card(f"checkpoint:runs/study-of-many/model-{n}/model"),
            rows=handmade.sheet(0.5, count=40, seed=n),
            mistakes=(),
        )
        for n in range(7)
    ]
    elsewhere = handmade.norm(data="digits")
    many.append(handmade.result(many[0].record.card, elsewhere, handmade.sheet(0.5, count=40), mistakes=()))
    return {
        "few": html(
            [_mistaken(result, count) for result, count in zip(few, (5, 5, 0, 0), strict=True)],
            [handmade.refusal(model="zoo:a")],
            handmade.Album(),
        ),
        "many": html(many, [], handmade.Album()),
        "folded": html(few, [], handmade.Album()).replace("<details open>", "<details>"),
    }


def _mistaken(result: Result, count: int) -> Result:
    """With so many mistakes, and pictures that belong together by threes and by fives."""
    hung = tuple(Hung(f"{n}.png", f"picture {n}") for n in range(15))
    displays = tuple(Display(title=f"By {n}", note="Look.", pictures=hung, together=n) for n in (3, 5))
    return Result(replace(result.record, mistakes=result.record.mistakes[:count], displays=displays), result.sheet)


@pytest.fixture(scope="module")
def folder(handmade, tmp_path_factory):
    where = tmp_path_factory.mktemp("pages")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "with_settings", lambda exam, settings: handmade.Naming())
        for name, text in pages(handmade).items():
            (where / f"{name}.html").write_text(text, encoding="utf-8")
    return where


@pytest.fixture(scope="module")
def tab(folder) -> Iterator[playwright.Page]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: request.url.startswith(("file:", "data:")) or page.said.append(request.url))
        yield page
        browser.close()


@pytest.fixture
def open_page(tab, folder):
    def opened(name: str, width: int = 1280, scheme: str = "light") -> playwright.Page:
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme)
        tab.said.clear()
        tab.goto((folder / f"{name}.html").as_uri())
        return tab

    yield opened
    assert tab.said == []  # no word on the console, no error, no request


@pytest.mark.parametrize("name", ["few", "many"])
def test_a_checker_of_accessibility_finds_nothing(open_page, name):
    assert violations(open_page(name)) == []


def test_there_is_contrast_enough_in_the_dark(open_page):
    page = open_page("few", scheme="dark")
    page.locator("button.explore").first.click()
    page.locator(".drawing svg").first.wait_for()
    assert violations(page, runOnly=["color-contrast"]) == []


def violations(page: playwright.Page, **options: list[str]) -> list[tuple[str, list[str]]]:
    """What axe finds with everything unfolded: the rule, and the first places where it is broken."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    found = axe.Axe().run(page, options=options).response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["few", "many"])
def test_nothing_hangs_over_the_edge(open_page, name, width):
    page = open_page(name, width=width)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("width", [390, 1280])
def test_pictures_that_belong_together_stay_in_one_line(open_page, width):
    page = open_page("few", width=width)
    shown = page.locator(".exam").first.locator(".displays[open]").first
    for together in (3, 5):
        groups = shown.locator(".groups").filter(
            has=page.locator(f".together:has(li:nth-child({together}):last-child)")
        )
        places = groups.locator("ul").evaluate_all("all => all.map(one => [...one.children].map(li => li.offsetTop))")
        assert [len(group) for group in places] == [together] * (15 // together)
        assert all(len(set(group)) == 1 for group in places)
        side_by_side = len({group[0] for group in places}) < len(places)
        assert side_by_side == (width == 1280 and together == 3)


def test_two_models_are_chosen_and_compared(open_page):
    page = open_page("many")
    first, second = page.get_by_label("First"), page.get_by_label("Second")
    first.select_option("4")
    second.select_option("4")
    assert page.locator("#compare-said").inner_text() == "Choose two models that differ."
    second.select_option("2")
    assert "First is checkpoint:runs/study-of-many/model-2/model" in page.locator("#compare-said").inner_text()
    assert page.locator("#compare-table tbody tr").count() == 1
    assert "points" in page.locator("#compare-table td.value").inner_text()


def test_items_on_which_two_models_part_are_shown_with_both_answers(open_page):
    page = open_page("few")
    assert "zoo:b</script><b>" in page.locator("#compare-said").inner_text()
    page.locator("#compare-items summary").first.click()
    card = page.locator("#compare-items li:has([role=img])").first
    card.wait_for()
    assert card.locator("dt").all_inner_texts() == ["is", "first", "second"]
    assert len(set(card.locator("dd").all_inner_texts())) == 2


def test_a_gallery_is_filtered_by_class_and_by_how_sure_the_model_was(open_page):
    page = open_page("few")
    gallery = page.locator(".mistakes").first
    items, every = gallery.locator("li:visible"), gallery.locator("li").count()
    truth = gallery.get_by_role("combobox", name="Is", exact=True)
    wanted = gallery.locator("li").last.get_attribute("data-is")
    truth.select_option(wanted)
    shown = items.count()
    assert 0 < shown < every
    assert {item.get_attribute("data-is") for item in items.all()} == {wanted}
    assert gallery.locator("output").inner_text().startswith(f"{shown} of {every} shown")
    truth.select_option("any")
    gallery.get_by_label("Sure at least").fill("0.8")
    assert 0 < items.count() < every


def test_a_figure_comes_alive_and_models_are_put_away_by_keyboard(open_page):
    page = open_page("few")
    figure = page.locator("figure").first
    button = figure.locator("button.explore")
    button.focus()
    page.keyboard.press("Enter")
    symbols = figure.locator(".drawing .mark-symbol.role-mark path")
    symbols.first.wait_for()
    both = symbols.count()
    assert not figure.locator(".still").is_visible()
    symbols.first.hover(force=True)
    page.locator("#vg-tooltip-element.visible").wait_for()
    assert "zoo:a" in page.locator("#vg-tooltip-element").inner_text()
    figure.get_by_role("checkbox", name="zoo:a").focus()
    page.keyboard.press("Space")
    page.wait_for_function(
        "count => document.querySelectorAll('.drawing .mark-symbol.role-mark path').length < count", arg=both
    )
    button.click()
    assert figure.locator(".still").is_visible()


def test_exams_are_folded_and_a_link_unfolds_the_one_it_leads_to(open_page):
    page = open_page("few")
    opened = page.locator(".exam > details[open]")
    assert opened.count() == 2
    page.get_by_role("button", name="Fold all", exact=True).click()
    assert opened.count() == 0
    page.locator(".sheet a").first.click()
    assert opened.count() == 1


def test_an_address_unfolds_the_exam_it_leads_to(open_page, folder):
    page = open_page("folded")
    opened = page.locator(".exam > details[open]")
    assert opened.count() == 0
    leads = page.locator(".sheet a").first.get_attribute("href")
    page.goto("about:blank")
    page.goto((folder / "folded.html").as_uri() + leads)
    assert opened.count() == 1


def test_without_scripts_figures_and_pictures_are_there_and_no_button(tab, folder):
    quiet = tab.context.browser.new_page(java_script_enabled=False)
    quiet.goto((folder / "few.html").as_uri())
    assert quiet.locator(".still svg").first.is_visible()
    assert quiet.locator(".mistakes [role=img]").first.is_visible()
    assert quiet.locator("button:visible, select:visible").count() == 0
    quiet.close()
