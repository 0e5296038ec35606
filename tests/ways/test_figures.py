"""Figures as files."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image

from eyechart.core import Result
from eyechart.errors import BadInput
from eyechart.reporting.comparison import norm_digest


def test_each_norm_gives_a_file_per_format_named_after_it(publish, one, renamed, tmp_path):
    done = publish("figures", tmp_path, [renamed(one, data="a/b?c=1")])
    name = f"linear-a-b-c-1-{norm_digest(one.record.norm)[:8]}"
    assert [path.name for path in sorted(tmp_path.iterdir())] == [f"{name}.{form}" for form in ("pdf", "png", "svg")]
    assert len(done.written) == 3
    svg = ElementTree.fromstring((tmp_path / f"{name}.svg").read_text())
    picture = Image.open(BytesIO((tmp_path / f"{name}.png").read_bytes())).convert("RGB")
    assert picture.width == pytest.approx(2 * float(svg.attrib["width"]), abs=2)
    assert picture.getpixel((0, 0)) == (255, 255, 255)
    assert picture.getextrema()[0][0] < 60  # ink
    pdf = (tmp_path / f"{name}.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")


def test_formats_can_be_chosen_as_typed(publish, one, tmp_path):
    publish("figures", tmp_path, [one], formats="svg,pdf")
    assert {path.suffix for path in tmp_path.iterdir()} == {".svg", ".pdf"}
    with pytest.raises(BadInput, match="formats was given 'gif'"):
        publish("figures", tmp_path, [one], formats="gif")


def test_an_exam_that_is_not_installed_is_left_out_and_said(publish, one, tmp_path):
    record, sheet = one
    strange = Result(replace(record, norm=replace(record.norm, exam="elsewhere")), sheet)
    done = publish("figures", tmp_path, [one, strange], formats="svg")
    assert len(done.written) == 1
    assert "elsewhere" in done.left_out[0]
    with pytest.raises(BadInput, match="elsewhere"):
        publish("figures", tmp_path, [strange])
