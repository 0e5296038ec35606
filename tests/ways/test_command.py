"""The command, and what it says when it cannot."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from eyechart import cli, plugins
from eyechart.errors import BadInput, UnknownName
from eyechart.ways.files import slugs, write
from eyechart.ways.way import Way


def test_what_was_written_is_printed_line_by_line(shelf, results, tmp_path):
    done = CliRunner().invoke(cli.app, ["publish", "--shelf", str(shelf), "--as", "card", "-o", str(tmp_path)])
    assert done.exit_code == 0
    assert set(done.stdout.splitlines()) == {str(path) for path in tmp_path.rglob("README.md")}


def test_records_can_be_chosen_as_for_compare(shelf, tmp_path):
    record = next((shelf / "records").glob("*knn*"))
    CliRunner().invoke(cli.app, ["publish", str(record), "--as", "csv", "-o", str(tmp_path / "t.csv")])
    lines = (tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) > 1
    assert all(line.startswith("knn,") for line in lines[1:])


def test_a_way_that_is_not_there_is_said_with_the_nearest(publish, tmp_path):
    with pytest.raises(UnknownName, match="no way out is called 'latec'; did you mean 'latex'"):
        publish("latec", tmp_path)


def test_an_option_of_another_way_is_refused(publish, tmp_path):
    with pytest.raises(UnknownName, match="no option of the way 'card' is called 'tap'"):
        publish("card", tmp_path, tap="image")
    with pytest.raises(BadInput, match="across was given 'pages'"):
        publish("latex", tmp_path / "t.tex", across="pages")


def test_nothing_to_publish_is_said(publish, tmp_path):
    with pytest.raises(BadInput, match="no records"):
        publish("latex", tmp_path, [])


def test_every_way_is_one_and_the_help_names_it():
    text = re.sub(r"\s+|│", " ", CliRunner().invoke(cli.app, ["publish", "--help"], terminal_width=400).stdout)
    for name in plugins.names("ways"):
        assert isinstance(plugins.find("ways", name)(), Way)
        assert name in text


def test_names_that_would_be_one_file_stay_two():
    found = slugs(["a:b", "a/b", "c"])
    assert found["c"] == "c"
    assert len(set(found.values())) == 3
    assert slugs(["猫", "犬"])["猫"] != slugs(["猫", "犬"])["犬"]


def test_a_name_that_is_no_unicode_is_written_as_an_escape(tmp_path):
    write(tmp_path / "t.txt", "a\udcff")
    assert (tmp_path / "t.txt").read_text(encoding="utf-8") == "a\\udcff"
