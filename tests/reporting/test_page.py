"""One page: whole, offline, escaped, and readable without seeing."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from io import BytesIO

import pytest
from PIL import Image

from eyechart.core import Result
from eyechart.errors import BadInput, UnknownName
from eyechart.reporting import drawing, view
from eyechart.reporting.figures import Figure
from eyechart.reporting.page import html, write
from eyechart.reporting.taught import Chapter, Equals, Way
from eyechart.store.shelf import Shelf

EVIL = '<script>alert("x")</script>'
VOID = {"meta", "img", "br", "image", "use", "line", "rect", "path", "circle"}


@pytest.fixture(autouse=True)
def _installed(monkeypatch, handmade):
    monkeypatch.setattr(drawing, "with_settings", lambda exam, settings: handmade.Naming())


def results(handmade):
    return [
        handmade.result(handmade.card(name), handmade.norm(data=data), handmade.sheet(accuracy, seed=seed))
        for data in ("world", "digits")
        for name, accuracy, seed in (("zoo:a", 0.8, 0), ("zoo:b", 0.5, 1))
    ]


@pytest.fixture(scope="module")
def text(handmade):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "with_settings", lambda exam, settings: handmade.Naming())
        return html(results(handmade), [handmade.refusal()], handmade.Album())


def test_a_page_from_the_shelf_is_the_page_from_memory(tmp_path, handmade):
    shelf = Shelf(tmp_path)
    kept = []
    for given, sheet in results(handmade)[:2]:
        mistakes = tuple(
            replace(mistake, picture=shelf.put_thumbnail(Image.open(BytesIO(handmade.Album().thumbnail(mistake.id)))))
            for mistake in given.mistakes
        )
        record = replace(given, sheet=shelf.digest(sheet), mistakes=mistakes)
        shelf.put(record, sheet)
        kept.append(Result(record, sheet))
    again = [Result(record, shelf.sheet(record.sheet)) for record in shelf.records()]
    again.sort(key=lambda result: result.record.card.name)
    assert html(again, [], shelf) == html(kept, [], shelf)
    assert "data:image/" in html(again, [], shelf)


class Reader(HTMLParser):
    """Collects tags, words and identifiers, and whether every tag is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.scripts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.open.pop() == tag

    def handle_data(self, data):
        (self.scripts if self.open and self.open[-1] in {"script", "style"} else self.words).append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def said(self) -> str:
        return " ".join(" ".join(self.words).split())


def test_the_page_is_written_whole(tmp_path, handmade):
    out = write(results(handmade), [], handmade.Album(), tmp_path / "deep" / "report.html")
    assert out.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert [path.name for path in out.parent.iterdir()] == ["report.html"]


def test_every_tag_is_closed_and_every_identifier_is_one(text):
    page = Reader(text)
    assert page.open == []
    names = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(names) == len(set(names))
    targets = [address[1:] for link in page.all("a") if (address := link.get("href") or "").startswith("#")]
    labels = [name for _, attributes in page.tags for name in (attributes.get("aria-labelledby") or "").split()]
    assert set(targets + labels) <= set(names)


def test_the_page_asks_for_nothing(text):
    page = Reader(text)
    for tag, attributes in page.tags:
        assert tag not in {"link", "iframe", "object", "embed", "base"}
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "action", "poster", "srcset"):
            assert (attributes.get(name) or "#").startswith(("#", "data:image/"))
    style = text[text.index("<style>") : text.index("</style>")]
    assert style.count("url(") == style.count("url(data:image/")
    assert "@import" not in style


def test_only_scripts_that_the_page_names_by_digest_may_run(text):
    (policy,) = (meta["content"] for meta in Reader(text).all("meta") if "http-equiv" in meta)
    assert policy.startswith("default-src 'none'")
    allowed = policy.split("script-src ")[1].split()
    digests = re.findall(r'<script(?: type="text/plain" id="vega")?>(.*?)</script>', text, re.DOTALL)
    assert allowed == [f"'sha256-{b64encode(sha256(one.encode()).digest()).decode()}'" for one in reversed(digests)]
    assert len(allowed) == 2


def test_the_sheet_tells_question_value_interval_rank_chance_and_verdict(text, handmade):
    said = Reader(text).said
    for words in (
        "Can it name what it sees, from names alone?",
        "guessing: 10.0 %",
        "zoo:a is best: +",
        "rank 1",
        "rank 2",
    ):
        assert words in said
    value = handmade.result(rows=handmade.sheet(0.8)).record.estimates["top1"]
    assert f"{100 * value.value:.1f} %" in said
    assert f"{100 * value.low:.1f} – {100 * value.high:.1f} %" in said


