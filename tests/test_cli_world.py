"""`eyechart world …`: what it prints and writes, and what it says when it cannot."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from typer.testing import CliRunner

from eyechart import data, listing_world
from eyechart.cli import app
from eyechart.errors import EyechartError
from eyechart.world import World


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["world", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def seen(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image)


def test_a_sheet_is_drawn(tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    assert str(out) in run("sheet", "--by", "size", "--size", "40", "-o", str(out)).replace("\n", "")
    with_names = seen(out).shape
    run("sheet", "--by", "size", "--size", "40", "--no-labels", "-o", str(out))
    assert seen(out).shape < with_names


def test_a_picture_is_shown_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    out, view = tmp_path / "item.png", World(size=256)[3]
    told = " ".join(run("show", "3", "-o", str(out)).split())
    assert view.name in told
    for known in ("facts", "true", "false", "asked", "--twin"):
        assert known in told
    np.testing.assert_array_equal(seen(out), view.pixels)


def test_a_picture_is_shown_as_json(tmp_path: Path) -> None:
    view = World(size=64, split="test", draw="long-tailed")[5]
    arguments = ["--split", "test", "--draw", "long-tailed", "--size", "64", "-o", str(tmp_path / "item.png")]
    told = json.loads(run("show", "5", "--json", *arguments))
    assert told["class"] == view.name
    assert tuple(told["captions"]) == view.captions
    assert told["facts"] == view.facts
    assert told["questions"][0]["text"] == view.questions[0].text
    assert tuple(told["changes"]) == view.world.changes(5)


def test_a_picture_is_told_in_chinese(tmp_path: Path) -> None:
    told = json.loads(run("show", "3", "--json", "--language", "zh", "-o", str(tmp_path / "item.png")))
    assert told["captions"] == list(World(size=256)[3].told("zh").captions)


def test_a_twin_is_shown_beside_its_picture(tmp_path: Path) -> None:
    out, world = tmp_path / "pair.png", World(size=96)
    twin = world.twin(3, "colour")
    one, other = twin.told()
    told = " ".join(run("show", "3", "--twin", "colour", "--size", "96", "-o", str(out)).split())
    assert one in told
    assert other in told
    pair = seen(out)
    np.testing.assert_array_equal(pair[:, :96], world[3].pixels)
    np.testing.assert_array_equal(pair[:, -96:], twin.view.pixels)


@pytest.mark.parametrize("of", ["writing", "people", "documents"])
def test_the_other_kinds_are_shown_too(of: str, tmp_path: Path) -> None:
    told = json.loads(run("show", "2", "--of", of, "--json", "-o", str(tmp_path / "item.png")))
    assert told["captions"]
    assert seen(tmp_path / "item.png").shape == (256, 256, 3)


def test_pictures_are_exported_and_what_it_says_to_type_reads_them(tmp_path: Path) -> None:
    out = tmp_path / "some pictures"
    said = run("export", str(out), "--as", "webdataset", "--count", "6", "--split", "train", "--split", "test")
    assert "6 of train, 6 of test" in said
    lines = [line for line in said.splitlines() if line.startswith("eyechart examine")]
    assert lines
    for line in lines:
        found = data.load(shlex.split(line)[-1])
        np.testing.assert_array_equal(np.asarray(found.items[0].picture.load()), World(split="test")[0].pixels)


@pytest.mark.parametrize("form", ["folder", "parquet", "coco"])
def test_what_any_format_says_to_type_can_be_read(form: str, tmp_path: Path) -> None:
    said = run("export", str(tmp_path / "out"), "--as", form, "--count", "4", "--size", "32")
    for line in said.splitlines()[1:]:
        assert data.load(shlex.split(line)[-1]).items[0].picture.load().size == (32, 32)


def test_an_export_that_is_stopped_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(listing_world, "write_out", stopped)
    result = CliRunner().invoke(app, ["world", "export", str(tmp_path / "out")])
    assert result.exit_code == 130
    assert "nothing was written" in result.output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["sheet", "--by", "concpt"], "did you mean 'concept'"),
        (["sheet", "--size", "8"], "32 to 512"),
        (["show", "3", "--twin", "color of object 1"], "did you mean 'colour of object 1'"),
        (["show", "3", "--twin", "colour of object 9"], "possible:"),
        (["show", "3", "--twin", "colour", "--of", "people"], "only scenes have twins"),
        (["show", "3", "--of", "peple"], "did you mean 'people'"),
        (["show", "3", "--split", "tets"], "did you mean 'test'"),
        (["show", "3", "--language", "en-GB"], "did you mean 'en'"),
        (["show", "3", "--draw", "longtailed"], "did you mean 'long-tailed'"),
        (["show", "3", "-o", "/no/such/folder/item.png"], "cannot write /no/such/folder/item.png"),
        (["export", "out", "--as", "parket"], "did you mean 'parquet'"),
        (["export", "out", "--of", "people", "--masks"], "only scenes have masks"),
        (["export", "out", "--size", "9"], "32 to 512"),
    ],
)
def test_bad_input_is_one_sentence(
    arguments: list[str], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EyechartError) as caught:
        CliRunner().invoke(app, ["world", *arguments], catch_exceptions=False)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())
