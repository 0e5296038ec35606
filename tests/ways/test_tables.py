"""The results table as text that others parse."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import pytest

from eyechart.core import Result
from eyechart.errors import BadInput
from eyechart.reporting.words import number
from eyechart.ways.latex import escaped

NASTY = 'a&b_50%$#{x}~^\\|<y>*[z] "q", é'


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def body(path: Path) -> list[list[str]]:
    """The rows of a LaTeX table, headings included."""
    rows = re.findall(r"^ {4}(.* & .*) \\\\$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return [re.split(r"(?<!\\) & ", row) for row in rows]


def test_markdown_has_a_line_per_norm_and_a_column_per_model(publish, results, tmp_path):
    publish("markdown", tmp_path / "results.md")
    lines = (tmp_path / "results.md").read_text(encoding="utf-8").splitlines()
    table = [cells(line) for line in lines if line.startswith("|")]
    assert table[0][5:] == ["zoo:ladder/vit-200k", "zoo:objectives/clip-vit"]
    assert [row[0] for row in table[2:]] == ["knn", "linear"]
    assert {len(row) for row in table} == {7}
    for row in table[2:]:
        for column, model in enumerate(table[0][5:], start=5):
            record = next(
                one.record for one in results if (one.record.card.name, one.record.norm.exam) == (model, row[0])
            )
            assert number(record.estimates["top1"].value) in row[column]
            assert f"\\[{number(record.estimates['top1'].low)},\u00a0" in row[column]


def test_exams_side_by_side_is_the_same_table_turned(publish, tmp_path):
    publish("markdown", tmp_path / "one.md")
    publish("markdown", tmp_path / "other.md", across="exams")
    one, other = (
        [cells(line) for line in (tmp_path / name).read_text(encoding="utf-8").splitlines() if line.startswith("|")]
        for name in ("one.md", "other.md")
    )
    del one[1], other[1]
    assert [list(column) for column in zip(*one, strict=True)] == other


def test_whatever_models_are_called_the_columns_stay(publish, one, renamed, tmp_path):
    given = [renamed(one, NASTY), renamed(one, "plain")]
    for way, file in (("markdown", "t.md"), ("latex", "t.tex"), ("csv", "t.csv")):
        publish(way, tmp_path / file, given)
    table = [cells(line) for line in (tmp_path / "t.md").read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    assert {len(row) for row in table} == {7}
    assert {len(row) for row in body(tmp_path / "t.tex")} == {7}
    with (tmp_path / "t.csv").open(newline="", encoding="utf-8") as file:
        assert {row["model"] for row in csv.DictReader(file)} == {NASTY, "plain"}


def test_latex_is_one_whole_table_of_booktabs(publish, tmp_path):
    publish("latex", tmp_path / "t.tex")
    text = (tmp_path / "t.tex").read_text(encoding="utf-8")
    assert re.findall(r"\\(begin|end)\{(\w+)\}", text) == [
        ("begin", "table"),
        ("begin", "tabular"),
        ("end", "tabular"),
        ("end", "table"),
    ]
    assert text.index("\\toprule") < text.index("\\midrule") < text.index("\\bottomrule")
    columns = re.search(r"\\begin\{tabular\}\{([lr]+)\}", text)
    assert columns
    assert {len(row) for row in body(tmp_path / "t.tex")} == {len(columns[1])}
    bare = re.sub(r"\\[\\{}]", "", text)
    assert bare.count("{") == bare.count("}")
    assert text.isascii()


@pytest.mark.parametrize("sign", list("&%$#_{}~^\\<>|"))
def test_no_sign_of_latex_stands_bare(sign):
    assert escaped(f"a{sign}b") != f"a{sign}b"
    assert escaped(f"a{sign}b").startswith("a\\")


def test_a_line_of_latex_never_begins_with_an_option_of_the_break_before(publish, one, renamed, tmp_path):
    publish("latex", tmp_path / "t.tex", [renamed(one, "[z]"), renamed(one, "*")], across="exams")
    assert [row[0][:1] for row in body(tmp_path / "t.tex")][-2:] == ["{", "{"]


def test_csv_gives_every_estimate_as_it_is(publish, results, tmp_path):
    publish("csv", tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(len(record.estimates) for record, _ in results)
    found = {(row["exam"], row["model"], row["estimate"]): row for row in rows}
    for record, _ in results:
        for name, estimate in record.estimates.items():
            row = found[record.norm.exam, record.card.name, name]
            assert (float(row["value"]), float(row["low"]), float(row["high"])) == (
                estimate.value,
                estimate.low,
                estimate.high,
            )
            assert (row["headline"] == "True") == (name == record.headline)
            assert row["rank_best"] == "" or name == record.headline


def test_ranks_stand_only_where_the_tests_part_models(publish, results, one, renamed, tmp_path):
    record, sheet = one
    wrong = replace(sheet, columns={**sheet.columns, "score": 0 * sheet["score"]})
    none = replace(record.estimates["top1"], value=0.0, low=0.0, high=0.06)
    worst = Result(replace(record, card=replace(record.card, name="blind"), estimates={"top1": none}), wrong)
    publish("latex", tmp_path / "apart.tex", [one, worst])
    publish("latex", tmp_path / "alike.tex", [one, renamed(one, "twin")])
    publish("latex", tmp_path / "alone.tex", [one])
    apart, alike, alone = ((tmp_path / f"{name}.tex").read_text() for name in ("apart", "alike", "alone"))
    assert "\\textbf{" in apart
    assert r"\#1 " in f"{apart} "
    assert r"\#2" in apart
    assert "Bold: first beyond doubt" in apart
    for text in (alike, alone):
        assert "\\#" not in text
        assert "\\textbf" not in text


def test_less_is_better_is_said(publish, one, tmp_path):
    record, sheet = one
    lower = {"top1": replace(record.estimates["top1"], better="lower")}
    publish("latex", tmp_path / "t.tex", [Result(replace(record, estimates=lower), sheet)])
    assert r"top1 $\downarrow$" in (tmp_path / "t.tex").read_text()


def test_a_place_that_cannot_be_written_is_said(publish, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot write"):
        publish("csv", tmp_path / "file" / "t.csv")