def test_a_section_tells_what_is_measured_and_under_which_norm(text):
    said = Reader(text).said
    for words in (
        "Top-1 accuracy when every class is only a name.",
        "naming, version 1",
        "world, split test, revision 1",
        "mean loss (lower is better)",
        "mcnemar mid-p",
        "item-9999 : the file is empty",
        "200 items of the split test",
    ):
        assert words in said
    assert "which the page does not show" not in said


def test_the_ledger_tells_how_each_model_was_read(text):
    said = Reader(text).said
    for words in (
        "1.3 M",
        "210 M",
        "64 × 64",
        "shorter side resized, centre cropped; bicubic",
        ".480 .460 .410",
        "fp32",
    ):
        assert words in said
    for words in ("naming on world, naming on digits: image", "world: “a {}.”, “the {}.”", "2 M", "12 s", "Apache-2.0"):
        assert words in said


def test_refusals_come_with_their_reasons(text):
    assert "retrieval needs a DualEncoder; timm:resnet50 is none" in Reader(text).said


def test_commands_repeat_the_records_with_their_settings(text):
    assert (
        "eyechart examine zoo:a --data world --exam naming --set naming.k=20 --set naming.tap=image"
        in Reader(text).said
    )


def test_each_picture_is_embedded_once_and_used_often(text):
    stored = re.findall(r"\.(p\d+)\{[^}]*url\((data:image/[^)]*)\)", text)
    assert stored
    assert len(stored) == len({address for _, address in stored})
    uses = [span["class"].split()[1] for span in Reader(text).all("span") if "thumbnail p" in (span.get("class") or "")]
    assert len(uses) > len(stored)
    assert set(uses) == {name for name, _ in stored}


def test_a_picture_that_is_gone_leaves_its_words(handmade):
    one = handmade.result()
    page = Reader(html([one], [], handmade.Album(one.record.mistakes[0].picture)))
    assert "no picture on the shelf" in page.said
    assert f"is {one.record.mistakes[0].truth}" in page.said


def test_pictures_have_names_for_those_who_cannot_see_them(text):
    page = Reader(text)
    shown = [span for span in page.all("span") if "thumbnail p" in (span.get("class") or "")]
    for one in page.all("svg") + shown:
        assert one.get("aria-hidden") == "true" or (one.get("role") == "img" and one.get("aria-label"))


def test_nothing_from_data_becomes_markup(handmade):
    classes = (f"cat{EVIL}", f'dog"><img src=x onerror={EVIL}', "fish & chips")
    rows = handmade.sheet(0.5, classes=classes)
    record = handmade.result(
        handmade.card(f"m{EVIL}", trained_on=EVIL, licence=EVIL, digest=EVIL),
        handmade.norm(data=f"d{EVIL}", settings={EVIL: EVIL}, revision=EVIL),
        rows,
        question=f"Really? {EVIL}",
        eyechart=EVIL,
    )
    page = Reader(html([record], [handmade.refusal(reason=EVIL, model=EVIL)], handmade.Album()))
    assert [script.get("type") for script in page.all("script")] == ["application/json", "text/plain", None]
    assert not page.all("img")
    assert page.open == []
    assert EVIL in page.said
    assert not [script for script in page.scripts if EVIL in script]
    assert "fish & chips" in page.said


def test_names_of_models_stay_text_in_embedded_data(handmade):
    models = [f"a</script>{EVIL}", "b<!--<script>"]
    given = [
        handmade.result(handmade.card(name), rows=handmade.sheet(0.5, seed=seed)) for seed, name in enumerate(models)
    ]
    page = Reader(html(given, [], handmade.Album()))
    assert page.open == []
    figure, pairs = page.scripts[1:3]
    assert json.loads(pairs)["models"] == models
    assert json.loads(figure)["series"] == models


def test_a_page_without_figures_carries_no_library(monkeypatch, handmade):
    def absent(exam, settings):
        raise UnknownName("exam", exam, ["knn"])

    monkeypatch.setattr(drawing, "with_settings", absent)
    page = Reader(html([handmade.result()], [], handmade.Album()))
    assert not [script for script in page.all("script") if script.get("type") == "text/plain"]


