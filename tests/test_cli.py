from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from eyechart.cli import app
from eyechart.errors import EyechartError

QUICK = ["--data", "digits", "--limit", "120", "--exam", "knn", "--exam", "zero_shot", "--precision", "fp32"]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One examination that the tests of this file read."""
    folder = tmp_path_factory.mktemp("cli")
    done = run("examine", *QUICK, "--shelf", str(folder / "shelf"), "--report", str(folder / "report.html"))
    assert "vit-clip" in done
    return folder / "shelf"


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def complaint(*arguments: str) -> str:
    """The sentence that a user reads; `main` prints it and exits with 2."""
    with pytest.raises(EyechartError) as caught:
        CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    return str(caught.value)


def test_examine_writes_records_and_a_page_that_needs_no_network(shelf: Path) -> None:
    page = (shelf.parent / "report.html").read_text(encoding="utf-8")
    assert "<html" in page
    for outside in ('src="http', 'href="http', "url(http", "@import"):
        assert outside not in page
    assert len(list((shelf / "records").glob("*.json"))) >= 4


def test_examine_prints_records_as_json(shelf: Path) -> None:
    out = run("examine", *QUICK, "--shelf", str(shelf), "--report", "", "--json")
    records = json.loads(out)
    assert {record["norm"]["exam"] for record in records} == {"knn", "zero_shot"}


def test_a_record_is_repeated(shelf: Path) -> None:
    record = next((shelf / "records").glob("*knn*.json"))
    assert "same" in run("examine", "--again", str(record), "--shelf", str(shelf))


def test_compare_ranks_the_models_of_one_norm(shelf: Path) -> None:
    told = json.loads(run("compare", "--shelf", str(shelf), "--json"))
    assert {ranking["norm"]["exam"] for ranking in told["rankings"]} == {"knn", "zero_shot"}
    for ranking in told["rankings"]:
        assert {standing["model"] for standing in ranking["standings"]} == {"zoo:vit-clip", "zoo:convnext-clip"}
    assert "zoo:vit-clip" in run("compare", "--shelf", str(shelf))


def test_report_is_written_from_the_shelf(shelf: Path, tmp_path: Path) -> None:
    run("report", "--shelf", str(shelf), "-o", str(tmp_path / "page.html"))
    assert "zero_shot" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_norms_on_the_shelf_are_listed(shelf: Path) -> None:
    rows = json.loads(run("list", "norms", "--shelf", str(shelf), "--json"))
    assert {row["exam"] for row in rows} == {"knn", "zero_shot"}
    assert all(row["records"] >= 2 for row in rows)


@pytest.mark.parametrize("what", ["models", "data", "exams", "charts"])
def test_what_there_is_is_listed(what: str) -> None:
    assert json.loads(run("list", what, "--json"))


@pytest.mark.parametrize("thing", ["knn", "recognition", "digits", "zoo:vit-clip"])
def test_one_thing_is_shown(thing: str) -> None:
    assert json.loads(run("show", thing, "--json"))


def test_the_kept_features_are_listed_verified_and_cleared(shelf: Path) -> None:
    assert json.loads(run("cache", "--shelf", str(shelf), "--verify", "--json"))
    run("cache", "--shelf", str(shelf), "--clear")
    assert json.loads(run("cache", "--shelf", str(shelf), "--json")) == []


def test_the_world_can_be_looked_at(tmp_path: Path) -> None:
    assert "true" in run("world", "item", "3", "-o", str(tmp_path / "item.png"))
    run("world", "sheet", "-o", str(tmp_path / "sheet.png"))
    assert (tmp_path / "sheet.png").stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["examine", "--exam", "zero_shoot"], "did you mean 'zero_shot'"),
        (["examine", "--chart", "recogniton"], "did you mean 'recognition'"),
        (["examine", "--data", "wordl"], "world"),
        (["examine", "--data", "folder:/no/such/place"], "/no/such/place"),
        (["examine", "--exam", "knn", "--set", "knn.k=many"], "knn.k"),
        (["examine", "--precision", "fp12", "--exam", "knn", "--data", "digits"], "fp12"),
        (["list", "modles"], "did you mean 'models'"),
        (["show", "zero_shto"], "zero_shto"),
        (["examine", "--again", "/no/such/record.json"], "/no/such/record.json"),
    ],
)
def test_bad_input_is_one_sentence(arguments: list[str], expected: str, tmp_path: Path) -> None:
    sentence = complaint(*arguments, *(["--shelf", str(tmp_path)] if arguments[0] == "examine" else []))
    assert expected in sentence
    assert "\n" not in sentence.strip()


def test_a_misspelt_model_is_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    arguments = ["examine", "zoo:vit-clp", "--data", "digits", "--exam", "knn", "--shelf", str(tmp_path / "shelf")]
    result = CliRunner().invoke(app, [*arguments, "--report", str(tmp_path / "page.html")])
    assert result.exit_code == 2
    assert "did you mean 'vit-clip'" in " ".join(result.output.split())
    assert not (tmp_path / "page.html").exists()
    assert not list(tmp_path.glob("shelf/refusals/*"))


def test_a_picture_that_cannot_be_read_is_told_and_listed(tmp_path: Path) -> None:
    for name, colour in (("red", (200, 0, 0)), ("blue", (0, 0, 200))):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for index in range(8):
            Image.new("RGB", (40, 40 + index), colour).save(tmp_path / "pictures" / name / f"{index}.png")
    (tmp_path / "pictures" / "red" / "torn.png").write_bytes(b"")
    arguments = ["--exam", "zero_shot", "--data", str(tmp_path / "pictures"), "--shelf", str(tmp_path / "shelf")]
    out = run("examine", "zoo:vit-clip", *arguments, "--report", str(tmp_path / "page.html"))
    assert "red/torn.png: the file is empty" in out
    (record,) = (tmp_path / "shelf" / "records").glob("*.json")
    assert [entry["id"] for entry in json.loads(record.read_text())["unread"]] == ["red/torn.png"]
    assert "torn.png" in (tmp_path / "page.html").read_text(encoding="utf-8")