def test_what_no_record_tells_is_said_to_be_missing(handmade):
    silent = handmade.card(trained_on="unknown", samples_seen=None, licence="unknown", flops=None)
    (ledger,) = [
        row for row in view.page([handmade.result(silent)], [], handmade.Album()).ledger if row.name == "trained on"
    ]
    assert ledger.cells == ("not recorded",)


def test_the_ledger_tells_what_was_chosen_on_what(handmade):
    rows = handmade.sheet()
    chosen = {"fitted_on": 360, "chosen_on": 40, "penalty": 0.01, "path": {"penalties": [1.0, 0.1, 0.01]}}
    given = handmade.result(under=handmade.norm(settings={"seed": 7}, learnt_from="a" * 32), rows=rows, facts=chosen)
    told = {row.name: row.cells[0] for row in view.page([given], [], handmade.Album()).ledger}
    assert told["settings tried (budget)"] == "naming: 3 settings"
    assert told["what was chosen, on what"] == "naming: penalty 0.01, fitted on 360, chosen on 40"
    assert told["learnt from, of the train split"] == "naming: 400 items"
    assert told["seeds of the exams"] == "intervals: 0; naming: 7"


def test_many_models_are_rows_of_the_sheet_and_their_exams_are_still_all_there(handmade):
    given = [handmade.result(handmade.card(f"zoo:{n}"), rows=handmade.sheet(0.5, seed=n)) for n in range(7)]
    text = html(given, [], handmade.Album())
    assert 'class="matrix"' in text
    said = Reader(text).said
    assert "Neighbours in the ranking; all 21 pairs" in said
    assert "and 5 more share the first place" in said or "No difference can be told between" in said


def test_an_exam_that_is_not_installed_gets_a_plain_sentence(monkeypatch, handmade):
    def absent(exam, settings):
        raise UnknownName("exam", exam, ["knn"])

    monkeypatch.setattr(drawing, "with_settings", absent)
    page = Reader(html([handmade.result()], [], handmade.Album()))
    assert "The exam 'naming' is not installed here, so its figure cannot be drawn. Its numbers stand." in page.said


def test_a_model_that_did_not_take_an_exam_says_why(handmade):
    taken = handmade.result()
    other = handmade.result(handmade.card("zoo:b"), handmade.norm(exam="neighbours"))
    declined = handmade.refusal(exam="naming", model="zoo:b")
    said = Reader(html([taken, other], [declined], handmade.Album())).said
    assert "refused" in said
    assert "not taken" in said


def test_norms_that_differ_are_told(handmade):
    other = handmade.result(handmade.card("zoo:b"), handmade.norm(settings={"k": 5, "tap": "image"}))
    said = Reader(html([handmade.result(), other], [], handmade.Album())).said
    assert "Kept apart" in said
    assert "settings.k: 20 against 5" in said


def test_refusals_alone_make_a_page(handmade):
    said = Reader(html([], [handmade.refusal()], handmade.Album())).said
    assert "Nothing could be examined; 1 refusal below say why." in said


def test_nothing_at_all_makes_none(tmp_path, handmade):
    with pytest.raises(BadInput, match="nothing to report"):
        write([], [], handmade.Album(), tmp_path / "report.html")


def test_a_place_that_cannot_be_written_is_told(tmp_path, handmade):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be written"):
        write(results(handmade)[:1], [], handmade.Album(), tmp_path / "file" / "report.html")


def test_the_same_records_give_the_same_page(text, handmade):
    assert html(results(handmade), [handmade.refusal()], handmade.Album()) == text


def test_light_dark_phone_and_paper_are_seen_to(text):
    for rule in ("color-scheme: dark", "max-width: 44rem", "@media print", "reduced-motion", 'name="viewport"'):
        assert rule in text
    assert re.search(r'<html lang="en">', text)


def test_what_was_taught_is_a_chapter_with_its_own_link(handmade):
    way = Way("clip", ".710", ".685 to .735", ".700, .710, .720", "")
    drawn = Figure(still="<svg></svg>", lively={}, series=(), told=False)
    table = Equals(title="knn on world: vit", norm="abc", chance=".100", ways=(way,), figure=drawn)
    chapter = Chapter(name="small", said="All is equal.", tables=(table,))
    page = html(results(handmade), [], handmade.Album(), chapter)
    assert '<a href="#taught">' in page
    assert '<section id="taught"' in page
    assert all(told in page for told in ("knn on world: vit", "abc", ".685 to .735", "All is equal."))
    assert 'id="taught"' not in html(results(handmade), [], handmade.Album())
